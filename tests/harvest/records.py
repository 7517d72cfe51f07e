"""A repository of OAI-PMH that says what a test wants it to say."""

from collections.abc import Callable, Sequence
from xml.sax.saxutils import escape

from tests.harvest.portals import Said

OAI = "http://www.openarchives.org/OAI/2.0/"
DC = "http://purl.org/dc/elements/1.1/"


def oai(inside: str, charset: str = "utf-8") -> Said:
    """An answer of the protocol around this."""
    date = "<responseDate>2026-01-01T00:00:00Z</responseDate>"
    body = f'<OAI-PMH xmlns="{OAI}">{date}{inside}</OAI-PMH>'
    return 200, {"Content-Type": "text/xml"}, body.encode(charset)


def listed(identifier: str, title: str = "名称", *, deleted: bool = False) -> str:
    """A record in Dublin Core, or its deletion."""
    status = ' status="deleted"' if deleted else ""
    stamp = "<datestamp>2026-01-01T00:00:00Z</datestamp>"
    head = f"<header{status}><identifier>{escape(identifier)}</identifier>{stamp}</header>"
    core = f'<metadata><dc xmlns="{DC}"><title>{escape(title)}</title></dc></metadata>'
    return f"<record>{head}{'' if deleted else core}</record>"


def repository(
    records: Sequence[str], page: int = 100, deletions: str = "persistent"
) -> Callable[[str, dict[str, str]], Said]:
    """One that gives these records page by page; whoever changes the list changes it."""

    def answer(_: str, given: dict[str, str]) -> Said:
        if given["verb"] == "Identify":
            return oai(f"<Identify><deletedRecord>{deletions}</deletedRecord></Identify>")
        if given["verb"] == "ListMetadataFormats":
            return oai("<ListMetadataFormats/>")
        start = int(given.get("resumptionToken", "0"))
        token = f"<resumptionToken>{start + page}</resumptionToken>"
        more = token if start + page < len(records) else ""
        some = "".join(records[start : start + page])
        return oai(f"<ListRecords>{some}{more}</ListRecords>")

    return answer
