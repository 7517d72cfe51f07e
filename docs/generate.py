"""Writes docs/reference from the code: `make docs`. A test fails when a page is not renewed."""

import tempfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path

import click

import schemas
from anonymization import headers
from registry import access, config
from registry.app import create_app
from registry.catalogue.life import STATES, STEPS
from registry.cli import main as catalogue

HERE = Path(__file__).parent / "reference"


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table in Markdown."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(_cell(one) for one in line) + " |" for line in lines) + "\n"


def _cell(text: str) -> str:
    return " ".join(str(text).split()).replace("|", "\\|")


def settings() -> str:
    """Every setting of the environment."""
    rows = [
        (f"`{config.PREFIX}{s.name}`", f"`{s.default}`" if s.default else "", s.zh, s.en)
        for s in config.SETTINGS
    ]
    note = "启动时一次检查全部，未知的 `CATALOGUE_*` 拒绝启动（退出码 78）。\n\n"
    return "# 配置项 / Settings\n\n" + note + table(("名称", "默认", "含义", "meaning"), rows)


def commands() -> str:
    """Every command with its options."""
    text = ["# 命令 / Commands\n"]
    text.append(
        "退出码：0 完成，1 结论为否或者没有办成，2 用法、文件或者路径不对，3 核验时有一项没有核对，"
        "78 配置或者数据目录不对。\n"
    )
    for path, command in _commands("catalogue", catalogue):
        words = [path] + [
            p.make_metavar(click.Context(command))
            for p in command.params
            if isinstance(p, click.Argument)
        ]
        text.append(f"## `{' '.join(words)}`\n")
        # Lines that the terminal keeps as they stand are a list here.
        text.append((command.help or "").replace("\b\n", "").strip() + "\n")
        options = [
            (", ".join(f"`{o}`" for o in p.opts), getattr(p, "help", "") or "")
            for p in command.params
            if isinstance(p, click.Option)
        ]
        if options:
            text.append(table(("选项", "说明"), options))
    return "\n".join(text)


def _commands(path: str, command: click.Command) -> Iterable[tuple[str, click.Command]]:
    if isinstance(command, click.Group):
        context = click.Context(command)
        for name in command.list_commands(context):
            if found := command.get_command(context, name):
                yield from _commands(f"{path} {name}", found)
    else:
        yield path, command


def fields() -> str:
    """Every field of an entry, as the form and the checks read it."""
    rows = []
    for field in schemas.fields("resource"):
        rows.append(_field(field))
        rows.extend(_field(part) for part in field.children)
    head = ("字段", "名称", "name", "填法", "改动类别")
    return "# 条目字段 / Fields of an entry\n\n" + table(head, rows)


def _field(field: schemas.Field) -> tuple[str, str, str, str, str]:
    return (
        f"`{field.pointer}`",
        field.title("zh"),
        field.title("en"),
        field.kind,
        field.change,
    )


def rights() -> str:
    """Roles, acts, and pairs of acts that one person may not take."""
    roles = [
        (f"`{role}`", access.role_title(role), access.role_title(role, "en"))
        for role in access.roles()
    ]
    acts = [
        (f"`{act.id}`", act.zh, "、".join(sorted(act.roles)), "、".join(sorted(act.states)))
        for act in access.acts().values()
    ]
    pairs = [
        (f"`{row['a']}`", f"`{row['b']}`", "可备案合并" if row["merge"] else "一律不得")
        for row in schemas.codes.table("roles")["incompatible"]
    ]
    return "\n".join(
        (
            "# 权限 / Rights\n",
            table(("角色", "名称", "name"), roles),
            "## 事项\n",
            table(("事项", "名称", "角色", "状态"), acts),
            "## 不得由同一人办理\n",
            table(("事项", "事项", "合并岗"), pairs),
        )
    )


