"""Our account is compared with the carrier's list, and a difference is mended or shown."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlmodel import select

from hotline.callcontrol.carrier_account import CALLS, OVERLAP, CarrierAccount
from hotline.callcontrol.found_calls import FoundCalls
from hotline.calls.model import CallState
from hotline.errors import CarrierUnreachable
from hotline.ports import ListedCall
from hotline.storage.session import Database
from hotline.storage.tables import Call, CarrierCheck, Line, PhoneNumber
from hotline.storage.vault import Vault, make_key
from hotline.telephony.listed_numbers import whose_number
from tests.fakes import NOON, FakeClock

pytestmark = pytest.mark.anyio

BASE, CHILD = "https://line.example", "13800138000"


@dataclass
class ListingCarrier:
    """A carrier that lists what it is told, or does not answer."""

    calls: list[ListedCall] = field(default_factory=list)
    fault: Exception | None = None
    asked: list[datetime] = field(default_factory=list)
    redirected: list[str] = field(default_factory=list)

    async def calls_since(self, since: datetime, *, at_most: int) -> Sequence[ListedCall]:
        self.asked.append(since)
        if self.fault is not None:
            raise self.fault
        return self.calls[:at_most]

    async def redirect(self, sid: str, url: str) -> None:
        self.redirected.append(f"{sid} {url}")


def listed(
    sid: str, *, over: bool = True, came_in: bool = True, ago_s: int = 120, **more: Any
) -> ListedCall:
    """A call that began some time before noon; it was over ten seconds later, if at all."""
    began = NOON - timedelta(seconds=ago_s)
    ended = began + timedelta(seconds=10) if over else None
    said: dict[str, Any] = {"to": "12355", "from_": CHILD, "began_at": began, "ended_at": ended}
    return ListedCall(sid=sid, came_in=came_in, over=over, **(said | more))


@dataclass
class AccountScene:
    """A line, the carrier's list, and what compares both."""

    database: Database
    clock: FakeClock
    carrier: ListingCarrier = field(default_factory=ListingCarrier)

    def __post_init__(self) -> None:
        self.account = CarrierAccount(
            database=self.database, carrier=self.carrier, clock=self.clock,
            found=FoundCalls(Vault(make_key()), whose_number), base_url=BASE,
        )  # fmt: skip

    async def is_checked(self) -> CarrierCheck:
        """One look, to its end."""
        await self.account.tick()
        await self.account.jobs.settled()
        async with self.database.work() as work:
            return await work.get_one(CarrierCheck, CALLS)

    async def has(self, sid: str, state: CallState = CallState.WAITING) -> None:
        """A call of ours."""
        at = NOON - timedelta(seconds=120)
        outcome = "hung_up" if state == CallState.ENDED else None
        async with self.database.work() as work:
            work.add(Call(carrier_sid=sid, line_id="youth", state=state, outcome=outcome,
                          arrived_at=at, heard_at=at))  # fmt: skip

    async def call(self, sid: str) -> Call:
        """As it stands now."""
        async with self.database.work() as work:
            return (await work.exec(select(Call).where(Call.carrier_sid == sid))).one()


@pytest.fixture
async def scene(database: Database, clock: FakeClock) -> AsyncIterator[AccountScene]:
    """The line at noon, and nobody on it."""
    made = AccountScene(database, clock)
    async with database.work() as work:
        work.add(Line(id="youth", name="青少年", name_en="Youth", number_shown="12355"))
        await work.flush()
        work.add(PhoneNumber(number="12355", line_id="youth"))
    yield made
    await made.account.jobs.stop()


async def test_an_account_that_agrees_has_nothing_to_mend(scene: AccountScene) -> None:
    await scene.has("CA1", CallState.ENDED)
    await scene.has("CA2")
    scene.carrier.calls = [listed("CA1"), listed("CA2", over=False), listed("CA3", came_in=False)]

    seen = await scene.is_checked()

    assert (seen.theirs, seen.ours, seen.mended, seen.unmended) == (2, 2, 0, 0)
    assert seen.answered_at == NOON


