"""Quality of counselling: the sample of each month, reviews of calls, calibration of reviewers."""

from datetime import timedelta
from typing import Annotated, Any

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field, field_validator

from hotline.calls.queries import permitted_call
from hotline.calls.service import keep_call
from hotline.errors import NotFound
from hotline.quality.agreement import Agreement
from hotline.quality.calibrating import (
    NOT_ENOUGH,
    NOTHING_LEFT,
    OVER,
    NewCalibration,
    agreement_on,
    begin_calibration,
    close_calibration,
    close_when_done,
    lock_calibration,
)
from hotline.quality.form import ReviewForm
from hotline.quality.kept import review_form_of
from hotline.quality.model import REFUSALS, ReviewEvent, SaidBy, Satisfied
from hotline.quality.queries import (
    ReviewRow,
    SampleProgress,
    SampleProof,
    own_feedback,
    permitted_review,
    proof_of,
    reviews_for,
    samples_of_lines,
)
from hotline.quality.queries import feedback_for as feedback_of
from hotline.quality.satisfaction import (
    NOT_TALKED,
    SaidOfCall,
    SatisfactionCount,
    count_satisfaction,
    note_satisfaction,
)
from hotline.quality.scoring import INCOMPLETE
from hotline.quality.service import (
    NO_WORDS,
    NOT_A_REVIEWER,
    READ_FIRST,
    ReviewGiven,
    ReviewWordsOpened,
    answer_feedback,
    assign_review,
    give_feedback,
    lock_review,
    open_words,
    read_feedback,
    review_of,
    write_review,
)
from hotline.staff.permissions import Permission
from hotline.storage.tables import CallReview
from hotline.web.api.refusals import refuses
from hotline.web.auth import CallReader, CallTaker, QualityKeeper
from hotline.web.deps import BackendDep, WorkDep
from hotline.web.idempotency import CommandWork, IdempotentRoute

router = APIRouter(tags=["quality"], route_class=IdempotentRoute)
words = APIRouter(tags=["quality"])  # no answer of these is kept for repeats: words stand in it

YEAR, MONTH = timedelta(days=365), timedelta(days=30)
StaffName = Annotated[str, Field(max_length=40)]


class ReviewerIn(BaseModel):
    """Who reviews it, by id; nobody named: I do."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"reviewer": "he"}]})

    reviewer: StaffName = ""


class ScoresIn(BaseModel):
    """Points by criterion of the form; null: the call did not show it. The words are sealed."""

    scores: dict[Annotated[str, Field(max_length=40)], int | None] = Field(
        max_length=20, examples=[{"opening": 2, "acts": None}]
    )
    words: str = Field(default="", max_length=4000)

    @field_validator("scores", mode="before")
    @classmethod
    def _as_forms_send(cls, given: object) -> object:
        """A list of `criterion:points`, empty points for what the call did not show."""
        if not isinstance(given, list):
            return given
        pairs = [str(one).partition(":") for one in given if one]
        return {key: int(points) if points.isdecimal() else None for key, _, points in pairs}


class ScoredOut(BaseModel):
    """Of a hundred."""

    total: float


class ReviewOut(BaseModel):
    """One review with its form, in clear. The form is that of its time."""

    id: str
    call_id: str
    state: str
    form: dict[str, Any]
    scores: dict[str, int | None]
    total: float | None
    words: str
    answer: str


class FeedbackAnswerIn(BaseModel):
    """What I say to it. It is sealed."""

    words: str = Field(min_length=1, max_length=4000)


class CalibrationIn(BaseModel):
    """Two reviewers or more, by id. No call named: it is taken by lot."""

    line: StaffName = Field(examples=["12355"])
    reviewers: list[StaffName] = Field(max_length=20, examples=[["he", "sun"]])
    call_id: StaffName | None = None


class CalibrationOut(BaseModel):
    """What was begun."""

    id: str
    call_id: str


class SatisfactionIn(BaseModel):
    """What the caller said of the call."""

    said: Satisfied = Field(examples=[Satisfied.YES])
    by: SaidBy = SaidBy.SPOKEN


class SatisfactionOut(BaseModel):
    """`callback_id`: what is owed to them now. `uncallable`: why nothing is, though they say no:
    their number is withheld, or blocked.
    """

    call_id: str
    said: str
    callback_id: str | None
    uncallable: str


@router.get("/quality/samples")
async def samples(work: WorkDep, who: QualityKeeper) -> list[SampleProgress]:
    """The lot of each month of my lines, with its seed; before it is drawn as well."""
    return await samples_of_lines(work, who.lines)


@router.get("/quality/samples/{sample_id}/proof")
async def proof(work: WorkDep, who: QualityKeeper, sample_id: str) -> SampleProof:
    """All that it takes to draw it again; 404 before it was drawn."""
    return await proof_of(work, sample_id, who)


@router.get("/quality/reviews")
async def reviews(backend: BackendDep, work: WorkDep, who: QualityKeeper) -> list[ReviewRow]:
    """Of my lines: what is to be reviewed first, mine before others'."""
    return await reviews_for(work, who, at=backend.clock.now())


