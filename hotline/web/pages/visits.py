"""Cases by colour, due date and division: for a station, the county, the city, and supervisors."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Annotated, Any, Literal, get_args
from urllib.parse import urlencode

from fastapi import APIRouter, Query
from fastapi.responses import HTMLResponse
from pydantic import BaseModel, Field

from hotline.errors import Forbidden
from hotline.i18n.catalog import HERE
from hotline.staff.permissions import Permission, may_anywhere
from hotline.stations.divisions import division_name
from hotline.storage.session import Work
from hotline.visits.board import (
    BoardFilter,
    BoardRow,
    DueWithin,
    board_rows,
    colours_known,
    grid_of,
    month_of,
    told_board,
    weeks_of,
)
from hotline.web.deps import Backend, BackendDep, WorkDep
from hotline.web.pages.frame import Fragment, FragmentDep, FrameDep

router = APIRouter(include_in_schema=False)

MOST_LISTED = 300


BoardView = Literal["list", "calendar", "grid"]
"""How the cases are laid out."""


class BoardIn(BaseModel):
    """What stands in the address: it can be kept, sent on and printed."""

    view: BoardView = "list"
    colour: str = Field(default="", max_length=20)
    division: str = Field(default="", max_length=12)
    due: DueWithin | str = Field(default="", max_length=10)
    month: str = Field(default="", max_length=7)

    @property
    def filter(self) -> BoardFilter:
        """Without what means nothing."""
        due = self.due if self.due in set(DueWithin) else ""
        return BoardFilter(colour=self.colour, division=self.division, due=due)

    @property
    def query(self) -> str:
        """This, as it stands in an address."""
        told = {name: str(value) for name, value in self.model_dump(mode="json").items()}
        return urlencode({name: value for name, value in told.items() if value})

    def with_view(self, view: BoardView) -> str:
        """The same, laid out otherwise."""
        return self.model_copy(update={"view": view}).query

    def with_month(self, month: str) -> str:
        """The same of another month."""
        return self.model_copy(update={"month": month}).query

    def with_division(self, division: str) -> str:
        """The cases of one division, as a list."""
        return self.model_copy(update={"division": division, "view": "list"}).query


@router.get("/visits")
async def visits(
    frame: FrameDep, backend: BackendDep, work: WorkDep, asked: Annotated[BoardIn, Query()]
) -> HTMLResponse:
    """What is overdue first. Who may only count reads numbers in which nobody can be known."""
    return frame.page("visits.html", **await _board(frame, backend, work, asked))


@router.get("/visits/live")
async def visits_live(
    frame: FragmentDep, backend: BackendDep, work: WorkDep, asked: Annotated[BoardIn, Query()]
) -> HTMLResponse:
    """The cases alone."""
    return frame.page("visits_live.html", **await _board(frame, backend, work, asked))


async def _board(frame: Fragment, backend: Backend, work: Work, asked: BoardIn) -> dict[str, Any]:
    language = "en" if frame.in_english else "zh"
    if not may_anywhere(frame.who.roles, Permission.SEE_CASE):
        return await _counted(frame, work) | {"asked": asked, "board_language": language}
    at = backend.clock.now()
    everything = await board_rows(work, frame.who, at=at)
    rows = [row for row in everything if asked.filter.lets(row)]
    first, colours = month_of(asked.month, at=at), await colours_known(work, everything)
    return {
        "asked": asked,
        "counted": None,
        "board_language": language,
        "rows": rows[:MOST_LISTED],
        "found": len(rows),
        "overdue": sum(row.overdue for row in rows),
        "colours": colours,
        "divisions": _divisions(everything),
        "month": first,
        "before": f"{first - timedelta(days=1):%Y-%m}",
        "after": f"{first + timedelta(days=31):%Y-%m}",
        "weeks": weeks_of(first),
        "by_day": _by_day(rows),
        "cells": grid_of(rows, list(colours)),
        "views": get_args(BoardView),
        "dues": list(DueWithin),
        "today": at.astimezone(HERE).date(),
        "names": {row.division: division_name(row.division) for row in rows},
    }


async def _counted(frame: Fragment, work: Work) -> dict[str, Any]:
    if not may_anywhere(frame.who.roles, Permission.COUNT_CASES):
        raise Forbidden
    table = await told_board(work, frame.who)
    names = {place: division_name(place) for place in table.rows}
    colours = await colours_known(work)
    return {"counted": table, "names": names, "colours": colours}


@dataclass(frozen=True, slots=True)
class _Place:
    division: str
    name: str


def _divisions(rows: list[BoardRow]) -> list[_Place]:
    """To choose from: the districts in which there is a case."""
    codes = sorted({row.division[:6] for row in rows if row.division})
    return [_Place(code, division_name(code)) for code in codes]


def _by_day(rows: list[BoardRow]) -> dict[date, list[BoardRow]]:
    found: dict[date, list[BoardRow]] = {}
    for row in rows:
        if row.due_on is not None:
            found.setdefault(row.due_on, []).append(row)
    return found
