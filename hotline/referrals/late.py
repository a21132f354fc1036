"""What nobody answered in time: the receiver is told again, whoever referred, a supervisor.

By the time in the rows: a look that was missed is made at the next one, by whoever looks then.
"""

from datetime import datetime

from sqlmodel import col, select
from sqlmodel.sql.expression import SelectOfScalar

from hotline.ports import Clock
from hotline.referrals.handing import is_carried
from hotline.referrals.letters import send_link
from hotline.referrals.model import WITH_RECEIVER, ReferralEvent
from hotline.referrals.policy import ToldAgain, next_look, told_next
from hotline.referrals.service import end, receiver_of
from hotline.referrals.telling import tell_unasked
from hotline.storage.session import Database, Work
from hotline.storage.tables import Referral
from hotline.supervision import RowFaults

MOST_AT_ONCE = 100


class ReferralLook:
    """One of possibly several: a row that somebody else holds is theirs."""

    def __init__(self, *, database: Database, clock: Clock) -> None:
        """On these rows, by this clock."""
        self._database = database
        self._clock = clock
        self._faults = RowFaults()

    async def tick(self) -> None:
        """Press on whatever is due. One that fails holds up none of the others."""
        at = self._clock.now()
        async with self._database.work() as work:
            due = list((await work.exec(_due(at).limit(MOST_AT_ONCE))).all())
        for referral_id in due:
            with self._faults.kept_apart("late_referral", referral_id):
                async with self._database.work() as work:
                    await _press_on(work, referral_id, at=at)


async def _press_on(work: Work, referral_id: str, *, at: datetime) -> None:
    query = select(Referral).where(Referral.id == referral_id, col(Referral.id).in_(_due(at)))
    referral = (await work.exec(query.with_for_update(skip_locked=True))).one_or_none()
    if referral is None:  # somebody acted on it, or looks at it, meanwhile
        return
    if referral.state in WITH_RECEIVER and not await is_carried(work, referral):
        await _end_uncarried(work, referral, at=at)
        return
    told = told_next(referral.told)
    if told is ToldAgain.RECEIVER:
        await _tell_receiver_again(work, referral, at=at)
    if told != referral.told:
        await tell_unasked(work, referral, "referral.late", at=at, told_whom=told.name.lower())
    referral.told, referral.due_at = told, next_look(told, referral.urgency, at)


async def _tell_receiver_again(work: Work, referral: Referral, *, at: datetime) -> None:
    why = f"again|{referral.state}|{at.isoformat()}"
    await send_link(work, referral, await receiver_of(work, referral), why=why, at=at)


async def _end_uncarried(work: Work, referral: Referral, *, at: datetime) -> None:
    """The consent was taken back: the receiver is shown nothing, and owes nothing any more."""
    end(referral, ReferralEvent.WITHDRAWN, at=at)
    await tell_unasked(work, referral, "referral.uncarried", at=at)


def _due(at: datetime) -> SelectOfScalar[str]:
    return (
        select(Referral.id)
        .where(col(Referral.due_at) <= at)
        .order_by(col(Referral.due_at), col(Referral.id))
    )
