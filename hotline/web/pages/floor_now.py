"""What the floor, the wall and their stream show at one moment, for one kind of reader."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from hotline.calls.model import Urgency
from hotline.debriefs.model import PUT_OFF_CHOICES, PutOff
from hotline.debriefs.queries import debriefs_owed, takers_for
from hotline.floor.could_come import could_come
from hotline.floor.drawn import waits_now
from hotline.floor.lowerings import lowerings_waiting
from hotline.floor.rows import read_floor_rows
from hotline.floor.snapshot import FloorSnapshot, floor_snapshot
from hotline.followups.queries import FollowUpTab, list_follow_ups
from hotline.records.reading_queries import waiting_readings
from hotline.staff.sign_in import SignedIn
from hotline.statutory.queries import seen_on_floor
from hotline.storage.session import Work
from hotline.storage.vault import Vault
from hotline.web.pages.floor_needs import FloorNeed, needs_of
from hotline.web.pages.floor_seldom import SeldomMoved, seldom_moved
from hotline.web.pages.floor_view import (
    MOST_ALERTS,
    MOST_IN_DANGER,
    PROMISE_S,
    CallersAlike,
    alike,
    busy_first,
    by_reason,
    by_state,
    called_in,
    in_danger,
    ready_of,
    rows_of,
    talks,
)

LOW_SHARE = 0.8  # answered in 15 s: 80 % is common, and no standard (domain research, S66)
MOST_BREAKS = 12
LIMITS: Mapping[str, object] = {
    "most_in_danger": MOST_IN_DANGER,
    "most_strips": 12,
    "most_breaks": MOST_BREAKS,
    "low_share": LOW_SHARE,
    "promise_s": PROMISE_S[Urgency.ROUTINE],
    "crisis": Urgency.CRISIS,
}


def anybody_like(who: SignedIn) -> SignedIn:
    """Whoever sees the same floor: what is one person's own has its place on their desk."""
    return replace(who, staff_id="")


async def floor_now(
    work: Work,
    who: SignedIn,
    *,
    at: datetime,
    in_english: bool,
    seldom: SeldomMoved | None = None,
) -> dict[str, object]:
    """Of the reader's lines: what moves with calls, people and escalations.

    `seldom`: where somebody has read that already, and it holds.
    """
    who, rows = anybody_like(who), await read_floor_rows(work)
    floor = await floor_snapshot(
        work, at=at, of=who.lines, rows=rows, most_breaks=MOST_BREAKS, duties=False
    )
    waits = await waits_now(work, at=at, of=who.lines, rows=rows)
    callers = rows_of(floor.callers, waits, at=at)
    danger, waiting = in_danger(callers), by_reason(callers)
    beside = seldom or await seldom_moved(work, who, at=at)
    return {
        **LIMITS,
        **_seldom_shown(beside),
        "floor": floor,
        "now": at,
        "lines": busy_first(floor.lines),
        "line_name": names_of(floor, in_english=in_english),
        "ready": ready_of(floor.counselors),
        "danger": danger,
        "called_in": called_in(floor.counselors),
        "at_home": await could_come(work, who.lines, at=at) if danger.count else (),
        "waiting": waiting,
        "talks": talks(callers),
        "groups": by_state(floor.counselors),
        "needs": _needs(floor, danger, waiting, beside),
    }


def _needs(
    floor: FloorSnapshot,
    danger: CallersAlike,
    waiting: Sequence[CallersAlike],
    beside: SeldomMoved,
) -> Sequence[FloorNeed]:
    return needs_of(
        floor,
        danger,
        waiting,
        escalations=beside.escalations,
        alerts=beside.alerts,
        help_wanted=beside.help_wanted,
    )


def _seldom_shown(beside: SeldomMoved) -> Mapping[str, object]:
    alerts = beside.alerts
    return {
        "hours": beside.hours,
        "escalations": beside.escalations,
        "holders": beside.holders,
        "elsewhere": beside.elsewhere,
        "incidents": beside.incidents,
        "help_wanted": beside.help_wanted,
        "alerts": alerts,
        "alert_groups": alike(alerts[:MOST_ALERTS]),
        "more_alerts": alike(alerts[MOST_ALERTS:]),
        "carrier": beside.carrier,
    }


async def floor_due(work: Work, vault: Vault, who: SignedIn, *, at: datetime) -> dict[str, object]:
    """What waits for this reader beside the calls: it moves seldom, and is theirs alone."""
    owed = await debriefs_owed(work, who.lines, at=at)
    return {
        "readings": await waiting_readings(work, who.lines),
        "lowerings": await lowerings_waiting(work, who.lines),
        "debriefs": owed,
        "takers": await takers_for(work, who) if owed else (),
        "put_off": PUT_OFF_CHOICES,
        "put_off_why": tuple(PutOff),
        "late": await list_follow_ups(work, vault, who, FollowUpTab.WANTED, at=at),
        "reports": await seen_on_floor(work, who),
    }


def names_of(floor: FloorSnapshot, *, in_english: bool) -> Mapping[str, str]:
    """What each line is called, in the reader's language."""
    return {line.id: line.name_en if in_english else line.name for line in floor.lines}
