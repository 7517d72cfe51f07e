"""Column kinds that several tables share."""

from datetime import date, datetime
from typing import Annotated

import sqlalchemy as sa
from sqlalchemy.orm import mapped_column

from registry.db import UTC, new_key, now

Text = sa.Text
Id = Annotated[int, mapped_column(primary_key=True)]
Key = Annotated[str, mapped_column(sa.String(16), unique=True, default=new_key)]
Code = Annotated[str, mapped_column(sa.String(40))]
Words = Annotated[str, mapped_column(sa.Text)]
Moment = Annotated[datetime, mapped_column(UTC, default=now)]
Day = Annotated[date, mapped_column(sa.Date)]
Digest = Annotated[str, mapped_column(sa.String(80))]
