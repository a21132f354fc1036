"""Samples with their progress, reviews, and who may see or do what with them. Reads only."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, or_
from sqlalchemy import select as core_select
from sqlalchemy.orm import aliased
from sqlmodel import col, func, select

from hotline.errors import NotFound
from hotline.quality.certificates import certificates_of
from hotline.quality.drawing import counselling_calls
from hotline.quality.model import OWED, TOLD, CertificateKind, ReviewState
from hotline.quality.policy import ends_at, ends_soon
from hotline.quality.sample import digest_of, draw
from hotline.staff.permissions import Permission, Relation, require
from hotline.staff.revocation import works_for
from hotline.staff.sign_in import SignedIn
from hotline.storage.session import Work
from hotline.storage.tables import (
    Calibration,
    Call,
    CallReview,
    Line,
    QualityMonth,
    Staff,
)

LISTED = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleProgress:
    """The lot of one line and month, and how far its reviews are.

    Before it is drawn `population` and `drawn` are 0: the seed is known already. `by_lot_done`,
    `imminent_done`: reviewed, whatever came after. A call may be in both. `withdrawn`: of both,
    since the call was erased before anybody had reviewed it.
    """

    id: str
    line_id: str
    line_name: str
    line_name_en: str
    month: str
    seed: str
    published_at: datetime
    drawn_at: datetime | None
    population: int
    drawn: int
    digest: str
    by_lot_done: int
    imminent: int
    imminent_done: int
    withdrawn: int


async def samples_of_lines(work: Work, lines: Collection[str]) -> list[SampleProgress]:
    """Of these lines, the newest month first."""
    query = (
        select(QualityMonth, Line.name, Line.name_en)
        .join(Line, col(Line.id) == col(QualityMonth.line_id))
        .where(col(QualityMonth.line_id).in_(lines))
        .order_by(col(QualityMonth.month).desc(), col(QualityMonth.line_id))
        .limit(LISTED)
    )
    counts = await _counts(work, lines)
    rows = (await work.exec(query)).all()
    return [_progress(month, name, name_en, counts) for month, name, name_en in rows]


_Counts = dict[tuple[str, str], tuple[int, int, int, int]]


async def _counts(work: Work, lines: Collection[str]) -> _Counts:
    """By line and month: of the lot reviewed; imminent; imminent and reviewed; withdrawn."""
    withdrawn = col(CallReview.state) == ReviewState.WITHDRAWN
    done = col(CallReview.state).not_in(OWED) & ~withdrawn
    query = (
        core_select(
            col(CallReview.line_id),
            col(CallReview.month),
            func.count().filter(col(CallReview.by_lot) & done),
            func.count().filter(col(CallReview.imminent)),
            func.count().filter(col(CallReview.imminent) & done),
            func.count().filter(withdrawn),
        )
        .where(col(CallReview.line_id).in_(lines), col(CallReview.calibration_id).is_(None))
        .group_by(col(CallReview.line_id), col(CallReview.month))
    )
    found = (await (await work.connection()).execute(query)).all()
    return {
        (line, month): (by_lot, imminent, both, withdrawn)
        for line, month, by_lot, imminent, both, withdrawn in found
    }


def _progress(month: QualityMonth, name: str, name_en: str, counts: _Counts) -> SampleProgress:
    counted = counts.get((month.line_id, month.month), (0, 0, 0, 0))
    by_lot_done, imminent, imminent_done, withdrawn = counted
    return SampleProgress(
        id=month.id,
        line_id=month.line_id,
        line_name=name,
        line_name_en=name_en,
        month=month.month,
        seed=month.seed,
        published_at=month.published_at,
        drawn_at=month.drawn_at,
        population=month.population,
        drawn=month.drawn,
        digest=month.digest,
        by_lot_done=by_lot_done,
        imminent=imminent,
        imminent_done=imminent_done,
        withdrawn=withdrawn,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleProof:
    """All that it takes to draw again. `same_calls`: the calls of the month are those of then.

    `holds`: the lot drawn from `calls` just now is the one that is kept.
    """

    month: str
    seed: str
    published_at: datetime
    calls: list[str]
    digest: str
    same_calls: bool
    by_lot: list[str]
    holds: bool


async def proof_of(work: Work, month_id: str, who: SignedIn) -> SampleProof:
    """Draw again, from the calls as they are now. Raises `NotFound`."""
    month = await work.get(QualityMonth, month_id)
    if month is None or month.line_id not in who.lines or month.drawn_at is None:
        raise NotFound
    calls = sorted(await counselling_calls(work, month.line_id, month.month))
    again = draw(month.seed, calls, ())
    kept = select(CallReview.call_id).where(
        CallReview.line_id == month.line_id,
        CallReview.month == month.month,
        col(CallReview.by_lot),
    )
    drawn = set((await work.exec(kept)).all())
    return SampleProof(
        month=month.month,
        seed=month.seed,
        published_at=month.published_at,
        calls=calls,
        digest=month.digest,
        same_calls=digest_of(calls) == month.digest,
        by_lot=list(again.by_lot),
        holds=set(again.by_lot) == drawn,
    )


# ── reviews ─────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewRow:
    """One review. `reviewer`: by name; empty: nobody yet. `total`: None until it may be seen."""

    id: str
    call_id: str
    line_id: str
    masked: str
    arrived_at: datetime
    counselor: str
    by_lot: bool
    imminent: bool
    calibration_id: str | None
    state: str
    reviewer_id: str | None
    reviewer: str
    mine: bool
    due_at: datetime
    overdue: bool
    total: float | None
    given_at: datetime | None


async def reviews_for(work: Work, who: SignedIn, *, at: datetime) -> list[ReviewRow]:
    """What is to be done on their lines, theirs first; then what is done, the newest first.

    Not of their own calls, and of an open calibration their own alone.
    """
    own = col(CallReview.reviewer_id) == who.staff_id
    seen = or_(
        col(CallReview.calibration_id).is_(None), own, col(Calibration.closed_at).is_not(None)
    )
    rows = await _reviews(
        work,
        who,
        at,
        col(CallReview.line_id).in_(who.lines),
        CallReview.counselor_id != who.staff_id,
        seen,
    )
    return sorted(rows, key=lambda one: (one.state not in OWED, not one.mine))


async def feedback_for(work: Work, who: SignedIn, *, at: datetime) -> list[ReviewRow]:
    """What they were told of their own calls; what they have not read yet stands first."""
    rows = await _reviews(
        work, who, at, CallReview.counselor_id == who.staff_id, col(CallReview.state).in_(TOLD)
    )
    return sorted(rows, key=lambda one: one.state != ReviewState.GIVEN)


async def _reviews(
    work: Work, who: SignedIn, at: datetime, *conditions: ColumnElement[bool] | bool
) -> list[ReviewRow]:
    counselor, reviewer = aliased(Staff), aliased(Staff)
    query = (
        select(CallReview, Call, counselor.name, reviewer.name)
        .join(Call, col(Call.id) == col(CallReview.call_id))
        .join(counselor, col(counselor.id) == col(CallReview.counselor_id))
        .join(reviewer, col(reviewer.id) == col(CallReview.reviewer_id), isouter=True)
        .join(Calibration, col(Calibration.id) == col(CallReview.calibration_id), isouter=True)
        .where(*conditions)
        .order_by(
            col(CallReview.state).not_in(OWED),
            col(CallReview.reviewed_at).desc().nulls_last(),
            col(CallReview.due_at),
            col(CallReview.id),
        )
        .limit(LISTED)
    )
    found = (await work.exec(query)).all()
    return [_review_row(row, call, name, by or "", who, at) for row, call, name, by in found]


def _review_row(
    row: CallReview, call: Call, counselor: str, reviewer: str, who: SignedIn, at: datetime
) -> ReviewRow:
    return ReviewRow(
        id=row.id,
        call_id=row.call_id,
        line_id=row.line_id,
        masked=call.from_masked,
        arrived_at=call.arrived_at,
        counselor=counselor,
        by_lot=row.by_lot,
        imminent=row.imminent,
        calibration_id=row.calibration_id,
        state=row.state,
        reviewer_id=row.reviewer_id,
        reviewer=reviewer,
        mine=row.reviewer_id == who.staff_id,
        due_at=row.due_at,
        overdue=row.state in OWED and row.due_at <= at,
        total=row.total,
        given_at=row.given_at,
    )


async def permitted_review(work: Work, row: CallReview, who: SignedIn) -> CallReview:
    """For whoever reviews calls of its line, and is not the one it is about. Raises `NotFound`.

    One of an open calibration is there for its reviewer alone.
    """
    standing = [Relation.LINE] if row.line_id in who.lines else []
    require(who.roles, standing, Permission.KEEP_QUALITY, to_know=Permission.KEEP_QUALITY)
    if row.counselor_id == who.staff_id:
        raise NotFound
    if row.calibration_id is not None and row.reviewer_id != who.staff_id:
        calibration = await work.get_one(Calibration, row.calibration_id)
        if calibration.closed_at is None:
            raise NotFound
    return row


def own_feedback(row: CallReview, who: SignedIn) -> CallReview:
    """For the one it is about, once it was given. Raises `NotFound`."""
    if row.counselor_id != who.staff_id or row.state not in TOLD or row.calibration_id is not None:
        raise NotFound
    return row


async def reviewers_of(work: Work, line_id: str) -> Sequence[tuple[str, str]]:
    """Ids and names of the supervisors of a line, by name."""
    query = select(Staff.id, Staff.name).where(
        col(Staff.active),
        col(Staff.roles).contains(["supervisor"]),
        col(Staff.lines).contains([line_id]),
    )
    return (await work.exec(query.order_by(col(Staff.name), col(Staff.id)))).all()


# ── people ──────────────────────────────────────────────────────────────────────────────────────


async def require_person(work: Work, staff_id: str, who: SignedIn) -> None:
    """Somebody who works for one of their lines. Raises `NotFound`."""
    staff = await work.get(Staff, staff_id)
    standing = (
        [Relation.LINE] if staff is not None and not set(staff.lines).isdisjoint(who.lines) else []
    )
    require(who.roles, standing, Permission.KEEP_QUALITY, to_know=Permission.KEEP_QUALITY)


@dataclass(frozen=True, slots=True, kw_only=True)
class CertificateRow:
    """A certificate. `ended`: it counts no more; `ends_soon`: it ends within thirty days."""

    id: str
    staff_id: str
    name: str
    kind: CertificateKind
    issued_on: date
    valid_until: date | None
    ended: bool
    ends_soon: bool


async def certificate_rows(
    work: Work, people: dict[str, str], *, at: datetime
) -> list[CertificateRow]:
    """Of these people, by id and name; what ends first stands first."""
    return [
        CertificateRow(
            id=one.id,
            staff_id=one.staff_id,
            name=people[one.staff_id],
            kind=CertificateKind(one.kind),
            issued_on=one.issued_on,
            valid_until=one.valid_until,
            ended=one.valid_until is not None and ends_at(one.valid_until) <= at,
            ends_soon=ends_soon(one.valid_until, at),
        )
        for one in await certificates_of(work, people)
    ]


async def people_of_lines(work: Work, lines: Collection[str]) -> dict[str, str]:
    """Names of active staff of these lines by id, in the order of names; of no line: nobody."""
    query = select(Staff.id, Staff.name).where(col(Staff.active), works_for(lines))
    return dict((await work.exec(query.order_by(col(Staff.name), col(Staff.id)))).all())
