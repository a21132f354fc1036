"""What-ifs: a day of a line with another roster, played in a process beside the web process.

The id of a what-if is its question. So nothing of it is stored: a web process that does not know
it, after a restart or beside another, answers it again, and the answer is the same.
"""

import asyncio
import base64
import binascii
import json
import re
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import asdict, dataclass, field, replace
from datetime import date, timedelta
from typing import Any, TypeVar

import structlog
from cachetools import TTLCache

from hotline.errors import HotlineError, Invalid, NotFound
from hotline.forecasting.day_needs import DayNeeds, needs_of_day
from hotline.forecasting.day_roster import DayRoster, day_roster
from hotline.forecasting.fits import Statsmodels
from hotline.forecasting.lines import CalledLine, called_line, expected_calls
from hotline.forecasting.past import MONDAY
from hotline.forecasting.rosters import changed
from hotline.forecasting.whatif import (
    HOURS,
    SEEDS_OF_A_DAY,
    CallsFrom,
    DayAnswer,
    DayOutcome,
    PlayedDay,
    play_day,
)
from hotline.staff.hashing import processes_behind
from hotline.storage.session import Database
from hotline.storage.tables import Line
from routing.simulate.history import PastCall

log = structlog.get_logger()
PlayedPart = TypeVar("PlayedPart")

WEEK, DAY_S = timedelta(days=7), 86_400.0
AHEAD = timedelta(weeks=8)
LONGEST_ID = 800
KEPT, KEPT_S = 64, 8 * 3600  # answers, for as long as a shift
AT_ONCE, WAITING = 1, 8
TOO_MANY = "Several what-ifs are being played already. Ask again when one of them is done."
BROKEN = "The simulation was ended from outside. Ask again."
OUT_OF_REACH = "Choose a day from today to eight weeks ahead."
NO_CHANGE = "Write at most six changes, each of up to 99 counselors: +2:yue or -1."
FAILED = "The simulation failed, and we have written down why. Ask again, or another question."
CHANGE = re.compile(r"[+-]\d{1,2}(:[a-z]{3}(\+[a-z]{3})*)?", re.ASCII)
MOST_CHANGES = 6
LEAST_PERCENT, MOST_PERCENT = 10, 300
TOO_MANY_CALLS = "Ask for 10 to 300 of each hundred calls."
YESTERDAY = timedelta(days=1)  # asked before midnight, looked at after it


@dataclass(frozen=True, slots=True, kw_only=True)
class DayQuestion:
    """What is asked, on a day. `counselors`: the change, as in `hotline.forecasting.rosters`.

    `calls_percent`: so many of each hundred calls come.
    """

    line_id: str
    day: date
    calls_from: CallsFrom
    counselors: tuple[str, ...]
    asked_on: date
    calls_percent: int = 100

    @property
    def like(self) -> date:
        """The last day that is over, of the same day of the week."""
        weeks = (self.day - self.asked_on) // WEEK + 1
        return self.day - weeks * WEEK

    @property
    def id(self) -> str:
        """The question in letters that an address may have."""
        written = json.dumps({**asdict(self), "day": str(self.day), "asked_on": str(self.asked_on)})
        return base64.urlsafe_b64encode(written.encode()).decode().rstrip("=")


def checked(question: DayQuestion) -> DayQuestion:
    """As it is. Raises `Invalid` for a day that has no answer, or a change nobody means."""
    if not question.asked_on <= question.day <= question.asked_on + AHEAD:
        raise Invalid(OUT_OF_REACH)
    changes = question.counselors
    if len(changes) > MOST_CHANGES or not all(map(CHANGE.fullmatch, changes)):
        raise Invalid(NO_CHANGE)
    if not LEAST_PERCENT <= question.calls_percent <= MOST_PERCENT:
        raise Invalid(TOO_MANY_CALLS)
    return question


def question_of(what_if_id: str, *, today: date) -> DayQuestion:
    """The question of an id. Raises `NotFound` for what is none, or was asked before yesterday:
    whoever writes one by hand can ask no more than by the command."""
    try:
        padded = what_if_id[:LONGEST_ID] + "=" * (-len(what_if_id) % 4)
        said = json.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
        question = DayQuestion(
            line_id=str(said["line_id"]),
            day=date.fromisoformat(said["day"]),
            calls_from=CallsFrom(said["calls_from"]),
            counselors=tuple(map(str, said["counselors"])),
            asked_on=date.fromisoformat(said["asked_on"]),
            calls_percent=int(said.get("calls_percent", 100)),
        )
        if not timedelta() <= today - question.asked_on <= YESTERDAY:
            raise NotFound
        return checked(question)
    except (binascii.Error, ValueError, TypeError, KeyError, Invalid) as fault:
        raise NotFound from fault


@dataclass(frozen=True, slots=True, kw_only=True)
class DayProgress:
    """`done` of `of` parts. At the end `calls`, the answers for the roster as it is and with the
    change, and the counselors that are needed; or the sentence of a `fault`."""

    done: int
    of: int = 2 + len(SEEDS_OF_A_DAY)
    calls: float = 0.0
    answers: tuple[DayAnswer, DayAnswer] | None = None
    needs: DayNeeds | None = None
    fault: str = ""


