"""The form of a masking plan says all that a plan can, loses nothing typed, and saves whole."""

import io
import json
import re

import pytest
import sqlalchemy as sa

from anonymization import plan as masking
from registry import db, desensitization
from registry.demo.city import person
from registry.models.catalogue import Resource
from registry.models.desensitization import MaskingPlan
from tests.factories import sign_in, token_of


@pytest.fixture(scope="module")
def address(city):
    """The page of the plan of an entry of the registrar's department."""
    with db.transaction(city.extensions["registry_database"], writes=False) as session:
        found = session.scalars(sa.select(Resource).filter_by(code="307002150300/000004")).one()
        return f"/resources/{found.key}/masking"


def stored(city, address):
    key = address.split("/")[2]
    with db.transaction(city.extensions["registry_database"], writes=False) as session:
        return session.scalar(
            sa.select(MaskingPlan.plan)
            .join(Resource, Resource.id == MaskingPlan.resource_id)
            .where(Resource.key == key, MaskingPlan.profile == "statistical")
        )


def stored_names(page: str) -> list[str]:
    """The elements that a page of a plan treats."""
    return re.findall(r'aria-label="「([^」]+)」的处理方式"', page)


class Form:
    """The form of the page as a browser without script sends it."""

    def __init__(self, page: str) -> None:
        body = page[page.index('id="plan"') : page.index('id="reports"')]
        self.typed = {"csrf_token": token_of(body)}
        for tag in re.findall(r"<input [^>]*>", body):
            name, value = (re.search(rf' {one}="([^"]*)"', tag) for one in ("name", "value"))
            if name and ('type="checkbox"' not in tag or " checked" in tag):
                self.typed[name[1]] = value[1] if value else ""
        for name, text in re.findall(
            r'<textarea [^>]*name="([^"]+)"[^>]*>(.*?)</textarea>', body, re.S
        ):
            self.typed[name] = text
        for name, options in re.findall(
            r'<select [^>]*name="([^"]+)"[^>]*>(.*?)</select>', body, re.S
        ):
            chosen = re.search(r'value="([^"]*)" selected', options)
            self.typed[name] = chosen[1] if chosen else ""
        self.elements = [name[7:] for name in self.typed if name.startswith("choice.")]


def test_whoever_checks_a_plan_reads_why_a_person_kept_a_column_not_what_the_program_saw(
    city, address
):
    client, head = sign_in(city, "registrar"), sign_in(city, "head")
    proposed = head.get(address).text
    assert "系统看法，不算理由：非个人标识，保留" in proposed
    assert "理由：非个人标识，保留</span>" not in proposed.replace("不算理由：", "")
    form = Form(client.get(address).text)
    form.typed["reason"] = "统计要用"
    assert client.post(address, data=form.typed).status_code == 303
    read = head.get(address).text
    assert "理由：统计要用" in read
    assert "非个人标识，保留" not in read


def test_a_form_saved_as_it_stands_changes_no_plan_and_no_digest(city, address):
    client = sign_in(city, "registrar")
    form = Form(client.get(address).text)
    form.typed["reason"] = "统计要用"
    assert client.post(address, data=form.typed).status_code == 303
    before = stored(city, address)
    form = Form(client.get(address).text)
    assert client.post(address, data=form.typed).status_code == 303
    assert stored(city, address) == before