def life() -> str:
    """States of a version and the steps between them."""
    states = [(f"`{s.id}`", s.zh, s.ball or "") for s in STATES.values()]
    steps = [
        (
            f"`{s.id}`",
            s.zh,
            "、".join(sorted(s.sources)),
            s.target or "",
            "、".join(sorted(s.roles)),
            s.law,
        )
        for s in STEPS.values()
    ]
    return "\n".join(
        (
            "# 条目的一生 / The life of an entry\n",
            table(("状态", "名称", "在谁手上"), states),
            "## 步骤\n",
            table(("步骤", "名称", "从", "到", "由谁", "依据"), steps),
        )
    )


_FOUND: Mapping[str, str] = {
    "pattern": "写法、校验位，或者列名加写法",
    "header": "列名",
    "dictionary": "列名，或者取值都在固定的词表里",
    "declared": "只凭列名或者登记时声明：图像、声音等内容不在表格里",
}
_ROLES: Mapping[str, str] = {"direct": "直接标识", "quasi": "准标识", "sensitive": "敏感属性"}


def personal() -> str:
    """Every kind of personal information, and how a column that holds it is found."""
    rows = [
        (
            one["item"],
            one["group"],
            _ROLES[one["role"]],
            "是" if one["sensitive"] else "",
            _FOUND[one["found"]],
            "、".join(kind["zh"] for kind in map(headers.kinds().get, one["kinds"]) if kind),
        )
        for one in headers.items().values()
    ]
    return "\n".join(
        (
            "# 个人信息种类 / Kinds of personal information\n",
            "`catalogue anonymize detect` 怎样认出一列是哪一种；认不出的，登记信息项时声明。\n",
            table(("种类", "类别", "标识作用", "敏感", "怎样发现", "认作"), rows),
        )
    )


def requests() -> str:
    """States of a request and of a demand, and the steps between them."""
    raw = schemas.codes.table("request_life")
    states = [
        (f"`{s['id']}`", s["zh"], s["act"] or "", s["side"] or "", s["clock"] or "", s["meaning"])
        for s in raw["states"]
    ]
    head = ("步骤", "名称", "从", "到", "事项", "哪一方", "依据")

    def steps(name: str) -> list[tuple[str, ...]]:
        return [
            (
                f"`{s['id']}`",
                s["zh"],
                "、".join(s["from"]),
                s["to"] or "",
                s["act"],
                s["side"],
                s["article"],
            )
            for s in raw[name]
        ]

    return "\n".join(
        (
            "# 数据申请和需求的一生 / The life of requests and demands\n",
            table(("状态", "名称", "事项", "在哪一方", "期限", "meaning"), states),
            "## 申请的步骤\n",
            table(head, steps("steps")),
            "## 需求的步骤\n",
            table(head, steps("demand_steps")),
        )
    )


def addresses() -> str:
    """Every address: methods, whether it writes, the act it asks for."""
    with tempfile.TemporaryDirectory() as folder:
        app = create_app(config.load({"CATALOGUE_DATA_DIR": folder}))
        rows = []
        for rule in sorted(app.url_map.iter_rules(), key=lambda one: (one.rule, one.endpoint)):
            route = getattr(app.view_functions[rule.endpoint], "route", None)
            if route is None:
                continue
            methods = " ".join(sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}))
            kind = "写" if route.writes else "读"
            name = "不需要登录" if route.public else "登录"
            rows.append((methods, f"`{rule.rule}`", kind, name, f"`{route.act}`" * bool(route.act)))
    return "# 地址 / Addresses\n\n" + table(("方法", "地址", "读写", "谁", "事项"), rows)


PAGES: Mapping[str, Callable[[], str]] = {
    "settings": settings,
    "commands": commands,
    "fields": fields,
    "rights": rights,
    "life": life,
    "personal": personal,
    "requests": requests,
    "addresses": addresses,
}


def main() -> None:
    """Write every page."""
    HERE.mkdir(exist_ok=True)
    for name, page in PAGES.items():
        (HERE / f"{name}.md").write_text(page(), "utf-8")


if __name__ == "__main__":
    main()
