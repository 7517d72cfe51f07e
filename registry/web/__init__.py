"""The pages: parse, one call of the domain, redirect or render."""

from collections.abc import Sequence

from flask import Blueprint


def blueprints() -> Sequence[Blueprint]:
    """Every group of pages."""
    from registry.web import (
        admin,
        audit,
        changes,
        claims,
        correcting,
        databases,
        deciding,
        demands,
        dictionary,
        drafting,
        examination,
        finding,
        findings,
        home,
        inbox,
        lists,
        manual,
        masking,
        masking_runs,
        papers,
        pasting,
        probes,
        projects,
        requests,
        resources,
        saved,
        security,
        sheets,
        sign_in,
        signers,
        statistics,
        submissions,
        tokens,
        transfers,
        withdrawal,
    )

    return (
        home.pages,
        finding.pages,
        sign_in.pages,
        inbox.pages,
        claims.pages,
        resources.pages,
        drafting.pages,
        deciding.pages,
        pasting.pages,
        submissions.pages,
        requests.pages,
        demands.pages,
        findings.pages,
        projects.pages,
        correcting.pages,
        examination.pages,
        lists.pages,
        changes.pages,
        transfers.pages,
        withdrawal.pages,
        sheets.pages,
        databases.pages,
        masking.pages,
        signers.pages,
        masking_runs.pages,
        security.pages,
        audit.pages,
        papers.pages,
        statistics.pages,
        admin.pages,
        tokens.pages,
        probes.pages,
        dictionary.pages,
        saved.pages,
        manual.pages,
    )


def places() -> Sequence[tuple[str, str, str]]:
    """The places of the header: id, address, name in Chinese. Only what is there is named."""
    return (
        ("home", "/", "首页"),
        ("search", "/search", "检索"),
        ("inbox", "/inbox", "工作台"),
        ("requests", "/requests", "供需对接"),
        ("projects", "/projects", "项目核验"),
        ("lists", "/lists", "三张清单"),
        ("statistics", "/statistics", "统计"),
    )


def open_places() -> Sequence[tuple[str, str, str]]:
    """The places of the header for a stranger: what he may use, none that asks him to sign in."""
    return (
        ("home", "/", "首页"),
        ("search", "/search", "检索"),
        ("help", "/help", "使用手册"),
        ("check", "/opinions/verify", "核对核验意见"),
    )


def duties() -> Sequence[tuple[str, str, str, str]]:
    """Places of the header for those who may do an act: act, id, address, name in Chinese."""
    return (
        ("freeze", "security", "/security", "涉密处置"),
        ("read_all", "audit", "/audit", "审计日志"),
        ("accounts", "admin", "/admin", "账号与岗位"),
    )
