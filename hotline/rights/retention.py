"""How long a call and a case are kept, and what keeps them longer: the look at the oldest.

2021 technical guide for psychological aid lines: registration, handling and assessment are kept for
three years. 网络数据安全管理条例 §12: so is the ledger. 个人信息保护法 §19: no longer than needed.
"""

from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Update, update
from sqlmodel import col, select
from sqlmodel.sql.expression import SelectOfScalar

from hotline.calls.model import CallState
from hotline.cases.model import CaseState, LinkKind
from hotline.cases.queries import case_for, together
from hotline.escalations.model import EscalationState
from hotline.followups.model import LIVE
from hotline.ports import Clock
from hotline.rights.erasing import ErasureOrder, erase_call, erase_case
from hotline.rights.holds import is_held
from hotline.rights.model import RightsRefusal
from hotline.staff.actor import SYSTEM
from hotline.storage.held import is_call_held
from hotline.storage.row_versions import forget_before
from hotline.storage.session import Database, Work
from hotline.storage.tables import Call, CallerPlan, Case, Escalation, FollowUp, ShiftHandover
from hotline.supervision import Rhythm, RowFaults

LEAST_DAYS = 1096  # three years with a leap day
EVERY, ASKED_AGAIN = timedelta(minutes=1), timedelta(days=1)
MOST_AT_ONCE = 2  # calls, and cases: each empties dozens of tables, and others wait for the look
RETENTION = "retention"


@dataclass(frozen=True, slots=True, kw_only=True)
class Obstacle:
    """Why something is not erased now. `until`: when its time is over, where that is known."""

    why: RightsRefusal
    until: datetime | None = None


async def obstacle_of_call(
    work: Work, call: Call, *, kept_days: int, at: datetime
) -> Obstacle | None:
    """What stands against erasing all of a call: the strongest reason."""
    if await is_call_held(work, call.id):
        return Obstacle(why=RightsRefusal.HELD)
    if call.state != CallState.ENDED or await _is_needed(work, call):
        return Obstacle(why=RightsRefusal.STILL_NEEDED)
    since = call.ended_at or call.arrived_at
    case = await case_for(work, LinkKind.CALL, call.id)
    if case is not None:
        if case.closed_at is None:
            return Obstacle(why=RightsRefusal.STILL_NEEDED)
        since = max(since, case.closed_at)
    return _time_of(since, kept_days, at)


async def obstacle_of_case(
    work: Work, case: Case, *, kept_days: int, at: datetime
) -> Obstacle | None:
    """The same of a case that stands for itself."""
    if await is_held(work, await together(work, case.id)):
        return Obstacle(why=RightsRefusal.HELD)
    if case.state != CaseState.CLOSED or case.closed_at is None:
        return Obstacle(why=RightsRefusal.STILL_NEEDED)
    return _time_of(case.closed_at, kept_days, at)


def _time_of(since: datetime, kept_days: int, at: datetime) -> Obstacle | None:
    until = since + timedelta(days=kept_days)
    return None if until <= at else Obstacle(why=RightsRefusal.KEPT_BY_LAW, until=until)


async def _is_needed(work: Work, call: Call) -> bool:
    """Somebody still answers for the caller: an open escalation, calls that follow, a plan."""
    alarms = select(Escalation.id).where(
        Escalation.call_id == call.id, Escalation.state != EscalationState.CLOSED
    )
    followed = select(FollowUp.id).where(FollowUp.call_id == call.id, col(FollowUp.state).in_(LIVE))
    agreed = select(CallerPlan.id).where(
        CallerPlan.call_id == call.id, col(CallerPlan.ended_at).is_(None)
    )
    for query in (alarms, followed, agreed):
        if (await work.exec(query.limit(1))).one_or_none() is not None:
            return True
    return False


