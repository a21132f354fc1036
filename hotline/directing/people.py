"""What counselors do now, set by a supervisor: one person, or many at once.

Who cannot be set is left as they are, with a sentence; the others are. Calls are locked before
presences, each in the order of their ids, as everywhere.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlmodel import col, select

from hotline.audit.model import ActKind, NewAct, SubjectKind
from hotline.audit.service import record_act
from hotline.callcontrol.offers import withdraw_offer
from hotline.calls.model import OfferState, Urgency
from hotline.calls.service import lock_call
from hotline.directing.hindrances import ActRefused, Hindrance
from hotline.directing.notices import NoticeKind, Telling, take_back, tell
from hotline.directing.reach import staff_to_direct
from hotline.staff.model import PresenceState
from hotline.staff.presence import choose_presence, lock_presence
from hotline.staff.sign_in import SignedIn
from hotline.staff.wellbeing import RELIEFS
from hotline.storage.session import Work
from hotline.storage.tables import Offer, Presence, Staff, SupervisorAct

BY_SUPERVISOR = "by_supervisor"  # the reason in their row; the words are in the notice

AWAY = (PresenceState.PAUSED, PresenceState.OFFLINE)


@dataclass(frozen=True, slots=True, kw_only=True)
class NotDirected:
    """Somebody who was left as they are, and why."""

    staff_id: str
    name: str
    hindrance: Hindrance


@dataclass(slots=True, kw_only=True)
class Directed:
    """What came of an act on several people."""

    acts: list[SupervisorAct] = field(default_factory=list)
    refused: list[NotDirected] = field(default_factory=list)

    @property
    def group_id(self) -> str | None:
        """Of those done together, the first."""
        return self.acts[0].group_id if self.acts else None

    def require_any(self) -> None:
        """Raises `ActRefused` with the first sentence where nobody was changed."""
        if not self.acts and self.refused:
            raise ActRefused(self.refused[0].hindrance)


@dataclass(frozen=True, slots=True, kw_only=True)
class PresenceChange:
    """`reason`: what they read."""

    state: PresenceState
    reason: str


async def set_presences(
    work: Work, people: Iterable[str], change: PresenceChange, who: SignedIn, *, at: datetime
) -> Directed:
    """Ready, paused or off duty. Raises `ActRefused` where nobody could be set so.

    Who is made ready and is due for a rest gets that first, as always.
    """
    staff = [await staff_to_direct(work, one, who) for one in sorted({*people})]
    if change.state is not PresenceState.READY:
        await _stop_their_phones(work, [one.id for one in staff], at=at)
    done = Directed()
    for one in staff:
        presence = await lock_presence(work, one.id)
        hindrance = _hindrance(presence, one, change.state, at)
        if hindrance is not None:
            done.refused.append(NotDirected(staff_id=one.id, name=one.name, hindrance=hindrance))
            continue
        done.acts.append(await _set(work, one, presence, change, who, at=at, group=done.group_id))
    done.require_any()
    return done


async def _set(  # noqa: PLR0913 – the parts of one act
    work: Work,
    staff: Staff,
    presence: Presence,
    change: PresenceChange,
    who: SignedIn,
    *,
    at: datetime,
    group: str | None,
) -> SupervisorAct:
    before = _seen(presence)
    reason = "" if change.state is PresenceState.READY else BY_SUPERVISOR
    await choose_presence(work, staff.id, change.state, at=at, reason=reason)
    if change.state is not PresenceState.READY:
        presence.back_at = None  # a rest that ran would make them ready by itself
    work.announce("presence", staff.id)
    new = NewAct(
        by_id=who.staff_id,
        kind=ActKind.PRESENCE_SET,
        subject=SubjectKind.STAFF,
        subject_id=staff.id,
        lines=frozenset(staff.lines),
        before=before,
        after=_seen(presence),
        reason=change.reason,
        group_id=group,
    )
    act = await record_act(work, new, at=at)
    facts = {"state": presence.state}
    told = Telling(kind=NoticeKind.PRESENCE, text=change.reason, facts=facts)
    tell(work, act, [staff.id], told, at=at)
    return act


def _seen(presence: Presence) -> dict[str, Any]:
    since = presence.since.isoformat()
    back_at = presence.back_at.isoformat() if presence.back_at else None
    return {
        "state": str(presence.state),
        "reason": presence.reason,
        "since": since,
        "back_at": back_at,
    }


def _hindrance(
    presence: Presence, staff: Staff, wanted: PresenceState, at: datetime
) -> Hindrance | None:
    """Why somebody cannot be set so; None: they can."""
    if presence.state == PresenceState.TALKING:
        return Hindrance.IN_CALL
    if presence.state == PresenceState.OFFERED:
        return Hindrance.RUNG_FOR_DANGER  # any other phone was stopped before
    if presence.state == wanted and (wanted is PresenceState.READY or _is_ours(presence)):
        return Hindrance.SO_ALREADY
    return _hinders_ready(presence, staff, at) if wanted is PresenceState.READY else None


def _hinders_ready(presence: Presence, staff: Staff, at: datetime) -> Hindrance | None:
    if presence.state == PresenceState.WRAPPING_UP:
        return Hindrance.WRITES
    if presence.reason in RELIEFS and presence.back_at is not None and presence.back_at > at:
        return Hindrance.RESTS
    return None if _would_hear(presence, staff, at) else Hindrance.NOT_AT_DESK


def _is_ours(presence: Presence) -> bool:
    return presence.reason == BY_SUPERVISOR or presence.state == PresenceState.OFFLINE


def _would_hear(presence: Presence, staff: Staff, at: datetime) -> bool:
    """A phone of their own rings anywhere; a desk rings while it is open."""
    console = presence.lease_until is not None and presence.lease_until > at
    return console or staff.answers_on == "own_phone" or presence.state == PresenceState.PAUSED


async def _stop_their_phones(work: Work, people: Sequence[str], *, at: datetime) -> None:
    """Who is set aside rings no more; the caller keeps the place. Not for somebody in danger."""
    query = (
        select(Offer.call_id, Offer.id)
        .where(col(Offer.staff_id).in_(people), Offer.state == OfferState.PENDING)
        .order_by(col(Offer.call_id), col(Offer.id))
    )
    for call_id, offer_id in (await work.exec(query)).all():
        call = await lock_call(work, call_id)
        if call.urgency != Urgency.CRISIS:
            await withdraw_offer(work, call, offer_id, at=at, reason="set_aside")


async def undo_presence(work: Work, act: SupervisorAct, who: SignedIn, *, at: datetime) -> None:
    """As they were before. Raises `ActRefused` where they, or a call, moved on since."""
    staff = await staff_to_direct(work, act.subject_id, who)
    presence = await lock_presence(work, staff.id)
    if _seen(presence) != act.after:
        raise ActRefused(Hindrance.CHANGED_SINCE)
    before = PresenceState(act.before["state"])
    if before is PresenceState.WRAPPING_UP:
        raise ActRefused(Hindrance.WROTE)
    wanted = before if before in AWAY else PresenceState.READY
    if wanted is PresenceState.READY and not _would_hear(presence, staff, at):
        raise ActRefused(Hindrance.NOT_AT_DESK)
    reason = act.before["reason"] if wanted in AWAY else ""
    await choose_presence(work, staff.id, wanted, at=at, reason=reason)
    if wanted is PresenceState.PAUSED and act.before["back_at"]:
        presence.back_at = datetime.fromisoformat(act.before["back_at"])
    work.announce("presence", staff.id)
    await take_back(work, act, by_id=who.staff_id, at=at)
