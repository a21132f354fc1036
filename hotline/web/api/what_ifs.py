"""What-ifs: what more or fewer counselors would change on a day, by the engine that routes."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from hotline.forecasting.asking import (
    LEAST_PERCENT,
    LONGEST_ID,
    MOST_PERCENT,
    DayQuestion,
    checked,
    question_of,
)
from hotline.forecasting.whatif import CallsFrom, DayAnswer
from hotline.lines.hours import SHANGHAI
from hotline.staff.permissions import Permission, Relation, require
from hotline.staff.sign_in import SignedIn
from hotline.web.auth import FloorDirector
from hotline.web.deps import Backend, BackendDep
from hotline.web.idempotency import CommandWork, IdempotentRoute
from routing.simulate.measures import Spread

router = APIRouter(prefix="/what-ifs", tags=["what-ifs"], route_class=IdempotentRoute)

CounselorsChange = Annotated[
    str, Field(pattern=r"^[+-]\d{1,2}(:[a-z]{3}(\+[a-z]{3})*)?$", max_length=30)
]


class WhatIfIn(BaseModel):
    """`day`: whose shifts work, from today to eight weeks ahead. `calls_from`: `past`, as they came
    on the last day of the same day of the week; or `forecast`. `counselors`: more or fewer, with
    their languages. `calls_percent`: so many of each hundred calls.
    """

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"line": "youth", "day": "2026-03-06", "calls_from": "past", "counselors": ["-2"]}
            ]
        }
    )

    line: str = Field(max_length=40)
    day: date
    calls_from: CallsFrom = CallsFrom.PAST
    counselors: list[CounselorsChange] = Field(default_factory=list, max_length=6)
    calls_percent: int = Field(default=100, ge=LEAST_PERCENT, le=MOST_PERCENT)


class WhatIfOut(BaseModel):
    """Ask for it until it is there."""

    id: str


class SpreadOut(BaseModel):
    """Over the seeds: the mean, the least, the most. Waits in seconds, all else shares of 1."""

    mean: float
    low: float
    high: float


class HourWaitsOut(BaseModel):
    """Of ten callers one waits at most `low_s` seconds, five `median_s`, nine `high_s`."""

    low_s: float
    median_s: float
    high_s: float


class PlayedRosterOut(BaseModel):
    """What became of the day with one roster. `by_hour`: waits, null where nobody called."""

    wait_s: SpreadOut
    wait_p95_s: SpreadOut
    within_15_s: SpreadOut
    abandoned: SpreadOut
    by_hour: list[HourWaitsOut | None]


class DayNeedsOut(BaseModel):
    """Counselors by quarter hour: needed, and on duty by either roster. `needed`: empty where no
    number would do."""

    needed: list[int]
    as_it_is: list[int]
    changed: list[int]


class WhatIfState(BaseModel):
    """`done` of `of` parts; then both rosters, or in `fault` the sentence why there is no answer.

    `like`: the day whose calls they are; null for those of a forecast. `calls`: how many.
    """

    line: str
    day: date
    like: date | None
    counselors: list[str]
    calls_percent: int
    done: int
    of: int
    fault: str
    calls: float
    as_it_is: PlayedRosterOut | None
    changed: PlayedRosterOut | None
    needs: DayNeedsOut | None


@router.post("", status_code=201)
async def ask(
    backend: BackendDep, _work: CommandWork, who: FloorDirector, wanted: WhatIfIn
) -> WhatIfOut:
    """Begin to play a day. It is done beside calls, in seconds to a minute."""
    _require(who, wanted.line)
    question = DayQuestion(
        line_id=wanted.line,
        day=wanted.day,
        calls_from=wanted.calls_from,
        counselors=tuple(wanted.counselors),
        asked_on=_today(backend),
        calls_percent=wanted.calls_percent,
    )
    backend.what_ifs.look(checked(question))
    return WhatIfOut(id=question.id)


@router.get("/{what_if_id}")
async def look(
    backend: BackendDep,
    who: FloorDirector,
    what_if_id: Annotated[str, Field(max_length=LONGEST_ID)],
) -> WhatIfState:
    """How far it is, and what came of it."""
    question = question_of(what_if_id, today=_today(backend))
    _require(who, question.line_id)
    progress = backend.what_ifs.look(question)
    as_it_is, changed = progress.answers or (None, None)
    return WhatIfState(
        line=question.line_id,
        day=question.day,
        like=question.like if question.calls_from is CallsFrom.PAST else None,
        counselors=list(question.counselors),
        calls_percent=question.calls_percent,
        done=progress.done,
        of=progress.of,
        fault=progress.fault,
        calls=progress.calls,
        as_it_is=_shown(as_it_is),
        changed=_shown(changed),
        needs=None
        if progress.needs is None
        else DayNeedsOut.model_validate(progress.needs, from_attributes=True),
    )


@router.delete("/{what_if_id}", status_code=204)
async def stop(
    backend: BackendDep,
    who: FloorDirector,
    what_if_id: Annotated[str, Field(max_length=LONGEST_ID)],
) -> None:
    """Nobody waits for it any more. Whoever looks at it again begins it anew."""
    question = question_of(what_if_id, today=_today(backend))
    _require(who, question.line_id)
    backend.what_ifs.stop(question)


def _today(backend: Backend) -> date:
    return backend.clock.now().astimezone(SHANGHAI).date()


def _require(who: SignedIn, line: str) -> None:
    standing = [Relation.LINE] if line in who.lines else []
    require(who.roles, standing, Permission.DIRECT_FLOOR, to_know=Permission.WATCH_FLOOR)


def _shown(answer: DayAnswer | None) -> PlayedRosterOut | None:
    if answer is None:
        return None
    return PlayedRosterOut(
        **{name: _spread(one) for name, one in answer.figures.items()},
        by_hour=[
            None if hour is None else HourWaitsOut.model_validate(hour, from_attributes=True)
            for hour in answer.by_hour
        ],
    )


def _spread(one: Spread) -> SpreadOut:
    return SpreadOut(mean=one.mean, low=one.low, high=one.high)
