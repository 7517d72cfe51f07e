"""The pages of a spill: who may, what is refused, and that what was typed stays."""

import sqlalchemy as sa

from registry import acceptance, catalogue, db, papers, signing
from registry.access.actor import of_account
from registry.demo.city import person
from registry.models.accounts import Account, Organisation
from registry.models.catalogue import Freeze, Reading, Resource, Version
from registry.models.lists import Edition
from registry.models.projects import Project
from tests.factories import document, sign_in, token_of


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
    # The number of the decision to wipe is no finding that it is harmless.
    assert answer.text.count("乌保〔2026〕2号") == 1
    assert answer.status_code == 422
    assert "乌保〔2026〕2号" in answer.text
    assert guard.post(f"{where}/wipe", data={**typed, "confirm": key}).status_code == 303
    assert "内容已清除" in guard.get(where).text


def signed_opinion(city, project_name="公交智能调度服务"):
    folder = city.extensions["registry_settings"].data_dir
    with db.transaction(city.extensions["registry_database"], writes=True) as session:
        about = session.scalars(sa.select(Project).where(Project.name == project_name)).one()
        made = acceptance.sign(
            session,
            person(session, "acceptance"),
            about,
            acceptance.examine(session, about).verdict,
            seen=acceptance.examine(session, about).digest,
            reason="公交数据存放在承建单位云上",
            key=signing.load(folder / "signing.key"),
            folder=folder,
        )
        _, package = acceptance.package_of(session, folder, made)
        # What its masking report says of an entry cannot be kept without the entry.
        annexed = {one["key"] for one in made.payload["masking"]}
        entry_ = next(one for one in made.payload["versions"] if one["key"] not in annexed)
        return made.number, entry_, package


def test_the_wipe_form_lists_the_papers_and_a_paper_shows_that_it_was_withdrawn(city):
    number, entry_, package = signed_opinion(city)
    guard, officer = sign_in(city, "security"), sign_in(city, "acceptance")
    token = token_of(guard.get("/security").text)
    form = {"csrf_token": token, "key": entry_["key"], "reason": "state_secret"}
    where = guard.post("/security/freeze", data=form).location
    with db.transaction(city.extensions["registry_database"], writes=True) as session:
        session.execute(sa.update(Freeze).where(Freeze.key == where[-16:]).values(frozen_by=1))
    held = officer.get(f"/opinions/{number}")
    assert held.status_code == 200
    assert entry_["name"] not in held.text
    assert officer.get(f"/opinions/{number}/package").status_code == 409
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


def test_an_issued_list_hides_the_rows_of_an_entry_while_it_is_frozen(city):
    auditor, guard = sign_in(city, "auditor"), sign_in(city, "security")
    found = [
        (edition, row)
        for edition, listed in rows(city, sa.select(Edition.key, Edition.rows))
        for row in listed
        if row.get("code")
    ]
    live = dict(
        rows(city, sa.select(Resource.code, Resource.key).where(Resource.frozen_at.is_(None)))
    )
    edition, row = next((e, r) for e, r in found if r["code"] in live)
    name, page = row["name"], f"/lists/editions/{edition}"
    assert name in auditor.get(page).text
    token = token_of(guard.get("/security").text)
    form = {"csrf_token": token, "key": live[row["code"]], "reason": "unsure"}
    assert guard.post("/security/freeze", data=form).status_code == 303
    answer = auditor.get(page).text
    assert f"<td>{name}</td>" not in answer
    assert "（已冻结）" in answer
    assert "涉及冻结的条目" in answer
    assert "与签发时的摘要不符" not in answer


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


def test_an_entry_is_frozen_by_its_pasted_address_its_code_or_its_name(city):
    officer = sign_in(city, "security")
    form = {"csrf_token": token_of(officer.get("/security").text), "reason": "unsure"}
    named = sa.select(Resource.key, Resource.code, Version.name).join(
        Version, Version.id == Resource.live_version_id
    )
    for n in (2, 3, 4):
        key = entry(city, 2)
        [(key, code, name)] = rows(city, named.where(Resource.key == key))
        asked = {2: f"http://127.0.0.1:8000/resources/{key}/difference?a=1", 3: code, 4: name}[n]
        answer = officer.post("/security/freeze", data={**form, "key": f" {asked} "})
        assert answer.status_code == 303, asked
        assert key in officer.get(answer.location).text


def test_of_several_entries_of_one_name_nothing_is_frozen_until_one_is_chosen(city):
    with db.transaction(city.extensions["registry_database"], writes=True) as session:
        account = session.scalar(sa.select(Account).where(Account.username == "registrar"))
        who = of_account(session, account, db.now().date())
        for unit in session.scalars(sa.select(Organisation).limit(2)):
            catalogue.store(
                session,
                who,
                [
                    catalogue.Change(
                        department=unit,
                        step="register",
                        state="draft",
                        document=document("两处同名的信息"),
                        working="this",
                    )
                ],
            )
    officer = sign_in(city, "security")
    form = {"csrf_token": token_of(officer.get("/security").text), "reason": "unsure"}
    before = rows(city, sa.select(sa.func.count(Freeze.id)))
    asked = officer.post("/security/freeze", data={**form, "key": "两处同名的信息"})
    assert asked.status_code == 422
    assert asked.text.count('type="radio" name="key"') == 2
    assert 'value="unsure" checked' in asked.text
    assert rows(city, sa.select(sa.func.count(Freeze.id))) == before
    assert officer.post("/security/freeze", data={**form, "key": "没有的"}).status_code == 404


def test_nobody_learns_of_a_name_of_a_unit_he_may_not_freeze_in(city):
    """A secrecy officer of one unit tries the name of another's draft: it is not there for him."""
    officer = sign_in(city, "secrecy")
    foreign = (
        sa.select(Version.name)
        .join(Resource, Resource.working_version_id == Version.id)
        .join(Organisation, Organisation.id == Resource.department_id)
        .where(Version.state == "draft", Organisation.name == "市大数据中心")
    )
    name = rows(city, foreign)[0][0]
    form = {"csrf_token": token_of(officer.get("/security").text), "reason": "unsure", "key": name}
    assert officer.post("/security/freeze", data=form).status_code == 404
