"""The pages of masking runs: wrong files, foreign eyes, and that no raw value is left anywhere."""

import io
import json
import logging
import os
import re
import resource
import shutil
import signal
import sqlite3
import time
import zipfile
from pathlib import Path
from threading import Thread

import polars as pl
import pytest
import sqlalchemy as sa
from flask import Flask
from werkzeug.test import EnvironBuilder

from anonymization import keys
from registry import db, discovery, sealed
from registry.desensitization import runs
from registry.desensitization.runner import Runner
from registry.models.catalogue import Resource
from registry.models.desensitization import MaskingPlan, MaskingReport, MaskingRun
from registry.models.projects import Project, ProjectResource
from tests import factories
from tests.desensitization.bench import Bench, people
from tests.factories import sign_in, token_of

CODE = "307002150300/000004"


@pytest.fixture(scope="module")
def key(city: Flask):
    """An entry of the registrar's department with a saved plan."""
    registrar = sign_in(city, "registrar")
    with db.transaction(city.extensions["registry_database"], writes=False) as session:
        found = session.query(Resource).filter_by(code=CODE).one().key
    page = registrar.get(f"/resources/{found}/masking").text
    saved = registrar.post(f"/resources/{found}/masking", data=form(page))
    assert saved.status_code == 303
    yield found
    shutil.rmtree(sealed.memory(city.extensions["registry_settings"].data_dir))


def form(page: str) -> dict[str, str]:
    """The form of the plan as the page proposes it, with a reason for what it keeps."""
    fields = dict(
        re.findall(r'<input class="input[^"]*" id="(\w+)" name="\w+"[^>]*? value="([^"]*)"', page)
    )
    for name, body in re.findall(
        r'<select class="input[^"]*" name="([^"]+)".*?>(.*?)</select>', page, re.S
    ):
        chosen = re.search(r'<option value="([^"]*)" selected', body)
        assert chosen is not None
        fields[name] = chosen[1]
    decided = {"profile": "statistical", "reason": "统计要用", "row_version": "0"}
    return fields | decided | {"csrf_token": token_of(page)}


def ask(client, key, content=b"", over="upload", **more):
    page = client.get(f"/resources/{key}").text
    data = {"csrf_token": token_of(page), "profile": "statistical", "over": over, **more}
    if over == "upload":
        data["data"] = (io.BytesIO(content), "王小明.csv")
    answer = client.post(f"/resources/{key}/masking/runs", data=data)
    # What is large the client keeps in a file of its own.
    answer.request.environ["wsgi.input"].close()
    return answer


def zipped(*names: str) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        for name in ("xl/workbook.xml", *names):
            archive.writestr(name, "x")
    return held.getvalue()


def test_a_full_disk_is_told_and_nothing_half_written_is_left(city, key):
    """No file may grow beyond twelve megabytes here, as on a disk without room for more."""
    client = sign_in(city, "registrar")
    folder = city.extensions["registry_settings"].data_dir
    page = client.get(f"/resources/{key}").text
    data = {"csrf_token": token_of(page), "profile": "statistical", "over": "upload"}
    content = "姓名\n".encode() + "某人\n".encode() * (2 << 20)
    data["data"] = (io.BytesIO(content), "数据.csv")
    # The client keeps what is large in a file of its own, written before the disk is full.
    sent = EnvironBuilder(f"/resources/{key}/masking/runs", method="POST", data=data).get_environ()
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (12 << 20, hard))
    try:
        answer = client.open(sent)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        sent["wsgi.input"].close()
    assert answer.status_code == 503
    assert "服务器磁盘已满" in answer.text
    assert "没有保存任何改动" in answer.text
    assert sealed.names(folder) == []
    assert list((folder / "runs").glob("*")) == []


def test_a_database_that_is_full_is_told_as_the_disk_is_and_keeps_nothing(city, key):
    client = sign_in(city, "registrar")
    page = client.get(f"/resources/{key}/masking").text
    # Longer than what is left of any page: it takes new ones.
    typed = form(page) | {"row_version": "1", **dict.fromkeys(reasons(page), "理由" * 500)}
    with factories.no_room(city.extensions["registry_database"]):
        told = client.post(f"/resources/{key}/masking", data=typed)
    assert told.status_code == 503
    assert "服务器磁盘已满" in told.text
    assert int(told.headers["Retry-After"]) == db.NO_ROOM_S
    assert "理由" * 500 not in client.get(f"/resources/{key}/masking").text