def test_parameters_l_t_recoding_and_groups_are_said_in_the_form(city, address):
    client = sign_in(city, "registrar")
    form = Form(client.get(address).text)
    last = form.elements[-1]
    form.typed[f"choice.{last}"] = "technique:generalize"
    # The choice is made first; the form that comes back asks for its parameters.
    answer = client.post(f"{address}/preview", data=form.typed)
    assert answer.status_code == 422
    form = Form(answer.text)
    form.typed |= {f"p.{last}.hierarchy": "date", "l": "2", "t": "0.4", "reach_k": "recode"}
    form = Form(client.post(f"{address}/preview", data=form.typed).text)
    form.typed |= {f"p.{last}.to": "quarter", "aggregated": "yes", f"by.{last}": "1"}
    form.typed["count"] = "登记数"
    for element in form.elements[:-1]:
        form.typed[f"choice.{element}"] = "remove"
    assert client.post(address, data=form.typed).status_code == 303
    plan = stored(city, address)
    line = plan["columns"][-1]
    assert (line["technique"], line["params"]) == (
        "generalize",
        {"hierarchy": "date", "to": "quarter"},
    )
    assert (plan["l"], plan["t"], plan["reach_k"]) == (2, 0.4, "recode")
    assert plan["aggregate"] == {"by": [line["name"]], "count": "登记数"}
    # What the form holds is what it shows, so that another save keeps it.
    form = Form(client.get(address).text)
    assert client.post(address, data=form.typed).status_code == 303
    assert stored(city, address) == plan


def test_what_cannot_be_comes_back_beside_its_sentence_and_nothing_is_saved(city, address):
    client = sign_in(city, "registrar")
    before = stored(city, address)
    form = Form(client.get(address).text)
    form.typed |= {"k": "3", "l": "两", "max_suppressed": "150", "t": "7"}
    answer = client.post(address, data=form.typed)
    assert answer.status_code == 422
    for value in ("3", "两", "150", "7"):
        assert f'value="{value}"' in answer.text
    for name in ("k", "l", "max_suppressed", "t"):
        assert f'id="{name}-error"' in answer.text
    assert "填的是「150」，应为：0 到 100 的数" in answer.text
    assert stored(city, address) == before


def test_what_the_purpose_needs_and_how_many_people_there_are_stand_in_the_form(city, address):
    client = sign_in(city, "registrar")
    page = client.get(address).text
    form, name = Form(page), stored_names(page)[-1]
    form.typed |= {"use": name, "population": f"总人数 = 557000\r\n{name}：一 = 240000"}
    assert client.post(address, data=form.typed).status_code == 303
    plan = stored(city, address)
    assert plan["use"] == [name]
    assert plan["population"] == {"total": 557_000, "margins": {name: {"一": 240_000}}}
    form = Form(client.get(address).text)
    form.typed |= {"use": "没有的列", "population": "很多人"}
    answer = client.post(address, data=form.typed)
    assert answer.status_code == 422
    assert "填的是「很多人」，应为：第一行写「总人数 = 557000」" in answer.text
    assert ">很多人</textarea>" in answer.text
    assert stored(city, address) == plan


def test_a_release_without_a_name_and_an_interface_without_a_use_are_told_at_their_fields(
    city, address
):
    client = sign_in(city, "registrar")
    form = Form(client.get(f"{address}?profile=interface").text)
    form.typed |= {"release": " ", "use": "", "purpose": "核验身份", "reason": "核验要用"}
    answer = client.post(address, data=form.typed)
    assert answer.status_code == 422
    for field in ("release", "use"):
        assert f'id="{field}-error"' in answer.text
    assert "须写明「用途要用的列」" in answer.text
    assert 'value="核验身份"' in answer.text
    form = Form(answer.text)
    names = stored_names(answer.text)
    form.typed |= {"release": "2026年11月", "use": names[0], "purpose_code": "HY-01"}
    answer = client.post(address, data=form.typed)
    assert "没有用过的批次名" not in answer.text
    assert f"列「{names[1]}」不在「用途要用的列」里" in answer.text


def test_a_save_that_was_overtaken_keeps_what_was_typed_and_says_what_differs(city, address):
    client = sign_in(city, "registrar")
    mine, theirs = (Form(client.get(address).text) for _ in range(2))
    theirs.typed["k"] = "8"
    assert client.post(address, data=theirs.typed).status_code == 303
    mine.typed["k"] = "9"
    answer = client.post(address, data=mine.typed)
    assert answer.status_code == 409
    assert "<title>错误：" in answer.text
    assert "方案已被他人修改" in answer.text
    assert stored(city, address)["k"] == 8
    again = Form(answer.text)
    assert again.typed["k"] == "9"
    # A form that says of nothing, or of nonsense, what it was filled in over saves nothing.
    for seen in ("", "-1", "999999999999"):
        sent = {**again.typed, "row_version": seen}
        assert client.post(address, data=sent).status_code == 409
    assert client.post(address, data=again.typed).status_code == 303
    assert stored(city, address)["k"] == 9


