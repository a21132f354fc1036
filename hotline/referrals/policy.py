"""Within which time somebody must act on a referral, and who is told when they do not. Pure."""

from datetime import datetime, timedelta
from enum import IntEnum

from hotline.materials.receivers import ReferralReceiver
from hotline.referrals.model import ReferralState, ReferralUrgency

# Placeholders: the research gives referrals no times. A place's own promise counts where shorter.
ANSWER_AT_MOST = {
    ReferralUrgency.TODAY: timedelta(hours=4),
    ReferralUrgency.THIS_WEEK: timedelta(hours=48),
    ReferralUrgency.PLANNED: timedelta(days=14),
}
APART = {
    ReferralUrgency.TODAY: timedelta(hours=1),
    ReferralUrgency.THIS_WEEK: timedelta(hours=12),
    ReferralUrgency.PLANNED: timedelta(days=1),
}
DECIDED_WITHIN = timedelta(days=1)  # whoever referred, when it came back


class ToldAgain(IntEnum):
    """Whom a missed time has reached: one after the other, each keeps it."""

    NOBODY = 0
    RECEIVER = 1
    REFERRER = 2
    SUPERVISOR = 3


def answer_due(receiver: ReferralReceiver, urgency: str, at: datetime) -> datetime:
    """Until when the receiver says whether it takes it."""
    return at + min(receiver.answer_within, ANSWER_AT_MOST[ReferralUrgency(urgency)])


def result_due(
    receiver: ReferralReceiver, at: datetime, appointment_at: datetime | None
) -> datetime:
    """Until when it tells how it went: counted from the appointment, where there is one to come."""
    return max(at, appointment_at or at) + receiver.result_within


def told_at_first(state: ReferralState) -> ToldAgain:
    """Whose turn it is, is told by the act itself: the next look goes on from there."""
    back = state in (ReferralState.DECLINED, ReferralState.NOT_COME)
    return ToldAgain.REFERRER if back else ToldAgain.NOBODY


def told_next(told: int) -> ToldAgain:
    """Who hears of it at this look."""
    return ToldAgain(min(told + 1, ToldAgain.SUPERVISOR))


def next_look(told: int, urgency: str, at: datetime) -> datetime:
    """When the next is told. Once a supervisor knows, each day: an open one is never silent."""
    if told >= ToldAgain.SUPERVISOR:
        return at + timedelta(days=1)
    return at + APART[ReferralUrgency(urgency)]
