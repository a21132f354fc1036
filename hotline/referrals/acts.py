"""What a receiver says of a referral, and what whoever referred does then.

The link and the signed-in officer of the receiver come here alike; so does whoever referred, for a
receiver that told it on the telephone. All raise `IllegalMove` where it comes too late.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from hotline.cases.timeline import CaseAct
from hotline.errors import Invalid
from hotline.lines.hours import SHANGHAI
from hotline.referrals.model import (
    DeclineReason,
    ReferralEvent,
    ReferralProposal,
    ReferralResult,
    ReferralState,
    may_be_told,
    referral_after,
)
from hotline.referrals.policy import DECIDED_WITHIN, result_due, told_at_first
from hotline.referrals.service import end, lock_referral, receiver_of
from hotline.referrals.telling import tell_of
from hotline.storage.sealed import seal_cell
from hotline.storage.session import Work
from hotline.storage.tables import Referral

LONGEST_AHEAD = timedelta(days=366)  # further away it is a slip of the hand
IN_THE_PAST = "An appointment lies in the future: correct the date."
TOO_FAR = "An appointment lies within a year: correct the date."
WHEN = "Say when the appointment is."
BEYOND_CONSENT = (
    "The consent does not cover this. Say only that they were there; anything more needs their"
    " consent first."
)
WHY_WITHDRAWN = "Write why it is taken back."


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferralOutcome:
    """How it went. `proposal`: what the receiver thinks should follow."""

    result: ReferralResult
    words: str = ""
    proposal: ReferralProposal = ReferralProposal.NOTHING


async def accept(
    work: Work, act: CaseAct, referral_id: str, appointment_at: datetime | None
) -> Referral:
    """The receiver takes it, with a time where there is one already."""
    return await _on(work, act, referral_id, ReferralEvent.ACCEPTED, appointment_at)


async def appoint(
    work: Work, act: CaseAct, referral_id: str, appointment_at: datetime | None
) -> Referral:
    """A first time, or another one."""
    if appointment_at is None:
        raise Invalid(WHEN)
    return await _on(work, act, referral_id, ReferralEvent.APPOINTED, appointment_at)


async def note_came(work: Work, act: CaseAct, referral_id: str) -> Referral:
    """They were there: what came of it is owed from now on."""
    return await _on(work, act, referral_id, ReferralEvent.CAME, None)


async def _on(
    work: Work,
    act: CaseAct,
    referral_id: str,
    event: ReferralEvent,
    appointment_at: datetime | None,
) -> Referral:
    """It stays with the receiver, which owes a result by a new time."""
    if appointment_at is not None and appointment_at <= act.at:
        raise Invalid(IN_THE_PAST)
    if appointment_at is not None and appointment_at > act.at + LONGEST_AHEAD:
        raise Invalid(TOO_FAR)
    referral = await lock_referral(work, referral_id)
    referral.state = referral_after(referral.state, event)
    referral.answered_at = referral.answered_at or act.at
    referral.appointment_at = appointment_at or referral.appointment_at
    receiver = await receiver_of(work, referral)
    _is_due(referral, result_due(receiver, act.at, appointment_at))
    on = appointment_at.astimezone(SHANGHAI) if appointment_at else None
    when = {"appointment_on": f"{on:%Y-%m-%d %H:%M}" if on else ""}
    await tell_of(work, act, referral, f"referral.{event}", **when)
    return referral


async def decline(
    work: Work, act: CaseAct, referral_id: str, reason: DeclineReason, words: str = ""
) -> Referral:
    """The receiver does not take it: at once it is whoever's turn who referred."""
    referral = await _back(work, act, referral_id, ReferralEvent.DECLINED)
    referral.answered_at = referral.answered_at or act.at
    referral.decline = reason
    await tell_of(work, act, referral, "referral.declined", words, referral_decline=reason)
    return referral


async def note_not_come(work: Work, act: CaseAct, referral_id: str) -> Referral:
    """They did not come: whoever referred hears of it at once, and asks them."""
    referral = await _back(work, act, referral_id, ReferralEvent.NOT_COME)
    await tell_of(work, act, referral, "referral.not_come")
    return referral


async def _back(work: Work, act: CaseAct, referral_id: str, event: ReferralEvent) -> Referral:
    referral = await lock_referral(work, referral_id)
    referral.state = referral_after(referral.state, event)
    _is_due(referral, act.at + DECIDED_WITHIN)
    return referral


def _is_due(referral: Referral, due_at: datetime) -> None:
    referral.promised_at = referral.due_at = due_at
    referral.told = told_at_first(ReferralState(referral.state))


async def bring_result(
    work: Work, act: CaseAct, referral_id: str, outcome: ReferralOutcome
) -> Referral:
    """How it went; with it the referral is over. Raises `Invalid` beyond what the consent covers.

    A proposal is shown to the station that holds the case. Nothing happens by itself.
    """
    referral = await lock_referral(work, referral_id)
    words = outcome.words.strip()
    if not may_be_told(outcome.result, words, referral.may_tell):
        raise Invalid(BEYOND_CONSENT)
    promised = referral.promised_at
    end(referral, ReferralEvent.RESULTED, at=act.at)
    referral.in_time = promised is None or act.at <= promised
    referral.result, referral.proposal = outcome.result, outcome.proposal
    if words:
        referral.result_sealed = seal_cell(act.vault, referral, "result_sealed", words)
    said = {"referral_result": outcome.result, "referral_proposal": outcome.proposal}
    await tell_of(work, act, referral, "referral.resulted", **said)
    return referral


async def withdraw(work: Work, act: CaseAct, referral_id: str, words: str) -> Referral:
    """Whoever referred takes it back: the receiver is shown nothing of it any more."""
    if not words.strip():
        raise Invalid(WHY_WITHDRAWN)
    referral = await lock_referral(work, referral_id)
    end(referral, ReferralEvent.WITHDRAWN, at=act.at)
    await tell_of(work, act, referral, "referral.withdrawn", words.strip())
    return referral


async def settle(work: Work, act: CaseAct, referral_id: str) -> Referral:
    """What was declined needs no other place: somebody decided so."""
    referral = await lock_referral(work, referral_id)
    end(referral, ReferralEvent.SETTLED, at=act.at)
    await tell_of(work, act, referral, "referral.settled")
    return referral
