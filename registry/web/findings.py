"""The ledger of findings (measures, Art. 20): what to mend, by when, what follows if not."""

from flask import Blueprint, render_template

import schemas
from registry import projects
from registry.edge import actor, reads, session

pages = Blueprint("findings", __name__, url_prefix="/projects/findings")


@pages.get("")
@reads()
def index() -> str:
    """Every finding I may see, overdue first, with the payments to hold and the units barred."""
    rows = projects.ledger(session(), actor())
    overdue = [row.project for row in rows if row.overdue]
    return render_template(
        "findings.html",
        place="projects",
        rows=rows,
        follows=schemas.codes.table("finding_kind")["overdue"],
        held={
            "project": {one.key: one.name for one in overdue},
            "unit": {one.unit.code: one.unit.name for one in overdue},
        },
    )
