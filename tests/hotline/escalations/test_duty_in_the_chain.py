"""Whom a flag rings depends on the moment: by the rosters of its stations."""

from datetime import UTC, datetime
from typing import Any

import pytest

from hotline.escalations.chain import with_those_first
from hotline.escalations.policy import (
    ACK_WITHIN,
    NOBODY_YET,
    ChainPosition,
    ChainStep,
    rung_in_round,
    walk_along,
)
from hotline.escalations.station_call import key_pressed
from hotline.storage.tables import Station, StationContact
from tests.hotline.escalations.conftest import CITY, DUTY, HEAD, PIN, EscalationScene

pytestmark = pytest.mark.anyio

ALL_DAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
AT_TWO = datetime(2026, 3, 1, 18, 0, tzinfo=UTC)  # 02:00 in Guangdong
AT_TEN = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)
BEFORE_EIGHT = datetime(2026, 3, 1, 23, 59, tzinfo=UTC)
STEP_S = ACK_WITHIN.total_seconds()


def shift(begin: str, end: str, contact: str) -> dict[str, Any]:
    return {"days": ALL_DAYS, "from": begin, "to": end, "contact": contact}


@pytest.fixture
async def rostered(scene: EscalationScene) -> EscalationScene:
    """By day the first contact has the duty, by night the second."""
    async with scene.work() as work:
        for one in ("duty", "head", "city"):
            (await work.get_one(StationContact, one)).key = one
    duty = {"weekly": [shift("08:00", "20:00", "duty"), shift("20:00", "08:00", "head")]}
    await scene.change(Station, "district", duty=duty)
    return scene


@pytest.mark.parametrize(
    ("moment", "order"), [(AT_TWO, [HEAD, DUTY, CITY]), (AT_TEN, [DUTY, HEAD, CITY])]
)
async def test_at_two_the_night_duty_is_rung_first_and_at_ten_the_day_duty(
    rostered: EscalationScene, moment: datetime, order: list[str]
) -> None:
    rostered.clock.time = moment
    await rostered.flag()
    await rostered.rings()

    for _ in range(2):
        await rostered.passes(STEP_S)

    assert rostered.carrier.dialled() == order


async def test_whose_shift_begins_in_the_middle_of_a_round_is_rung_in_it_and_nobody_twice(
    rostered: EscalationScene,
) -> None:
    rostered.clock.time = BEFORE_EIGHT
    await rostered.flag()
    await rostered.rings()

    for _ in range(3):
        await rostered.passes(STEP_S)

    assert rostered.carrier.dialled() == [HEAD, DUTY, CITY, DUTY], "the next round by the new day"


async def test_a_station_that_is_closed_with_nobody_on_duty_is_rung_after_the_one_above(
    rostered: EscalationScene,
) -> None:
    office = [{"days": ALL_DAYS, "from": "08:30", "to": "17:30"}]
    await rostered.change(Station, "district", duty={}, hours=office)
    rostered.clock.time = AT_TWO
    await rostered.flag()
    await rostered.rings()

    for _ in range(2):
        await rostered.passes(STEP_S)

    assert rostered.carrier.dialled() == [CITY, DUTY, HEAD]
    assert (await rostered.escalation()).station_id == "district", "whose duty it stays"


async def test_a_pin_that_fits_says_when_a_contact_was_last_heard_of(
    rostered: EscalationScene,
) -> None:
    await rostered.flag()
    await rostered.rings()
    [attempt] = await rostered.attempts()
    at = rostered.clock.now()

    async with rostered.work() as work:
        await key_pressed(work, attempt.id, "0000", at)
        assert (await work.get_one(StationContact, attempt.contact_id)).last_heard_at is None
        await key_pressed(work, attempt.id, PIN, at)

        assert (await work.get_one(StationContact, attempt.contact_id)).last_heard_at == at


# ── a round that goes on ────────────────────────────────────────────────────────────────────────

A, B, C, D = (ChainStep(name, "s") for name in "abcd")


@pytest.mark.parametrize(
    ("kept", "roster", "place", "order"),
    [
        ((A, B, C), (B, A, C), ChainPosition(0, 0), (A, B, C)),
        ((A, B, C), (C, A, B), ChainPosition(1, 0), (A, B, C)),
        ((A, B, C), (D, A, C), ChainPosition(1, 2), (A, D, C)),
        ((A, B), (), ChainPosition(0, 0), ()),
        ((A, B), (B, A), NOBODY_YET, (B, A)),
    ],
)
async def test_who_was_rung_in_this_round_stays_in_front_and_the_rest_follows_the_moment(
    kept: tuple[ChainStep, ...],
    roster: tuple[ChainStep, ...],
    place: ChainPosition,
    order: tuple[ChainStep, ...],
) -> None:
    assert with_those_first(rung_in_round(walk_along(kept), place), roster) == order
