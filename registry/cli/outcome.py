"""What the command line tells of a run or an attack, for the people who read it."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import click

# Of a table of ten thousand columns nobody reads a line each; the report has them all.
_MOST_TOLD: Final = 100


def tell(facts: Mapping[str, Any], name: str) -> None:
    """How a run ended: what was done by column, what is left, what was found, what was written."""
    for column in facts["columns"][:_MOST_TOLD]:
        click.echo(f"  {column['name']}：{column['done']} / {column['done_en']}")
    if more := len(facts["columns"][_MOST_TOLD:]):
        click.echo(f"  …另有 {more} 列，见报告 / {more} columns more, see the report")
    risk, lost = facts["risk"], facts["suppressed"]
    if counted := facts.get("counted"):
        least = "—" if counted["smallest"] is None else counted["smallest"]
        click.echo(
            f"统计表，看得到 {counted['cells']} 格，隐去 {counted['left_out']} 格，最小一格 {least}"
            " 人 / a table of counts: cells shown, left out, people in the least"
        )
    else:
        click.echo(f"k = {risk['k']}，抑制 {lost['share']:.2%} / suppressed")
    left = sum(one["count"] for one in facts["residual"])
    click.echo(f"残留直接标识符 {left} / direct identifiers left")
    _blanked(facts["columns"])
    findings(facts["findings"])
    if facts["verdict"] == "pass":
        click.echo(f"通过，已写出 / pass, written: {name}")
    else:
        click.echo("不通过，没有写出结果 / fail, nothing written")


def _blanked(columns: Sequence[Mapping[str, Any]]) -> None:
    """What was lost because it could not be read: whoever mends the source has it next time."""
    from anonymization.report import unread

    for column in [one for one in columns if one["unreadable"]][:_MOST_TOLD]:
        zh, en = unread(column, column["unreadable"])
        click.echo(
            f"· 列「{column['name']}」有 {zh}；要保留的，请在原始数据里改成能读的写法再运行。 / "
            f"column {column['name']}: {en}; to keep them, write them so in the source and run "
            "again."
        )


def findings(found: list[dict[str, Any]]) -> None:
    """What an attack found, each with its way and its remedy, in both languages."""
    for one in found:
        click.echo(f"! {one['code']} {one['detail']}{one['remedy']}")
        click.echo(f"  {one['detail_en']} {one['remedy_en']}")
        if one.get("example"):
            click.echo(f"  {one['example']} / {one['example_en']}")