async def test_a_call_that_we_never_heard_of_is_in_the_account_as_not_taken_in(
    scene: AccountScene,
) -> None:
    scene.carrier.calls = [listed("CA1")]

    seen = await scene.is_checked()

    call = await scene.call("CA1")
    assert (seen.theirs, seen.ours, seen.mended, seen.unmended) == (1, 0, 1, 0)
    assert (call.state, call.outcome, call.outcome_step) == ("ended", "hung_up", "not_taken_in")
    assert call.arrived_at == NOON - timedelta(seconds=120)


async def test_a_call_that_is_over_at_the_carrier_is_ended(scene: AccountScene) -> None:
    await scene.has("CA1")
    scene.carrier.calls = [listed("CA1")]

    seen = await scene.is_checked()

    assert (await scene.call("CA1")).state == CallState.ENDED
    assert seen.mended == 1


async def test_a_caller_whom_we_do_not_know_and_who_is_still_there_is_fetched_back(
    scene: AccountScene,
) -> None:
    scene.carrier.calls = [listed("CA1", over=False)]

    await scene.is_checked()

    assert scene.carrier.redirected == [f"CA1 {BASE}/voice/incoming"]


async def test_what_has_only_just_happened_is_left_to_the_carriers_news(
    scene: AccountScene,
) -> None:
    scene.carrier.calls = [listed("CA1", over=False, ago_s=5), listed("CA2", ago_s=20)]

    seen = await scene.is_checked()

    assert (seen.mended, seen.unmended, scene.carrier.redirected) == (0, 0, [])


async def test_a_call_of_ours_that_the_carrier_never_had_is_shown_as_a_difference(
    scene: AccountScene,
) -> None:
    await scene.has("CA-invented", CallState.ENDED)

    seen = await scene.is_checked()

    assert (seen.theirs, seen.ours, seen.unmended) == (0, 1, 1)


async def test_it_is_asked_once_a_minute_and_further_back_after_a_silence(
    scene: AccountScene,
) -> None:
    await scene.is_checked()
    await scene.is_checked()
    scene.carrier.fault = CarrierUnreachable()
    scene.clock.advance(3600)
    silent = await scene.is_checked()
    scene.carrier.fault = None
    scene.clock.advance(3600)
    seen = await scene.is_checked()

    assert len(scene.carrier.asked) == 3
    assert silent.silent_since == NOON + timedelta(hours=1)
    assert scene.carrier.asked[-1] == NOON - timedelta(minutes=15)
    assert (seen.silent_since, seen.answered_at) == (None, NOON + timedelta(hours=2))


@pytest.mark.parametrize(
    ("from_", "kind"),
    [("anonymous", "withheld"), ("", "withheld"), ("12", "malformed"), (CHILD, "direct")],
)
async def test_a_call_that_was_found_says_whose_number_it_came_from(
    scene: AccountScene, from_: str, kind: str
) -> None:
    scene.carrier.calls = [listed("CA1", from_=from_)]

    await scene.is_checked()

    call = await scene.call("CA1")
    of_a_person = kind == "direct"
    assert (call.number_kind, call.place_source) == (kind, "number" if of_a_person else "")
    assert bool(call.from_index) == of_a_person


async def test_a_caller_who_was_passed_on_is_known_by_their_own_number(scene: AccountScene) -> None:
    scene.carrier.calls = [listed("CA1", from_="12345", forwarded_from=CHILD)]

    await scene.is_checked()

    assert (await scene.call("CA1")).number_kind == "forwarded"


