"""A published resource, a request for it, and everybody who has a part in its life."""

from datetime import date, timedelta
from typing import Any

import sqlalchemy as sa

from registry import accounts, calendar, exchange
from registry.access import SYSTEM, Actor
from registry.catalogue import Change, store
from registry.exchange import Given
from registry.models.accounts import Account, Organisation
from registry.models.catalogue import Element, Resource
from registry.models.exchange import Request
from tests.factories import Town, document

# A year from now, whenever that is: a term that was over could not be asked for.
UNTIL = calendar.today() + timedelta(days=365)
TYPED = {
    "basis": "《残疾人两项补贴办法》第五条",
    "scene": "残疾人两项补贴资格核验",
    "scope": "补贴审核岗位，用于申请人本人",
    "method": "03",
    "until": UNTIL.isoformat(),
    "need": "核验资格须比对姓名和证件号码",
}


def offered(
    town: Town,
    name: str = "婚姻登记信息",
    types: str = "222",
    *,
    personal: bool = True,
    **changes: Any,
) -> Resource:
    """A live resource whose items have these share types; or none that tells of a person."""
    made = document(name, share_type=min(types), **changes)
    made["items"] = [
        {**item, "share_type": kind} for item, kind in zip(made["items"], types, strict=False)
    ]
    for item in made["items"] if not personal else ():
        item.pop("pi_kind", None)
        item.pop("pi_role", None)
    change = Change(
        department=town.department,
        step="adopt",
        state="published",
        document=made,
        live="this",
        working="none",
        published_on=date(2025, 9, 1),
    )
    stored = store(town.session, SYSTEM, [change])[0]
    return town.session.get_one(Resource, stored.resource_id)


def keys(town: Town, resource: Resource) -> list[str]:
    """The keys of the items of the live version, in order."""
    return list(
        town.session.scalars(
            sa.select(Element.key)
            .where(Element.version_id == resource.live_version_id)
            .order_by(Element.position)
        )
    )


class Both:
    """People of both sides of a request and of the authority above them."""

    def __init__(self, town: Town) -> None:
        self.town = town
        self.consumer = town.person("consumer", unit=town.other)
        self.head = town.person("sharing_head", unit=town.other)
        self.registrar = town.person("registrar")
        self.sharing = town.person("sharing_head")
        self.authority = town.person("authority_head")

    def on_both_sides(self) -> Actor:
        """Somebody with posts in the requesting and in the providing unit."""
        town = self.town
        person = town.person("consumer", unit=town.other)
        account = town.session.scalars(
            sa.select(Account).where(Account.person_id == person.person_id)
        ).one()
        for role in ("registrar", "sharing_head"):
            accounts.appoint(town.session, SYSTEM, account, role, town.department, date(2020, 1, 1))
        return town.actor(account)

    def drafted(self, resource: Resource, **changes: Any) -> Request:
        """A complete draft for the first two items."""
        typed = {"items": keys(self.town, resource)[:2], **TYPED, **changes}
        unit: Organisation = self.town.other
        return exchange.draft(self.town.session, self.consumer, resource, unit, typed)

    def sent(self, resource: Resource, **changes: Any) -> Request:
        """A request with the head's consent, before the provider."""
        request = self.drafted(resource, **changes)
        self.take(self.consumer, request, "submit")
        return self.take(self.head, request, "consent_out")

    def granted(self, resource: Resource) -> Request:
        """A request whose items are all granted."""
        request = self.sent(resource)
        self.prepare(request, granted=request.document["items"])
        return self.take(self.sharing, request, "grant")

    def prepare(self, request: Request, **answer: Any) -> Request:
        """The registrar's answer."""
        return exchange.advance(
            self.town.session, self.registrar, request, "prepare", Given(document=answer)
        )

    def take(self, actor: Actor, request: Request, step: str, text: str = "") -> Request:
        """One step by one person."""
        return exchange.advance(self.town.session, actor, request, step, Given(text=text))
