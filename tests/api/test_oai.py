"""A harvester of OAI-PMH gets every entry once, deletions for ever, errors by their names."""

from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit
from xml.etree import ElementTree as ET

import pytest
import sqlalchemy as sa
from lxml import etree
from rdflib import Graph
from sickle import Sickle
from sickle.oaiexceptions import (
    BadArgument,
    BadResumptionToken,
    CannotDisseminateFormat,
    IdDoesNotExist,
    NoRecordsMatch,
)

from connectors import core
from connectors.core import CORE
from connectors.oai import DC, OAI, RDF
from registry import catalogue, db, signing
from registry.access import SYSTEM
from registry.access.actor import of_account
from registry.api import oai as api
from registry.app import create_app
from registry.catalogue import spill
from registry.catalogue.traces import Means
from registry.catalogue.wiped import Wiped
from registry.models.accounts import Account, Organisation
from registry.models.catalogue import Resource
from tests.api.test_feeds import conforms, everything, keys
from tests.factories import settings

CIVIL = "11150300DEM000022H"
NAME = "婚姻登记信息"
# The structure of every answer, and of Dublin Core in it.
ANSWERS = etree.XMLSchema(etree.parse(Path(__file__).parent / "oai.xsd"))
SPACES = {"o": OAI, "dc": DC, "rdf": RDF}


@pytest.fixture(scope="module")
def reader(site, token):
    return Sickle(f"{site}/oai", headers={"Authorization": token("consumer")})


@pytest.fixture(scope="module")
def nobody(site):
    return Sickle(f"{site}/oai")


@pytest.fixture
def asks(city, token):
    client = city.test_client()

    def ask(who="consumer", **given):
        headers = {"Authorization": token(who)} if who else {}
        answer = client.get("/oai", query_string=given, headers=headers)
        assert answer.status_code == 200
        assert answer.content_type == "text/xml; charset=utf-8"
        ANSWERS.assertValid(etree.fromstring(answer.get_data()))
        return ET.fromstring(answer.get_data())

    return ask


def error(root):
    (found,) = root.findall("o:error", SPACES)
    assert found.text
    return found.get("code")


def key_in(record):
    return record.header.identifier.rsplit(":", 1)[1]


def live_keys(records):
    return {key_in(one) for one in records if not one.deleted}


def test_what_the_repository_says_of_itself(reader):
    said = reader.Identify()
    assert (said.protocolVersion, said.deletedRecord) == ("2.0", "persistent")
    assert said.granularity == "YYYY-MM-DDThh:mm:ssZ"
    formats = {one.metadataPrefix for one in reader.ListMetadataFormats()}
    assert formats == {"oai_dc", "dcat_ap", "gov_catalog"}
    sets = {one.setSpec: one.setName for one in reader.ListSets()}
    assert sets[f"department:{CIVIL}"] == "市民政局"
    assert sets["class:3"] == "部门信息资源目录"
    assert all(spec.rpartition(":")[0] in sets for spec in sets if ":" in spec)


def test_a_harvester_gets_every_entry_once_over_all_pages(city, token, reader):
    records = list(reader.ListRecords(metadataPrefix="oai_dc"))
    keys = [key_in(one) for one in records]
    assert len(keys) == len(set(keys)) > api.PAGE
    assert everything(city, token) <= live_keys(records)
    stamps = [one.header.datestamp for one in records]
    assert stamps == sorted(stamps)
    heads = [one.identifier for one in reader.ListIdentifiers(metadataPrefix="oai_dc")]
    assert heads == [one.header.identifier for one in records]


def test_a_record_says_what_the_document_says_in_both_formats(reader, key_of):
    identifier = f"oai:127.0.0.1:{key_of(NAME)}"
    dublin = reader.GetRecord(identifier=identifier, metadataPrefix="oai_dc")
    assert dublin.metadata["title"] == [NAME]
    assert "婚姻登记" in dublin.metadata["subject"]
    assert dublin.metadata["publisher"] == ["市民政局"]
    assert dublin.header.setSpecs[0] == f"department:{CIVIL}"
    linked = reader.GetRecord(identifier=identifier, metadataPrefix="dcat_ap")
    assert f"/resources/{key_of(NAME)}" in linked.raw
    assert "http://www.w3.org/ns/dcat#" in linked.raw


