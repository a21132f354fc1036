"""Quality for supervisors, one review, and a counselor's own feedback, whose reading is kept."""

from datetime import timedelta
from typing import Any

from fastapi import APIRouter
from fastapi.responses import HTMLResponse
from sqlmodel import col, select

from hotline.quality.calibrating import agreement_on, open_calibrations
from hotline.quality.kept import review_form_of
from hotline.quality.model import CertificateKind, SupervisionWay
from hotline.quality.queries import (
    certificate_rows,
    own_feedback,
    people_of_lines,
    permitted_review,
    reviewers_of,
    reviews_for,
    samples_of_lines,
)
from hotline.quality.satisfaction import count_satisfaction
from hotline.quality.service import has_read, lock_review, open_words, read_feedback, review_of
from hotline.quality.supervising import supervision_of_lines
from hotline.staff.permissions import Permission, Relation
from hotline.storage.session import Work
from hotline.storage.tables import Call, Staff
from hotline.web.deps import Backend, BackendDep, WorkDep
from hotline.web.pages.frame import Fragment, FragmentDep, FrameDep, line_names_for

router = APIRouter(include_in_schema=False)

MONTHS_SHOWN = 2  # the one that runs, and the one whose lot is reviewed now
YEAR, MONTH = timedelta(days=365), timedelta(days=30)


@router.get("/quality")
async def quality(frame: FrameDep, backend: BackendDep, work: WorkDep) -> HTMLResponse:
    """Supervision that is due, certificates that end, the sample with its reviews."""
    frame.require(Permission.KEEP_QUALITY, by=Relation.LINE)
    return frame.page("quality.html", **await _quality(frame, backend, work))


@router.get("/quality/live")
async def quality_live(frame: FragmentDep, backend: BackendDep, work: WorkDep) -> HTMLResponse:
    """The same without its frame."""
    frame.require(Permission.KEEP_QUALITY, by=Relation.LINE)
    return frame.page("quality_live.html", **await _quality(frame, backend, work))


async def _quality(frame: Fragment, backend: Backend, work: Work) -> dict[str, Any]:
    lines, now = frame.who.lines, backend.clock.now()
    people, names = await people_of_lines(work, lines), await line_names_for(frame, work)
    samples = await samples_of_lines(work, lines)
    months = sorted({one.month for one in samples}, reverse=True)[:MONTHS_SHOWN]
    return {
        "samples": [one for one in samples if one.month in months],
        "reviews": await reviews_for(work, frame.who, at=now),
        "supervised": await supervision_of_lines(work, lines, at=now),
        "certificates": await certificate_rows(work, people, at=now),
        "people": people,
        "line_names": names,
        "satisfaction": await count_satisfaction(work, lines, since=now - MONTH),
        "kinds": [one.value for one in CertificateKind],
        "ways": [one.value for one in SupervisionWay],
        **await _calibration(work, lines, backend),
    }


async def _calibration(work: Work, lines: tuple[str, ...], backend: Backend) -> dict[str, Any]:
    agreement = await agreement_on(work, lines, since=backend.clock.now() - YEAR)
    ids = [one.reviewer_id for one in agreement.reviewers]
    query = select(Staff.id, Staff.name).where(col(Staff.id).in_(ids))
    return {
        "agreement": agreement,
        "names": dict((await work.exec(query)).all()),
        "calibrations": await open_calibrations(work, lines),
        "reviewers": {line: await reviewers_of(work, line) for line in lines},
    }


@router.get("/quality/reviews/{review_id}")
async def review(
    frame: FrameDep, backend: BackendDep, work: WorkDep, review_id: str
) -> HTMLResponse:
    """One review: its form, and what was said to it."""
    frame.require(Permission.KEEP_QUALITY, by=Relation.LINE)
    row = await permitted_review(work, await review_of(work, review_id), frame.who)
    call, counselor = (
        await work.get_one(Call, row.call_id),
        await work.get_one(Staff, row.counselor_id),
    )
    return frame.page(
        "quality_review.html",
        review=row,
        call=call,
        counselor=counselor.name,
        form=await review_form_of(work, row.form_version),
        said=open_words(backend.vault, row),
        mine=row.reviewer_id == frame.who.staff_id,
        was_read=await has_read(work, row.call_id, frame.who.staff_id),
    )


@router.get("/account/feedback/{review_id}")
async def feedback(
    frame: FrameDep, backend: BackendDep, work: WorkDep, review_id: str
) -> HTMLResponse:
    """What I was told of a call of mine. That I read it is kept."""
    frame.require(Permission.TAKE_CALLS)
    row = own_feedback(await lock_review(work, review_id), frame.who)
    by, now = frame.who.staff_id, backend.clock.now()
    said = read_feedback(work, backend.vault, row, by_id=by, at=now)
    form = await review_form_of(work, row.form_version)
    call = await work.get_one(Call, row.call_id)
    return frame.page("quality_feedback.html", review=row, call=call, form=form, said=said)
