"""Calibration: several reviewers review one call blind to each other, and see how far they agree.

The call is taken by lot from the newest sample, where nobody names one.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col, delete, exists, func, select
from sqlmodel.sql.expression import SelectOfScalar

from hotline.errors import IllegalMove, Invalid, NotFound
from hotline.quality.agreement import Agreement, Unit, agreement_of
from hotline.quality.form import ReviewForm
from hotline.quality.kept import review_form_of
from hotline.quality.model import OWED, ReviewState
from hotline.quality.policy import review_due
from hotline.quality.sample import ticket_of
from hotline.quality.scoring import share_of
from hotline.quality.service import had_a_part, require_reviewer
from hotline.storage.session import Work
from hotline.storage.tables import Calibration, Call, CallReview, QualityMonth

TWO = 2
NOT_ENOUGH = "A calibration needs two reviewers or more."
NOTHING_LEFT = (
    "No call of the newest sample is left that nobody has reviewed and in which none of them had"
    " a part."
)
REVIEWED_BEFORE = "This call was reviewed already: take one that nobody has reviewed yet."
BEGUN_MEANWHILE = (
    "Somebody began a calibration of this call just now. Begin another one: the lot takes the next"
    " call."
)
OVER = "This calibration is closed already."


@dataclass(frozen=True, slots=True, kw_only=True)
class NewCalibration:
    """`reviewers`: by id. `call_id`: None: by lot."""

    line_id: str
    reviewers: Collection[str]
    by_id: str
    call_id: str | None = None


async def begin_calibration(work: Work, new: NewCalibration, *, at: datetime) -> Calibration:
    """Each has a review of their own to write. Raises `Invalid`, `IllegalMove`."""
    reviewers = sorted(set(new.reviewers))
    if len(reviewers) < TWO:
        raise Invalid(NOT_ENOUGH)
    review = await _review_of(work, new, reviewers)
    for reviewer_id in reviewers:
        await require_reviewer(work, review.call_id, review.line_id, reviewer_id)
    begun = await _begun(work, review, new.by_id, at=at)
    for reviewer_id in reviewers:
        work.add(_blind(review, begun.id, reviewer_id, at))
    await work.flush()
    work.announce("calibration", begun.id)
    return begun


async def _begun(work: Work, review: CallReview, by_id: str, *, at: datetime) -> Calibration:
    """Whoever waited for the review meanwhile does not see that it is taken: the row's key does."""
    draft = Calibration(call_id=review.call_id, line_id=review.line_id, by_id=by_id, begun_at=at)
    adding = insert(Calibration).values(draft.model_dump())
    adding = adding.on_conflict_do_nothing(index_elements=["call_id"])
    made: Calibration | None = (await work.exec(adding.returning(Calibration))).scalar_one_or_none()
    if made is None:
        raise IllegalMove(BEGUN_MEANWHILE)
    return made


def _blind(review: CallReview, calibration_id: str, reviewer_id: str, at: datetime) -> CallReview:
    return CallReview(
        call_id=review.call_id,
        line_id=review.line_id,
        month=review.month,
        counselor_id=review.counselor_id,
        calibration_id=calibration_id,
        state=ReviewState.ASSIGNED,
        reviewer_id=reviewer_id,
        drawn_at=at,
        due_at=review_due(at, imminent=False),
    )


async def _review_of(work: Work, new: NewCalibration, reviewers: Sequence[str]) -> CallReview:
    """The drawn review of the call, held: nobody writes it meanwhile."""
    query = _free(new.line_id).with_for_update()
    if new.call_id is not None:
        named = (await work.exec(query.where(CallReview.call_id == new.call_id))).one_or_none()
        if named is None:
            raise Invalid(REVIEWED_BEFORE)
        return named
    seeds = await _seeds(work, new.line_id)
    found = (await work.exec(query)).all()
    for one in sorted(found, key=lambda row: _in_turn(row, seeds)):
        parts = [await had_a_part(work, one.call_id, who) for who in reviewers]
        if not any(parts):
            return one
    raise IllegalMove(NOTHING_LEFT)


def _in_turn(review: CallReview, seeds: dict[str, str]) -> tuple[int, str]:
    """The newest month first, then the lowest ticket."""
    year, month = map(int, review.month.split("-"))
    return -(12 * year + month), ticket_of(seeds.get(review.month, ""), review.call_id)


