"""Whom we may call back, by what was tried at their number before."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from hotline.calls.returning import Tries, WhyNot, mark_number, tries_at, why_not
from hotline.storage.session import Database
from hotline.storage.tables import Call, Line
from tests.fakes import NOON

pytestmark = pytest.mark.anyio


def against(tries: Tries, *, urgency: str = "routine", at: datetime = NOON) -> WhyNot | None:
    return why_not(tries, has_number=True, urgency=urgency, at=at)


def test_a_number_that_was_never_rung_may_be_called() -> None:
    assert against(Tries()) is None


def test_a_withheld_number_cannot_be_called() -> None:
    told = why_not(Tries(), has_number=False, urgency="crisis", at=NOON)

    assert told is WhyNot.WITHHELD


@pytest.mark.parametrize(
    ("hours", "expected"), [(0, "too_soon"), (23.9, "too_soon"), (24, None), (48, None)]
)
def test_a_phone_that_rang_in_vain_is_left_in_peace_for_a_day(
    hours: float, expected: str | None
) -> None:
    assert against(Tries(rang=1, rang_at=NOON), at=NOON + timedelta(hours=hours)) == expected


def test_a_phone_that_rang_three_times_in_vain_rings_no_more() -> None:
    tries = Tries(rang=3, rang_at=NOON)

    assert against(tries, at=NOON + timedelta(days=9)) is WhyNot.TOO_OFTEN


def test_a_caller_in_danger_is_called_as_often_as_somebody_means_to() -> None:
    assert against(Tries(rang=5, rang_at=NOON), urgency="crisis") is None


@pytest.mark.parametrize(
    ("tries", "expected"),
    [(Tries(marked=True), "marked"), (Tries(on_the_line=True), "on_the_line")],
)
def test_neither_a_marked_number_nor_one_on_the_line_is_called_even_in_danger(
    tries: Tries, expected: str
) -> None:
    assert against(tries, urgency="crisis") == expected


# ── what was tried ──────────────────────────────────────────────────────────────────────────────


def ours(step: str, hours: float, **values: Any) -> Call:
    """A call of ours that reached nobody, so many hours after noon."""
    fields = {"direction": "out", "outcome": "not_reached", "outcome_step": step}
    return call(hours, **fields, **values)


def call(hours: float, **values: Any) -> Call:
    """Of the one number that there is."""
    at = NOON + timedelta(hours=hours)
    fields: dict[str, Any] = {"state": "ended", "outcome": "hung_up", "from_index": "n"}
    return Call(
        id=f"c{hours}",
        carrier_sid=f"CA{hours}",
        line_id="youth",
        arrived_at=at,
        heard_at=at,
        **(fields | values),
    )


async def tried(database: Database, *calls: Call) -> Tries:
    async with database.work() as work:
        work.add(Line(id="youth", name="", name_en="", number_shown="12355"))
        await work.flush()
        work.add_all(calls)
        await work.flush()
        return (await tries_at(work, ["n", ""]))["n"]


async def test_only_calls_at_which_a_phone_may_have_rung_count(database: Database) -> None:
    steps = ("busy", "failed", "not_dialled", "no_answer", "mailbox")
    calls = [ours(step, n) for n, step in enumerate(steps, start=1)]

    told = await tried(database, call(0), *calls)

    assert (told.rang, told.last) == (2, "mailbox")
    assert told.rang_at == NOON + timedelta(hours=5)


@pytest.mark.parametrize(
    "heard_of", [call(2), call(2, direction="out", outcome="talked")], ids=["rang us", "talked"]
)
async def test_who_was_heard_of_since_may_be_tried_anew(database: Database, heard_of: Call) -> None:
    told = await tried(database, ours("no_answer", 1), heard_of)

    assert (told.rang, told.rang_at, told.last) == (0, None, "")


async def test_who_is_being_rung_is_on_the_line(database: Database) -> None:
    ringing = call(1, state="connecting", outcome=None, direction="out")

    told = await tried(database, ringing)

    assert (told.on_the_line, told.dialling) == (True, True)


async def test_a_mark_holds_for_the_number_and_is_taken_back_for_the_number(
    database: Database,
) -> None:
    first, second = call(1, no_callback=True), call(2)
    marked = (await tried(database, first, second)).marked

    async with database.work() as work:
        await mark_number(work, await work.get_one(Call, second.id), no_callback=False)
    async with database.work() as work:
        told = await tries_at(work, ["n"])

    assert marked
    assert not told["n"].marked
