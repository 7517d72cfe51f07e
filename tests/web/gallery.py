"""The component page on a plain Flask application: frame, style and scripts without the product."""

from __future__ import annotations

import gettext as _gettext
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from flask import Flask, Response, render_template, request

from registry import calendar
from registry.app import moment
from registry.web.assets import asset, assets
from schemas import codes, item_at

WEB = Path(__file__).parents[2] / "registry" / "web"
POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; script-src 'self'; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
LABELS: dict[str, dict[str, tuple[str, str]]] = {
    "level": {
        "1": ("一般1级", "general 1"),
        "2": ("一般2级", "general 2"),
        "3": ("一般3级", "general 3"),
        "4": ("一般4级", "general 4"),
        "5": ("重要数据", "important"),
        "6": ("核心数据", "core"),
    },
    "share_type": {
        "1": ("无条件共享", "unconditional"),
        "2": ("有条件共享", "conditional"),
        "3": ("不予共享", "withheld"),
    },
    "open_type": {
        "1": ("无条件开放", "unconditional"),
        "2": ("有条件开放", "conditional"),
        "3": ("不予开放", "not open"),
    },
    "update_cycle": {"1": ("每日", "daily"), "2": ("每月", "monthly")},
    "data_type": {"C": ("字符型", "text"), "D": ("日期型", "date")},
    "themes": {str(n): (f"主题{n}", f"theme {n}") for n in range(1, 9)},
}


@dataclass(frozen=True)
class Actor:
    """Who is signed in, as the frame needs to know."""

    name: str
    department_name: str
    role_name: str


@dataclass(frozen=True)
class Field:
    """A field as the form macros see it."""

    key: str
    zh: str
    kind: str = "text"
    required: bool = True
    codes: str | None = None
    max_length: int | None = None
    help: str = ""
    widget: str = ""
    children: tuple[Field, ...] = ()

    def title(self, locale: str = "zh") -> str:
        return self.zh if locale == "zh" else self.key.replace("_", " ").capitalize()

    def hint(self, locale: str = "zh") -> str:
        return self.help


@dataclass(frozen=True)
class Problem:
    """A fault as the form macros see it."""

    pointer: str
    words: str
    clause: str | None = None
    params: Mapping[str, object] = field(default_factory=dict)

    def message(self, locale: str = "zh") -> str:
        return self.words

    def article(self, locale: str = "zh") -> str | None:
        return self.clause


BASIS = (
    Field("title", "法律法规名称"),
    Field("article", "条款"),
    Field("quote", "原文", "longtext", max_length=500),
)
ITEMS = (
    Field("id", "标识"),
    Field("name", "信息项名称"),
    Field("data_type", "数据类型", "code", codes="data_type"),
    Field("length", "数据长度"),
    Field("primary_key", "是否主键", "boolean"),
    Field("level", "数据分级", "code", codes="level"),
    Field("share_type", "共享类型", "code", codes="share_type"),
    Field("open_basis", "法定公开依据", "group", required=False, children=BASIS),
)
GROUPS = (
    (
        "basic",
        "基本信息",
        (
            Field("name", "信息资源名称", max_length=200, help="用业务名称，不用系统名或表名"),
            Field("abstract", "信息资源摘要", "longtext", max_length=500),
            Field("keywords", "关键词", "list", required=False),
            Field("themes", "主题", "codes", required=False, codes="themes"),
            Field("class_path", "信息资源分类", "code", codes="class_path", widget="path"),
            Field("other_class_paths", "其他分类", "codes", required=False, widget="lines"),
            Field("update_cycle", "更新周期", "code", codes="update_cycle"),
        ),
    ),
    (
        "sharing",
        "共享与开放",
        (
            Field("share_type", "共享类型", "code", codes="share_type", widget="radio"),
            Field("withheld_basis", "不予共享依据", "group", required=False, children=BASIS),
            Field("open_type", "开放类型", "code", codes="open_type", widget="radio"),
        ),
    ),
    (
        "elements",
        "信息项",
        (
            Field("items", "信息项", "rows", children=ITEMS),
            Field(
                "matters",
                "关联政务事项",
                "rows",
                required=False,
                children=(Field("code", "事项编码"), Field("name", "事项名称")),
            ),
        ),
    ),
)
DOCUMENT: dict[str, Any] = {
    "name": "婚姻登记信息",
    "abstract": "婚姻登记信息",
    "keywords": ["婚姻", "登记"],
    "themes": ["2", "不在表内"],
    "share_type": "2",
    "withheld_basis": {"title": "示例法", "quote": "不得提供"},
    "items": [
        {"id": "e1", "name": "男方姓名", "data_type": "C", "length": "100", "level": "2"},
        {"id": "e2", "name": "女方公民身份号码", "data_type": "字符", "length": "15"},
        {"id": "e3", "name": "登记日期", "data_type": "D", "open_basis": {"title": "示例条例"}},
    ],
    "matters": [{"code": "000711001000", "name": "内地居民婚姻登记"}],
}
PROBLEMS = (
    Problem("/abstract", "信息资源摘要：与名称相同，请写明内容、来源和用途", "编制指南"),
    Problem("/themes/1", "主题：「不在表内」不在代码表"),
    Problem("/update_cycle", "更新周期：请选择"),
    Problem("/items/1/data_type", "信息项 2：「字符」不是规定的数据类型"),
)