@dataclass(slots=True)
class _Playing:
    """`prepared` is followed by one run for each seed, and `needs`."""

    prepared: Future[PlayedDay]
    runs: list[Future[tuple[DayOutcome, DayOutcome]]] = field(default_factory=list)
    needs: Future[DayNeeds] | None = None
    is_stopped: bool = False

    @property
    def parts(self) -> list[Future[Any]]:
        """Those that were begun."""
        return [self.prepared, *self.runs, *([self.needs] if self.needs else [])]

    @property
    def is_over(self) -> bool:
        if not self.prepared.done():
            return False
        return self.prepared.exception() is not None or (
            self.needs is not None and all(part.done() for part in self.parts)
        )

    def progress(self) -> DayProgress:
        """A fault that is none of whoever asked is written down."""
        done = sum(part.done() for part in self.parts)
        if not self.is_over:
            return DayProgress(done=done)
        fault = next((f for part in self.parts if (f := part.exception())), None)
        if fault is not None or self.needs is None:
            return DayProgress(done=done, fault=_told(fault))
        outcomes = [run.result() for run in self.runs]
        as_it_is, with_change = (DayAnswer.over(some) for some in zip(*outcomes, strict=True))
        return DayProgress(
            done=done,
            calls=self.prepared.result().calls,
            answers=(as_it_is, with_change),
            needs=self.needs.result(),
        )

    def go_on(self, pool: ProcessPoolExecutor, day: PlayedDay) -> None:
        """What follows when the day is known."""
        if not self.is_stopped:
            self.runs += [_submitted(pool, play_day, day, seed) for seed in SEEDS_OF_A_DAY]
            self.needs = _submitted(pool, needs_of_day, day)

    def stop(self) -> None:
        """What has not begun never does."""
        self.is_stopped = True
        for part in self.parts:
            part.cancel()


def _told(fault: BaseException | None) -> str:
    if isinstance(fault, BrokenProcessPool):
        return BROKEN
    if isinstance(fault, HotlineError):
        return fault.public
    log.error("what_if.failed", exc_info=fault)
    return FAILED


class WhatIfs:
    """Those of this web process: one is played at a time, a few wait, the rest is refused."""

    def __init__(self, database_url: str) -> None:
        """The process beside this one is begun with the first question."""
        self._url = database_url
        self._pool: ProcessPoolExecutor | None = None
        self._known: TTLCache[str, _Playing] = TTLCache(KEPT, KEPT_S)

    def look(self, question: DayQuestion) -> DayProgress:
        """How far it is; begun if it is not. Raises `Invalid` where too many wait."""
        playing = self._known.get(question.id)
        if playing is None:
            if sum(not one.is_over for one in self._known.values()) >= WAITING:
                raise Invalid(TOO_MANY)
            playing = self._known[question.id] = self._begin(question)
        progress = playing.progress()
        if progress.fault:
            del self._known[question.id]  # who asks again may find it mended
        if progress.fault == BROKEN:
            self._pool = None
        return progress

    def stop(self, question: DayQuestion) -> None:
        """Nobody waits for it any more. Whoever asks for it again begins it anew."""
        playing = self._known.pop(question.id, None)
        if playing is not None:
            playing.stop()

    def close(self) -> None:
        """End what is being played."""
        if self._pool is not None:
            self._pool.shutdown(wait=False, cancel_futures=True)

    def _begin(self, question: DayQuestion) -> _Playing:
        pool = self._pool = self._pool or processes_behind(AT_ONCE)
        playing = _Playing(pool.submit(prepare_day, self._url, question))

        def go_on(prepared: Future[PlayedDay]) -> None:
            if not prepared.cancelled() and prepared.exception() is None:
                playing.go_on(pool, prepared.result())

        playing.prepared.add_done_callback(go_on)
        return playing


def _submitted(
    pool: ProcessPoolExecutor, work: Callable[..., PlayedPart], *given: PlayedDay | int
) -> Future[PlayedPart]:
    """A pool that broke meanwhile is told like one that breaks later."""
    try:
        return pool.submit(work, *given)
    except BrokenProcessPool as fault:
        broken: Future[PlayedPart] = Future()
        broken.set_exception(fault)
        return broken


# ── in the other process ────────────────────────────────────────────────────────────────────────


def prepare_day(database_url: str, question: DayQuestion) -> PlayedDay:
    """Read what is played. Raises `Invalid` or `NotInstalled` with what to do."""
    found, roster = asyncio.run(_read(database_url, question))
    day = PlayedDay(
        weekday=question.day.weekday(),
        profile=found.profile,
        policy=found.policy,
        people=roster.people,
        changed=changed(roster.people, question.counselors, found.setting),
        came=_came(found.calls, question.like),
        served=roster.served,
    )
    if question.calls_from is CallsFrom.FORECAST:
        day = _with_forecast(day, found, question)
    elif not day.came:
        raise Invalid(f"Nobody called on {question.like}: choose another day, or the forecast.")
    return day.with_calls(question.calls_percent)


async def _read(database_url: str, question: DayQuestion) -> tuple[CalledLine, DayRoster]:
    database = Database(database_url, pool_size=1, breaks=False)
    try:
        async with database.work() as work:
            row = await work.get(Line, question.line_id)
            if row is None:
                raise NotFound
            found = await called_line(work, row, question.asked_on)
            return found, await day_roster(work, row.id, question.day)
    finally:
        await database.close()


def _came(calls: Sequence[PastCall], day: date) -> tuple[PastCall, ...]:
    """Those of one local day, their arrivals from its midnight on."""
    begins = (day - MONDAY.date()).days * DAY_S
    return tuple(
        replace(call, arrived_s=call.arrived_s - begins)
        for call in calls
        if begins <= call.arrived_s < begins + DAY_S
    )


def _with_forecast(day: PlayedDay, found: CalledLine, question: DayQuestion) -> PlayedDay:
    days = (question.day - question.asked_on).days + 1
    quarters = expected_calls(found, days, Statsmodels())[-4 * HOURS :]
    means = [one.mean for one in quarters]
    hours = tuple(sum(means[4 * hour : 4 * hour + 4]) for hour in range(HOURS))
    if not any(hours):
        raise Invalid(f"The line is closed on {question.day}: choose another day.")
    return replace(day, came=(), expected=hours)