@words.get("/quality/reviews/{review_id}")
async def review(
    backend: BackendDep, work: WorkDep, who: QualityKeeper, review_id: str
) -> ReviewOut:
    """One of them, with its form and its words."""
    row = await permitted_review(work, await review_of(work, review_id), who)
    form, said = await review_form_of(work, row.form_version), open_words(backend.vault, row)
    return _review_out(row, form, said)


def _review_out(row: CallReview, form: ReviewForm, said: ReviewWordsOpened) -> ReviewOut:
    return ReviewOut(
        id=row.id,
        call_id=row.call_id,
        state=row.state,
        form=form.document,
        scores=row.scores,
        total=row.total,
        words=said.words,
        answer=said.answer,
    )


@router.post(
    "/quality/reviews/{review_id}/reviewer",
    status_code=204,
    responses=refuses(REFUSALS[ReviewEvent.ASSIGNED], NOT_A_REVIEWER),
)
async def assigns(
    backend: BackendDep,
    work: CommandWork,
    who: QualityKeeper,
    review_id: str,
    wanted: ReviewerIn | None = None,
) -> None:
    """I review it, or whom I name does. Nobody reviews a call of their own."""
    row = await permitted_review(work, await lock_review(work, review_id), who)
    reviewer = (wanted.reviewer if wanted else "") or who.staff_id
    await assign_review(work, row, reviewer, by_id=who.staff_id, at=backend.clock.now())


@router.post("/quality/reviews/{review_id}/scores", responses=refuses(READ_FIRST, INCOMPLETE))
async def scores(
    backend: BackendDep, work: CommandWork, who: QualityKeeper, review_id: str, given: ScoresIn
) -> ScoredOut:
    """My review. I may write it anew until the feedback was given; a calibration's is written once.

    409 where I have neither read the record nor heard the recording.
    """
    row = await permitted_review(work, await lock_review(work, review_id), who)
    now = backend.clock.now()
    said = ReviewGiven(scores=given.scores, words=given.words, by_id=who.staff_id)
    await write_review(work, backend.vault, row, said, at=now)
    if row.calibration_id is not None:
        await work.flush()
        await close_when_done(work, row.calibration_id, at=now)
    return ScoredOut(total=row.total or 0.0)


@router.post(
    "/quality/reviews/{review_id}/feedback",
    status_code=204,
    responses=refuses(REFUSALS[ReviewEvent.GIVEN]),
)
async def gives(backend: BackendDep, work: CommandWork, who: QualityKeeper, review_id: str) -> None:
    """The counselor sees it from now on."""
    row = await permitted_review(work, await lock_review(work, review_id), who)
    await give_feedback(work, row, by_id=who.staff_id, at=backend.clock.now())