def gallery(document: Any = DOCUMENT, problems: tuple[Problem, ...] = PROBLEMS) -> Flask:
    """Make the application: `/` the components, `/error` a refusal, under the product's policy."""
    app = Flask(__name__, template_folder=str(WEB / "templates"), static_folder=None)
    app.register_blueprint(assets)
    app.jinja_env.add_extension("jinja2.ext.i18n")
    app.jinja_env.install_gettext_callables(  # type: ignore[attr-defined]
        translated, lambda one, many, n: one if n == 1 else many, True
    )
    app.jinja_env.globals.update(
        asset=asset,
        labels=labels,
        csrf_token=lambda: "token",
        done=lambda: None,
        today=calendar.today,
        # The problems of the gallery are of one row each.
        gathered=lambda problems: [(one, ()) for one in problems],
        item_at=item_at,
        branches=lambda name: codes.branches(name, locale()),
        label=lambda name, code: codes.label(name, code, locale()),
    )
    app.jinja_env.filters["moment"] = moment
    app.add_url_rule("/", "components", lambda: components(document, problems))
    app.add_url_rule("/clean", "clean", lambda: components(document, ()))
    app.add_url_rule("/error", "error", refusal)
    app.after_request(policed)
    return app


def components(document: Any, problems: tuple[Problem, ...]) -> str:
    return render_template(
        "components.html",
        actor=Actor("萨仁", "市民政局", "目录编制人员"),
        place="inbox",
        inbox_count=7,
        demo=True,
        locale=locale(),
        groups=GROUPS,
        document=document,
        problems=problems,
        page_address=lambda n: f"?page={n}",
    )


def refusal() -> tuple[str, int]:
    return render_template(
        "error.html", locale=locale(), status=404, title="404", text="404", number="E-1"
    ), 404


def policed(response: Response) -> Response:
    response.headers["Content-Security-Policy"] = POLICY
    return response


def locale() -> str:
    return "en" if request.args.get("lang") == "en" else "zh"


def labels(name: str) -> dict[str, str]:
    return {code: both[locale() == "en"] for code, both in LABELS.get(name, {}).items()}


def translated(text: str) -> str:
    return words(locale())(text)


@cache
def words(language: str) -> Callable[[str], str]:
    if language == "zh":
        return lambda text: text
    packed = BytesIO()
    with (WEB / "translations" / "en" / "base.po").open("rb") as source:
        write_mo(packed, read_po(source, locale="en"))
    packed.seek(0)
    return _gettext.GNUTranslations(packed).gettext
