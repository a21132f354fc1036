"""What the floor shows of the watch: each part with its last beat, and what stands."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlmodel import select

from hotline.deliveries.tick_loop import BEAT
from hotline.incidents.watch import AUDITOR, AUDITOR_SILENT, NOBODY_SINCE
from hotline.storage.session import Work
from hotline.storage.tables import Beat, Leadership, WatchFinding
from hotline.switchboard.leadership import LEADER, LEASE_S
from hotline.watching.contact_drills import CONTACT_DRILLS
from hotline.watching.dead_man import DEAD_MAN
from hotline.watching.drill import DRILL, OVERDUE
from hotline.watching.service import open_findings


class WatchState(StrEnum):
    """`late`: its last beat is older than it may be. `never`: there was none. `off`: not set."""

    GOOD = "good"
    LATE = "late"
    NEVER = "never"
    OFF = "off"


# How old a last beat may be.
MAY_BE_OLD: Mapping[str, timedelta] = {
    AUDITOR: AUDITOR_SILENT,
    BEAT: timedelta(seconds=10),
    DRILL: OVERDUE,
    DEAD_MAN: timedelta(minutes=3),
    CONTACT_DRILLS: timedelta(minutes=1),
}


@dataclass(frozen=True, slots=True)
class WatchedPart:
    """One part of the watch, or of what is watched. `at`: its last beat."""

    name: str
    at: datetime | None
    state: WatchState


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchNow:
    """`findings`: what stands, the oldest first; of a silent auditor nobody knows."""

    at: datetime
    parts: Sequence[WatchedPart]
    findings: Sequence[WatchFinding]

    @property
    def broken(self) -> list[WatchedPart]:
        """What somebody must see to."""
        return [one for one in self.parts if one.state is WatchState.LATE]


async def watch_now(work: Work, *, at: datetime, off: Collection[str] = ()) -> WatchNow:
    """As the rows have it. `off`: parts that the settings do not ask for."""
    beats = {one.name: one.at for one in (await work.exec(select(Beat))).all()}
    parts = [_part(name, beats.get(name), at, off) for name in MAY_BE_OLD]
    parts.append(await _switchboard(work))
    return WatchNow(at=at, parts=parts, findings=await open_findings(work))


def _part(name: str, beat: datetime | None, at: datetime, off: Collection[str]) -> WatchedPart:
    if name in off:
        return WatchedPart(name, beat, WatchState.OFF)
    if beat is None:
        return WatchedPart(name, None, WatchState.NEVER)
    late = at - beat > MAY_BE_OLD[name]
    return WatchedPart(name, beat, WatchState.LATE if late else WatchState.GOOD)


async def _switchboard(work: Work) -> WatchedPart:
    """By the lease, and by the database's own clock."""
    row = await work.get(Leadership, LEADER)
    if row is None or row.expires_at is None:
        return WatchedPart(LEADER, None, WatchState.NEVER)
    nobody = (await work.sql(NOBODY_SINCE, {})).first() is not None
    last = row.expires_at - timedelta(seconds=LEASE_S)
    return WatchedPart(LEADER, last, WatchState.LATE if nobody else WatchState.GOOD)
