"""Every five minutes one alarm of nobody goes the whole way, and must be answered for in a minute.

Engine, deliveries, carrier, webhook, PIN: the same as for a child. The phone that it rings is a
number of ours, and our own web presses the PIN (`/voice/drill`). Where no such number is set, the
drill goes as far as a signed webhook to our own web, and says that it did.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from sqlmodel import col, select

from hotline.escalations.drills import (
    DrillStation,
    begin_drill,
    drill_steps,
    end_drill,
    pin_hash_of_drill,
)
from hotline.ports import Clock
from hotline.staff.passwords import hash_pin, pin_fits
from hotline.storage.session import Database, Work
from hotline.storage.tables import DrillRun
from hotline.watching.model import FindingKind, Suspect
from hotline.watching.service import beat

log = structlog.get_logger()

DRILL = "drill"  # the name of its beat: the last one that passed
EVERY = timedelta(minutes=5)
WITHIN = timedelta(seconds=60)
OVERDUE = 2 * EVERY + WITHIN  # none has passed for so long, whatever the reason
CARRIER, WEB = "carrier", "web"
PASSED, FAILED = "passed", "failed"

WebAnswers = Callable[[], Awaitable[bool]]


@dataclass(frozen=True, slots=True, kw_only=True)
class DrillPlan:
    """`number`: of ours, that answers; "": there is none. `pin`: what it presses.

    `web_answers`: a signed webhook got its document.
    """

    number: str
    sender: str
    pin: str
    web_answers: WebAnswers


class Drills:
    """One of possibly several: the table lets one drill run at once."""

    def __init__(self, *, database: Database, clock: Clock, plan: DrillPlan) -> None:
        """On these rows, by this clock."""
        self._database, self._clock, self._plan = database, clock, plan

    async def look(self) -> None:
        """Begin a drill where one is due; follow the one that runs."""
        at = self._clock.now()
        async with self._database.work() as work:
            run = await _running(work)
            is_due = run is None and _is_due(await last_run(work), at)
        if run is not None:
            await self._follow(run.id, at)
        elif is_due:
            await (self._begin(at) if self._plan.number else self._ask_web(at))

    async def _begin(self, at: datetime) -> None:
        async with self._database.work() as work:
            kept = await pin_hash_of_drill(work)
        fits = bool(kept) and await pin_fits(self._plan.pin, kept)
        station = DrillStation(
            phone=self._plan.number,
            sender=self._plan.sender,
            pin_hash=kept if fits else await hash_pin(self._plan.pin),
        )
        async with self._database.work() as work:
            escalation_id = await begin_drill(work, station, at=at)
            work.add(DrillRun(through=CARRIER, escalation_id=escalation_id, began_at=at))

    async def _follow(self, run_id: str, at: datetime) -> None:
        """Each step as soon as it is seen; ended when it is acknowledged, or its time is over."""
        async with self._database.work() as work:
            query = select(DrillRun).where(DrillRun.id == run_id).with_for_update(skip_locked=True)
            run = (await work.exec(query)).one_or_none()
            if run is None or run.ended_at is not None:
                return
            steps = await drill_steps(work, run.escalation_id)
            run.sent_at = run.sent_at or (at if steps.is_sent else None)
            run.answered_at = run.answered_at or (at if steps.is_answered else None)
            run.acknowledged_at = run.acknowledged_at or (at if steps.is_acknowledged else None)
            over = not timedelta() <= at - run.began_at < WITHIN
            if run.acknowledged_at is not None or over:
                await end_drill(work, run.escalation_id)
                await _end(work, run, passed=run.acknowledged_at is not None, at=at)

    async def _ask_web(self, at: datetime) -> None:
        answers = await self._plan.web_answers()
        async with self._database.work() as work:
            run = DrillRun(through=WEB, began_at=at)
            run.answered_at = self._clock.now() if answers else None
            work.add(run)
            await _end(work, run, passed=answers, at=self._clock.now())

    async def suspects(self, work: Work, at: datetime) -> list[Suspect]:
        """The last one failed, or none has come to its end for too long."""
        last = await last_run(work, ended=True)
        if last is None:
            return []
        silent = at - last.began_at > OVERDUE
        return [Suspect(FindingKind.DRILL_FAILED)] if silent or last.outcome == FAILED else []


async def last_run(work: Work, *, ended: bool = False) -> DrillRun | None:
    """The one that began last; `ended`: of those that came to their end."""
    query = select(DrillRun).order_by(col(DrillRun.began_at).desc()).limit(1)
    query = query.where(col(DrillRun.ended_at).is_not(None)) if ended else query
    return (await work.exec(query)).first()


async def is_drill_under_way(work: Work) -> bool:
    """Whether one rings the number of ours just now."""
    run = await _running(work)
    return run is not None and run.through == CARRIER


async def _running(work: Work) -> DrillRun | None:
    query = select(DrillRun).where(col(DrillRun.ended_at).is_(None))
    return (await work.exec(query)).first()


def _is_due(last: DrillRun | None, at: datetime) -> bool:
    return last is None or not timedelta() <= at - last.began_at < EVERY


async def _end(work: Work, run: DrillRun, *, passed: bool, at: datetime) -> None:
    run.ended_at, run.outcome = at, PASSED if passed else FAILED
    work.announce("incident", run.id)
    if passed:
        await beat(work, DRILL, at=at)
    else:
        log.error("drill.failed", drill_id=run.id, came_to=step_reached(run))


def step_reached(run: DrillRun) -> str:
    """The last step of a drill: begun, sent, answered or acknowledged."""
    for step in ("acknowledged", "answered", "sent"):
        if getattr(run, f"{step}_at") is not None:
            return step
    return "begun"
