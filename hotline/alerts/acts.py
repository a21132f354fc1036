"""What supervisors do with an alert: take it, hand it to a colleague, write something beside it."""

from datetime import datetime

from hotline.alerts.owners import supervisors_of
from hotline.alerts.texts import text_owner
from hotline.audit.model import ActKind, NewAct, SubjectKind
from hotline.audit.service import record_act
from hotline.errors import IllegalMove, NotFound
from hotline.staff.model import PresenceState
from hotline.staff.permissions import Permission, Relation, require
from hotline.staff.sign_in import SignedIn
from hotline.storage.session import Work
from hotline.storage.tables import FloorAlert, Presence, Staff

NOTE_LENGTH = 200
OVER = "This alert is over: nobody needs to take it any more."


async def permitted_alert(
    work: Work, alert_id: str, who: SignedIn, *, held: bool = True
) -> FloorAlert:
    """One that was raised on a line of theirs. Raises `NotFound`."""
    alert = await work.get(FloorAlert, alert_id, with_for_update=held, populate_existing=held)
    if alert is None or alert.raised_at is None:
        raise NotFound
    standing = [Relation.LINE] if alert.line_id in who.lines else []
    require(who.roles, standing, Permission.DIRECT_FLOOR, to_know=Permission.WATCH_FLOOR)
    return alert


async def take_alert(work: Work, alert: FloorAlert, who: SignedIn, *, at: datetime) -> None:
    """It is theirs, and they know of it. Again: fine. Holds the alert; raises `IllegalMove`."""
    _require_open(alert)
    if alert.acknowledged_at is not None and alert.owner_id == who.staff_id:
        return
    before = alert.owner_id
    alert.owner_id = alert.acknowledged_by = who.staff_id
    alert.owner_since = alert.acknowledged_at = at
    alert.unreached = ""
    await _tell(work, alert, _act(alert, who, ActKind.ALERT_TAKEN, before), at=at)


async def hand_alert(
    work: Work, alert: FloorAlert, to: str, who: SignedIn, *, reason: str, at: datetime
) -> None:
    """A colleague of the line should take it; off duty, they are told by a text. Holds the alert.

    Raises `IllegalMove`, and `NotFound` for somebody who cannot.
    """
    _require_open(alert)
    colleague = await _colleague(work, alert.line_id, to)
    if alert.owner_id == colleague.id:
        return
    before = alert.owner_id
    alert.owner_id, alert.owner_since, alert.passed_at = colleague.id, at, None
    alert.acknowledged_by = alert.acknowledged_at = None
    alert.unreached = ""
    if not await _is_on_duty(work, colleague.id):
        await text_owner(work, alert, colleague, at=at)
    await _tell(work, alert, _act(alert, who, ActKind.ALERT_HANDED, before, reason), at=at)


async def note_alert(
    work: Work, alert: FloorAlert, words: str, who: SignedIn, *, at: datetime
) -> None:
    """What colleagues read beside it; also once it is over. The same again: fine."""
    if (alert.note, alert.note_by) == (words, who.staff_id):
        return
    alert.note, alert.note_by = words, who.staff_id
    act = _act(alert, who, ActKind.ALERT_NOTED, alert.owner_id, words)
    await _tell(work, alert, act, at=at)


def _require_open(alert: FloorAlert) -> None:
    if alert.cleared_at is not None:
        raise IllegalMove(OVER)


async def _colleague(work: Work, line_id: str, staff_id: str) -> Staff:
    for one in await supervisors_of(work, line_id):
        if one.id == staff_id:
            return one
    raise NotFound


async def _is_on_duty(work: Work, staff_id: str) -> bool:
    presence = await work.get(Presence, staff_id)
    return presence is not None and presence.state != PresenceState.OFFLINE


def _act(
    alert: FloorAlert, who: SignedIn, kind: ActKind, owner_before: str | None, reason: str = ""
) -> NewAct:
    return NewAct(
        by_id=who.staff_id,
        kind=kind,
        subject=SubjectKind.LINE,
        subject_id=alert.line_id,
        lines=frozenset({alert.line_id}),
        before={"owner": owner_before},
        after={"alert": alert.id, "measure": alert.measure, "owner": alert.owner_id},
        reason=reason,
    )


async def _tell(work: Work, alert: FloorAlert, act: NewAct, *, at: datetime) -> None:
    """The audit, and everybody who looks at the floor of its line."""
    await record_act(work, act, at=at)
    work.announce("alert", alert.id)