def test_every_page_of_every_list_is_built_as_the_protocol_says(asks, monkeypatch):
    monkeypatch.setattr(api, "PAGE", 60)
    assert asks(verb="Identify").find("o:Identify", SPACES) is not None
    for verb in ("ListSets", "ListMetadataFormats"):
        assert len(asks(verb=verb).find(f"o:{verb}", SPACES)) > 2
    for verb in ("ListIdentifiers", "ListRecords"):
        for prefix in ("oai_dc", "dcat_ap", "gov_catalog"):
            given, pages = {"metadataPrefix": prefix}, 0
            while given:
                root = asks(verb=verb, **given)
                token = root.findtext(".//o:resumptionToken", "", SPACES)
                given = {"resumptionToken": token} if token else {}
                pages += 1
            assert pages > 2


def test_every_graph_in_a_record_conforms_to_dcat_ap(asks):
    root = asks(verb="ListRecords", metadataPrefix="dcat_ap")
    graphs = root.findall(".//o:metadata/rdf:RDF", SPACES)
    assert len(graphs) > 20
    # Some of every kind: judging each one would take a minute.
    for one in graphs[::9]:
        graph = Graph().parse(data=ET.tostring(one), format="xml")
        passed, text = conforms(graph)
        assert passed, text
        assert len(keys(graph)) == 1


def test_a_record_of_ours_holds_the_entry_whole_under_its_schema(city, token, reader, key_of):
    client = city.test_client()
    known = {one.metadataPrefix: one for one in reader.ListMetadataFormats()}["gov_catalog"]
    schema = client.get(urlsplit(known.schema).path)
    checks = etree.XMLSchema(etree.fromstring(schema.get_data()))
    found = 0
    for record in reader.ListRecords(metadataPrefix="gov_catalog"):
        if not record.deleted:
            whole = record.xml.find(f".//{{{CORE}}}resource")
            checks.assertValid(whole)
            found += 1
    assert found > api.PAGE
    identifier = f"oai:127.0.0.1:{key_of(NAME)}"
    one = reader.GetRecord(identifier=identifier, metadataPrefix="gov_catalog")
    facts, document = core.read(ET.fromstring(one.raw).find(f".//{{{CORE}}}resource"))
    said = client.get(
        f"/api/v1/resources/{key_of(NAME)}", headers={"Authorization": token("consumer")}
    ).json
    assert document == said["document"]
    assert facts["code"] == said["code"]


def test_a_class_is_a_set_of_the_entries_coded_in_it(reader, monkeypatch):
    monkeypatch.setattr(api, "PAGE", 50)
    asked = {"metadataPrefix": "oai_dc"}
    every = {key_in(one): one.header.setSpecs for one in reader.ListRecords(**asked)}
    for spec in ("class", "class:3", "class:3:07"):
        heads = reader.ListIdentifiers(**asked, set=spec)
        within = {one.identifier.rsplit(":", 1)[1] for one in heads}
        assert within == {k for k, sets in every.items() if any(s.startswith(spec) for s in sets)}
        assert within
    for unknown in ("class:9", "class:3:99", "class:x", "class:3:07:001"):
        with pytest.raises(NoRecordsMatch):
            list(reader.ListIdentifiers(**asked, set=unknown))


def test_a_share_type_is_a_set_of_what_is_live_under_it_and_of_every_deletion(reader, monkeypatch):
    monkeypatch.setattr(api, "PAGE", 50)
    asked = {"metadataPrefix": "oai_dc"}
    every = list(reader.ListIdentifiers(**asked))
    sets = {one.setSpec for one in reader.ListSets()}
    assert {"share", "share:1", "share:2", "share:3"} <= sets
    for spec in ("share:1", "share:2", "share:3"):
        told = {one.identifier for one in reader.ListIdentifiers(**asked, set=spec)}
        assert told == {one.identifier for one in every if spec in one.setSpecs}
        live = [one for one in every if spec in one.setSpecs and not one.deleted]
        assert all(sum(s.startswith("share:") for s in one.setSpecs) == 1 for one in live)
    for one in every:
        assert not one.deleted or {"share:1", "share:2", "share:3"} <= set(one.setSpecs)
    assert {one.identifier for one in reader.ListIdentifiers(**asked, set="share")} == {
        one.identifier for one in every
    }
    for unknown in ("share:4", "share:", "share:1:1"):
        with pytest.raises((NoRecordsMatch, BadArgument)):
            list(reader.ListIdentifiers(**asked, set=unknown))


