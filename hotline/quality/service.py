"""Reviews of calls: given to a reviewer, scored, told to the counselor, read and answered.

Hold the review (`lock_review`). A reviewer never reviews a call of their own, and says nothing of
one that they have not read or heard.
"""

from dataclasses import dataclass
from datetime import datetime

import structlog
from sqlmodel import col, exists, select

from hotline.calls.service import keep_call
from hotline.errors import IllegalMove, Invalid, NotFound
from hotline.quality.kept import keep_review_form, review_form_in_force, review_form_of
from hotline.quality.model import OWED, ReviewEvent, ReviewState, review_after
from hotline.quality.scoring import Scores, score_of
from hotline.recordings.service import PLAYED
from hotline.staff.model import Role
from hotline.storage.erased import require_kept
from hotline.storage.sealed import open_cell, seal_cell
from hotline.storage.session import Work
from hotline.storage.tables import (
    Calibration,
    Call,
    CallEntry,
    CallReview,
    Participant,
    Record,
    Staff,
)
from hotline.storage.vault import Vault

log = structlog.get_logger()

NOT_A_REVIEWER = "Choose a supervisor of this line."
OWN_CALL = "They had a part in this call: somebody else has to review it."
NOT_THEIRS = "Somebody else reviews this call. Take it over first."
READ_FIRST = "Read the record of this call, or hear its recording, before you review it."
BLIND = "Several reviewers are reviewing this call blind to each other: wait until they are done."
ONCE = "A review of a calibration is written once, and is no feedback to the counselor."
NO_WORDS = "Write something: an answer without words says nothing."
READ_TRACES = ("record.read", PLAYED)
SPOKE_AS = ("counselor", "colleague")


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewGiven:
    """What a reviewer says. `words`: sealed, for the counselor and the supervisors of the line."""

    scores: Scores
    words: str
    by_id: str


async def review_of(work: Work, review_id: str) -> CallReview:
    """The row, to look at. Raises `NotFound`."""
    row = await work.get(CallReview, review_id)
    if row is None:
        raise NotFound
    return row


async def lock_review(work: Work, review_id: str) -> CallReview:
    """The row, held; nobody erases its call meanwhile, which is held first. Raises `NotFound`."""
    of = select(CallReview.call_id).where(CallReview.id == review_id)
    call_id = (await work.exec(of)).one_or_none()
    if call_id is None:
        raise NotFound
    await keep_call(work, call_id)
    query = select(CallReview).where(CallReview.id == review_id).with_for_update()
    return (await work.exec(query.execution_options(populate_existing=True))).one()


async def assign_review(
    work: Work, review: CallReview, reviewer_id: str, *, by_id: str, at: datetime
) -> None:
    """Somebody reviews it: whoever says so, or whom they name. Raises `IllegalMove`, `Invalid`."""
    _require_drawn(review)
    state = review_after(review.state, ReviewEvent.ASSIGNED)
    await require_reviewer(work, review.call_id, review.line_id, reviewer_id)
    if review.reviewer_id == reviewer_id:
        return
    review.reviewer_id = reviewer_id
    _move(work, review, state, ReviewEvent.ASSIGNED, by_id, at=at, reviewer_id=reviewer_id)


async def require_reviewer(work: Work, call_id: str, line_id: str, reviewer_id: str) -> None:
    """Raises `Invalid` for whoever cannot review this call."""
    staff = await work.get(Staff, reviewer_id)
    if staff is None or not staff.active or Role.SUPERVISOR not in staff.roles:
        raise Invalid(NOT_A_REVIEWER)
    if line_id not in staff.lines:
        raise Invalid(NOT_A_REVIEWER)
    if await had_a_part(work, call_id, reviewer_id):
        raise Invalid(OWN_CALL)


async def had_a_part(work: Work, call_id: str, staff_id: str) -> bool:
    """Whether a call is somebody's own: they spoke with the caller, or wrote its record.

    Who only listened in as a supervisor did not.
    """
    spoke = exists().where(
        col(Participant.call_id) == call_id,
        col(Participant.staff_id) == staff_id,
        col(Participant.role).in_(SPOKE_AS) | col(Participant.takes_over),
        col(Participant.joined_at).is_not(None),
    )
    wrote = exists().where(col(Record.call_id) == call_id, col(Record.staff_id) == staff_id)
    answered = exists().where(col(Call.id) == call_id, col(Call.counselor_id) == staff_id)
    return bool((await work.exec(select(spoke | wrote | answered))).one())


