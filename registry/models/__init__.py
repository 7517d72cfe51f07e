"""The tables, one file per floor of the house above them."""

from registry.models import (  # noqa: F401 - importing a file puts its tables into the metadata
    acceptance,
    accounts,
    calendar,
    catalogue,
    desensitization,
    discovery,
    exchange,
    files,
    harvest,
    jobs,
    journal,
    lists,
    outbox,
    papers,
    projects,
    shown,
)
from registry.models.columns import Text as Text