def test_a_set_holds_over_the_pages_and_so_do_the_days(reader, monkeypatch):
    monkeypatch.setattr(api, "PAGE", 3)
    asked = {"metadataPrefix": "oai_dc", "set": f"department:{CIVIL}"}
    some = list(reader.ListRecords(**asked))
    assert len(some) > 3
    assert {one.header.setSpecs[0] for one in some} == {f"department:{CIVIL}"}
    last = some[-1].header.datestamp
    again = list(reader.ListRecords(**asked, **{"from": last, "until": last}))
    assert {key_in(one) for one in again} == {
        key_in(one) for one in some if one.header.datestamp == last
    }
    with pytest.raises(NoRecordsMatch):
        list(reader.ListRecords(**asked, **{"from": "2999-01-01"}))


def test_nobody_harvests_the_open_part_alone(city, token, nobody):
    records = list(nobody.ListRecords(metadataPrefix="oai_dc"))
    assert live_keys(records) == everything(city, token, who=None)
    closed = everything(city, token) - live_keys(records)
    assert not closed & {key_in(one) for one in records}
    with pytest.raises(IdDoesNotExist):
        nobody.GetRecord(identifier=f"oai:127.0.0.1:{closed.pop()}", metadataPrefix="oai_dc")


def test_what_leaves_the_catalogue_stays_as_a_deletion_without_content(
    city, reader, nobody, key_of, token
):
    opened = sorted(everything(city, token, who=None))[0]
    shut = sorted(everything(city, token) - everything(city, token, who=None))[0]
    for key, how in ((opened, "retire"), (shut, "wipe")):
        _ends(city, key, how)
        one = reader.GetRecord(identifier=f"oai:127.0.0.1:{key}", metadataPrefix="oai_dc")
        assert one.deleted
        assert "metadata" not in one.raw
    seen = {key_in(one): one.deleted for one in reader.ListRecords(metadataPrefix="dcat_ap")}
    assert seen[opened]
    assert seen[shut]
    outside = {key_in(one): one.deleted for one in nobody.ListRecords(metadataPrefix="oai_dc")}
    assert outside[opened]
    # Who never could see it does not learn that it was there.
    assert shut not in outside
    # Whoever follows one share type alone hears of it too: of a wiped entry none is left.
    for spec in ("share:1", "share:2", "share:3"):
        told = list(reader.ListIdentifiers(metadataPrefix="oai_dc", set=spec))
        assert {opened, shut} <= {one.identifier.rsplit(":", 1)[1] for one in told if one.deleted}


def test_what_leaves_a_share_type_or_a_unit_is_told_there_as_a_deletion_and_lives_elsewhere(
    city, reader, nobody
):
    asked = {"metadataPrefix": "oai_dc"}
    database = city.extensions["registry_database"]

    def told(who, spec):
        return {one.identifier: one for one in who.ListIdentifiers(**asked, set=spec)}

    before = told(reader, "share:1")
    identifier = next(one for one, header in told(nobody, "share:1").items() if not header.deleted)
    key = identifier.rsplit(":", 1)[1]
    _renewed(database, key, share_type="2", share_condition="凭办件编号核验")
    for who in (reader, nobody):
        left = told(who, "share:1")[identifier]
        assert left.deleted
        # The unit and the class it belongs to still hold it.
        assert left.setSpecs == ["share:1"]
        assert not told(who, "share:2")[identifier].deleted
        assert identifier not in told(who, "share:3")
        assert not told(who, "share")[identifier].deleted
    assert left.datestamp >= before[identifier].datestamp
    assert told(reader, "share:1").keys() == before.keys()
    one = reader.GetRecord(identifier=identifier, **asked)
    assert not one.deleted
    _renewed(database, key, share_type="1")
    assert not told(reader, "share:1")[identifier].deleted
    assert told(reader, "share:2")[identifier].deleted
    with db.transaction(database, writes=True) as session:
        account = session.scalars(
            sa.select(Account).where(Account.username == "authority_head")
        ).one()
        resource = session.scalars(sa.select(Resource).where(Resource.key == key)).one()
        giver, code = resource.department.code, resource.code
        other = session.scalars(
            sa.select(Organisation.code).where(Organisation.code.not_in([giver]))
        )
        taker = other.first()
        document = {
            "from": giver,
            "to": taker,
            "basis": "测试",
            "on": "2026-01-05",
            "codes": [code],
        }
        catalogue.transfer(session, of_account(session, account, db.now().date()), document)
    left = told(reader, f"department:{giver}")[identifier]
    assert left.deleted
    assert left.setSpecs == [f"department:{giver}"]
    assert not told(reader, f"department:{taker}")[identifier].deleted