def reasons(page: str) -> list[str]:
    """The names of the fields of a plan that say why."""
    return re.findall(r'name="(reason\.[^"]+)"', page)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "没有选择文件"),
        (b"\xd0\xcf\x11\xe0" + b"x" * 600, "旧版 Excel"),
        (b"PAR1" + b"x" * 600, "文件损坏"),
        (b"PK\x03\x04" + b"x" * 600, "文件损坏"),
        (zipped("xl/vbaProject.bin"), "有宏"),
        (zipped("xl/externalLinks/link1.xml"), "引用了其他文件"),
        (b"<!DOCTYPE html><table>", "这是网页"),
        (b"\x00\x01\x02" * 300, "不是 CSV"),
        (b"\x89PNG\r\n\x1a\n" + bytes(range(256)), "不是 CSV"),
    ],
    ids=["none", "xls", "parquet", "zip", "macro", "links", "html", "binary", "picture"],
)
def test_a_wrong_file_is_told_in_one_sentence_and_not_kept(city, key, content, said):
    client = sign_in(city, "registrar")
    answer = ask(client, key, content)
    assert answer.status_code == 400
    assert said in answer.text
    assert "没有保存任何内容" in answer.text
    folder = city.extensions["registry_settings"].data_dir
    assert sealed.names(folder) == []


def test_a_file_is_sealed_while_another_writes_and_nothing_stays_of_one_that_is_refused(city, key):
    database = city.extensions["registry_database"]
    folder = city.extensions["registry_settings"].data_dir
    client, answers = sign_in(city, "registrar"), []
    page = client.get(f"/resources/{key}").text
    data = {"csrf_token": token_of(page), "profile": "interface", "over": "upload"}
    data["data"] = (io.BytesIO("姓名\n某人\n".encode()), "数据.csv")
    address = f"/resources/{key}/masking/runs"
    sending = Thread(target=lambda: answers.append(client.post(address, data=data)))
    with db.transaction(database, writes=True):
        sending.start()
        end = time.monotonic() + db.WAIT_FOR_WRITER_S / 2
        while not list((folder / "runs").glob("*.source")):
            assert time.monotonic() < end, "the file waits for the lock of the writer"
            time.sleep(0.01)
        assert answers == []
    sending.join()
    # There is no plan of this profile, which is known under the lock alone.
    assert answers[0].status_code == 404
    assert sealed.names(folder) == []


def test_a_form_sent_twice_keeps_one_file(city, key):
    folder = city.extensions["registry_settings"].data_dir
    client = sign_in(city, "registrar")
    twice = [ask(client, key, b"a\n1\n", form_key="the-same") for _ in range(2)]
    assert [one.status_code for one in twice] == [303, 303]
    assert twice[0].location == twice[1].location
    assert len(sealed.names(folder)) == 1
    page = client.get(f"/resources/{key}").text
    client.post(f"{twice[0].location}/cancel", data={"csrf_token": token_of(page)})
    assert sealed.names(folder) == []


def test_a_file_that_is_too_large_is_told(city, key):
    client = sign_in(city, "registrar")
    answer = ask(client, key, b"x" * (21 << 20))
    assert answer.status_code == 413
    assert "超过上限" in answer.text


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({"over": "table", "table": "people", "source": "population"}, 404),
        ({"over": "table", "table": "people; DROP TABLE x", "source": "population"}, 400),
        ({"over": "nothing"}, 400),
        ({"over": "made_up", "profile": "open"}, 404),
    ],
)
def test_what_cannot_be_run_is_refused_before_it_is_queued(city, key, sent, said):
    assert ask(sign_in(city, "registrar"), key, **sent).status_code == said


@pytest.mark.parametrize("who", ["consumer", "consumer_head"])
def test_the_run_of_another_department_is_not_there(city, key, who):
    registrar = sign_in(city, "registrar")
    address = ask(registrar, key, over="made_up").headers["Location"]
    assert registrar.get(address).status_code == 200
    assert registrar.get(address.replace(key, "aaaaaaaaaaaaaaaa")).status_code == 404
    foreign = sign_in(city, who)
    assert foreign.get(address).status_code == 404
    token = token_of(foreign.get("/inbox").text)
    for step in ("cancel", "release"):
        answer = foreign.post(f"{address}/{step}", data={"csrf_token": token})
        assert answer.status_code in {403, 404}
    again = ask(registrar, key, over="made_up")
    assert again.status_code == 409
    assert "有一次运行还没有结束" in again.text
    page = registrar.get(address).text
    assert (
        registrar.post(f"{address}/cancel", data={"csrf_token": token_of(page)}).status_code == 303
    )
    assert "已取消" in registrar.get(address).text
    gone = registrar.post(f"{address}/release", data={"csrf_token": token_of(page)})
    assert gone.status_code == 404
    assert "只保留 24 小时" in gone.text


