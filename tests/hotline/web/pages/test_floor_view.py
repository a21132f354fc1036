"""What the floor shows of what was read: groups that are one sentence, bars to the promise."""

from collections import Counter
from datetime import timedelta

import hypothesis.strategies as st
import pytest
from hypothesis import given

from hotline.calls.model import CallState
from hotline.floor.callers import CallerNow
from hotline.floor.snapshot import CounselorNow
from hotline.web.pages.floor_view import (
    UNANSWERED,
    by_reason,
    by_state,
    called_in,
    in_danger,
    ready_of,
    rows_of,
    talks,
)
from routing.explain import Wait, WaitReason
from tests.fakes import NOON

STATES = ["ready", "offered", "talking", "wrapping_up", "paused"]


def caller(number: int, urgency: str, state: str, waited_s: int) -> CallerNow:
    since = NOON - timedelta(seconds=waited_s)
    return CallerNow(
        call_id=str(number), line_id="youth", masked="", state=state, urgency=urgency,
        language="cmn", since=since, counselor="",
    )  # fmt: skip


def counselor(number: int, state: str, *, certified: bool = False) -> CounselorNow:
    return CounselorNow(
        staff_id=str(number), name="", state=state, reason="", since=NOON, languages=(),
        certified=certified, lines=("youth", "women")[: 1 + number % 2],
    )  # fmt: skip


kinds = st.tuples(
    st.sampled_from(["crisis", "routine"]),
    st.sampled_from([state.value for state in CallState if state != CallState.ENDED]),
    st.integers(0, 400),
)
reasons = st.sampled_from([None, *WaitReason])


@given(st.lists(st.tuples(kinds, reasons), max_size=60))
def test_everybody_on_the_line_is_in_one_list_and_who_waits_longest_stands_first(
    drawn: list[tuple[tuple[str, str, int], WaitReason | None]],
) -> None:
    callers = [caller(number, *kind) for number, (kind, _) in enumerate(drawn)]
    waits = {
        str(number): Wait(call=str(number), reason=reason, ahead=0, changes_in_s=None)
        for number, (_, reason) in enumerate(drawn)
        if reason is not None
    }

    rows = rows_of(callers, waits, at=NOON)
    danger, groups, spoken = in_danger(rows), by_reason(rows, most=5), talks(rows, most=100)

    whole = [*danger.rows, *(row for one in by_reason(rows, most=100) for row in one.rows)]
    whole += spoken.rows
    closing = [one for one in callers if one.state == "closing" and one.urgency == "routine"]
    assert len(whole) == len(callers) - len(closing)
    assert danger.count == sum(
        one.urgency == "crisis" and one.state in UNANSWERED for one in callers
    )
    for group in groups:
        assert len(group.rows) == min(5, group.count)
        assert [one.caller.since for one in group.rows] == sorted(
            one.caller.since for one in group.rows
        )
        assert group.longest_since == group.rows[0].caller.since
        assert {one.reason for one in group.rows} == {group.reason}
    assert len({group.reason for group in groups}) == len(groups)


@pytest.mark.parametrize(
    ("urgency", "waited_s", "share"),
    [("crisis", 0, 1), ("crisis", 15, 20), ("crisis", 16, 21), ("routine", 30, 10),
     ("routine", 60, 20), ("routine", 600, 21)],
)  # fmt: skip
def test_a_bar_is_full_when_the_promise_is(urgency: str, waited_s: int, share: int) -> None:
    (row,) = rows_of([caller(1, urgency, "waiting", waited_s)], {}, at=NOON)

    assert row.share == share


@given(st.lists(st.tuples(st.sampled_from(STATES), st.booleans()), max_size=80))
def test_counselors_are_counted_by_what_they_do(drawn: list[tuple[str, bool]]) -> None:
    people = [counselor(n, state, certified=able) for n, (state, able) in enumerate(drawn)]

    groups = by_state(people, most=3)

    assert {one.state: one.count for one in groups} == Counter(state for state, _ in drawn)
    assert [one.state for one in groups] == [one for one in STATES if one in {s for s, _ in drawn}]
    assert all(len(one.people) + one.more == one.count for one in groups)
    ready = [one for one in people if one.state == "ready"]
    assert ready_of(people)["women"] == sum("women" in one.lines for one in ready)
    assert all(
        one.certified and one.state in ("wrapping_up", "paused") for one in called_in(people)
    )
