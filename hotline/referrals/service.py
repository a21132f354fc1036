"""Somebody is referred, and what whoever has the turn says. Lock order: case, referral, link.

Each act writes the case's timeline and announces, in the caller's unit of work. Who may do what is
asked before (`access`); what the receiver is told in writing is asked for here (`letters`).
"""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import structlog
from sqlmodel import select

from hotline.cases.model import CaseState
from hotline.cases.queries import linked_calls, together
from hotline.cases.service import lock_case
from hotline.cases.timeline import CaseAct
from hotline.errors import IllegalMove, Invalid, NotFound
from hotline.handovers.model import DataKind
from hotline.materials.receivers import ReferralReceiver
from hotline.referrals.handing import (
    ALWAYS,
    MAY_BE_HANDED,
    Grounds,
    compose,
    hand_over,
    sealed_document,
)
from hotline.referrals.letters import send_link
from hotline.referrals.model import (
    MayTell,
    ReferralEvent,
    ReferralReason,
    ReferralState,
    ReferralUrgency,
    referral_after,
)
from hotline.referrals.policy import answer_due
from hotline.referrals.telling import tell_of
from hotline.storage.sealed import seal_cell
from hotline.storage.session import Work
from hotline.storage.tables import Case, Referral, ReferralPlace
from hotline.storage.tables.columns import new_id

log = structlog.get_logger()

CASE_IS_CLOSED = "This case is closed: open it again before somebody is referred."
NO_RECEIVER = (
    "This place takes no referrals from us: advise the caller to go there, or choose another."
)
GONE = "This place is not in the directory any more: choose another."
NOT_DECLINED = "Only what a receiver declined is referred again in its place."


@dataclass(frozen=True, slots=True, kw_only=True)
class NewReferral:
    """Where to, why, and how soon. `instead_of`: the referral that was declined."""

    place_id: str
    reason: ReferralReason
    words: str = ""
    urgency: ReferralUrgency = ReferralUrgency.PLANNED
    kinds: Collection[DataKind] = field(default_factory=frozenset)
    may_tell: MayTell = MayTell.CAME_ONLY
    instead_of: str | None = None


async def advise(work: Work, act: CaseAct, case_id: str, new: NewReferral) -> Referral:
    """They were told of a place and go by themselves: nobody is told of them. No consent needed."""
    case = await _open_case(work, case_id)
    await _place(work, new.place_id)
    referral = _row(act, case, new, ReferralState.ADVISED)
    declined = await _declined(work, referral)
    referral.ended_at = act.at
    work.add(referral)
    await work.flush()
    if declined is not None:  # nobody owes anything for it any more
        end(declined, ReferralEvent.SETTLED, at=act.at)
    await tell_of(work, act, referral, "referral.advised", referral_reason=new.reason)
    return referral


async def refer(
    work: Work, act: CaseAct, case_id: str, new: NewReferral, grounds: Grounds
) -> Referral:
    """Hand over what was chosen, and tell the receiver. Raises `Invalid` where nothing carries it.

    Both or neither: where the hand-over is refused there is no referral either. The ledger names
    what the case held of it, and nothing of which it held nothing.
    """
    case = await _open_case(work, case_id)
    place = await _place(work, new.place_id)
    receiver = ReferralReceiver.read(place.receives)
    if receiver is None:
        raise Invalid(NO_RECEIVER)
    ids = await together(work, case.id)
    referral = _row(act, case, new, ReferralState.SENT)
    declined = await _declined(work, referral)
    handed = await compose(work, act.vault, ids, new.kinds, new.words)
    composed = {one.kind for one in handed}
    referral.kinds = [*(one.value for one in MAY_BE_HANDED if one in composed), ALWAYS.value]
    referral.handed_sealed = sealed_document(act.vault, referral, handed)
    referral.promised_at = referral.due_at = answer_due(receiver, new.urgency, act.at)
    both = {*ids, *await linked_calls(work, ids)}
    ledger = await hand_over(work, referral, place, grounds, together=both, by=act.by)
    referral.provision_id = ledger.id
    work.add(referral)
    await work.flush()
    if declined is not None:  # nobody owes anything for it any more
        end(declined, ReferralEvent.SETTLED, at=act.at)
    await send_link(work, referral, receiver, why="asked", at=act.at)
    said: dict[str, Any] = {
        "referral_reason": new.reason,
        "referral_urgency": new.urgency,
        "referral_basis": grounds.basis,
        "handed_kinds": referral.kinds,
    }
    await tell_of(work, act, referral, "referral.sent", **said)
    log.info("referral.sent", referral_id=referral.id, place_id=place.id)
    return referral


async def _open_case(work: Work, case_id: str) -> Case:
    case = await lock_case(work, case_id)
    if case.state != CaseState.OPEN:
        raise IllegalMove(CASE_IS_CLOSED)
    return case


async def _place(work: Work, place_id: str) -> ReferralPlace:
    place = await work.get(ReferralPlace, place_id)
    if place is None or not place.active:
        raise Invalid(GONE)
    return place


def _row(act: CaseAct, case: Case, new: NewReferral, state: ReferralState) -> Referral:
    referral = Referral(
        id=new_id(),
        case_id=case.id,
        place_id=new.place_id,
        state=state,
        reason=new.reason,
        urgency=new.urgency,
        may_tell=new.may_tell,
        by=str(act.by),
        at=act.at,
        instead_of_id=new.instead_of,
    )
    if new.words.strip():
        referral.words_sealed = seal_cell(act.vault, referral, "words_sealed", new.words.strip())
    return referral


async def _declined(work: Work, referral: Referral) -> Referral | None:
    """The one in whose place it is, held. Raises `Invalid` where nobody declined that here."""
    key = referral.instead_of_id
    if key is None:
        return None
    declined = await work.get(Referral, key, with_for_update=True, populate_existing=True)
    if declined is None or declined.case_id not in await together(work, referral.case_id):
        raise Invalid(NOT_DECLINED)
    if declined.state != ReferralState.DECLINED:
        raise Invalid(NOT_DECLINED)
    return declined


# ── shared by all acts ──────────────────────────────────────────────────────────────────────────


async def lock_referral(work: Work, referral_id: str) -> Referral:
    """Held until the unit of work ends. Raises `NotFound`."""
    query = select(Referral).where(Referral.id == referral_id).with_for_update()
    found = (await work.exec(query.execution_options(populate_existing=True))).one_or_none()
    if found is None:
        raise NotFound
    return found


async def receiver_of(work: Work, referral: Referral) -> ReferralReceiver:
    """What its place promised."""
    place = await work.get_one(ReferralPlace, referral.place_id)
    return ReferralReceiver.of_place(place.receives)


def end(referral: Referral, event: ReferralEvent, *, at: datetime) -> None:
    """Nobody has to do anything for it any more. Raises `IllegalMove`."""
    referral.state = referral_after(referral.state, event)
    referral.due_at, referral.ended_at = None, at