def test_an_example_is_of_made_up_values_and_saves_nothing(city, address):
    client = sign_in(city, "registrar")
    before = stored(city, address)
    form = Form(client.get(address).text)
    form.typed |= {f"choice.{element}": "pseudonym" for element in form.elements}
    form.typed.pop("aggregated", None)
    answer = client.post(f"{address}/preview", data=form.typed)
    assert answer.status_code == 200, answer.text
    panel = answer.text[answer.text.index('id="preview"') : answer.text.index('id="plan"')]
    assert len(re.findall(r"<td[^>]*>[0-9a-f]{32}</td>", panel)) == 3 * len(form.elements)
    assert stored(city, address) == before


def test_a_plan_made_at_the_department_is_brought_into_the_form(city, address):
    client = sign_in(city, "registrar")
    page = client.get(address).text
    plan = json.loads(client.get(f"{address}/plan.json").text) | {"k": 11, "profile": "statistical"}
    plan["columns"] = [{**line, "element": "x", "level": "1"} for line in plan["columns"]]
    name = plan["columns"][0]["name"]
    plan |= {"use": [name], "population": {"total": 557_000, "margins": {name: {"一": 9}}}}

    def bring(text: bytes) -> object:
        sent = {"csrf_token": token_of(page), "plan": (io.BytesIO(text), "plan.json")}
        return client.post(f"{address}/plan", data=sent, content_type="multipart/form-data")

    answer = bring(json.dumps(plan).encode())
    assert answer.status_code == 200
    form = Form(answer.text).typed
    assert form["k"] == "11"
    assert (form["use"], form["population"]) == (name, f"总人数 = 557000\n{name}：一 = 9")
    assert "还没有保存" in answer.text
    assert stored(city, address)["k"] != 11
    faulty = bring(json.dumps(plan | {"k": 2}).encode())
    assert faulty.status_code == 422
    assert "要求 k 不小于 5" in faulty.text
    strange = bring(json.dumps(plan | {"use": ["身高"]}).encode())
    assert "写了「身高」，方案里没有这一列" in strange.text
    assert bring(b"{").status_code == 400
    assert bring(b"[]").status_code == 422


@pytest.mark.parametrize("way", ["", "/preview", "/plan"])
def test_only_the_department_edits_looks_and_brings(city, address, way):
    client = sign_in(city, "consumer")
    token = token_of(client.get("/").text) if "csrf_token" in client.get("/").text else ""
    assert client.post(f"{address}{way}", data={"csrf_token": token}).status_code in {403, 404}


def test_an_entry_without_items_proposes_nothing_and_leads_to_where_they_are_registered(city):
    client = sign_in(city, "registrar")
    page = client.get("/resources/new").text
    data = {"csrf_token": token_of(page), "name": "尚无信息项的登记", "declared": "yes"}
    made = client.post("/resources/new", data=data)
    entry = re.search(r"/resources/(\w{16})", made.headers["Location"])
    assert entry is not None
    page = client.get(f"/resources/{entry[1]}/masking").text
    assert "没有信息项" in page
    assert f'href="/resources/{entry[1]}">到条目页登记信息项' in page
    assert "系统建议" not in page
    assert "带入方案文件" not in page