async def _seeds(work: Work, line_id: str) -> dict[str, str]:
    query = select(QualityMonth.month, QualityMonth.seed).where(QualityMonth.line_id == line_id)
    return dict((await work.exec(query)).all())


def _free(line_id: str) -> SelectOfScalar[CallReview]:
    calibrated = exists().where(col(Calibration.call_id) == col(CallReview.call_id))
    erased = exists().where(
        col(Call.id) == col(CallReview.call_id), col(Call.erased_at).is_not(None)
    )
    return select(CallReview).where(
        CallReview.line_id == line_id,
        col(CallReview.calibration_id).is_(None),
        col(CallReview.state).in_(OWED),
        ~calibrated,
        ~erased,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class CalibrationRow:
    """One that is open: how many of its reviewers have reviewed it."""

    id: str
    line_id: str
    call_id: str
    begun_at: datetime
    reviewers: int
    done: int


async def open_calibrations(work: Work, lines: Collection[str]) -> list[CalibrationRow]:
    """Of these lines, the oldest first."""
    done = col(CallReview.state).not_in(OWED)
    query = (
        select(Calibration, func.count(), func.count().filter(done))
        .join(CallReview, col(CallReview.calibration_id) == col(Calibration.id))
        .where(col(Calibration.line_id).in_(lines), col(Calibration.closed_at).is_(None))
        .group_by(col(Calibration.id))
        .order_by(col(Calibration.begun_at), col(Calibration.id))
    )
    return [
        CalibrationRow(
            id=one.id,
            line_id=one.line_id,
            call_id=one.call_id,
            begun_at=one.begun_at,
            reviewers=reviewers,
            done=done,
        )
        for one, reviewers, done in (await work.exec(query)).all()
    ]


async def lock_calibration(work: Work, calibration_id: str) -> Calibration:
    """The row, held. Raises `NotFound`."""
    found = await work.get(Calibration, calibration_id, with_for_update=True)
    if found is None:
        raise NotFound
    return found


async def close_when_done(work: Work, calibration_id: str, *, at: datetime) -> None:
    """When the last of them has reviewed it, all may see all."""
    calibration = await lock_calibration(work, calibration_id)
    left = select(CallReview.id).where(
        CallReview.calibration_id == calibration_id, col(CallReview.state).in_(OWED)
    )
    if calibration.closed_at is None and (await work.exec(left)).first() is None:
        _close(work, calibration, at)


async def close_calibration(work: Work, calibration: Calibration, *, at: datetime) -> None:
    """Without those who have not reviewed it. Raises `IllegalMove`."""
    if calibration.closed_at is not None:
        raise IllegalMove(OVER)
    undone = (
        col(CallReview.calibration_id) == calibration.id,
        col(CallReview.state).in_(OWED),
    )
    await work.exec(delete(CallReview).where(*undone))
    _close(work, calibration, at)


def _close(work: Work, calibration: Calibration, at: datetime) -> None:
    calibration.closed_at = at
    work.announce("calibration", calibration.id)


async def agreement_on(work: Work, lines: Collection[str], *, since: datetime) -> Agreement:
    """Of all calibrations of these lines that were closed since then."""
    query = (
        select(CallReview)
        .join(Calibration, col(Calibration.id) == col(CallReview.calibration_id))
        .where(col(Calibration.line_id).in_(lines), col(Calibration.closed_at) >= since)
        .where(col(CallReview.state) == ReviewState.REVIEWED)
        .order_by(col(CallReview.id))
    )
    by_call: dict[tuple[str, str], list[CallReview]] = {}
    for row in (await work.exec(query)).all():
        by_call.setdefault((row.call_id, row.form_version), []).append(row)
    units: list[tuple[str, Unit]] = []
    for (_call, version), reviews in by_call.items():
        units += _units(await review_form_of(work, version), reviews)
    return agreement_of(units)


def _units(form: ReviewForm, reviews: Sequence[CallReview]) -> list[tuple[str, Unit]]:
    """A criterion for each; whoever did not see it in the call has no value there."""
    units: list[tuple[str, Unit]] = []
    for criterion in form.criteria:
        shares = {
            str(one.reviewer_id): share_of(criterion, one.scores.get(criterion.key))
            for one in reviews
        }
        units.append((criterion.key, {who: v for who, v in shares.items() if v is not None}))
    return units
