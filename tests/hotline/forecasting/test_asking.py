"""A what-if is its question: it is read, played beside the web process, and told."""

import asyncio
from contextlib import nullcontext
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hotline.clock import SystemClock
from hotline.errors import Invalid, NotFound
from hotline.forecasting.asking import AHEAD, DayQuestion, prepare_day, question_of
from hotline.forecasting.whatif import CallsFrom, PlayedDay
from hotline.lines.hours import SHANGHAI
from hotline.storage.session import Database
from tests.hotline.forecasting.called import fill, open_line

TODAY = SystemClock().now().astimezone(SHANGHAI).date()
TOMORROW = TODAY + timedelta(days=1)
ASKED_ON = date(2026, 3, 2)


def question(day: date = TOMORROW, **facts: Any) -> DayQuestion:
    said = {"calls_from": CallsFrom.PAST, "counselors": (), "asked_on": TODAY, **facts}
    return DayQuestion(line_id="youth", day=day, **said)


@given(
    ahead=st.integers(0, AHEAD.days),
    calls_from=st.sampled_from(CallsFrom),
    counselors=st.lists(st.sampled_from(("+2:yue", "-1", "+1:hak+cmn")), max_size=6),
)
def test_the_id_of_a_question_is_the_question(
    ahead: int, calls_from: CallsFrom, counselors: list[str]
) -> None:
    asked = question(
        ASKED_ON + timedelta(days=ahead),
        calls_from=calls_from,
        counselors=tuple(counselors),
        asked_on=ASKED_ON,
    )

    assert question_of(asked.id, today=ASKED_ON) == asked


@given(st.integers(0, AHEAD.days))
def test_a_day_is_like_the_last_one_of_its_week_that_is_over(ahead: int) -> None:
    asked = question(ASKED_ON + timedelta(days=ahead), asked_on=ASKED_ON)

    assert asked.like.weekday() == asked.day.weekday()
    assert timedelta(days=1) <= ASKED_ON - asked.like <= timedelta(days=7)


@pytest.mark.parametrize("no_id", ["", "x", "e30", "W10", "bnVsbA", "%%%", "a" * 900])
def test_what_is_no_question_is_not_there(no_id: str) -> None:
    with pytest.raises(NotFound):
        question_of(no_id, today=ASKED_ON)


@pytest.mark.parametrize("day", [ASKED_ON - timedelta(days=1), ASKED_ON + AHEAD * 2])
def test_a_question_for_a_day_out_of_reach_is_not_there(day: date) -> None:
    with pytest.raises(NotFound):
        question_of(question(day, asked_on=ASKED_ON).id, today=ASKED_ON)


@pytest.mark.parametrize(
    "counselors",
    [("+99999",), ("+1000000",), ("--5",), ("\ud800",), ("+1:",), ("+1",) * 7, ("+１",)],
)  # fmt: skip
def test_an_id_written_by_hand_asks_no_more_than_the_command_takes(
    counselors: tuple[str, ...],
) -> None:
    asked = replace(question(ASKED_ON, asked_on=ASKED_ON), counselors=counselors)

    with pytest.raises(NotFound):
        question_of(asked.id, today=ASKED_ON)


@pytest.mark.parametrize(
    ("later", "is_there"), [(0, True), (1, True), (2, False), (-1, False), (400, False)]
)
def test_an_id_is_looked_at_until_the_day_after_it_was_asked(later: int, *, is_there: bool) -> None:
    asked, today = question(ASKED_ON, asked_on=ASKED_ON), ASKED_ON + timedelta(days=later)

    with nullcontext() if is_there else pytest.raises(NotFound):
        question_of(asked.id, today=today)


@pytest.mark.parametrize("asked_on", [date.max, date.min])
def test_the_ends_of_the_calendar_are_no_fault(asked_on: date) -> None:
    with pytest.raises(NotFound):
        question_of(question(asked_on, asked_on=asked_on).id, today=ASKED_ON)


@pytest.fixture
async def called(database: Database) -> Database:
    await open_line(database)
    return database


async def prepared(database: Database, asked: DayQuestion) -> PlayedDay:
    """As in the other process: with an event loop of its own."""
    return await asyncio.to_thread(prepare_day, database.url, asked)


@pytest.mark.anyio
async def test_the_calls_of_the_same_day_last_week_are_played_as_they_came(
    called: Database,
) -> None:
    fill(called, 10)

    day = await prepared(called, question(counselors=("+2:cmn",)))

    assert day.calls == len(day.came) == 28
    assert day.came[0].arrived_s >= 8 * 3600
    assert day.came[-1].arrived_s < 22 * 3600
    assert len(day.changed) == len(day.people) + 2


@pytest.mark.anyio
async def test_the_calls_of_a_forecast_come_while_the_line_is_open(called: Database) -> None:
    fill(called, 40)

    day = await prepared(called, question(calls_from=CallsFrom.FORECAST))

    assert sum(day.expected) == pytest.approx(28, rel=0.05)
    assert all(day.expected[8:22])
    assert not any((*day.expected[:8], *day.expected[22:]))


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("facts", "told"),
    [
        ({}, "Nobody called on"),
        ({"calls_from": CallsFrom.FORECAST}, "a forecast needs 28"),
        ({"counselors": ("+1:fra",)}, "languages of the line"),
    ],
)
async def test_a_day_that_cannot_be_played_says_what_to_do(
    called: Database, facts: dict[str, Any], told: str
) -> None:
    with pytest.raises(Invalid, match=told):
        await prepared(called, question(**facts))


@pytest.mark.anyio
async def test_a_line_that_is_not_there_any_more_is_not_found(database: Database) -> None:
    with pytest.raises(NotFound):
        await prepared(database, question())
