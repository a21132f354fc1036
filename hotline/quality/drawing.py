"""Lots that are published while a month runs, and drawn when it is over; imminent calls at once.

Nobody chooses a call: `hotline.quality.sample` does, from every counselling call of the month.
"""

import secrets
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

import structlog
from sqlalchemy import ColumnElement
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col, exists, or_, select

from hotline.calls.model import Outcome
from hotline.quality.policy import DRAWN_AFTER, review_due
from hotline.quality.sample import Drawn, begin_of, draw, end_of, month_of, seed_of
from hotline.quality.withdrawing import state_when_drawn
from hotline.records.model import ContactType
from hotline.risk.levels import Risk
from hotline.storage.session import Work
from hotline.storage.tables import (
    Call,
    CallReview,
    Line,
    QualityMonth,
    QualitySalt,
    Record,
    RiskAssessment,
)
from hotline.storage.tables.columns import new_id

log = structlog.get_logger()

COUNSELLING = (
    ContactType.SELF,
    ContactType.ABOUT_ANOTHER,
    ContactType.EMERGENCY,
    ContactType.INFORMATION,
)
"""Types without counselling (silent, wrong number, prank …) are no part of the lot. A call of which
nothing is written yet is: else whoever writes nothing would never be reviewed."""


async def publish_seeds(work: Work, *, at: datetime) -> None:
    """Every line has the seed of this month, from its first look at it on."""
    month = month_of(at)
    missing = ~exists().where(
        col(QualityMonth.line_id) == col(Line.id), col(QualityMonth.month) == month
    )
    lines = (await work.exec(select(Line.id).where(missing).order_by(col(Line.id)))).all()
    if not lines:
        return
    salt = await _salt(work, at=at)
    rows = [
        {
            "id": new_id(),
            "line_id": line_id,
            "month": month,
            "seed": seed_of(salt, month, line_id),
            "published_at": at,
            "population": 0,
            "drawn": 0,
            "digest": "",
        }
        for line_id in lines
    ]
    adding = insert(QualityMonth).values(rows)
    await work.exec(adding.on_conflict_do_nothing(index_elements=["line_id", "month"]))


async def _salt(work: Work, *, at: datetime) -> str:
    """Made once, at random, and the same for ever."""
    new = insert(QualitySalt).values(id=1, salt=secrets.token_hex(16), made_at=at)
    await work.exec(new.on_conflict_do_nothing())
    return (await work.exec(select(QualitySalt.salt))).one()


async def months_to_draw(work: Work, *, at: datetime) -> Sequence[str]:
    """Ids of lots whose month is over, and whose talks are."""
    before = month_of(at - DRAWN_AFTER)
    query = select(QualityMonth.id).where(
        col(QualityMonth.drawn_at).is_(None), QualityMonth.month < before
    )
    return (await work.exec(query.order_by(col(QualityMonth.month)))).all()


async def draw_month(work: Work, month_id: str, *, at: datetime) -> None:
    """Draw one lot, once; what was drawn waits for a reviewer from then on."""
    month = await work.get_one(QualityMonth, month_id, with_for_update=True, populate_existing=True)
    if month.drawn_at is not None:
        return
    calls = await counselling_calls(work, month.line_id, month.month)
    drawn = draw(month.seed, calls, await _imminent_of(work, calls))
    await _add_reviews(work, month, drawn, at=at)
    month.drawn_at, month.population = at, drawn.population
    month.drawn, month.digest = len(drawn.by_lot), drawn.digest
    work.announce("quality_month", month.id)
    log.info("quality.drawn", month_id=month.id, population=drawn.population)


async def counselling_calls(work: Work, line_id: str, month: str) -> Sequence[str]:
    """Ids of a line's counselling calls that came in, or were made, in a month."""
    query = (
        select(Call.id)
        .where(Call.line_id == line_id, *_counselled())
        .where(col(Call.arrived_at) >= begin_of(month), col(Call.arrived_at) < end_of(month))
    )
    joined = query.join(Record, col(Record.call_id) == col(Call.id), isouter=True)
    return (await work.exec(joined)).all()


def _counselled() -> tuple[ColumnElement[bool], ...]:
    """Of calls beside their records: somebody talked with the caller, and it was counselling."""
    unwritten = or_(col(Record.contact_type).is_(None), col(Record.contact_type) == "")
    return (
        col(Call.outcome) == Outcome.TALKED,
        col(Call.counselor_id).is_not(None),
        or_(unwritten, col(Record.contact_type).in_(COUNSELLING)),
    )


async def _imminent_of(work: Work, calls: Collection[str]) -> set[str]:
    query = select(RiskAssessment.call_id).where(RiskAssessment.level == Risk.IMMINENT)
    found = (await work.exec(query.where(col(RiskAssessment.call_id).in_(calls)))).all()
    return set(found)


async def add_imminent(work: Work, *, at: datetime) -> None:
    """Calls that were in imminent danger wait for a review as soon as they are over.

    Of this month and the one before; the lot of each finds them there already.
    """
    since = begin_of(month_of(begin_of(month_of(at)) - timedelta(days=1)))
    was_imminent = exists().where(
        col(RiskAssessment.call_id) == col(Call.id), col(RiskAssessment.level) == Risk.IMMINENT
    )
    known = exists().where(col(CallReview.call_id) == col(Call.id), col(CallReview.imminent))
    query = (
        select(Call)
        .join(Record, col(Record.call_id) == col(Call.id), isouter=True)
        .where(col(Call.arrived_at) >= since, col(Call.ended_at).is_not(None), *_counselled())
        .where(was_imminent, ~known)
    )
    for call in (await work.exec(query)).all():
        await _add_review(work, call, month_of(call.arrived_at), imminent=True, at=at)


async def _add_reviews(work: Work, month: QualityMonth, drawn: Drawn, *, at: datetime) -> None:
    query = select(Call).where(col(Call.id).in_(drawn.calls)).order_by(col(Call.id))
    by_lot = set(drawn.by_lot)
    for call in (await work.exec(query)).all():
        imminent = call.id in drawn.imminent
        await _add_review(
            work, call, month.month, by_lot=call.id in by_lot, imminent=imminent, at=at
        )


async def _add_review(
    work: Work,
    call: Call,
    month: str,
    *,
    at: datetime,
    by_lot: bool = False,
    imminent: bool = False,
) -> None:
    """One review of a call, whatever it was drawn for."""
    alone = (CallReview.call_id == call.id, col(CallReview.calibration_id).is_(None))
    known = (await work.exec(select(CallReview).where(*alone).with_for_update())).one_or_none()
    if known is None:
        known = CallReview(
            call_id=call.id,
            line_id=call.line_id,
            month=month,
            state=state_when_drawn(call),
            counselor_id=str(call.counselor_id),
            by_lot=by_lot,
            imminent=imminent,
            drawn_at=at,
            due_at=review_due(at, imminent=imminent),
        )
        work.add(known)
    known.by_lot, known.imminent = known.by_lot or by_lot, known.imminent or imminent
    await work.flush()
    work.announce("review", known.id)
