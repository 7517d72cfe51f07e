"""A real browser for the journeys: opens pages, and judges each one by the same measure.

`checked` is what every journey calls on every state of a page it meets. It keeps pictures of both
widths, because a machine sees neither a misaligned grid nor a black box where a chart should be;
not where a change is let in or not (CI is set), where nobody looks at them.
"""

from __future__ import annotations

import os
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from weakref import WeakKeyDictionary

from axe_playwright_python.base import AXE_SCRIPT
from flask import Flask
from playwright.sync_api import Browser, Error, Page, Request, expect, sync_playwright
from werkzeug.serving import make_server

from registry import discovery
from tests.factories import PASSWORD, POSTGRESQL, token_of

# The shell has the same engine and none of the windows around it, which take a fifth of the time.
CHROMIUM = shutil.which("chromium-headless-shell") or shutil.which("chromium")
PICTURES = None if "CI" in os.environ else Path(__file__).parents[2] / "screenshots"
PATIENCE_MS = 90_000
WIDTHS = ((1440, 900), (320, 720))
RULES = {
    "runOnly": {
        "type": "tag",
        "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"],
    },
    # What is sound is judged as well, but not described element by element: half of the time.
    "resultTypes": ["violations"],
}
# Seven tenths of what axe takes; it hangs on how an element is drawn, not on what it says.
CONTRAST = "color-contrast"
# How every element is drawn: noted ("all"), or the outermost that are drawn otherwise than noted.
DRAWN = """(all) => {
  const now = new Map(), found = [];
  for (const e of document.querySelectorAll('body, body *')) {
    const box = e.getBoundingClientRect(), s = getComputedStyle(e);
    if (!box.width || !box.height || s.visibility !== 'visible') continue;
    const how = [s.color, s.backgroundColor, s.backgroundImage, s.opacity, s.textShadow, s.filter,
      s.mixBlendMode, s.position, s.fontSize, s.fontWeight].join(';');
    now.set(e, how);
    if (!all && window.drawn.get(e) !== how && !found.some((o) => o.contains(e))) found.push(e);
  }
  if (all) window.drawn = now;
  return found;
}"""
AXE = f"""async ([rules, all]) => {{
  const drawn = ({DRAWN})(all), {{violations}} = await axe.run(rules);
  if (!drawn.length) return violations;
  const only = {{runOnly: {{type: 'rule', values: ['{CONTRAST}']}}, resultTypes: ['violations']}};
  return violations.concat((await axe.run({{include: drawn}}, only)).violations);
}}"""
# What sticks out of the window, unless a scrolling box around it is there to hold it.
STICKS_OUT = """() => {
  const held = (e) => { for (let p = e.parentElement; p; p = p.parentElement)
    if (/(auto|scroll|hidden)/.test(getComputedStyle(p).overflowX)) return true; return false; };
  return [...document.querySelectorAll('main *, header *, footer *')].filter((e) => {
    const box = e.getBoundingClientRect();
    return box.width > 1 && box.right > document.documentElement.clientWidth + 1 && !held(e);
  }).map((e) => e.outerHTML.slice(0, 120));
}"""
SMALL = """() => [...document.querySelectorAll(
  'button, select, input:not([type=hidden]), textarea')]
  .filter((e) => { const r = e.getBoundingClientRect();
    return r.width > 1 && (r.height < 24 || r.width < 24) && !e.closest('label'); })
  .map((e) => e.outerHTML.slice(0, 120))"""

_faults: WeakKeyDictionary[Page, list[str]] = WeakKeyDictionary()


@contextmanager
def chromium() -> Iterator[Browser]:
    """Run one Chromium, without its sandbox only where it has to be (as root)."""
    args = ["--no-sandbox"] if os.geteuid() == 0 else []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=args)
        try:
            yield browser
        finally:
            browser.close()


def opened(browser: Browser, origin: str, script: bool = True, **context: Any) -> Page:
    """Open an empty page whose console and requests are watched from the start."""
    page = browser.new_context(
        base_url=origin, java_script_enabled=script, locale="zh-CN", **context
    ).new_page()
    # A loaded machine is slow, not wrong: the journeys judge what comes, not how soon.
    page.set_default_timeout(PATIENCE_MS)
    expect.set_options(timeout=PATIENCE_MS)
    faults = _faults.setdefault(page, [])
    page.on("console", lambda m: faults.append(f"{m.type}: {m.text}") if m.type != "log" else None)
    page.on("pageerror", lambda e: faults.append(f"error: {e}"))

    def foreign(request: Request) -> None:
        if urlsplit(request.url).netloc != urlsplit(origin).netloc:
            faults.append(f"foreign request: {request.url}")

    page.on("request", foreign)
    return page