class RetentionLook:
    """Erases what nothing keeps any longer, some each minute. Each in a unit of work of its own.

    What something still keeps is asked about again a day later, so that it does not stand in front
    of all others in each look.
    """

    def __init__(self, *, database: Database, clock: Clock, kept_days: int) -> None:
        """`kept_days`: of calls from their end, of cases from their closing."""
        self._database, self._clock = database, clock
        self._faults = RowFaults()
        self._kept_days = max(kept_days, LEAST_DAYS)
        self._passed_by: dict[str, datetime] = {}
        self._rhythm = Rhythm(EVERY)

    async def tick(self) -> None:
        """A look, where it is time for one."""
        at = self._clock.now()
        if self._rhythm.is_time(at):
            await self.look(at=at)

    async def look(self, *, at: datetime) -> int:
        """The oldest that are left. Returns how many were erased."""
        since = at - ASKED_AGAIN
        self._passed_by = {one: asked for one, asked in self._passed_by.items() if asked > since}
        before = at - timedelta(days=self._kept_days)
        async with self._database.work() as work:
            calls = (await work.exec(_old_calls(before, self._passed_by))).all()
            cases = (await work.exec(old_cases(before, self._passed_by))).all()
            await work.exec(_old_notes(before))
            await forget_before(work, before)
        erased = [await self._apart(one, self._erase_call, at=at) for one in calls]
        erased += [await self._apart(one, self._erase_case, at=at) for one in cases]
        return sum(erased)

    async def _apart(
        self, one: str, erase: Callable[..., Awaitable[bool]], *, at: datetime
    ) -> bool:
        """One that fails, or is kept, holds up none of the others."""
        self._passed_by[one] = at
        erased = False
        with self._faults.kept_apart("retention", one):
            async with self._database.work() as work:
                erased = await erase(work, one, at=at)
        return erased

    async def _erase_call(self, work: Work, call_id: str, *, at: datetime) -> bool:
        query = select(Call).where(Call.id == call_id, col(Call.erased_at).is_(None))
        call = (await work.exec(query.with_for_update(skip_locked=True))).one_or_none()
        if call is None or await obstacle_of_call(work, call, kept_days=self._kept_days, at=at):
            return False
        await erase_call(work, call, self._order(at))
        return True

    async def _erase_case(self, work: Work, case_id: str, *, at: datetime) -> bool:
        query = select(Case).where(Case.id == case_id, col(Case.erased_at).is_(None))
        query = query.where(col(Case.merged_into_id).is_(None))  # by now
        case = (await work.exec(query.with_for_update(skip_locked=True))).one_or_none()
        if case is None or await obstacle_of_case(work, case, kept_days=self._kept_days, at=at):
            return False
        await erase_case(work, case, await together(work, case.id), self._order(at))
        return True

    def _order(self, at: datetime) -> ErasureOrder:
        return ErasureOrder(why=RETENTION, by=SYSTEM, at=at, kept_days=self._kept_days)


def _old_notes(before: datetime) -> Update:
    """What one shift wrote to the next may tell of anybody: no call or case has it."""
    old = update(ShiftHandover).where(col(ShiftHandover.created_at) < before)
    return old.where(col(ShiftHandover.note_sealed) != "").values(note_sealed="")


def _old_calls(before: datetime, not_these: Collection[str]) -> SelectOfScalar[str]:
    query = select(Call.id).where(col(Call.erased_at).is_(None), Call.state == CallState.ENDED)
    query = query.where(col(Call.arrived_at) < before, col(Call.id).not_in(not_these))
    return query.order_by(col(Call.arrived_at)).limit(MOST_AT_ONCE)


def old_cases(before: datetime, not_these: Collection[str]) -> SelectOfScalar[str]:
    query = select(Case.id).where(col(Case.erased_at).is_(None), col(Case.closed_at) < before)
    query = query.where(col(Case.merged_into_id).is_(None), col(Case.id).not_in(not_these))
    return query.order_by(col(Case.closed_at)).limit(MOST_AT_ONCE)
