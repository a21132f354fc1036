"""What is asked of the rows and of the machine. Reads only, each by an index."""

import shutil
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import text
from sqlmodel import select

from hotline.callcontrol.carrier_account import CALLS
from hotline.callcontrol.carrier_clock import correction
from hotline.deliveries.model import DeliveryState
from hotline.deliveries.policy import LEASE
from hotline.deliveries.tick_loop import BEAT
from hotline.deliveries.watched import unsettled_since
from hotline.escalations.watched import missing_walls, overdue_since
from hotline.floor.drawn import waits_now
from hotline.incidents.watch import NOBODY_SINCE
from hotline.ports import Clock
from hotline.referrals.watched import left_since
from hotline.statutory.watched import untold_since
from hotline.storage.clocks import agrees, clock_ahead
from hotline.storage.session import Work
from hotline.storage.tables import Beat, CarrierCheck, Line
from hotline.visits.watched import untold_since as visits_untold_since
from hotline.watching.model import RULES, FindingKind, Suspect
from routing.explain import WaitReason

FULL = 0.8  # of a disk
SPOOLED, KEPT_APART = "*.spool", ("given_up.lines", "*.damaged")
# The head is sealed about a second after a row was written.
UNSEALED_SINCE = text("select at from audit_entry where seq is null order by id limit 1")

RedisAnswers = Callable[[], Awaitable[bool]]


@dataclass(frozen=True, kw_only=True)
class Machine:
    """What lies outside the database. `redis`: None where there is to be none."""

    data: Path
    spool: Path
    redis: RedisAnswers | None = None
    used: Callable[[Path], float] | None = None


async def suspects_in_rows(work: Work, clock: Clock) -> list[Suspect]:
    """Of everything that the database knows. All of it, not of the last days alone."""
    at = clock.now()
    return [
        *await _escalations(work, at),
        *await _reports(work, at),
        *await _visits(work, at),
        *await _deliveries(work, at),
        *await _beats(work),
        *await _callers(work, at),
        *await _clocks(work, clock),
        *await _audit(work),
        *await _referrals(work, at),
    ]


async def _escalations(work: Work, at: datetime) -> list[Suspect]:
    before = at - RULES[FindingKind.ESCALATION_OVERDUE].patience
    late = await overdue_since(work, before=before)
    missing = await missing_walls(work)
    return [
        *(Suspect(FindingKind.ESCALATION_OVERDUE, key, since) for key, since in late),
        *(Suspect(FindingKind.GUARD_MISSING, name) for name in missing),
    ]


async def _reports(work: Work, at: datetime) -> list[Suspect]:
    """What the law asks to be reported is late, and nobody was told."""
    before = at - RULES[FindingKind.REPORT_OVERDUE].patience
    late = await untold_since(work, before=before)
    return [Suspect(FindingKind.REPORT_OVERDUE, key, since) for key, since in late]


async def _referrals(work: Work, at: datetime) -> list[Suspect]:
    before = at - RULES[FindingKind.REFERRAL_LEFT].patience
    return [
        Suspect(FindingKind.REFERRAL_LEFT, key, since)
        for key, since in await left_since(work, before=before)
    ]


async def _visits(work: Work, at: datetime) -> list[Suspect]:
    before = at - RULES[FindingKind.VISIT_UNTOLD].patience
    found = await visits_untold_since(work, before=before)
    return [Suspect(FindingKind.VISIT_UNTOLD, key, since) for key, since in found]


async def _deliveries(work: Work, at: datetime) -> list[Suspect]:
    """A lease ends `LEASE` after the dial began: what it has been under way is more than that."""
    before = at - RULES[FindingKind.DELIVERY_LATE].patience
    found = await unsettled_since(work, before=before)
    return [
        Suspect(FindingKind.DELIVERY_LATE, key, since)
        if state == DeliveryState.PENDING
        else Suspect(FindingKind.DELIVERY_STUCK, key, since - LEASE)
        for key, state, since in found
    ]


async def _beats(work: Work) -> list[Suspect]:
    beat = await work.get(Beat, BEAT)
    since = None if beat is None else beat.at
    nobody_since = (await work.sql(NOBODY_SINCE, {})).scalar_one_or_none()
    silent = [] if nobody_since is None else [Suspect(FindingKind.SWITCHBOARD_SILENT)]
    return [Suspect(FindingKind.DISPATCHER_SILENT, since=since), *silent]


async def _callers(work: Work, at: datetime) -> list[Suspect]:
    """Who would be rung for now, by the rules in force: it should have been done at once."""
    lines = set((await work.exec(select(Line.id))).all())
    waiting = await waits_now(work, at=at, of=lines)
    next_now = [call for call, wait in waiting.items() if wait.reason == WaitReason.NEXT]
    return [Suspect(FindingKind.CALLER_NOT_OFFERED, call) for call in next_now]


async def _clocks(work: Work, clock: Clock) -> list[Suspect]:
    found = []
    if not agrees(await clock_ahead(work, clock)):
        found.append(Suspect(FindingKind.CLOCK_DIFFERS))
    check = await work.get(CarrierCheck, CALLS)
    if check is not None and correction(check.ahead_s):
        found.append(Suspect(FindingKind.CARRIER_CLOCK))
    return found


async def _audit(work: Work) -> list[Suspect]:
    since = (await work.sql(UNSEALED_SINCE, {})).scalar_one_or_none()
    return [] if since is None else [Suspect(FindingKind.AUDIT_UNSEALED, since=since)]


# ── the machine ─────────────────────────────────────────────────────────────────────────────────


async def suspects_beside(machine: Machine, *, at: datetime) -> list[Suspect]:
    """Of what no row tells."""
    found = list(_disk(machine, at))
    if machine.redis is not None and not await machine.redis():
        found.append(Suspect(FindingKind.REDIS_AWAY))
    return found


def _disk(machine: Machine, at: datetime) -> Iterator[Suspect]:
    used = (machine.used or share_used)(machine.data)
    if used >= FULL:
        yield Suspect(FindingKind.DISK_FULL)
    if _waits_in(machine.spool, at):
        yield Suspect(FindingKind.SPOOL_WAITS)


def share_used(folder: Path) -> float:
    """Of the disk on which a folder lies; 0 where there is no such folder yet."""
    try:
        usage = shutil.disk_usage(folder)
    except FileNotFoundError:
        return 0.0
    return usage.used / usage.total


def _waits_in(spool: Path, at: datetime) -> bool:
    """Something to be stored, and nobody who stored it, though the database answers.

    Or something that people must look at: RUNBOOK, "The spool".
    """
    left: Sequence[Path] = [path for name in KEPT_APART for path in spool.glob(name)]
    patience = RULES[FindingKind.SPOOL_WAITS].patience
    return bool(left) or any(_is_old(path, at - patience) for path in spool.glob(SPOOLED))


def _is_old(path: Path, before: datetime) -> bool:
    try:
        known = path.stat()
    except FileNotFoundError:  # stored and put away meanwhile
        return False
    return known.st_size > 0 and known.st_mtime < before.timestamp()