def checked(page: Page, name: str, expected: tuple[str, ...] = ()) -> None:
    """Judge the page as it stands: readable by all, within its width, silent, by itself.

    `expected` holds parts of console lines that belong to the state (Chromium reports a 422). A
    page that was asked for by its address is judged in English as well, in a window beside it, so
    that what is typed here stays typed.
    """
    # How a page looks does not hang on the engines below it: it is judged on the default pair.
    looks = not POSTGRESQL
    # Whoever pressed a link is at the next page once its answer begins: nothing of it may be there.
    page.wait_for_load_state()
    if looks:
        _judged(page, name)
    loud = [f for f in _faults[page] if not any(part in f for part in expected)]
    # What was expected here is not carried on to the next state.
    _faults[page].clear()
    assert not loud, f"{name}: {loud}"
    if looks and not expected and "lang=en" not in page.url:
        beside = page.context.new_page()
        try:
            answer = beside.goto(_in_english(page.url))
            if answer is not None and answer.ok:
                _judged(beside, f"{name}-en", in_english=True)
        finally:
            beside.close()
            page.context.clear_cookies(name="lang")


def _judged(page: Page, name: str, in_english: bool = False) -> None:
    """The layout in every width, and what axe finds.

    In English the words differ, not what carries them and how it is drawn: axe is asked in one
    width, and not for contrast. In the second width it is, of what is drawn otherwise there.
    """
    for width, height in WIDTHS:
        page.set_viewport_size({"width": width, "height": height})
        if PICTURES is not None:
            PICTURES.mkdir(exist_ok=True)
            # A picture is for whoever looks later: a busy browser that gives none fails no test.
            with suppress(Error):
                page.screenshot(path=PICTURES / f"{name}-{width}.png", full_page=True)
        assert not page.evaluate(STICKS_OUT), f"{name} at {width}: sticks out of the page"
        sideways = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        assert page.evaluate(sideways) <= 0, f"{name} at {width}: the page moves sideways"
        assert not page.evaluate(SMALL), f"{name} at {width}: too small to hit"
        is_first = (width, height) == WIDTHS[0]
        if in_english and not is_first:
            continue
        asked = (page, is_first and not in_english, is_first)
        found = _violations(*asked)
        if found:
            # A page that still settles after its picture is judged once more, at rest.
            page.wait_for_timeout(1_000)
            found = _violations(*asked)
        told = [(v["id"], [n["html"][:160] for n in v["nodes"][:4]]) for v in found]
        assert not told, f"{name} at {width}: {told}"


def _violations(page: Page, contrast: bool, is_first: bool) -> list[dict[str, Any]]:
    if not page.evaluate("() => 'axe' in window"):
        page.evaluate(AXE_SCRIPT)
    rules = RULES if contrast else {**RULES, "rules": {CONTRAST: {"enabled": False}}}
    found: list[dict[str, Any]] = page.evaluate(AXE, [rules, is_first])
    return found


def _in_english(address: str) -> str:
    parts = urlsplit(address)
    return parts._replace(query=f"{parts.query}&lang=en".lstrip("&"), fragment="").geturl()


@contextmanager
def served(app: Flask) -> Iterator[str]:
    """The application on a port of its own; gives its address."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    # Asked often whether it is to end, which would take half a second otherwise.
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def signed_in(browser: Browser, origin: str, username: str, script: bool = True) -> Page:
    """A page of this demo account, at its inbox.

    The form is sent without its page being drawn; tests/journeys/test_register.py signs in by it.
    """
    page = opened(browser, origin, script=script)
    asked = page.request.get("/sign-in", timeout=PATIENCE_MS)
    sent = {"csrf_token": token_of(asked.text()), "username": username, "password": PASSWORD}
    answer = page.request.post("/sign-in", form=sent, max_redirects=0, timeout=PATIENCE_MS)
    assert answer.status == 303, answer.text()
    page.goto("/inbox")
    return page


def fill(page: Page, typed: dict[str, object]) -> None:
    """Fill the form of an entry: boxes, choices, ticks, by the names of their fields."""
    for name, value in typed.items():
        box = page.locator(f'#entry [name="{name}"]')
        kind = box.first.evaluate("e => e.tagName + ':' + e.type")
        if kind.endswith("radio") or kind.endswith("checkbox"):
            page.check(f'#entry [name="{name}"][value="{value}"]')
        elif kind.startswith("SELECT"):
            # Where a second control of the name follows, the list is the first.
            box.first.select_option(str(value))
        else:
            box.fill(str(value))


def press(page: Page, control: str) -> None:
    """Press a button that sends the form, and wait for the page it leads to."""
    with page.expect_navigation():
        page.locator(control).click()


def drained(city: Flask) -> None:
    """Bring the index up to the database, as the worker would."""
    with city.app_context():
        index = discovery.open_index(city.extensions["registry_settings"])
        while discovery.drain(city.extensions["registry_database"], index):
            pass
