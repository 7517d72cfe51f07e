"""`catalogue unit`: the units of the city, from a table; the first thing a new city needs."""

import json
from collections.abc import Mapping
from io import BytesIO
from pathlib import Path

import click

from registry import db, files
from registry.access import SYSTEM
from registry.accounts import units
from registry.cli import tables
from registry.cli.line import main
from registry.cli.opening import database, reading, settings

_FAULTS: Mapping[str, str] = {
    "heading": "第 1 行缺少栏目：{value}；catalogue unit template 给出模板"
    " / row 1 lacks these columns; see catalogue unit template",
    "empty": "文件里没有单位 / the file holds no unit",
    "code": "统一社会信用代码“{value}”不对，应为 18 位并通过校验；在 Excel 里请把这一列设为文本"
    " / no social credit code; in Excel make the column text",
    "twice": "{value} 在文件里出现两次，请删去一行 / this unit stands twice",
    "name": "请填写单位名称 / the name is missing",
    "name_twice": "单位名称“{value}”有两个单位使用，请区分 / two units have this name",
    "kind": "单位性质“{value}”不对，应为" + "、".join(units.KINDS) + " / no kind of unit",
    "class_code": "分类代码“{value}”应为 6 位数字 / the class is 6 digits",
    "region": "行政区划代码“{value}”应为 6 位数字 / the region is 6 digits",
    "holder": "责任处室和联系电话要一并填写 / office and phone go together",
    "text": "{value} 字以内，不能换行 / too long, or more than one line",
    "authority": "主管部门“{value}”不在文件里，也没有登记过；请填写代码或者名称"
    " / the authority is neither in the file nor known",
    "parent": "上级单位“{value}”不在文件里，也没有登记过；请填写代码或者名称"
    " / the parent is neither in the file nor known",
    "operator": "平台运维方“{value}”不在文件里，也没有登记过；请填写代码或者名称"
    " / the operator is neither in the file nor known",
    "circle": "{value} 成了自己的上级，请核对上级单位 / the unit stands above itself",
}


@main.group("unit")
def unit() -> None:
    """Units 单位."""


@unit.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--dry-run", is_flag=True, help="只检查，不保存 / check only, store nothing")
@click.option("--json", "as_json", is_flag=True)
def import_(file: Path, dry_run: bool, as_json: bool) -> None:
    """Take in the units of a CSV or Excel table: added or changed, none is taken away.

    The same file may come again. A blank cell leaves what is known. All of it is stored, or
    nothing with every fault by row, exit 1.
    """
    content = file.read_bytes()
    rows, faults = units.read(tables.first(content))
    if not faults:
        with (
            database(settings()) as opened,
            db.transaction(opened, writes=not dry_run) as session,
        ):
            digest = files.digest(content)
            outcome, faults = units.take(session, SYSTEM, rows, digest, dry_run=dry_run)
    if faults:
        tables.refuse(faults, _FAULTS, as_json=as_json)
    if as_json:
        changes = [{**vars(one), "fields": list(one.fields)} for one in outcome.changes]
        facts = {"changes": changes, "same": outcome.same, "unnamed": outcome.unnamed}
        click.echo(json.dumps({**facts, "dry_run": dry_run}, ensure_ascii=False))
        return
    _tell(outcome, dry_run=dry_run)


def _tell(outcome: units.Outcome, *, dry_run: bool) -> None:
    for one in outcome.changes:
        if one.what == "added":
            click.echo(f"第 {one.row} 行：新增 / added {one.code} {one.name}")
        else:
            fields = "、".join(dict.fromkeys(map(units.field_title, one.fields)))
            click.echo(f"第 {one.row} 行：修改 / changed {one.code} {one.name}（{fields}）")
    added = sum(one.what == "added" for one in outcome.changes)
    click.echo(
        f"新增 {added} 个，修改 {len(outcome.changes) - added} 个，没有变化 {outcome.same} 个；"
        f"文件没有写到的 {outcome.unnamed} 个保持原样"
        " / added, changed, unchanged; units not in the file stay as they are"
    )
    if dry_run:
        click.echo("只检查，没有保存 / checked only, nothing was stored")


@unit.command("list")
@click.option("--json", "as_json", is_flag=True)
def list_(as_json: bool) -> None:
    """Show every unit with its authority and how many people hold a post there."""
    with reading(settings()) as session:
        for one in units.listed(session):
            facts = {
                "code": one.unit.code,
                "name": one.unit.name,
                "short": one.unit.short,
                "class": one.unit.class_code,
                "parent": one.parent,
                "authority": one.authority,
                "operator": one.operator,
                "people": one.posts,
                "until": one.unit.valid_to.isoformat() if one.unit.valid_to else None,
            }
            if as_json:
                click.echo(json.dumps(facts, ensure_ascii=False))
                continue
            ended = f"  至 / until {facts['until']}" if facts["until"] else ""
            people = f"{one.posts} 人 / people"
            click.echo(f"{one.unit.code}  {one.unit.name}  {one.authority}  {people}{ended}")


@unit.command("template")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def template(file: Path) -> None:
    """Write an empty table for `unit import` into FILE (Excel), with what each column means."""
    if file.suffix.lower() != ".xlsx":
        raise click.UsageError("请写成 .xlsx 文件 / name a file that ends in .xlsx")
    file.write_bytes(_sheet())
    click.echo(f"模板 / template: {file}")


def _sheet() -> bytes:
    """Every cell is text: as numbers, Excel would round codes of 18 digits."""
    import xlsxwriter  # needed for exports only

    out = BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    text = book.add_format({"num_format": "@"})
    head = book.add_format({"num_format": "@", "bold": True, "bottom": 1})
    page = book.add_worksheet("单位")
    page.set_column(0, len(units.COLUMNS) - 1, 22, text)
    page.freeze_panes(1, 0)
    notes = book.add_worksheet("说明")
    notes.set_column(0, 0, 22)
    notes.set_column(1, 1, 80)
    for place, column in enumerate(units.COLUMNS):
        page.write_string(0, place, column.zh, head)
        notes.write_string(place, 0, column.zh, head)
        notes.write_string(place, 1, column.meaning)
        if column.field == "kind":
            choices = {"validate": "list", "source": list(units.KINDS)}
            page.data_validation(1, place, 2_000, place, choices)
    book.close()
    return out.getvalue()
