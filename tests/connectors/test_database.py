"""A table of a department's database is read, never written, and its address never shown."""

from collections.abc import Iterator
from pathlib import Path

import polars as pl
import pytest
import sqlalchemy as sa

from anonymization import apply
from anonymization.errors import Refused
from anonymization.synthetic import citizens
from connectors import database
from tests import factories
from tests.anonymization.conftest import line, people_plan, refused

ODD = 'a"b; drop table x'


@pytest.fixture
def address(tmp_path: Path) -> Iterator[sa.URL]:
    """A database of this engine with a register, a view and a table of an awkward name."""
    with factories.empty_database(tmp_path) as opened:
        engine = opened.writing
        url = engine.url.render_as_string(hide_password=False)
        people = citizens(2500, seed=5)
        meta = sa.MetaData()
        types = {"月收入": sa.Numeric(12, 2)}
        register = sa.Table(
            "户籍登记",
            meta,
            sa.Column("序号", sa.Integer, primary_key=True),
            *(sa.Column(name, types.get(name, sa.String())) for name in people.columns),
        )
        odd = sa.Table(ODD, meta, sa.Column('col "1"', sa.String()))
        with engine.begin() as connection:
            meta.create_all(connection)
            rows = people.with_row_index("序号").to_dicts()
            connection.execute(register.insert(), list(reversed(rows)))
            connection.execute(odd.insert(), [{'col "1"': "值"}])
        yield sa.make_url(url)


def file_of(address: sa.URL, folder: Path) -> Path:
    path = folder / "address"
    path.write_text(address.render_as_string(hide_password=False) + "\n")
    path.chmod(0o600)
    return path


def executed(address: sa.URL, statement: str) -> None:
    with sa.create_engine(address, poolclass=sa.NullPool).begin() as connection:
        connection.exec_driver_sql(statement)


def test_a_table_comes_in_the_order_of_its_key_and_the_same_each_time(address):
    with database.opened(address, "户籍登记") as handed:
        first = handed.frame()
        assert first["序号"].to_list() == list(range(2500))
        assert first["序号"].dtype == pl.Int64
        assert handed.frame().equals(first)
        assert handed.frame(["姓名"]).equals(first.select("姓名"))
        assert first["月收入"].to_list()[0].count(".") == 1


def test_a_release_is_made_from_a_table_as_from_a_file(address, tmp_path):
    plan = people_plan()
    plan["columns"] = [line("序号", "suppress"), *plan["columns"]]
    with database.opened(address, "户籍登记") as handed:
        report = apply(plan, handed, tmp_path / "a.csv", b"k" * 32)
        assert report.passed, report.facts["findings"]
        handed.frame().write_csv(tmp_path / "same.csv")
    again = apply(plan, tmp_path / "same.csv", tmp_path / "b.csv", b"k" * 32)
    assert (tmp_path / "a.csv").read_bytes() == (tmp_path / "b.csv").read_bytes()
    assert report.facts["input"]["format"] == "table"
    assert report.facts["input"]["rows"] == again.facts["input"]["rows"] == 2500
    assert report.facts["input"]["digest"].startswith("sm3:")


def test_the_digest_of_a_table_tells_another_row(address):
    digests = []
    for change in (None, "UPDATE \"户籍登记\" SET 性别 = 'x' WHERE 序号 = 7"):
        if change:
            executed(address, change)
        with database.opened(address, "户籍登记") as handed:
            list(handed.batches())
            digests.append(handed.digest())
    assert digests[0] != digests[1]


def test_a_name_is_quoted_from_the_catalogue_of_the_database(address):
    with database.opened(address, ODD) as handed:
        assert handed.frame().to_dicts() == [{'col "1"': "值"}]


def test_what_is_no_table_is_refused(address):
    for name in ("没有", "x; drop table 户籍登记", "没有.户籍登记", ""):
        refused("TABLE_NOT_THERE", lambda name=name: database.opened(address, name).__enter__())


def test_a_name_that_is_nearly_one_is_answered_with_those_there_are(address):
    with pytest.raises(Refused) as refusal, database.opened(address, "户籍登记表"):
        pass
    assert "名称相近的有：户籍登记。" in refusal.value.zh
    with pytest.raises(Refused) as refusal, database.opened(address, "zzz"):
        pass
    assert "名称相近" not in refusal.value.zh


def test_the_transaction_cannot_write(address):
    def delete() -> None:
        with database.opened(address, "户籍登记") as handed:
            connection = handed.read.__closure__[0].cell_contents  # type: ignore[index]
            connection.exec_driver_sql('DELETE FROM "户籍登记"')

    refused("DATABASE_FAILED", delete)
    with database.opened(address, "户籍登记") as handed:
        assert handed.rows == 2500


def test_too_many_rows_and_too_much_time_are_refused(address):
    call = database.opened(address, "户籍登记", most_rows=2499)
    refused("TABLE_TOO_LARGE", call.__enter__)


def test_a_slow_statement_is_given_up(address):
    slow = {
        "sqlite": "CREATE VIEW 慢 AS WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n"
        " LIMIT 500000000) SELECT x FROM n",
        "postgresql": "CREATE VIEW 慢 AS SELECT 1 AS x FROM pg_sleep(60)",
    }
    executed(address, slow[address.get_backend_name()])
    call = database.opened(address, "慢", seconds=1)
    refused("DATABASE_SLOW", call.__enter__)


def test_an_address_stands_in_a_file_of_its_owner(address, tmp_path):
    path = file_of(address, tmp_path)
    assert database.address_in(path) == address
    path.chmod(0o644)
    refused("ADDRESS_OPEN", lambda: database.address_in(path))
    path.chmod(0o600)
    unknown = (
        "postgresql://u@h:secret/d",
        "postgresql+foo://u:secret@h/d",
        "postgresql+psycopg2://u:secret@h/d",
    )
    for text in ("", "mysql://u:secret@h/d", "postgresql", "sqlite+foo:///d", *unknown):
        path.write_text(text)
        assert "secret" not in str(refused("ADDRESS_UNKNOWN", lambda: database.address_in(path)))
    refused("ADDRESS_NOT_THERE", lambda: database.address_in(tmp_path / "no"))


def test_a_database_that_does_not_answer_is_told_without_its_address(tmp_path):
    for text in (
        "postgresql+psycopg://someone:secret@127.0.0.1:1/none",
        f"sqlite:///{tmp_path}/no.sqlite",
    ):
        call = database.opened(sa.make_url(text), "x")
        said = str(refused("DATABASE_FAILED", call.__enter__))
        assert "secret" not in said
        assert str(tmp_path) not in said
    assert not (tmp_path / "no.sqlite").exists()