def _renewed(database, key, **changes):
    """Publish the entry anew with something changed."""
    with db.transaction(database, writes=True) as session:
        resource = session.scalars(sa.select(Resource).where(Resource.key == key)).one()
        document = {**catalogue.document_of(resource.live), **changes}
        resource.live.state = "superseded"
        change = catalogue.Change(
            department=resource.department, step="adopt", state="published", resource=resource,
            document=document, live="this", working="none", code=resource.code,
        )  # fmt: skip
        catalogue.store(session, SYSTEM, [change])


def _ends(city, key, how):
    with db.transaction(city.extensions["registry_database"], writes=True) as session:

        def person(name):
            account = session.scalars(sa.select(Account).where(Account.username == name)).one()
            return of_account(session, account, db.now().date())

        resource = session.scalars(sa.select(Resource).where(Resource.key == key)).one()
        if how == "retire":
            resource.live.state = "retired"
            session.flush()
            catalogue.store(session, person("auditor"), [_touch(resource)])
        else:
            folder = city.extensions["registry_settings"].data_dir
            means = Means(folder, signing.load(folder / "signing.key"))
            assert spill.wipe_again(session, Wiped(key, db.now()), means)


def _touch(resource):
    return catalogue.Change(
        department=resource.department, step="retire", state="retired", resource=resource,
        version=resource.live, working="as_before", decided=False,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({}, "badVerb"),
        ({"verb": "Explode"}, "badVerb"),
        ({"verb": ["Identify", "Identify"]}, "badVerb"),
        ({"verb": "Identify", "set": "x"}, "badArgument"),
        ({"verb": "ListRecords"}, "badArgument"),
        ({"verb": "ListRecords", "metadataPrefix": ["oai_dc", "oai_dc"]}, "badArgument"),
        ({"verb": "ListRecords", "metadataPrefix": "marc21"}, "cannotDisseminateFormat"),
        ({"verb": "ListRecords", "metadataPrefix": "oai_dc", "from": "2026-13-01"}, "badArgument"),
        ({"verb": "ListRecords", "metadataPrefix": "oai_dc", "from": "last week"}, "badArgument"),
        ({"verb": "ListRecords", "metadataPrefix": "oai_dc", "until": "9999-12-31"}, "badArgument"),
        (
            {"verb": "ListRecords", "metadataPrefix": "oai_dc", "from": "2026-02-01",
             "until": "2026-01-01"},
            "badArgument",
        ),
        (
            {"verb": "ListRecords", "metadataPrefix": "oai_dc", "from": "2026-02-01",
             "until": "2026-03-01T00:00:00Z"},
            "badArgument",
        ),
        ({"verb": "ListRecords", "metadataPrefix": "oai_dc", "until": "1990-01-01"},
         "noRecordsMatch"),
        ({"verb": "ListRecords", "metadataPrefix": "oai_dc", "set": "colour:red"},
         "noRecordsMatch"),
        ({"verb": "ListRecords", "metadataPrefix": "oai_dc", "set": "红色"}, "badArgument"),
        ({"verb": "ListRecords", "metadataPrefix": "oai dc"}, "badArgument"),
        ({"verb": "ListRecords", "resumptionToken": "x", "metadataPrefix": "oai_dc"},
         "badArgument"),
        ({"verb": "ListRecords", "resumptionToken": "x"}, "badResumptionToken"),
        ({"verb": "ListRecords", "resumptionToken": "\u00e9\u4e2d"}, "badResumptionToken"),
        ({"verb": "ListSets", "resumptionToken": "x"}, "badResumptionToken"),
        ({"verb": "GetRecord", "metadataPrefix": "oai_dc"}, "badArgument"),
        ({"verb": "GetRecord", "metadataPrefix": "oai_dc", "identifier": "x"}, "idDoesNotExist"),
        ({"verb": "GetRecord", "metadataPrefix": "oai_dc", "identifier": "oai:x:\x00"},
         "badArgument"),
        ({"verb": "ListMetadataFormats", "identifier": "oai:other.host:x"}, "idDoesNotExist"),
    ],
)  # fmt: skip
def test_every_error_has_its_name_in_the_protocol(asks, given, code):
    root = asks(**given)
    assert error(root) == code
    request = root.find("o:request", SPACES)
    assert request.text.endswith("/oai")
    assert bool(request.attrib) == (code not in ("badVerb", "badArgument"))


