"""What was done a moment ago, in one line: the act, what happens next, by whom, until when.

The words come from the act in the journal and from the database as it stands now; see
`edge.receipts` for how the act reaches the page.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta

import sqlalchemy as sa
from flask import g
from sqlalchemy.orm import Session

import schemas
from registry import accounts, catalogue, exchange, harvest
from registry.access import Actor, may, role_title
from registry.calendar import CITY
from registry.catalogue.reading import asked
from registry.db import now
from registry.edge import actor, gettext, locale, receipts, session
from registry.edge.words import _
from registry.errors import Refusal
from registry.models.accounts import Organisation
from registry.models.catalogue import Freeze, Resource, Version
from registry.models.journal import JournalRow
from registry.models.lists import Edition
from registry.models.projects import Project

RECENT = timedelta(minutes=5)

# What an act is called once it is done. Every other act is named by its entry in the tables.
DONE: Mapping[str, str] = {
    "register": _("草稿已保存"),
    "hand_in": _("已送审"),
    "formal": _("形式修改已直接发布"),
    "clear": _("保密审查已通过"),
    "approve": _("已审签并报送"),
    "publish": _("已审核通过并发布"),
    "return": _("已退回"),
    "take_back": _("已撤回"),
    "suspend": _("已下架"),
    "resume": _("已恢复发布"),
    "propose_retirement": _("已提出注销"),
    "keep": _("已答复不予注销，条目照常使用"),
    "retire": _("已注销"),
    "freeze": _("已冻结"),
    "lift": _("已解除冻结"),
    "wipe": _("内容已永久清除"),
    "transfer": _("划转已办理"),
    "issue_list": _("已签发"),
    "confirm_unchanged": _("已确认本年无变化"),
    "print_paper": _("签批表已生成，请打印签字后上传扫描件"),
    "scan_paper": _("扫描件已上传，请由另一人核对后确认"),
    "confirm_paper": _("线下签批已确认办结"),
    "assess": _("评估已登记"),
    "sign_standing": _("长期同意已签署"),
    "end_standing": _("长期同意已终止"),
    "mask": _("脱敏记录已保存"),
    "check_release": _("文件已核对，结果已登记；文件没有保存"),
    "claim": _("已认领，已存为草稿"),
    "decline_claim": _("已登记不认领"),
    "assign_claim": _("已指派认领单位"),
    "settle_claim": _("已核对来源的变化"),
    "enrol_signer": _("签名密钥已登记"),
    "revoke_signer": _("签名密钥已停用"),
    "ask_run": _("脱敏运行已排队"),
    "cancel_run": _("脱敏运行已取消，数据已销毁或者正在销毁"),
    "save_search": _("检索已保存，有新条目时在工作台告诉您"),
    "pause_search": _("已暂停通知"),
    "resume_search": _("已恢复通知，以后的新条目会告诉您"),
    "drop_search": _("保存的检索已删除"),
    "destroy_key": _("发布密钥已销毁，记录保留"),
    "verify": _("核验意见已签发"),
    "revoke_token": _("令牌已撤销，从下一次调用起不能使用"),
    "token": _("令牌已签发，只显示一次，没有记下的请撤销后重新签发"),
    "revoke": _("核验意见已撤销，撤销声明已公布"),
    "countersign": _("已会签"),
}

# The same ids mean other acts on a request.
REQUEST_DONE: Mapping[str, str] = {
    "draft": _("草稿已保存"),
    "save": _("草稿已保存"),
    "submit": _("已提交本单位负责人"),
}


@dataclass(frozen=True)
class Done:
    """The line: the act by its id, what was done, what follows ("" where nothing does)."""

    act: str
    said: str
    next: str


def done() -> Done | None:
    """What the actor did on the page before, once; None where he did nothing or it is long ago."""
    rows = receipts.taken()
    if rows is None or "session" not in g or not actor().signed_in:
        return None
    if "done" not in g:
        g.done = _told(session(), actor(), rows)
    told: Done | None = g.done
    return told


def _told(session: Session, who: Actor, rows: receipts.Rows) -> Done | None:
    mine = (
        JournalRow.seq.between(*rows),
        JournalRow.person == who.person_key,
        JournalRow.outcome == "done",
        JournalRow.at >= now() - RECENT,
    )
    # Handing in from the form saves first and makes the batch last; the step is what was meant.
    saved = JournalRow.act.in_(["register", "draft"])
    batch = sa.and_(JournalRow.act == "submit", JournalRow.subject != "request")
    aside = sa.case((sa.or_(saved, batch), 1), else_=0)
    row = session.scalar(
        sa.select(JournalRow).where(*mine).order_by(aside, JournalRow.seq).limit(1)
    )
    if row is None:
        return None
    alike = (JournalRow.act == row.act, JournalRow.subject == row.subject)
    count = session.scalar(sa.select(sa.func.count(JournalRow.seq)).where(*mine, *alike)) or 1
    name, follows = _SUBJECTS.get(row.subject, _plain)(session, who, row)
    if count > 1:
        name = gettext("%(n)s 件") % {"n": count}
    words = REQUEST_DONE if row.subject == "request" else DONE
    said = gettext(words[row.act]) if row.act in words else _named(row)
    if name:
        said = gettext("%(name)s：%(said)s") % {"name": name, "said": said}
    return Done(row.act, gettext("%(said)s。") % {"said": said}, follows)


def _named(row: JournalRow) -> str:
    """「送审」已办理: for an act without words of its own."""
    return gettext("「%(act)s」已办理") % {"act": name_of_act(row.act, row.subject)}


def name_of_act(act: str, subject: str = "") -> str:
    """The name of an act: of this subject, of the table of rights, or of the journal's own list.

    Two subjects may know an act by one word; where none is named, the first that knows it speaks.
    """
    first = ["exchange_step"] if subject in {"request", "demand"} else []
    listed = [(name, act) for name in (*first, "act", "journal_act", "exchange_step")]
    for name, code in (("journal_act", f"{subject}.{act}"), *listed):
        label = schemas.codes.label(name, code, locale())
        if label != code:
            return label
    return act


def _plain(session: Session, who: Actor, row: JournalRow) -> tuple[str, str]:
    return "", ""


def _entry(session: Session, who: Actor, row: JournalRow) -> tuple[str, str]:
    resource = session.scalar(sa.select(Resource).where(Resource.key == row.key))
    if resource is None:
        return "", ""
    if resource.frozen_at is not None:
        # What is frozen has no name any more, but for its key.
        return row.key, _report(session, resource) if row.act == "freeze" else ""
    version = session.scalar(
        sa.select(Version).where(Version.resource_id == resource.id, Version.number == row.version)
    )
    name = f"「{version.name}」" if version is not None and version.name else ""
    if not (catalogue.has_part(who, resource) or may(who, "register", resource.department)):
        return "", ""
    return name, _after(session, resource, row.act)


def _after(session: Session, resource: Resource, act: str) -> str:
    """What follows for an entry: the holder of the ball of its working version."""
    working = resource.working
    if act == "publish" and resource.code:
        return gettext("资源代码 %(code)s，现在可以检索和申请。") % {"code": resource.code}
    if act == "propose_retirement":
        return _turn(session, "retire", resource.department, "")
    if act == "suspend" and resource.suspended_until is not None:
        return gettext("到 %(day)s 由%(who)s恢复，届时在工作台提醒。") % {
            "day": resource.suspended_until,
            "who": people(session, "resume", resource.department),
        }
    if working is None or act not in catalogue.STEPS:
        return ""
    if working.state == "draft":
        if act == "return":
            return gettext("下一步：修改后重新送审，由%(who)s办理。") % {
                "who": people(session, "hand_in", resource.department)
            }
        return gettext("填完后点「送审」；没有送审的内容只有本单位看得到。")
    due = catalogue.clock(session, working)
    return _turn(session, asked(working.state), resource.department, str(due.on) if due else "")


def _turn(session: Session, act: str, unit: Organisation, due: str, word: str = "") -> str:
    """Who has the ball; `word` is the step itself where the act has several."""
    facts = {
        "act": word or catalogue.coming(act, locale()),
        "who": people(session, act, unit),
        "due": due,
    }
    if due:
        return gettext("下一步：%(act)s，由%(who)s在 %(due)s 前办理。") % facts
    return gettext("下一步：%(act)s，由%(who)s办理。") % facts


def people(session: Session, act: str, unit: Organisation) -> str:
    """赵永强（保密审查人）; the post alone where nobody holds it."""
    found = accounts.able(session, act, unit)[:2]
    if not found:
        return gettext("有权的人员（岗位还没有任命）")
    shown = [
        gettext("%(name)s（%(role)s）") % {"name": name, "role": role_title(role, locale())}
        for name, role in found
    ]
    return gettext("或者").join(shown)


def _report(session: Session, resource: Resource) -> str:
    due = session.scalar(
        sa.select(sa.func.max(Freeze.report_due)).where(Freeze.resource_id == resource.id)
    )
    if due is None:
        return ""
    return gettext("请在 %(time)s 前填报情况报告表，打印、签字盖章后报送。") % {
        "time": due.astimezone(CITY).strftime("%Y-%m-%d %H:%M")
    }


def _request(session: Session, who: Actor, row: JournalRow) -> tuple[str, str]:
    try:
        request = exchange.find(session, who, row.key)
    except Refusal:
        return "", ""
    turn, number = exchange.turn(request), request.number or ""
    now_ = _stands(request.state)
    if turn is None:
        return number, now_
    running = exchange.clock(session, request)
    # The days that are left after a completion are the provider's, not of who completes.
    due = "" if running is None or running.term or running.stopped else str(running.due)
    steps = [
        schemas.codes.label("exchange_step", step, locale())
        for step in exchange.next_steps(request)
    ]
    return number, now_ + _turn(session, *turn, due, gettext("或者").join(steps))


def _demand(session: Session, who: Actor, row: JournalRow) -> tuple[str, str]:
    try:
        demand = exchange.find_demand(session, who, row.key)
    except Refusal:
        return "", ""
    turn, number = exchange.demand_turn(session, demand), demand.number or ""
    if turn is None:
        return number, _stands(demand.state)
    by = gettext("由%(who)s办理。") % {"who": people(session, *turn)}
    return number, _stands(demand.state) + by


def _stands(state: str) -> str:
    label = schemas.codes.label("request_state", state, locale())
    return gettext("现在是「%(state)s」。") % {"state": label}


def _claim(session: Session, who: Actor, row: JournalRow) -> tuple[str, str]:
    try:
        claim = harvest.find(session, who, row.key)
    except Refusal:
        return "", ""
    follows = {
        "claim": gettext("填完后点「送审」；没有送审的内容只有本单位看得到。"),
        "decline_claim": gettext("主管部门可以改派其他单位。"),
    }.get(row.act, "")
    if row.act == "assign_claim" and claim.department is not None:
        follows = _turn(session, "claim", claim.department, "")
    return f"「{claim.name}」" if claim.name else "", follows


def _project(session: Session, who: Actor, row: JournalRow) -> tuple[str, str]:
    """An opinion by its number: what the paper still needs, and who can take it back."""
    number = str(json.loads(row.facts).get("number") or "")
    project = session.scalar(sa.select(Project).where(Project.key == row.key))
    if project is None or row.act not in {"verify", "revoke"}:
        return "", ""
    if row.act == "revoke":
        return number, gettext("签署人和项目负责人已在工作台得到通知。")
    able = people(session, "revoke", project.unit)
    return number, gettext(
        "下一步：下载 PDF，打印、加盖公章后交%(unit)s；不能修改，只能由%(who)s撤销。"
    ) % {"unit": project.unit.name, "who": able}


def _edition(session: Session, who: Actor, row: JournalRow) -> tuple[str, str]:
    made = session.scalar(sa.select(Edition).where(Edition.key == row.key))
    return (made.paper_number, gettext("签发后不能修改。")) if made else ("", "")


_Subject = Callable[[Session, Actor, JournalRow], tuple[str, str]]
_SUBJECTS: Mapping[str, _Subject] = {
    "resource": _entry,
    "request": _request,
    "demand": _demand,
    "claim": _claim,
    "project": _project,
    "edition": _edition,
}
