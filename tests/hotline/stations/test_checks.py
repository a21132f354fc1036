"""What is missing in a tree of stations, and what is not told of one that lacks nothing."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest

from hotline.stations.checks import HEARD_WITHIN, Tree, gaps
from hotline.storage.tables import Station, StationContact
from tests.fakes import NOON
from tests.hotline.stations.conftest import contact, station

ALL_DAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
EARLY = {"days": ALL_DAYS, "from": "08:00", "to": "20:00", "contact": "duty"}
LATE = {"days": ALL_DAYS, "from": "20:00", "to": "08:00", "contact": "night"}
OFFICE = [{"days": ALL_DAYS, "from": "08:00", "to": "18:00"}]
PLACES = ("440106", "440100", "440000")


def people() -> list[StationContact]:
    """Everybody was heard of an hour ago."""
    heard = NOON - timedelta(hours=1)
    return [
        contact("duty", "district", last_heard_at=heard),
        contact("night", "district", 1, last_heard_at=heard),
        contact("city", "city", last_heard_at=heard),
        contact("top", "top", last_heard_at=heard),
    ]


def stations(**district: Any) -> list[Station]:
    return [
        station("top", "440000"),
        station("city", "440100", parent_id="top"),
        station("district", **{"division": "440106", "parent_id": "city", **district}),
    ]


def told(
    tree: Sequence[Station],
    contacts: Sequence[StationContact] | None = None,
    places: Sequence[str] = PLACES,
) -> list[str]:
    who = people() if contacts is None else contacts
    return [one.said for one in gaps(Tree(tree, who, places, frozenset({"tianhe"})), NOON)]


def test_of_a_tree_that_lacks_nothing_nothing_is_said() -> None:
    assert told(stations(duty={"weekly": [EARLY, LATE]})) == []


def test_a_place_without_a_station_is_named_with_its_code() -> None:
    assert told(stations(), places=[*PLACES, "440105", "441900121"]) == [
        "广州市海珠区 (440105) has no station: write one with this `division`.",
        "东莞市虎门镇 (441900121) has no station: write one with this `division`.",
    ]


@pytest.mark.parametrize(
    ("district", "said"),
    [
        ({"phone": ""}, "district has no number: give it a `phone`."),
        ({"parent_id": None}, "district has no parent: when nobody there answers, nobody else"),
        ({"parent_id": "district"}, "The parents of district lead back to it: correct one"),
        ({"division": "440199"}, "district stands for 440199, which is no division: correct its"),
    ],
)
def test_a_station_that_leads_nowhere_is_told(district: dict[str, Any], said: str) -> None:
    assert any(one.startswith(said) for one in told(stations(**district)))


def test_a_circle_of_two_is_told_of_both() -> None:
    tree = [
        station("a", "440106", parent_id="b"),
        station("b", "440100", parent_id="a"),
        station("below", "440000", parent_id="a"),
    ]

    assert [one for one in told(tree) if "lead back" in one] == [
        "The parents of a lead back to it: correct one of them.",
        "The parents of b lead back to it: correct one of them.",
    ]


def test_a_station_without_contacts_is_told() -> None:
    assert "city has no contact: nobody is rung there. Give it one under `contacts`." in told(
        stations(), [one for one in people() if one.station_id != "city"]
    )


def test_the_hours_in_which_a_roster_names_nobody_are_told() -> None:
    assert told(stations(duty={"weekly": [EARLY]})) == [
        "district has nobody on duty Mon-Sun 00:00-08:00 and 20:00-24:00: write a shift under"
        " `duty`, or `hours` that leave them out."
    ]


def test_a_single_quarter_of_an_hour_is_a_gap() -> None:
    late = LATE | {"from": "20:15"}

    [said] = told(stations(duty={"weekly": [EARLY, late]}))

    assert "Mon-Sun 20:00-20:15" in said


def test_a_shift_of_somebody_who_left_names_nobody() -> None:
    [said] = told(stations(duty={"weekly": [EARLY, LATE | {"contact": "left"}]}))

    assert "nobody on duty Mon-Sun 00:00-08:00 and 20:00-24:00" in said


def test_a_station_that_closes_at_night_is_no_gap_while_one_above_is_there() -> None:
    assert told(stations(hours=OFFICE)) == []


def test_a_night_in_which_all_are_closed_is_told_of_each() -> None:
    tree = stations(hours=OFFICE)
    for one in tree:
        one.hours = OFFICE

    said = [one for one in told(tree) if "is closed Mon-Sun 00:00-08:00 and 18:00-24:00" in one]

    assert len(said) == 3


def test_two_people_on_one_phone_are_told() -> None:
    who = people()
    who[1].phone = who[0].phone

    [said] = told(stations(), who)

    assert said.startswith("name of duty, name of night have one phone (district)")


def test_one_person_on_one_phone_for_two_stations_is_told() -> None:
    who = people()
    who[2].phone, who[2].name = who[0].phone, who[0].name

    [said] = told(stations(), who)

    assert said.startswith("name of duty is rung on one phone for city, district")


def test_a_contact_without_a_pin_is_told_with_the_command_that_sets_it() -> None:
    who = people()
    who[1].pin_hash = ""

    assert told(stations(), who) == [
        "Contact 2 of district has no PIN and cannot acknowledge: set one with `hotline stations"
        " pin district 2`."
    ]


def test_a_contact_of_whom_nobody_ever_heard_is_told() -> None:
    who = people()
    who[0].last_heard_at = None

    assert told(stations(), who) == [
        "Contact 1 of district was never heard of: ring them, and let them press their PIN."
    ]


@pytest.mark.parametrize(("more", "is_told"), [(timedelta(), False), (timedelta(seconds=1), True)])
def test_a_contact_who_was_silent_since_the_last_drill_is_told(
    more: timedelta, *, is_told: bool
) -> None:
    who = people()
    who[0].last_heard_at = NOON - HEARD_WITHIN - more

    assert any("last heard of on 2026-01-25" in one for one in told(stations(), who)) is is_told


@pytest.mark.parametrize(("account", "is_told"), [("tianhe", False), ("gone", True)])
def test_an_account_that_does_not_work_is_told(account: str, *, is_told: bool) -> None:
    who = people()
    who[0].account = account

    assert bool(told(stations(), who)) is is_told