def test_another_treatment_renews_a_reason_written_here_and_keeps_a_typed_one(city, address):
    """A column that is kept must not say beside it that it was removed."""
    client = sign_in(city, "registrar")
    form = Form(client.get(address).text)
    first, second = form.elements[:2]
    for element, reason in ((first, "直接标识符，用途不需要"), (second, "局长办公会定")):
        form.typed[f"choice.{element}"] = "remove"
        form.typed[f"reason.{element}"] = reason
    assert client.post(address, data=form.typed).status_code == 303
    form = Form(client.get(address).text)
    for element in (first, second):
        form.typed[f"choice.{element}"] = "pseudonym"
    # Whatever else is wrong with the plan by now, the form shows what it understood.
    said = Form(client.post(f"{address}/preview", data=form.typed).text).typed
    assert said[f"reason.{first}"] == "直接标识符，处理方式改为：带密钥假名"
    assert said[f"reason.{second}"] == "局长办公会定"


def test_the_choices_that_fit_a_column_stand_before_all_others(city, address):
    page = sign_in(city, "registrar").get(address).text
    options = page[page.index("<select") :]
    assert options.index("常用") < options.index("其他处理") < options.index("自定参数")


def test_what_is_kept_without_a_reason_is_named_and_one_reason_serves_for_all(city, address):
    client = sign_in(city, "registrar")
    form = Form(client.get(address).text)
    before, names = stored(city, address), stored_names(client.get(address).text)
    form.typed |= {"reason": "", "purpose": "写了一半的用途"}
    for element in form.elements:
        form.typed |= {f"choice.{element}": "keep", f"role.{element}": "other"}
        form.typed[f"reason.{element}"] = ""
    first = form.elements[0]
    answer = client.post(address, data=form.typed | {f"reason.{first}": "局长办公会定"})
    assert answer.status_code == 422
    assert "写了一半的用途" in answer.text
    assert f"「{names[1]}」" in answer.text
    assert "请由人写明为什么要保留" in answer.text
    assert stored(city, address) == before
    # A look at an example is no decision, and asks for no reason.
    looked = client.post(f"{address}/preview", data=form.typed).text
    assert "请由人写明" not in looked
    form = Form(answer.text)
    assert form.typed[f"reason.{first}"] == "局长办公会定"
    form.typed["reason"] = "年报要用"
    saved = client.post(address, data=form.typed)
    assert "请由人写明" not in saved.text
    assert 'value="年报要用"' in saved.text or saved.status_code == 303


def test_what_the_program_notes_beside_a_reason_is_english_on_the_english_page(city, address):
    client = sign_in(city, "registrar")
    page = client.get(f"{address}?profile=interface&lang=en").text
    noted = re.findall(r'-noted">([^<]+)<', page)
    assert noted
    assert not [one for one in noted if re.search(r"[\u4e00-\u9fff]", one)]


def test_a_plan_of_earlier_rules_tells_on_its_page_what_is_missing_before_a_run(city, address):
    """It was sound when it was saved: without reasons, a name of the release, columns of use."""
    with db.transaction(city.extensions["registry_database"], writes=True) as session:
        entry = session.scalars(sa.select(Resource).filter_by(key=address.split("/")[2])).one()
        plan = desensitization.proposed(entry.working or entry.live, "interface")
        plan = {key: one for key, one in plan.items() if key not in {"release", "use", "reason"}}
        plan["columns"] = [{**line, "reason": ""} for line in plan["columns"]]
        session.add(
            MaskingPlan(
                key="earlier-rules-01",
                resource_id=entry.id,
                version_id=(entry.working or entry.live).id,
                profile="interface",
                plan=plan,
                digest=masking.digest(plan),
                made_by=person(session, "registrar").person_id,
                made_at=db.now(),
                row_version=1,
            )
        )
    client = sign_in(city, "registrar")
    page = client.get(f"{address}?profile=interface").text
    assert "方案是按以前的规则保存的" in page
    assert {"#use", "#release", "#reason"} <= set(re.findall(r'<li><a href="(#\w+)"', page))
    assert "尚未保存" not in page
    assert "错误：" not in page
    assert "saved under earlier rules" in client.get(f"{address}?profile=interface&lang=en").text
    # Who may only read it has nothing to fill in.
    assert "按以前的规则" not in sign_in(city, "head").get(f"{address}?profile=interface").text
