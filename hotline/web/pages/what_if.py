"""What another roster or more calls would change: asked, watched while it is played, and shown."""

from collections import Counter
from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Query
from fastapi.responses import HTMLResponse
from pydantic import BaseModel, Field

from hotline.errors import NotFound
from hotline.forecasting.asking import (
    AHEAD,
    LEAST_PERCENT,
    LONGEST_ID,
    MOST_CHANGES,
    MOST_PERCENT,
    DayQuestion,
    question_of,
)
from hotline.forecasting.day_roster import DayRoster, day_roster, of_day
from hotline.forecasting.whatif import CallsFrom
from hotline.i18n.faults import fault_in_words
from hotline.roster.model import local_day
from hotline.staff.permissions import Permission, Relation
from hotline.storage.session import Work
from hotline.storage.tables import Line
from hotline.web.deps import Backend, BackendDep, WorkDep
from hotline.web.moments import DayHere
from hotline.web.pages.frame import FragmentDep, Frame, FrameDep
from hotline.web.what_if_chart import needs_chart, waits_chart

router = APIRouter(prefix="/roster/what-if", include_in_schema=False)


class WhatIfPlace(BaseModel):
    """What stands in the address. `asked`: a what-if that was begun; it names its line and day."""

    line: str = Field(default="", max_length=40)
    day: DayHere | None = None
    asked: str = Field(default="", max_length=LONGEST_ID)


@router.get("")
async def what_if(
    frame: FrameDep, backend: BackendDep, work: WorkDep, place: Annotated[WhatIfPlace, Query()]
) -> HTMLResponse:
    """The question, and below it what came of the last one. Raises `NotFound`."""
    frame.require(Permission.DIRECT_FLOOR, by=Relation.LINE)
    today = local_day(backend.clock.now())
    question = question_of(place.asked, today=today) if place.asked else None
    line = _line(frame, question.line_id if question else place.line)
    day = question.day if question else min(max(place.day or today, today), today + AHEAD)
    values = await _form(work, line, day) if line else {}
    return frame.page(
        "what_if.html",
        line=line,
        day=day,
        today=today,
        last=today + AHEAD,
        question=question,
        changes=dict(map(_read, question.counselors)) if question else {},
        calls_from=list(CallsFrom),
        most_changes=MOST_CHANGES,
        least_percent=LEAST_PERCENT,
        most_percent=MOST_PERCENT,
        **{**values, **_answer(backend, question)},
    )


@router.get("/answer")
async def what_if_answer(
    frame: FragmentDep, backend: BackendDep, asked: Annotated[str, Query(max_length=LONGEST_ID)]
) -> HTMLResponse:
    """How far it is, or what came of it."""
    frame.require(Permission.DIRECT_FLOOR, by=Relation.LINE)
    question = question_of(asked, today=local_day(backend.clock.now()))
    if question.line_id not in frame.who.lines:
        raise NotFound
    return frame.page("what_if_answer.html", question=question, **_answer(backend, question))


def _line(frame: Frame, wanted: str) -> Line | None:
    """One of the reader's, by itself the first; None: they have none. Raises `NotFound`."""
    if wanted and wanted not in frame.who.lines:
        raise NotFound
    return next((one for one in frame.lines if wanted in ("", one.id)), None)


async def _form(work: Work, line: Line, day: date) -> dict[str, Any]:
    roster = await day_roster(work, line.id, day)
    return {
        "spoken": _spoken(roster),
        "on_duty": len(roster.people),
        "at_once": max(of_day(roster.people, day.weekday())),
    }


def _spoken(roster: DayRoster) -> Counter[str]:
    """How many of that day speak each language."""
    return Counter(name for one in roster.people for name, _level in one.skills.languages)


def _read(change: str) -> tuple[str, int]:
    """`+2:yue` as the field of its language has it."""
    number, _, languages = change.partition(":")
    return languages, int(number)


def _answer(backend: Backend, question: DayQuestion | None) -> dict[str, Any]:
    if question is None:
        return {"progress": None}
    progress = backend.what_ifs.look(question)
    values: dict[str, Any] = {"progress": progress, "in_words": fault_in_words}
    if progress.answers is not None and progress.needs is not None:
        as_it_is, changed = progress.answers
        values |= {
            "as_it_is": as_it_is,
            "changed": changed,
            "waits": waits_chart(as_it_is, changed),
            "needs": needs_chart(progress.needs),
        }
    return values