async def test_who_talked_with_the_duty_phone_past_us_is_not_counted_as_lost(
    scene: AccountScene,
) -> None:
    of_200_s: dict[str, Any] = {"ended_at": NOON - timedelta(seconds=100), "ago_s": 300}
    by_document: dict[str, Any] = {"came_in": False, "parent": "CA1", "talked_s": 180}
    scene.carrier.calls = [listed("CA1", **of_200_s), listed("CA2", **of_200_s | by_document)]

    await scene.is_checked()

    call = await scene.call("CA1")
    assert (call.state, call.outcome) == ("ended", "duty_phone")
    assert call.duty_phone_at == NOON - timedelta(seconds=280)


async def test_a_mailbox_that_a_document_rang_serves_nobody(scene: AccountScene) -> None:
    mailbox = listed("CA2", came_in=False, parent="CA1", talked_s=5)
    scene.carrier.calls = [listed("CA1"), mailbox]

    await scene.is_checked()

    assert (await scene.call("CA1")).outcome == "hung_up"


# ── two clocks ──────────────────────────────────────────────────────────────────────────────────


def by_their_clock(one: ListedCall, ahead: timedelta) -> ListedCall:
    """As a carrier lists it whose clock differs from ours."""
    ended = one.ended_at + ahead if one.ended_at else None
    assert one.began_at is not None
    return replace(one, began_at=one.began_at + ahead, ended_at=ended)


@pytest.mark.parametrize("minutes", [-20, -5, 5, 20])
async def test_times_of_a_clock_that_differs_are_read_by_ours(
    scene: AccountScene, minutes: int
) -> None:
    ahead = timedelta(minutes=minutes)
    await scene.has("CA1", CallState.ENDED)
    calls = [listed("CA1"), listed("CA-lost", ago_s=90), listed("CA-new", ago_s=5, over=False)]
    scene.carrier.calls = [by_their_clock(one, ahead) for one in calls]

    seen = await scene.is_checked()

    assert (await scene.call("CA-lost")).arrived_at == NOON - timedelta(seconds=90)
    assert (seen.ahead_s, seen.mended, seen.unmended) == (ahead.total_seconds(), 1, 0)
    assert scene.carrier.redirected == [], "who has just rung is left to the carrier's own news"


async def test_the_next_window_begins_by_their_clock(scene: AccountScene) -> None:
    await scene.has("CA1", CallState.ENDED)
    scene.carrier.calls = [by_their_clock(listed("CA1"), timedelta(minutes=5))]
    await scene.is_checked()
    scene.clock.advance(60)

    await scene.is_checked()

    assert scene.carrier.asked[-1] == NOON + timedelta(minutes=5) - OVERLAP


async def test_a_call_that_was_found_says_nothing_of_the_clocks(scene: AccountScene) -> None:
    scene.carrier.calls = [listed("CA1", ago_s=300)]
    await scene.is_checked()
    scene.carrier.calls = [by_their_clock(listed("CA1", ago_s=300), timedelta(hours=1))]
    scene.clock.advance(60)

    seen = await scene.is_checked()

    assert seen.ahead_s == 0


async def test_where_no_call_is_known_to_both_it_looks_far_back(scene: AccountScene) -> None:
    await scene.has("CA1", CallState.ENDED)
    await scene.is_checked()
    scene.clock.advance(60)

    await scene.is_checked()

    assert scene.carrier.asked[-1] == scene.clock.now() - timedelta(hours=12)


async def test_calls_to_a_number_that_only_we_call_are_in_no_account(
    scene: AccountScene,
) -> None:
    scene.account = CarrierAccount(
        database=scene.database, carrier=scene.carrier, clock=scene.clock, base_url=BASE,
        found=FoundCalls(Vault(make_key()), whose_number), leaves_out="02000000990",
    )  # fmt: skip
    scene.carrier.calls = [listed("CA1", to="+862000000990"), listed("CA2", came_in=False)]

    seen = await scene.is_checked()

    assert (seen.theirs, seen.ours, seen.mended, seen.unmended) == (0, 0, 0, 0)
