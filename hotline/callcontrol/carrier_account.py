"""Once a minute: every call that the carrier had in is in our account, and over where it is over.

The window reaches back to before the last answer, so that an outage of either side is made good
by the first check after it. What has only just begun or ended is left to the carrier's own news.
Their times are read by our clock: the difference is measured by calls that both have.
"""

import asyncio
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import col, exists, func, select

from hotline.background import BackgroundJobs
from hotline.callcontrol.carrier_clock import by_our_clock, correction, seconds_ahead
from hotline.callcontrol.found_calls import FOUND, FoundCalls, talks_with_a_phone
from hotline.calls.model import CallState, Direction
from hotline.errors import CarrierError, HotlineError, LegGone
from hotline.numbers import as_dialled
from hotline.ports import CallList, Clock, ListedCall
from hotline.storage.session import Database, Work
from hotline.storage.tables import Call, CallEntry, CarrierCheck

log = structlog.get_logger()

CALLS = "calls"  # the name of the one row
EVERY = timedelta(minutes=1)
NEWS_TIME = timedelta(seconds=30)  # for the carrier to tell us by itself
OVERLAP = timedelta(minutes=15)
FIRST_WINDOW, LONGEST_WINDOW = timedelta(hours=1), timedelta(days=2)
AT_MOST = 20_000  # calls in one window
ASK_WITHIN_S = 45.0
FAR_BACK = timedelta(hours=12)  # where no call is known to both: a clock may be hours behind


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """What one check found."""

    theirs: int
    ours: int
    mended: int
    unmended: int
    ahead_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """What is compared: calls since then, by our clock. `ahead_s`: of theirs, as last known."""

    since: datetime
    ahead_s: float

    @property
    def asked_from(self) -> datetime:
        """The same moment by their clock."""
        return self.since + correction(self.ahead_s)


@dataclass(frozen=True, slots=True)
class KnownCall:
    """What our account has of one. `was_found`: written or ended by the carrier's list."""

    sid: str
    state: str
    arrived_at: datetime
    was_found: bool