@router.get("/me/feedback")
async def my_feedback(backend: BackendDep, work: WorkDep, who: CallTaker) -> list[ReviewRow]:
    """What I was told of my calls; what I have not read yet stands first."""
    return await feedback_of(work, who, at=backend.clock.now())


@words.post("/me/feedback/{review_id}/read", responses=refuses(REFUSALS[ReviewEvent.READ]))
async def reads_feedback(
    backend: BackendDep, work: WorkDep, who: CallTaker, review_id: str
) -> ReviewOut:
    """I read it: the reviewer sees that I did."""
    row = own_feedback(await lock_review(work, review_id), who)
    now = backend.clock.now()
    said = read_feedback(work, backend.vault, row, by_id=who.staff_id, at=now)
    form = await review_form_of(work, row.form_version)
    return _review_out(row, form, said)


@router.post(
    "/me/feedback/{review_id}/answer",
    status_code=204,
    responses=refuses(REFUSALS[ReviewEvent.ANSWERED], NO_WORDS),
)
async def answers_feedback(
    backend: BackendDep,
    work: CommandWork,
    who: CallTaker,
    review_id: str,
    said: FeedbackAnswerIn,
) -> None:
    """I say something to it, once."""
    row = own_feedback(await lock_review(work, review_id), who)
    now = backend.clock.now()
    await answer_feedback(work, backend.vault, row, said.words, by_id=who.staff_id, at=now)


@router.post("/quality/calibrations", status_code=201, responses=refuses(NOTHING_LEFT, NOT_ENOUGH))
async def calibrates(
    backend: BackendDep, work: CommandWork, who: QualityKeeper, wanted: CalibrationIn
) -> CalibrationOut:
    """Several review one call blind to each other."""
    if wanted.line not in who.lines:
        raise NotFound
    new = NewCalibration(
        line_id=wanted.line,
        reviewers=wanted.reviewers,
        by_id=who.staff_id,
        call_id=wanted.call_id,
    )
    begun = await begin_calibration(work, new, at=backend.clock.now())
    return CalibrationOut(id=begun.id, call_id=begun.call_id)


@router.post(
    "/quality/calibrations/{calibration_id}/close", status_code=204, responses=refuses(OVER)
)
async def closes_calibration(
    backend: BackendDep, work: CommandWork, who: QualityKeeper, calibration_id: str
) -> None:
    """Without those who have not reviewed it yet."""
    row = await lock_calibration(work, calibration_id)
    if row.line_id not in who.lines:
        raise NotFound
    await close_calibration(work, row, at=backend.clock.now())


@router.get("/quality/agreement")
async def agreement(backend: BackendDep, work: WorkDep, who: QualityKeeper) -> Agreement:
    """How far reviewers of my lines agreed, over the calibrations closed within a year."""
    return await agreement_on(work, who.lines, since=backend.clock.now() - YEAR)


@router.get("/quality/satisfaction")
async def satisfaction(
    backend: BackendDep, work: WorkDep, who: QualityKeeper
) -> list[SatisfactionCount]:
    """What callers of my lines said within thirty days, and who of the dissatisfied is owed."""
    return await count_satisfaction(work, who.lines, since=backend.clock.now() - MONTH)


@router.post("/calls/{call_id}/satisfaction", responses=refuses(NOT_TALKED))
async def notes_satisfaction(
    backend: BackendDep, work: CommandWork, who: CallReader, call_id: str, said: SatisfactionIn
) -> SatisfactionOut:
    """The caller said how satisfied they are. Whoever is not is owed a call from then on."""
    call = await keep_call(work, call_id)
    await permitted_call(work, call, who, Permission.WRITE_RECORD)
    what = SaidOfCall(said=said.said, by=said.by, at=backend.clock.now(), noted_by_id=who.staff_id)
    row = await note_satisfaction(work, call, what)
    return SatisfactionOut(call_id=row.call_id, said=row.said, callback_id=row.callback_id,
                           uncallable=row.uncallable)  # fmt: skip


router.include_router(words)
