"""The pages of a spill: who may, what is refused, and that what was typed stays."""

import sqlalchemy as sa

from registry import acceptance, db, papers, signing
from registry.demo.city import person
from registry.models.accounts import Organisation
from registry.models.catalogue import Freeze, Reading, Resource, Version
from registry.models.projects import Project
from tests.factories import sign_in, token_of


def entry(city, n=0):
    with db.transaction(city.extensions["registry_database"], writes=False) as session:
        return session.scalars(
            sa.select(Resource.key)
            .join(Version, Version.id == Resource.live_version_id)
            .where(
                Version.state == "published",
                Version.visibility == "1",
                Resource.frozen_at.is_(None),
                Version.share_type == "2",
                Version.open_type == "3",
            )
            .order_by(Resource.id)
        ).all()[n]


def rows(city, statement):
    with db.transaction(city.extensions["registry_database"], writes=False) as session:
        return session.execute(statement).all()


def test_an_entry_is_frozen_and_wiped_by_two_and_is_missing_meanwhile(city):
    key = entry(city)
    consumer, guard = sign_in(city, "consumer"), sign_in(city, "security")
    assert consumer.get(f"/resources/{key}").status_code == 200
    form = {"csrf_token": token_of(guard.get("/security").text), "key": key}
    assert guard.post("/security/freeze", data=form).status_code == 422
    answer = guard.post("/security/freeze", data={**form, "reason": "state_secret"})
    assert answer.status_code == 303
    assert consumer.get(f"/resources/{key}").status_code == 404
    sheet = guard.get(answer.location).text
    assert "李建国" in sheet
    assert key in sheet
    wiping = {"csrf_token": form["csrf_token"], "paper_number": "乌保〔2026〕1号", "confirm": key}
    assert guard.post(f"{answer.location}/wipe", data=wiping).status_code == 403
    assert rows(city, sa.select(Freeze.wiped_at)) == [(None,)]


def test_a_wipe_wants_the_key_typed_and_keeps_the_number(city):
    key = entry(city, 1)
    guard = sign_in(city, "security")
    token = token_of(guard.get("/security").text)
    form = {"csrf_token": token, "key": key, "reason": "unsure"}
    where = guard.post("/security/freeze", data=form).location
    with db.transaction(city.extensions["registry_database"], writes=True) as session:
        # Frozen by somebody else, as far as the wipe can tell.
        session.execute(sa.update(Freeze).where(Freeze.key == where[-16:]).values(frozen_by=1))
    typed = {"csrf_token": token, "paper_number": "乌保〔2026〕2号", "confirm": "wrong"}
    answer = guard.post(f"{where}/wipe", data=typed)
    assert answer.status_code == 422
    assert "乌保〔2026〕2号" in answer.text
    assert guard.post(f"{where}/wipe", data={**typed, "confirm": key}).status_code == 303
    assert "内容已清除" in guard.get(where).text


def signed_opinion(city, project_name="智慧民政综合服务平台"):
    folder = city.extensions["registry_settings"].data_dir
    with db.transaction(city.extensions["registry_database"], writes=True) as session:
        about = session.scalars(sa.select(Project).where(Project.name == project_name)).one()
        made = acceptance.sign(
            session,
            person(session, "acceptance"),
            about,
            "pass",
            seen=acceptance.examine(session, about).digest,
            key=signing.load(folder / "signing.key"),
            folder=folder,
        )
        _, package = acceptance.package_of(session, folder, made)
        return made.number, made.payload["versions"][0], package


def test_the_wipe_form_lists_the_papers_and_a_paper_shows_that_it_was_withdrawn(city):
    number, entry_, package = signed_opinion(city)
    guard, officer = sign_in(city, "security"), sign_in(city, "acceptance")
    token = token_of(guard.get("/security").text)
    form = {"csrf_token": token, "key": entry_["key"], "reason": "state_secret"}
    where = guard.post("/security/freeze", data=form).location
    with db.transaction(city.extensions["registry_database"], writes=True) as session:
        session.execute(sa.update(Freeze).where(Freeze.key == where[-16:]).values(frozen_by=1))
    page = guard.get(where).text
    assert f'value="opinion:{number}"' in page
    wiping = {"csrf_token": token, "paper_number": "乌保〔2026〕3号", "confirm": entry_["key"]}
    # What was ticked stays ticked when the form comes back.
    again = guard.post(f"{where}/wipe", data={**wiping, "confirm": "", "keep": f"opinion:{number}"})
    assert f'value="opinion:{number}" checked' in again.text
    assert guard.post(f"{where}/wipe", data=wiping).status_code == 303
    assert "已清除" in guard.get(where).text
    shown = officer.get(f"/opinions/{number}")
    assert shown.status_code == 200
    assert "意见的文件和内容已经销毁" in shown.text
    assert entry_["name"] not in shown.text
    assert "withdrawn by a wipe" in officer.get(f"/opinions/{number}?lang=en").text
    assert officer.get(f"/opinions/{number}/package").status_code == 404
    acts = city.test_client().get("/opinions/revocations.json").json
    assert papers.verify(package, revocations=acts).status == "wiped"


def test_nobody_without_the_right_sees_the_pages(city):
    for name in ("registrar", "consumer", "auditor", "sysadmin"):
        assert sign_in(city, name).get("/security").status_code == 403
    assert city.test_client().get("/security").status_code == 303
    officer = sign_in(city, "secrecy")
    assert officer.get("/security").status_code == 200
    own = "11150300DEM000022H"
    for key, code in rows(
        city,
        sa.select(Freeze.key, Organisation.code)
        .join(Resource, Resource.id == Freeze.resource_id)
        .join(Organisation, Organisation.id == Resource.department_id),
    ):
        wanted = 200 if code == own else 404
        assert officer.get(f"/security/{key}").status_code == wanted


def test_a_reading_is_noted_once_a_day_and_not_for_what_is_open_to_all(city):
    key = entry(city, 2)
    reader = sign_in(city, "finance")
    for _ in range(2):
        assert reader.get(f"/resources/{key}").status_code == 200
    found = rows(
        city,
        sa.select(Reading.id)
        .join(Resource, Resource.id == Reading.resource_id)
        .where(Resource.key == key),
    )
    assert len(found) == 1


def test_what_a_program_or_a_sheet_takes_away_stands_on_the_list_too(city):
    key = entry(city, 3)
    reader = sign_in(city, "development_commission")
    assert reader.get(f"/api/v1/resources/{key}").status_code == 200
    found = rows(
        city,
        sa.select(Reading.id)
        .join(Resource, Resource.id == Reading.resource_id)
        .where(Resource.key == key),
    )
    assert len(found) == 1