class CarrierAccount:
    """Any number may run: the row says who checked last."""

    def __init__(
        self,
        *,
        database: Database,
        carrier: CallList,
        clock: Clock,
        found: FoundCalls,
        base_url: str,
        leaves_out: str = "",
    ) -> None:
        """`base_url`: where a caller whom we do not know is sent to be taken in.

        `leaves_out`: a number of ours that nobody calls but ourselves.
        """
        self._leaves_out = as_dialled(leaves_out)
        self._database, self._carrier, self._clock = database, carrier, clock
        self._found, self._base_url = found, base_url
        self.jobs = BackgroundJobs(expected=(CarrierError, TimeoutError))

    async def tick(self) -> None:
        """Begin a check where one is due: nobody waits for the carrier's answer."""
        window = await self._claim()
        if window is not None:
            self.jobs.start("carrier_account", self.check(window))

    async def check(self, window: Window) -> None:
        """Compare, mend and write down what came of it."""
        try:
            async with asyncio.timeout(ASK_WITHIN_S):
                listed = await self._carrier.calls_since(window.asked_from, at_most=AT_MOST)
        except (CarrierError, TimeoutError):
            await self._note_silence()
            raise
        theirs = [one for one in listed if not self._is_left_out(one)]
        await self._note(await self._compare(theirs, window), window.since)

    def _is_left_out(self, one: ListedCall) -> bool:
        ours = self._leaves_out
        return bool(ours) and one.came_in and as_dialled(one.to) == ours

    # ── the row ─────────────────────────────────────────────────────────────────────────────

    async def _claim(self) -> Window | None:
        """What to compare, where it is our turn."""
        now = self._clock.now()
        async with self._database.work() as work:
            figures = dict.fromkeys(("theirs", "ours", "mended", "unmended", "ahead_s"), 0)
            first = insert(CarrierCheck).values(name=CALLS, **figures)
            await work.exec(first.on_conflict_do_nothing())
            query = select(CarrierCheck).where(CarrierCheck.name == CALLS)
            row = (await work.exec(query.with_for_update(skip_locked=True))).one_or_none()
            if row is None or _is_fresh(row, now):
                return None
            row.asked_at = now
            return Window(since=_since(row, now), ahead_s=row.ahead_s)

    async def _note_silence(self) -> None:
        async with self._database.work() as work:
            row = await work.get_one(CarrierCheck, CALLS)
            row.silent_since = row.silent_since or self._clock.now()

    async def _note(self, found: Comparison, since: datetime) -> None:
        if found.mended or found.unmended:
            log.error("account.differed", mended=found.mended, unmended=found.unmended)
        async with self._database.work() as work:
            row = await work.get_one(CarrierCheck, CALLS)
            row.answered_at, row.silent_since = row.asked_at, None
            row.window_from, row.theirs, row.ours = since, found.theirs, found.ours
            row.mended, row.unmended, row.ahead_s = found.mended, found.unmended, found.ahead_s

    # ── comparing ───────────────────────────────────────────────────────────────────────────

    async def _compare(self, whole: Sequence[ListedCall], window: Window) -> Comparison:
        now, sids = self._clock.now(), [one.sid for one in whole if one.came_in]
        async with self._database.work() as work:
            known = await _known(work, sids)
            arrived = {one.sid: one.arrived_at for one in known.values() if not one.was_found}
            measured = seconds_ahead(whole, arrived)
            ahead_s = window.ahead_s if measured is None else measured
            since = window.asked_from - correction(ahead_s)
            missing = await _unlisted(work, set(sids), since=since, now=now)
        missing = missing if len(whole) < AT_MOST else 0
        listed = [by_our_clock(one, correction(ahead_s)) for one in whole]
        mended = await self._mend_all(listed, known, now=now)
        return Comparison(
            theirs=len(sids),
            ours=len(known) + missing,
            mended=sum(mended),
            unmended=len(mended) - sum(mended) + missing,
            ahead_s=ahead_s,
        )

    async def _mend_all(
        self, listed: Sequence[ListedCall], known: Mapping[str, KnownCall], *, now: datetime
    ) -> list[bool]:
        talks = talks_with_a_phone(listed)
        came_in = [one for one in listed if one.came_in]
        differing = [one for one in came_in if _differs(one, known.get(one.sid), now)]
        return [await self._mend(one, talks) for one in differing]

    async def _mend(self, one: ListedCall, talks: Mapping[str, datetime]) -> bool:
        """False where it could not be mended now; the next check tries again."""
        try:
            if not one.over:
                await self._carrier.redirect(one.sid, f"{self._base_url}/voice/incoming")
                log.warning("call.fetched_back", sid=one.sid)
            else:
                async with self._database.work() as work:
                    await self._found.end(work, one, talks, at=self._clock.now())
        except LegGone:  # over by now: its end is told, or the next check finds it
            return True
        except (HotlineError, SQLAlchemyError, OSError) as fault:
            log.warning("account.not_mended", sid=one.sid, error=type(fault).__name__)
            return False
        return True


def _since(row: CarrierCheck, now: datetime) -> datetime:
    """Back to before the last answer, and far back where their clock cannot be told."""
    since = row.answered_at - OVERLAP if row.answered_at else now - FIRST_WINDOW
    if row.unmended and row.ours <= row.unmended:  # none of ours was known to both
        since = min(since, now - FAR_BACK)
    return max(min(since, now - OVERLAP), now - LONGEST_WINDOW)


def _is_fresh(row: CarrierCheck, now: datetime) -> bool:
    return row.asked_at is not None and timedelta() <= now - row.asked_at < EVERY


def _differs(one: ListedCall, known: KnownCall | None, now: datetime) -> bool:
    """Unknown to us, or over there and not with us, for longer than news take."""
    since = one.ended_at if one.over else one.began_at
    if since is None or since > now - NEWS_TIME:
        return False
    return known is None or (one.over and known.state != CallState.ENDED)


async def _known(work: Work, sids: Collection[str]) -> dict[str, KnownCall]:
    of_the_call = (col(CallEntry.call_id) == Call.id, col(CallEntry.kind) == FOUND)
    was_found = exists().where(*of_the_call)
    query = select(Call.carrier_sid, Call.state, Call.arrived_at, was_found).where(
        col(Call.carrier_sid).in_(sids)
    )
    rows = (await work.exec(query)).all()
    return {sid: KnownCall(sid, state, at, found) for sid, state, at, found in rows}


async def _unlisted(work: Work, sids: Collection[str], *, since: datetime, now: datetime) -> int:
    """Calls of ours, well within the window, of which the carrier knows nothing."""
    query = (
        select(func.count())
        .select_from(Call)
        .where(Call.direction == Direction.IN, col(Call.carrier_sid).not_in(sids))
        .where(col(Call.arrived_at) > since + NEWS_TIME, col(Call.arrived_at) < now - NEWS_TIME)
    )
    return (await work.exec(query)).one()