def test_a_reviewer_sees_the_run_and_can_do_nothing_with_it(city, key):
    registrar = sign_in(city, "registrar")
    address = ask(registrar, key, over="made_up").headers["Location"]
    reviewer = sign_in(city, "reviewer")
    page = reviewer.get(address).text
    assert "取消运行" not in page
    assert (
        reviewer.post(f"{address}/cancel", data={"csrf_token": token_of(page)}).status_code == 403
    )
    registrar.post(f"{address}/cancel", data={"csrf_token": token_of(registrar.get(address).text)})


# --- no raw value is left anywhere -----------------------------------------------------------

FRONT = "栽种"
PLANTED = [f"{FRONT}{'甲乙丙丁戊己庚辛壬癸'[n % 10]}{n:02d}氏" for n in range(20)]


def planted(header: bool = True) -> bytes:
    """A table of 600 in which twenty values stand that are found nowhere else."""
    made = people()
    names = [*PLANTED, *made["姓名"].to_list()[20:]]
    return made.with_columns(pl.Series("姓名", names)).write_csv(include_header=header).encode()


def spelt(value: str) -> tuple[bytes, ...]:
    """A value as a file may hold it."""
    return (value.encode(), value.encode("gb18030"), ascii(value)[1:-1].encode())


def left(database, roots: list[Path], data: Path, caplog) -> list[str]:
    """Where any of the planted values stands: below `roots`, in memory, a database, a log."""
    # What does not hold how all of them begin is looked through once, and not twenty times.
    forms = {front: [spelt(one)[n] for one in PLANTED] for n, front in enumerate(spelt(FRONT))}
    places = []
    files = [path for root in (*roots, sealed.memory(data)) for path in root.rglob("*")]
    for path in [*files, *Path("/tmp").glob("*")]:
        try:
            if not path.is_file() or path.stat().st_size >= 1 << 28:
                continue
            content = path.read_bytes()
        except OSError:
            continue  # another's, or gone meanwhile
        if any(front in content and any(one in content for one in forms[front]) for front in forms):
            places.append(str(path))
    rows = []
    with db.transaction(database, writes=False) as session:
        for table in db.Base.metadata.sorted_tables:
            rows += [str(tuple(row)) for row in session.execute(sa.select(table))]
    told = [record.getMessage() for record in caplog.records]
    for where, texts in (("database", rows), ("log", told)):
        if any(value in text for text in texts for value in PLANTED):
            places.append(where)
    return places


class Ground:
    """An installation whose pages, machine, logs and disk are all looked through."""

    def __init__(self, database, folder: Path, caplog) -> None:
        self.bench = Bench(database, folder / "data", sources_dir=str(folder / "sources"))
        self.app = factories.city_app(folder / "data", database)
        self.caplog, self.folder, self.pages = caplog, folder, []

    def send(self, content: bytes, name: str) -> str:
        """Through the whole edge, under a file name that is a value too."""
        with self.app.test_request_context(
            method="POST", data={"over": "upload", "data": (io.BytesIO(content), f"{name}.csv")}
        ):
            from flask import request

            from registry.web import sent

            table = request.files["data"]
            kind = sent.kind_of(table.stream)
            return self.bench.send(table.stream.read(), kind)

    def found(self) -> list[str]:
        """Where any of the values stands: on disk, in memory, in a database, in a log."""
        return left(self.bench.database, [self.folder], self.bench.folder, self.caplog)

    def indexed(self) -> None:
        index = discovery.open_index(self.bench.settings)
        while discovery.drain(self.bench.database, index):
            pass
        index.close()


@pytest.fixture
def ground(database, tmp_path, caplog):
    caplog.set_level(logging.DEBUG)
    made = Ground(database, tmp_path, caplog)
    yield made
    made.bench.close()


def passed(ground: Ground) -> None:
    ground.bench.save({"姓名": {"technique": "suppress"}})
    assert ground.bench.ended(ground.send(planted(), PLANTED[0])).state == "passed"


