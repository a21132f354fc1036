"""What only the passing of time brings up: legs nobody hears of, closed browsers, old rows."""

from datetime import datetime, timedelta

import pytest
from sqlmodel import SQLModel, select
from structlog.testing import capture_logs

from hotline.callcontrol.sweep import EXPLAINED_FOR, REPEATS_FOR, Sweep, forget_old
from hotline.callcontrol.talks import caller_left, counselor_lost
from hotline.calls.model import CallState
from hotline.calls.service import lock_call
from hotline.lines.numbers import NO_LINE
from hotline.ports import Dial, LegStatus
from hotline.storage.connection import Bounds
from hotline.storage.session import Database
from hotline.storage.tables import (
    AnsweredRequest,
    Call,
    Line,
    Offer,
    Participant,
    Presence,
    RoutingEvent,
    Staff,
    StaffSession,
)
from tests.fakes import NOON, FakeLeg
from tests.hotline.callcontrol.conftest import CallControlScene

pytestmark = pytest.mark.anyio

CHILDS_DIAL = Dial(to="12355", from_="", answer_url="", status_url="", ring_s=20)


def the_childs_leg(floor: CallControlScene, status: LegStatus) -> None:
    """What the carrier says of the child's leg when it is asked."""
    floor.carrier.legs.append(FakeLeg("CA-child", CHILDS_DIAL, NOON, status))


async def test_a_caller_of_whose_leg_the_carrier_knows_nothing_has_left(
    floor: CallControlScene,
) -> None:
    await floor.call(CallState.WAITING, queued_at=NOON)

    await floor.passes(60)

    assert (await floor.call_now()).state == "ended"


async def test_a_caller_whose_leg_is_up_keeps_the_place_in_the_line(
    floor: CallControlScene,
) -> None:
    await floor.call(CallState.WAITING, queued_at=NOON)
    the_childs_leg(floor, LegStatus.UP)

    await floor.passes(60)

    call = await floor.call_now()
    assert (call.state, call.queued_at) == ("waiting", NOON)
    assert call.heard_at == floor.clock.now(), "it is not asked again at each look"


async def test_a_caller_whose_counselor_is_gone_is_brought_back_at_once(
    floor: CallControlScene,
) -> None:
    await floor.talking()
    the_childs_leg(floor, LegStatus.UP)
    await floor.change(Participant, "p1", state="ended", ended_at=NOON)

    await floor.passes(3)

    assert (await floor.call_now()).state == "waiting"
    sent_to = next(url for wish, url in floor.carrier.journal if wish == "redirect")
    assert sent_to.startswith("CA-child ")
    assert "again" in sent_to


async def test_an_offer_to_a_browser_that_went_away_is_ended_before_its_time(
    floor: CallControlScene,
) -> None:
    await floor.offered()
    await floor.change(Presence, "li", lease_until=NOON + timedelta(seconds=5))

    await floor.passes(6)

    async with floor.database.work() as work:
        offer = await work.get_one(Offer, "o1")
    assert (offer.state, offer.reason) == ("failed", "console_gone")


async def test_a_caller_who_does_not_hang_up_after_the_goodbye_is_hung_up(
    floor: CallControlScene,
) -> None:
    await floor.call(CallState.CLOSING)

    await floor.passes(30)

    assert ("hang_up", "CA-child") in floor.carrier.journal


async def test_who_dialled_a_number_of_no_line_stays_with_the_duty_phone(
    floor: CallControlScene,
) -> None:
    await floor.add(Line(id=NO_LINE, name="", name_en="", number_shown=""))
    await floor.call(CallState.CLOSING, line_id=NO_LINE)

    await floor.passes(30)

    assert ("hang_up", "CA-child") not in floor.carrier.journal


def kept_for_a_time(name: str, at: datetime) -> list[SQLModel]:
    """One row of each kind that is forgotten, as of `at`."""
    return [
        AnsweredRequest(key=name, status=200, answer="", received_at=at),
        StaffSession(token_hash=name, staff_id="li", kind="cookie", created_at=at, expires_at=at),
        RoutingEvent(epoch=1, at_s=at.timestamp(), kind=name, subject="", facts={}),
        Offer(id=name, call_id="c1", staff_id="li", offered_at=at, expires_at=at, state="expired"),
        Participant(id=name, call_id="c1", offer_id=name, staff_id="li", role="counselor",
                    address="client:li", created_at=at, state="ended"),
    ]  # fmt: skip


async def left(floor: CallControlScene, table: type[SQLModel]) -> int:
    """How many rows of a table are still there."""
    async with floor.database.work() as work:
        return len((await work.exec(select(table))).all())


@pytest.mark.parametrize(
    ("age", "answered", "explained"),
    [
        (REPEATS_FOR - timedelta(seconds=1), 1, 1),
        (REPEATS_FOR + timedelta(seconds=1), 0, 1),
        (EXPLAINED_FOR + timedelta(seconds=1), 0, 0),
    ],
)
async def test_repeats_are_forgotten_after_two_days_and_reasons_after_half_a_year(
    floor: CallControlScene, age: timedelta, answered: int, explained: int
) -> None:
    await floor.call(CallState.ENDED)
    await floor.add(*kept_for_a_time("old", NOON - age))

    await forget_old(floor.database, at=NOON)

    tables: list[type[SQLModel]] = [RoutingEvent, Offer, Participant]
    assert [await left(floor, table) for table in tables] == [explained] * 3
    assert await left(floor, AnsweredRequest) == answered
    assert await left(floor, StaffSession) == 0


