"""What a reader is shown of an examination: the verdict whole, restricted entries without name.

Whoever has a part in a project sees its verdict; an entry that is shown to some departments only
stays nameless to the others. Who signs, reviews or audits sees what he answers for.
"""

from collections.abc import Collection, Sequence
from dataclasses import replace

import sqlalchemy as sa
from sqlalchemy.orm import Session

from registry.acceptance.examine import Examination
from registry.acceptance.gates import Shortfall
from registry.access import Actor, may
from registry.catalogue.reading import known
from registry.models.acceptance import Opinion
from registry.models.catalogue import Freeze, Resource, Version

NAMELESS = {"zh": "（限定范围资源）", "en": "(restricted resource)"}
# Facts of a sentence that quote the text of an entry.
_QUOTING = ("name", "first", "items", "columns")


def hidden_from(
    session: Session, actor: Actor, found: Examination, also: Collection[str] = ()
) -> frozenset[str]:
    """The keys of the entries of an examination whose names this reader may not see.

    `also` are keys of entries beside those that are judged: suspended, ended, not ready yet.
    """
    return hidden_in(session, actor, [found], also)


def hidden_in(
    session: Session, actor: Actor, found: Sequence[Examination], also: Collection[str] = ()
) -> frozenset[str]:
    """`hidden_from` of many examinations, in the same queries as for one."""
    keys: set[str] = set()
    for one in found:
        project = one.project
        acts = ("verify", "read_all")
        if not any(may(actor, act, project.unit, project_id=project.id) for act in acts):
            keys |= {str(version["key"]) for version in one.versions} | set(also)
    if not keys:
        return frozenset()
    live = session.scalars(
        sa.select(Resource.key)
        .join(Version, Version.id == Resource.live_version_id)
        .where(Resource.key.in_(keys), known(actor))
    )
    seen = set(live)
    others = session.scalars(sa.select(Resource).where(Resource.key.in_(keys - seen)))
    for resource in others:
        unit, own = resource.department, resource.project_id
        # An entry that is not live yet is its unit's and its reviewers'.
        if any(may(actor, act, unit, project_id=own) for act in ("read_working", "publish")):
            seen.add(resource.key)
    return frozenset(keys - seen)


def shown(shortfall: Shortfall, hidden: Collection[str], locale: str = "zh") -> Shortfall:
    """The shortfall as far as the reader may know of its entry."""
    facts = dict(shortfall.facts)
    if shortfall.resource in hidden:
        facts |= {name: NAMELESS[locale] for name in _QUOTING if name in facts}
        return replace(shortfall, facts=facts, resource="", batch="")
    if hidden and "rows" in facts:
        # Rows of a list name entries of the scope; which of them are restricted they do not say.
        return replace(shortfall, facts={**facts, "rows": NAMELESS[locale]})
    return shortfall


def frozen_in(session: Session, opinion: Opinion) -> frozenset[str]:
    """The keys of entries of an opinion that are frozen at present: no page or file names them.

    A wipe ends this: by then the paper is a stub, or was kept by decision.
    """
    keys = [str(one["key"]) for one in opinion.payload["versions"]]
    return frozenset(
        session.scalars(
            sa.select(Resource.key)
            .join(Freeze, Freeze.resource_id == Resource.id)
            .where(Resource.key.in_(keys), Freeze.lifted_at.is_(None), Freeze.wiped_at.is_(None))
        )
    )