def failed(ground: Ground) -> None:
    ground.bench.save(k=500, reach_k="fail")
    assert ground.bench.ended(ground.send(planted(), PLANTED[0])).state == "failed"


def refused(ground: Ground) -> None:
    """Without a header the first row stands in its place; cut, a row is ragged."""
    row = ground.bench.ended(ground.send(planted(header=False), PLANTED[0]))
    assert (row.state, row.why["code"]) == ("refused", "PLAN_OF_ANOTHER_TABLE")
    twice = f"{PLANTED[1]},{PLANTED[1]},1,2\n".encode()
    assert ground.bench.ended(ground.send(twice, "x")).why["code"] == "HEADER_TWICE"
    ragged = "姓名,公民身份号码,性别,出生日期\n".encode() + f"{PLANTED[2]},1\n".encode() * 9
    assert ground.bench.ended(ground.send(ragged, "x")).why["code"] == "RAGGED"


def killed(ground: Ground) -> None:
    key = ground.send(planted(), PLANTED[0])
    os.kill(ground.bench.started(key), signal.SIGKILL)
    assert ground.bench.ended(key).state == "lost"


def killed_at_work(ground: Ground) -> None:
    """In the middle, with the plain file in the folder of the run."""
    key = ground.send(planted(), PLANTED[0])
    number = ground.bench.started(key)
    scratch = Path(os.readlink(f"/proc/{number}/cwd"))
    ground.bench.until((scratch / "数据.csv").exists)
    os.kill(number, signal.SIGKILL)
    assert ground.bench.ended(key).state == "lost"


def cancelled(ground: Ground) -> None:
    key = ground.send(planted(), PLANTED[0])
    # It stands still until it is stopped for good: a short run would be over before.
    os.kill(ground.bench.started(key), signal.SIGSTOP)
    with ground.bench.writes() as session:
        row = session.scalars(sa.select(MaskingRun).where(MaskingRun.key == key)).one()
        runs.cancel(session, ground.bench.registrar, ground.bench.folder, row)
    assert ground.bench.ended(key).state == "cancelled"


def from_a_table(ground: Ground) -> None:
    """Out of a database of the unit, which is none of ours and gone when we look."""
    business = ground.folder / "business.sqlite"
    source = sqlite3.connect(business)
    frame = pl.read_csv(planted())
    source.execute("CREATE TABLE people (姓名, 公民身份号码, 性别, 出生日期)")
    source.executemany("INSERT INTO people VALUES (?,?,?,?)", frame.rows())
    source.commit()
    source.close()
    place = ground.folder / "sources" / ground.bench.unit / "population.url"
    place.parent.mkdir(parents=True)
    place.touch(0o600)
    place.write_text(f"sqlite:///{business}")
    order = runs.Order("measured", "table", "csv", None, "population", "people")
    assert ground.bench.ended(ground.bench.ask(order)).state == "passed"
    wrong = runs.Order("measured", "table", "csv", None, "population", "nobody")
    assert ground.bench.ended(ground.bench.ask(wrong)).state == "refused"
    business.unlink()


def stopped_and_begun_again(ground: Ground) -> None:
    """By the machine itself, as at an update: the run waits sealed, and ends later."""
    key = ground.send(planted(), PLANTED[0])
    ground.bench.started(key)
    ground.bench.runner.close()
    assert ground.bench.row(key).state == "queued"
    assert ground.found() == []
    ground.bench.runner = Runner(ground.bench.settings, ground.bench.database)
    assert ground.bench.ended(key).state == "passed"


ENDS = [
    passed,
    failed,
    refused,
    killed,
    killed_at_work,
    cancelled,
    from_a_table,
    stopped_and_begun_again,
]


@pytest.mark.parametrize("end", ENDS, ids=lambda f: f.__name__)
def test_of_twenty_planted_values_none_is_found_anywhere_after_a_run(ground, end):
    end(ground)
    ground.indexed()
    assert ground.found() == []


def test_while_it_waits_what_was_sent_is_cipher_text_alone(ground):
    ground.send(planted(), PLANTED[0])
    assert ground.found() == []


def test_the_search_itself_finds_a_value_that_is_left(ground):
    (ground.folder / "left").write_text(PLANTED[3], "utf-8")
    logging.getLogger("registry").warning("%s", PLANTED[3])
    assert ground.found() == [str(ground.folder / "left"), "log"]


