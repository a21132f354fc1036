"""A call was erased: nobody can review it any more. That it was drawn stays, and proves the lot."""

from datetime import datetime

from sqlmodel import col, select

from hotline.quality.calibrating import close_when_done
from hotline.quality.model import OWED, ReviewEvent, ReviewState, review_after
from hotline.storage.session import Work
from hotline.storage.tables import Call, CallReview

WHY = "call_erased"


async def withdraw_reviews(work: Work, call: Call, *, at: datetime) -> None:
    """Those that are owed; what was reviewed keeps its points. The caller holds the call."""
    owed = select(CallReview).where(CallReview.call_id == call.id, col(CallReview.state).in_(OWED))
    calibrations: set[str] = set()
    for review in (await work.exec(owed.order_by(col(CallReview.id)).with_for_update())).all():
        review.state = review_after(review.state, ReviewEvent.WITHDRAWN)
        step = {"at": at.isoformat(), "what": str(ReviewEvent.WITHDRAWN), "why": WHY}
        review.history = [*review.history, step]
        work.announce("review", review.id)
        calibrations |= {review.calibration_id} if review.calibration_id else set()
    await work.flush()
    for calibration_id in sorted(calibrations):
        await close_when_done(work, calibration_id, at=at)


def state_when_drawn(call: Call) -> ReviewState:
    """Of a call that was erased before its month was drawn, nobody is owed a review."""
    return ReviewState.DRAWN if call.erased_at is None else ReviewState.WITHDRAWN