# ── rows and looks that fail ────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("state", "told"),
    [("paused", [("look_after", "chen")]), ("ready", [])],  # no break is given to who is left out
)
async def test_a_row_that_cannot_be_settled_holds_up_no_other(
    floor: CallControlScene, state: str, told: list[tuple[str, str]]
) -> None:
    broken = Staff(id="chen", username="chen", name="Chen", password_hash="", roles=["counselor"])
    broken.lines = 5  # type: ignore[assignment] # as somebody wrote it by hand
    chen = Presence(staff_id="chen", state=state, since=NOON, idle_since=NOON)
    chen.back_at, chen.working_since = NOON, NOON - timedelta(days=1)
    await floor.add(broken, chen)
    await floor.change(Presence, "li", state="paused", back_at=NOON)

    with capture_logs() as logs:
        await floor.passes(1)
        await floor.passes(1)

    async with floor.database.work() as work:
        states = {one.staff_id: one.state for one in (await work.exec(select(Presence))).all()}
    assert states == {"li": "ready", "chen": state}
    left_out = [(line["look"], line["row"]) for line in logs if line["event"] == "row.left_out"]
    assert left_out == told  # said once, though it was so twice


def another(key: str, state: CallState) -> Call:
    """Somebody else's call."""
    return Call(
        id=key, carrier_sid=key, line_id="youth", state=state, arrived_at=NOON, heard_at=NOON
    )


async def test_a_call_that_somebody_holds_keeps_no_other_from_leaving_who_was_switched_off(
    floor: CallControlScene,
) -> None:
    away = Database(floor.database.url, bounds=Bounds(answer_s=1.0))
    await floor.offered()
    await floor.add(
        Staff(id="chen", username="chen", name="Chen", password_hash="", active=False),
        another("c0", CallState.WAITING),
        Offer(id="o0", call_id="c0", staff_id="chen", offered_at=NOON, expires_at=NOON),
    )
    await floor.change(Staff, "li", active=False)

    async with floor.database.work() as holder:
        await holder.exec(select(Call).where(Call.id == "c0").with_for_update())
        with capture_logs():
            await Sweep(away, floor.dialler, floor.carrier).look(at=NOON)
    await away.close()

    async with floor.database.work() as work:
        offers = {one.id: one.state for one in (await work.exec(select(Offer))).all()}
    assert offers == {"o0": "pending", "o1": "withdrawn"}


async def test_a_talk_that_breaks_leaves_a_counselor_alone_who_is_with_somebody_else(
    floor: CallControlScene,
) -> None:
    await floor.talking()
    await floor.add(another("c2", CallState.TALKING))
    await floor.change(Presence, "li", call_id="c2")

    async with floor.database.work() as work:
        await counselor_lost(work, await lock_call(work, "c1"), at=NOON)

    async with floor.database.work() as work:
        presence = await work.get_one(Presence, "li")
    assert (presence.state, presence.call_id) == ("talking", "c2")
    assert (await floor.call_now()).state == CallState.WAITING


async def test_a_leg_that_died_without_a_word_is_found_while_others_stay_in_the_talk(
    floor: CallControlScene,
) -> None:
    await floor.talking()
    await floor.change(Participant, "p1", ends_wanted=False, ends=False)
    await floor.add(
        Participant(id="g1", call_id="c1", role="guest", address="110", proof="service",
                    carrier_sid="CA-guest", state="in_talk", created_at=NOON, joined_at=NOON)
    )  # fmt: skip
    the_childs_leg(floor, LegStatus.UP)
    floor.carrier.legs.append(FakeLeg("CA-guest", CHILDS_DIAL, NOON, LegStatus.UP))
    floor.carrier.legs.append(FakeLeg("CA-li", CHILDS_DIAL, NOON, LegStatus.COMPLETED))

    await floor.passes(15)

    assert (await floor.participant("p1")).state == "ended"
    assert (await floor.participant("g1")).state == "in_talk"


# ── both leave ──────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("later_s", "outcome", "step"), [(2, "talked", "talking"), (4, "hung_up", "waiting")]
)
async def test_a_caller_who_leaves_in_the_same_moment_as_the_counselor_has_talked(
    floor: CallControlScene, later_s: float, outcome: str, step: str
) -> None:
    await floor.talking()
    async with floor.database.work() as work:
        await counselor_lost(work, await lock_call(work, "c1"), at=floor.clock.now())

    floor.clock.advance(later_s)
    async with floor.database.work() as work:
        await caller_left(work, await lock_call(work, "c1"), at=floor.clock.now())

    async with floor.database.work() as work:
        call = await work.get_one(Call, "c1")
    assert (call.outcome, call.outcome_step) == (outcome, step)
