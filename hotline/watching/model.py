"""What the auditor can find, after how long, and whether somebody is rung for it. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from hotline.incidents.model import Part


class FindingKind(StrEnum):
    """`guard_missing`: the database no longer refuses a flag without an escalation, or an open
    escalation without a deadline. `caller_not_offered`: somebody ready could take them.
    `visit_untold`: it is overdue, and whoever should hear of it was not told."""

    DATABASE_AWAY = "database_away"
    ESCALATION_OVERDUE = "escalation_overdue"
    REPORT_OVERDUE = "report_overdue"
    VISIT_UNTOLD = "visit_untold"
    GUARD_MISSING = "guard_missing"
    DELIVERY_LATE = "delivery_late"
    DELIVERY_STUCK = "delivery_stuck"
    DISPATCHER_SILENT = "dispatcher_silent"
    SWITCHBOARD_SILENT = "switchboard_silent"
    CALLER_NOT_OFFERED = "caller_not_offered"
    DRILL_FAILED = "drill_failed"
    SPOOL_WAITS = "spool_waits"
    REDIS_AWAY = "redis_away"
    DISK_FULL = "disk_full"
    CLOCK_DIFFERS = "clock_differs"
    CARRIER_CLOCK = "carrier_clock"
    AUDIT_UNSEALED = "audit_unsealed"
    REFERRAL_LEFT = "referral_left"


@dataclass(frozen=True, slots=True)
class WatchRule:
    """`patience`: how long it may be so. `rings`: somebody's phone. `part`: of the incident; None:
    the web processes tell of that one by themselves, by a rule of their own."""

    patience: timedelta
    rings: bool
    part: Part | None


def _s(seconds: float) -> timedelta:
    return timedelta(seconds=seconds)


RULES: Mapping[FindingKind, WatchRule] = {
    FindingKind.DATABASE_AWAY: WatchRule(_s(15), rings=True, part=None),
    FindingKind.ESCALATION_OVERDUE: WatchRule(_s(15), rings=True, part=Part.ESCALATIONS),
    FindingKind.REPORT_OVERDUE: WatchRule(_s(15), rings=True, part=Part.ESCALATIONS),
    FindingKind.VISIT_UNTOLD: WatchRule(_s(900), rings=False, part=Part.VISITS),
    FindingKind.GUARD_MISSING: WatchRule(_s(0), rings=True, part=Part.ESCALATIONS),
    FindingKind.DELIVERY_LATE: WatchRule(_s(10), rings=True, part=Part.DELIVERIES),
    FindingKind.DELIVERY_STUCK: WatchRule(_s(30), rings=True, part=Part.DELIVERIES),
    FindingKind.DISPATCHER_SILENT: WatchRule(_s(10), rings=True, part=Part.DISPATCHER),
    FindingKind.SWITCHBOARD_SILENT: WatchRule(_s(10), rings=True, part=None),
    FindingKind.CALLER_NOT_OFFERED: WatchRule(_s(20), rings=True, part=Part.CALLERS),
    FindingKind.DRILL_FAILED: WatchRule(_s(0), rings=True, part=Part.DRILL),
    FindingKind.SPOOL_WAITS: WatchRule(_s(10), rings=False, part=Part.SPOOL),
    FindingKind.REDIS_AWAY: WatchRule(_s(15), rings=False, part=None),
    FindingKind.DISK_FULL: WatchRule(_s(0), rings=False, part=Part.DISK),
    FindingKind.CLOCK_DIFFERS: WatchRule(_s(30), rings=False, part=Part.CLOCKS),
    FindingKind.CARRIER_CLOCK: WatchRule(_s(30), rings=False, part=Part.CLOCKS),
    FindingKind.AUDIT_UNSEALED: WatchRule(_s(60), rings=False, part=Part.AUDIT),
    FindingKind.REFERRAL_LEFT: WatchRule(_s(600), rings=False, part=Part.DISPATCHER),
}


@dataclass(frozen=True, slots=True)
class Suspect:
    """What may become a finding. `since`: None where nothing but our own looks can say."""

    kind: FindingKind
    row_id: str = ""
    since: datetime | None = None


@dataclass(frozen=True, slots=True)
class DatedSuspect:
    """What has been so for too long."""

    kind: FindingKind
    row_id: str
    since: datetime


@dataclass
class FirstSeen:
    """Since when each is so of which no row says it: what is not there any more is forgotten."""

    _at: dict[Suspect, datetime] = field(default_factory=dict)

    def dated(self, suspects: Iterable[Suspect], at: datetime) -> list[DatedSuspect]:
        """All of one look, each with a beginning. A clock set back makes nothing older."""
        seen = list(suspects)
        undated = [one for one in seen if one.since is None]
        self._at = {one: min(self._at.get(one, at), at) for one in undated}
        return [DatedSuspect(one.kind, one.row_id, one.since or self._at[one]) for one in seen]


def too_long(dated: Iterable[DatedSuspect], at: datetime) -> list[DatedSuspect]:
    """Those whose patience is over."""
    return [one for one in dated if at - one.since >= RULES[one.kind].patience]