def by_page(client, address: str, **data) -> int:
    """What a form of the city is answered, with the values in its file and in the name of it."""
    token = token_of(client.get("/inbox").text)
    answer = client.post(address, data={"csrf_token": token, **data})
    # What is large the client keeps in a file of its own.
    answer.request.environ["wsgi.input"].close()
    assert not any(value in answer.text for value in PLANTED if "sample" not in address)
    return answer.status_code


def test_of_planted_values_none_is_left_by_any_page_that_takes_a_file(city, key, caplog):
    """The run that waits, wrong files, a sample, the check of a file, a mount, a forged report."""
    caplog.set_level(logging.DEBUG)
    client, officer = sign_in(city, "registrar"), sign_in(city, "acceptance")
    database = city.extensions["registry_database"]
    data = city.extensions["registry_settings"].data_dir
    here = f"/resources/{key}/masking"
    with db.transaction(database, writes=False) as session:
        project, entry, report = session.execute(
            sa.select(Project.key, Resource.key, MaskingReport.key)
            .join(ProjectResource, ProjectResource.project_id == Project.id)
            .join(Resource, Resource.id == ProjectResource.resource_id)
            .join(MaskingPlan, MaskingPlan.resource_id == Resource.id)
            .join(MaskingReport, MaskingReport.plan_id == MaskingPlan.id)
            .where(Project.stage == "final", MaskingReport.kind == "measured")
            .limit(1)
        ).one()
        forged = session.scalars(sa.select(MaskingReport.report)).first()

    def sent(content: bytes = planted()) -> tuple[io.BytesIO, str]:
        return io.BytesIO(content), f"{PLANTED[0]}.csv"

    upload = {"over": "upload", "profile": "statistical"}
    assert by_page(client, f"{here}/runs", data=sent(), **upload) == 303
    # A second one of the plan is refused when it is sealed already; so are those that are no table.
    assert by_page(client, f"{here}/runs", data=sent(), **upload) == 409
    for broken in (b"PAR1" + planted(), b"PK\x03\x04" + planted(), planted() + b"\x00\xff"):
        assert by_page(client, f"{here}/runs", data=sent(broken), **upload) == 400
    assert by_page(client, f"{here}/sample", sample=sent(), profile="statistical") == 422
    told = json.dumps({**forged, "rows": PLANTED}, ensure_ascii=False).encode()
    assert by_page(client, f"{here}/report", report=sent(told), profile="statistical") == 400
    assert by_page(client, f"{here}/plan", plan=sent(), profile="statistical") == 400
    check = f"/resources/{entry}/masking/reports/{report}/file"
    assert by_page(officer, check, file=sent()) == 303
    mount = {"resource": entry, "number": "GJ-8", "answered": "yes", "columns": "甲"}
    assert by_page(sign_in(city, "operator"), f"/projects/{project}/mounts", file=sent(), **mount)
    assert left(database, [data], data, caplog) == []
    with db.transaction(database, writes=False) as session:
        waiting = session.scalars(sa.select(MaskingRun.key).where(MaskingRun.state == "queued"))
        addresses = [f"{here}/runs/{one}/cancel" for one in waiting]
    assert [by_page(client, one) for one in addresses] == [303]
    assert sealed.names(data) == []


def test_the_page_of_the_plan_lists_runs_and_keys_in_both_languages(city, key):
    registrar = sign_in(city, "registrar")
    folder = city.extensions["registry_settings"].data_dir
    keys.create(sealed.release_key(folder, key, "statistical", "第一批"), "李某", "第一批")
    address = ask(registrar, key, over="made_up").headers["Location"]
    page = registrar.get(f"/resources/{key}/masking").text
    for said in ("在这里运行", "排队中", address, "第一批", "销毁密钥", "不超过 20 MB"):
        assert said in page
    assert "Run here" in registrar.get(f"/resources/{key}/masking?lang=en").text
    data = {"csrf_token": token_of(page), "profile": "statistical"}
    name = sealed.release_keys(folder, key)[0].name
    there = f"/resources/{key}/masking/keys/{name}/destroy"
    assert registrar.post(there, data=data).status_code == 409
    assert registrar.post(there, data=data | {"reason": "发布结束"}).status_code == 303
    assert "李某" not in registrar.get(f"/resources/{key}/masking?lang=zh").text
    registrar.post(f"{address}/cancel", data={"csrf_token": token_of(page)})
