"""Every page that stands for an act, asked for by every role: the table decides, nothing else."""

import pytest
from flask import Flask

from registry.access import acts
from registry.access.rights import roles
from registry.demo.city import PEOPLE
from tests.factories import sign_in, token_of

FILL = {
    "key": "a" * 16,
    "name": "responsibility",
    "number": "1",
    "step": "suspend",
    "gate": "G-CAT",
}


def marked(city: Flask) -> list[tuple[str, str, str]]:
    """Method, path and act of every route that is marked with an act."""
    found = []
    for rule in city.url_map.iter_rules():
        route = getattr(city.view_functions[rule.endpoint], "route", None)
        if route is None or route.act is None:
            continue
        values = {}
        for name in rule.arguments:
            known = rule._converters[name]
            values[name] = min(known.items) if hasattr(known, "items") else FILL.get(name, "1")
        built = rule.build(values)
        assert built is not None
        method = min((rule.methods or set()) - {"HEAD", "OPTIONS"})
        found.append((method, built[1], route.act))
    return sorted(found)


@pytest.mark.parametrize("username", sorted(PEOPLE))
def test_a_role_is_refused_on_every_page_of_an_act_that_is_not_its_own(city, username):
    client, role = sign_in(city, username), PEOPLE[username][1]
    token = token_of(client.get("/inbox").text)
    assert role in roles()
    wrong = []
    for method, path, act in marked(city):
        data = None if method == "GET" else {"csrf_token": token}
        status = client.open(path, method=method, data=data).status_code
        mine = role in acts()[act].roles
        if status >= 500 or (not mine and status != 403):
            wrong.append((method, path, act, status))
    assert wrong == []


def test_nobody_without_a_name_reaches_a_page_of_an_act(city):
    client = city.test_client()
    for method, path, _ in marked(city):
        assert client.open(path, method=method).status_code in (303, 401), path
