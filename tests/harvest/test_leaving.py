"""A source that is suddenly empty does not empty the list, unless the administrator says so."""

import pytest
import sqlalchemy as sa

from registry import db, harvest
from registry.access import SYSTEM
from registry.models.harvest import Claim
from tests.factories import Town
from tests.harvest.portals import ckan_of, entered, fetcher, package, ran, serving, sheet
from tests.harvest.records import listed, repository

COUNT = 60


@pytest.fixture(autouse=True)
def town(database):
    with db.transaction(database, writes=True) as session:
        Town(session)


@pytest.fixture
def states(database):
    def counted():
        with db.transaction(database, writes=False) as session:
            query = sa.select(Claim.state, sa.func.count()).group_by(Claim.state)
            return {state: count for state, count in session.execute(query)}  # noqa: C416 - rows

    return counted


def let_go(database, name, content=b""):
    return harvest.run(database, SYSTEM, name, fetcher, content, let_go=True)


def test_a_portal_whose_index_is_empty_is_not_followed_and_comes_back(database, states):
    packages = [package(f"p-{n:02}") for n in range(COUNT)]
    with serving(ckan_of(packages)) as site:
        entered(database, "portal", "ckan", site.address)
        ran(database, "portal")
        kept, packages[:] = list(packages), []
        site.asked.clear()
        told = ran(database, "portal")
        assert (told.fault, dict(told.facts)) == ("emptied", {"gone": COUNT, "held": COUNT})
        # Not one by one either: the answers would be as wrong.
        assert len(site.asked) == 1
        assert states() == {"waiting": COUNT}
        packages[:] = kept
        told = ran(database, "portal")
        assert (told.fault, told.counts["same"]) == ("", COUNT)


def test_what_the_administrator_confirms_leaves_the_list(database, states):
    packages = [package(f"p-{n:02}") for n in range(COUNT)]
    with serving(ckan_of(packages)) as site:
        entered(database, "portal", "ckan", site.address)
        ran(database, "portal")
        del packages[5:]
        assert ran(database, "portal").fault == "emptied"
        assert let_go(database, "portal").fault == ""
    assert states() == {"waiting": 5, "gone": COUNT - 5}


def test_a_wrong_file_in_place_of_the_whole_list_takes_nothing_away(database, states):
    entered(database, "region", "sheet")
    ran(database, "region", sheet({n: f"下发{n}" for n in range(COUNT)}))
    told = ran(database, "region", sheet({n: f"别的{n}" for n in range(900, 903)}))
    assert told.fault == "emptied"
    assert states() == {"waiting": COUNT + 3}
    assert let_go(database, "region", sheet({1: "下发1"})).counts["gone"] == COUNT + 2


def test_entries_under_new_ids_do_not_hide_that_the_old_ones_left(database):
    entered(database, "region", "sheet")
    ran(database, "region", sheet({n: f"下发{n}" for n in range(COUNT)}))
    told = ran(database, "region", sheet({n: f"下发{n}" for n in range(COUNT, 2 * COUNT)}))
    assert (told.fault, dict(told.facts)) == ("emptied", {"gone": COUNT, "held": COUNT})


def test_deletions_that_are_announced_are_counted_over_pages_and_runs(database, states):
    names = [f"oai:x:{n:02}" for n in range(COUNT)]
    said = [listed(name) for name in names]
    with serving(repository(said, page=10)) as site:
        entered(database, "oai", "oai", site.address)
        assert ran(database, "oai").counts["new"] == COUNT
        said[:] = [listed(name, deleted=True) for name in names]
        assert ran(database, "oai").fault == "emptied"
        assert states() == {"waiting": COUNT // 2, "gone": COUNT // 2}
        # Night after night half of what is left would be all of it in the end.
        assert ran(database, "oai").fault == "emptied"
        assert states() == {"waiting": COUNT // 2, "gone": COUNT // 2}
        assert let_go(database, "oai").fault == ""
    assert states() == {"gone": COUNT}


def test_a_short_list_may_lose_all_of_it(database, states):
    packages = [package(f"p-{n:02}") for n in range(20)]
    with serving(ckan_of(packages)) as site:
        entered(database, "portal", "ckan", site.address)
        ran(database, "portal")
        packages.clear()
        assert ran(database, "portal").fault == ""
    assert states() == {"gone": 20}
