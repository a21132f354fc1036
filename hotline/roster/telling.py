"""What the audit keeps of a change to the roster, and who hears of it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from hotline.audit.model import ActKind, NewAct, SubjectKind
from hotline.audit.service import record_act
from hotline.storage.session import Work
from hotline.storage.tables import RosterShift


class RosterDeed(StrEnum):
    """What was done. In the audit it stands as `what`."""

    PLANNED = "planned"
    MOVED = "moved"
    REMOVED = "removed"
    COPIED = "copied"
    IMPORTED = "imported"
    FEED_MADE = "feed_made"
    FEED_ENDED = "feed_ended"
    VOLUNTEERED = "volunteered"
    STEPPED_BACK = "stepped_back"
    VOLUNTEER_APPROVED = "volunteer_approved"
    VOLUNTEER_REFUSED = "volunteer_refused"
    CONFIRMED = "confirmed"
    LEAVE_WANTED = "leave_wanted"
    LEAVE_APPROVED = "leave_approved"
    LEAVE_REFUSED = "leave_refused"
    LEAVE_WITHDRAWN = "leave_withdrawn"
    SWAP_OFFERED = "swap_offered"
    SWAP_TAKEN = "swap_taken"
    SWAP_STEPPED_BACK = "swap_stepped_back"
    SWAP_APPROVED = "swap_approved"
    SWAP_REFUSED = "swap_refused"
    SWAP_WITHDRAWN = "swap_withdrawn"


@dataclass(frozen=True, slots=True, kw_only=True)
class RosterAct:
    """Somebody does something now."""

    by_id: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldOf:
    """What a deed was done to. `person`: whose shift or leave it is; None: nobody's yet."""

    lines: Iterable[str]
    person: str | None
    row_id: str
    before: Mapping[str, Any] | None = None
    after: Mapping[str, Any] | None = None
    reason: str = ""


async def tell_roster(work: Work, act: RosterAct, deed: RosterDeed, of: ToldOf) -> None:
    """Into the audit, and to everybody who looks at the roster of these lines."""
    lines = frozenset(of.lines)
    new = NewAct(
        by_id=act.by_id,
        kind=ActKind.ROSTER_CHANGED,
        subject=SubjectKind.STAFF if of.person else SubjectKind.ROSTER,
        subject_id=of.person or of.row_id,
        lines=lines,
        before=dict(of.before or {}),
        after={"what": deed.value, "row": of.row_id, **(of.after or {})},
        reason=of.reason,
    )
    await record_act(work, new, at=act.at)
    for line in lines:
        work.announce("roster", line)


def of_shift(shift: RosterShift, *, reason: str = "", **after: Any) -> ToldOf:
    """A deed done to one shift."""
    person = shift.staff_id or shift.volunteer_id
    when = {"begins_at": shift.begins_at.isoformat(), "ends_at": shift.ends_at.isoformat()}
    said = {**when, "kind": shift.kind, **after}
    return ToldOf(lines=shift.lines, person=person, row_id=shift.id, after=said, reason=reason)
