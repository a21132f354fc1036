"""Whose phone rings next: the list from the top, until somebody presses the key."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from hotline.watching.model import FindingKind
from hotline.watching.paging import (
    AGAIN_AFTER,
    APART,
    ROUND_PAUSE,
    PhonePage,
    pages_to_text,
    place_to_ring,
)
from tests.fakes import NOON

OVERDUE, SILENT = FindingKind.ESCALATION_OVERDUE, FindingKind.DISPATCHER_SILENT
SECOND = timedelta(seconds=1)


def page(after_s: float = 0, **how: Any) -> PhonePage:
    told: dict[str, Any] = {"id": "page", "place": 0, "kinds": frozenset({"escalation_overdue"})}
    return PhonePage(**{**told, "at": NOON + timedelta(seconds=after_s), **how})


def test_the_first_on_the_list_is_rung_at_once() -> None:
    assert place_to_ring({OVERDUE: NOON}, [], 2, NOON) == 0


@pytest.mark.parametrize(("found", "phones"), [({}, 2), ({OVERDUE: NOON}, 0)])
def test_nobody_is_rung_for_nothing_and_where_there_is_nobody(
    found: dict[FindingKind, datetime], phones: int
) -> None:
    assert place_to_ring(found, [], phones, NOON) is None


def test_a_phone_that_rings_is_given_its_time() -> None:
    assert place_to_ring({OVERDUE: NOON}, [page()], 2, NOON + APART - SECOND) is None


def test_then_the_next_one_is_rung() -> None:
    assert place_to_ring({OVERDUE: NOON}, [page()], 2, NOON + APART) == 1


def test_a_call_that_ended_without_a_key_is_followed_at_once() -> None:
    assert place_to_ring({OVERDUE: NOON}, [page(is_over=True)], 2, NOON + SECOND) == 1


def test_after_the_whole_list_there_is_a_pause_and_then_the_first_again() -> None:
    rung = [page(is_over=True), page(60, place=1, is_over=True)]
    last = rung[-1].at

    assert place_to_ring({OVERDUE: NOON}, rung, 2, last + ROUND_PAUSE - SECOND) is None
    assert place_to_ring({OVERDUE: NOON}, rung, 2, last + ROUND_PAUSE) == 0


def test_who_pressed_the_key_is_not_rung_again_for_the_same() -> None:
    heard = page(acknowledged_at=NOON + SECOND)

    assert place_to_ring({OVERDUE: NOON}, [heard], 2, NOON + AGAIN_AFTER) is None


def test_what_still_lasts_half_an_hour_later_rings_from_the_top() -> None:
    heard = [page(is_over=True), page(60, place=1, acknowledged_at=NOON + SECOND)]

    assert place_to_ring({OVERDUE: NOON}, heard, 2, NOON + SECOND + AGAIN_AFTER) == 0


def test_something_else_that_is_found_later_rings() -> None:
    heard, later = page(acknowledged_at=NOON), NOON + timedelta(minutes=2)

    assert place_to_ring({OVERDUE: NOON, SILENT: later}, [heard], 2, later) == 0


def test_the_same_found_anew_after_it_was_gone_rings() -> None:
    heard, later = page(acknowledged_at=NOON), NOON + timedelta(minutes=2)

    assert place_to_ring({OVERDUE: later}, [heard], 2, later) == 0


def test_what_is_found_while_a_phone_rings_waits_for_that_phone() -> None:
    found = {OVERDUE: NOON, SILENT: NOON + SECOND}

    assert place_to_ring(found, [page()], 2, NOON + 2 * SECOND) is None


def test_a_clock_set_back_holds_up_nobody() -> None:
    rung = page(3600)

    assert place_to_ring({OVERDUE: NOON}, [rung], 2, NOON) == 1


def test_who_did_not_press_the_key_is_written_to_once() -> None:
    rang, heard = page(), page(acknowledged_at=NOON)

    assert pages_to_text([rang, heard], NOON + SECOND) == []
    assert pages_to_text([rang, heard], NOON + APART) == [rang]
    assert pages_to_text([page(is_texted=True)], NOON + APART) == []


def test_nobody_is_written_to_long_after() -> None:
    assert pages_to_text([page()], NOON + ROUND_PAUSE) == []