def test_a_token_is_sealed_ends_and_belongs_to_its_verb(asks, monkeypatch):
    monkeypatch.setattr(api, "PAGE", 5)
    root = asks(verb="ListIdentifiers", metadataPrefix="oai_dc")
    token = root.find(".//o:resumptionToken", SPACES)
    assert int(token.get("completeListSize")) > 5
    assert asks(verb="ListIdentifiers", resumptionToken=token.text).findall(".//o:header", SPACES)
    assert error(asks(verb="ListRecords", resumptionToken=token.text)) == "badResumptionToken"
    changed = token.text[:-2] + ("A" if token.text[-2] != "A" else "B") + token.text[-1]
    assert error(asks(verb="ListIdentifiers", resumptionToken=changed)) == "badResumptionToken"
    later = db.now() + api.LIFE + timedelta(minutes=1)
    monkeypatch.setattr(api, "now", lambda: later)
    assert error(asks(verb="ListIdentifiers", resumptionToken=token.text)) == "badResumptionToken"


def test_a_form_is_answered_like_a_query(city, token, asks):
    headers = {"Authorization": token("consumer")}
    asked = {"verb": "ListIdentifiers", "metadataPrefix": "oai_dc"}
    posted = city.test_client().post("/oai", data=asked, headers=headers)
    one, other = ET.fromstring(posted.get_data()), asks(**asked)
    assert [e.text for e in one.iter(f"{{{OAI}}}identifier")] == [
        e.text for e in other.iter(f"{{{OAI}}}identifier")
    ]


def test_a_city_that_lets_nobody_read_says_so(city, tmp_path):
    app = create_app(settings(tmp_path, anonymous="none"), city.extensions["registry_database"])
    assert app.test_client().get("/oai?verb=Identify").status_code == 401


def test_sickle_names_our_errors(reader):
    with pytest.raises(CannotDisseminateFormat):
        list(reader.ListRecords(metadataPrefix="marc21"))
    with pytest.raises(BadResumptionToken):
        list(reader.ListRecords(resumptionToken="x"))
    with pytest.raises(BadArgument):
        reader.GetRecord(metadataPrefix="oai_dc")


def test_what_leaves_in_the_midst_of_a_listing_comes_again_as_a_deletion(city, asks, monkeypatch):
    monkeypatch.setattr(api, "PAGE", 40)
    told: list[tuple[str, bool]] = []
    given = {"metadataPrefix": "oai_dc"}
    left = ""
    while given:
        root = asks(verb="ListRecords", **given)
        for head in root.iterfind(".//o:header", SPACES):
            key = head.findtext("o:identifier", "", SPACES).rpartition(":")[2]
            told.append((key, head.get("status") == "deleted"))
        if not left:
            left = next(key for key, is_deleted in told if not is_deleted)
            _ends(city, left, "retire")
        token = root.findtext(".//o:resumptionToken", "", SPACES)
        given = {"resumptionToken": token} if token else {}
    assert len(told) > 2 * 40
    assert [is_deleted for key, is_deleted in told if key == left] == [False, True]
    # The places of all others did not move: none came twice, none was passed over.
    others = [key for key, _ in told if key != left]
    assert len(others) == len(set(others))
    whole = asks(verb="ListIdentifiers", metadataPrefix="oai_dc")
    assert int(whole.find(".//o:resumptionToken", SPACES).get("completeListSize")) == len(
        {key for key, _ in told}
    )


def test_the_lines_of_a_list_are_counted_once_for_all_its_pages(city, asks, monkeypatch):
    monkeypatch.setattr("registry.api.oai.PAGE", 20)
    sent = []

    def note(_connection, _cursor, statement, *_):
        sent.append("count(" in statement)

    reading = city.extensions["registry_database"].reading
    page = asks(None, verb="ListIdentifiers", metadataPrefix="oai_dc")
    sa.event.listen(reading, "before_cursor_execute", note)
    try:
        token = page.findtext(".//o:resumptionToken", None, SPACES)
        following = asks(None, verb="ListIdentifiers", resumptionToken=token)
    finally:
        sa.event.remove(reading, "before_cursor_execute", note)
    sizes = [
        one.find(".//o:resumptionToken", SPACES).get("completeListSize")
        for one in (page, following)
    ]
    assert sizes[0] == sizes[1]
    assert sent
    assert not any(sent)