async def write_review(
    work: Work, vault: Vault, review: CallReview, given: ReviewGiven, *, at: datetime
) -> None:
    """Their points and words; until the feedback was given they may write it anew.

    Raises `IllegalMove`, also where the call was erased, and `Invalid`.
    """
    require_kept(await work.get_one(Call, review.call_id))
    state = review_after(review.state, ReviewEvent.REVIEWED)
    await _require_may_write(work, review, given.by_id)
    is_new = review.state in OWED
    form = await (
        review_form_in_force(work) if is_new else review_form_of(work, review.form_version)
    )
    review.total, review.scores = score_of(form, given.scores), dict(given.scores)
    await keep_review_form(work, form, at=at)
    review.form_version, review.reviewed_at = form.version, at
    words = given.words.strip()
    review.words_sealed = seal_cell(vault, review, "words_sealed", words) if words else ""
    _move(work, review, state, ReviewEvent.REVIEWED, given.by_id, at=at)


async def _require_may_write(work: Work, review: CallReview, by_id: str) -> None:
    if review.reviewer_id != by_id:
        raise IllegalMove(NOT_THEIRS)
    if review.calibration_id is not None and review.state not in OWED:
        raise IllegalMove(ONCE)
    if await had_a_part(work, review.call_id, by_id):
        raise Invalid(OWN_CALL)
    if review.calibration_id is None and await is_being_calibrated(work, review.call_id):
        raise IllegalMove(BLIND)
    if not await has_read(work, review.call_id, by_id):
        raise IllegalMove(READ_FIRST)


async def is_being_calibrated(work: Work, call_id: str) -> bool:
    """Whether several review it now, blind to each other."""
    query = select(Calibration.id).where(
        Calibration.call_id == call_id, col(Calibration.closed_at).is_(None)
    )
    return (await work.exec(query)).first() is not None


async def has_read(work: Work, call_id: str, staff_id: str) -> bool:
    """Whether the call's own timeline tells that they read its record or heard its recording."""
    query = (
        select(CallEntry.id)
        .where(CallEntry.call_id == call_id, CallEntry.staff_id == staff_id)
        .where(col(CallEntry.kind).in_(READ_TRACES))
    )
    return (await work.exec(query.limit(1))).first() is not None


async def give_feedback(work: Work, review: CallReview, *, by_id: str, at: datetime) -> None:
    """The reviewer has talked it over, or tells it in writing. Raises `IllegalMove`."""
    _require_drawn(review)
    state = review_after(review.state, ReviewEvent.GIVEN)
    if review.reviewer_id != by_id:
        raise IllegalMove(NOT_THEIRS)
    review.given_at = at
    _move(work, review, state, ReviewEvent.GIVEN, by_id, at=at)


def _require_drawn(review: CallReview) -> None:
    if review.calibration_id is not None:
        raise IllegalMove(ONCE)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewWordsOpened:
    """In clear; empty for none."""

    words: str
    answer: str


def open_words(vault: Vault, review: CallReview) -> ReviewWordsOpened:
    """For the counselor and whoever reviews: ask before."""
    return ReviewWordsOpened(
        words=_opened(vault, review, "words_sealed"),
        answer=_opened(vault, review, "answer_sealed"),
    )


def _opened(vault: Vault, review: CallReview, column: str) -> str:
    return open_cell(vault, review, column) if getattr(review, column) else ""


def read_feedback(
    work: Work, vault: Vault, review: CallReview, *, by_id: str, at: datetime
) -> ReviewWordsOpened:
    """The counselor reads it; the first time is kept. Raises `IllegalMove`."""
    state = review_after(review.state, ReviewEvent.READ)
    if review.read_at is None:
        review.read_at = at
        _move(work, review, state, ReviewEvent.READ, by_id, at=at)
    return open_words(vault, review)


async def answer_feedback(
    work: Work, vault: Vault, review: CallReview, words: str, *, by_id: str, at: datetime
) -> None:
    """The counselor says something to it, once.

    Raises `IllegalMove`, also where the call was erased, and `Invalid`.
    """
    require_kept(await work.get_one(Call, review.call_id))
    state = review_after(review.state, ReviewEvent.ANSWERED)
    if not words.strip():
        raise Invalid(NO_WORDS)
    review.answer_sealed = seal_cell(vault, review, "answer_sealed", words.strip())
    review.answered_at = at
    _move(work, review, state, ReviewEvent.ANSWERED, by_id, at=at)


def _move(
    work: Work,
    review: CallReview,
    state: ReviewState,
    event: ReviewEvent,
    by_id: str,
    *,
    at: datetime,
    **facts: str,
) -> None:
    review.state = state
    step = {"at": at.isoformat(), "by_id": by_id, "what": str(event), **facts}
    review.history = [*review.history, step]
    work.announce("review", review.id)
    log.info("review.moved", review_id=review.id, state=state, by_id=by_id)
