"""Alerts of the floor, which a supervisor of the line has to take."""

from datetime import datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict, Field

from hotline.alerts.acts import (
    NOTE_LENGTH,
    OVER,
    hand_alert,
    note_alert,
    permitted_alert,
    take_alert,
)
from hotline.alerts.queries import AlertShown, alerts_now, alerts_over
from hotline.alerts.rules import AlertLevel, Measure
from hotline.alerts.texts import Unreached
from hotline.alerts.then import alerts_then
from hotline.floor.travel import require_past
from hotline.roster.model import local_day
from hotline.web.api.refusals import refuses
from hotline.web.auth import FloorDirector, FloorWatcher
from hotline.web.deps import BackendDep, WorkDep
from hotline.web.idempotency import CommandWork, IdempotentRoute
from hotline.web.moments import DayHere, Moment

router = APIRouter(prefix="/floor/alerts", tags=["floor"], route_class=IdempotentRoute)

IT_IS_OVER = refuses(OVER)


class AlertOut(BaseModel):
    """One that stands. `value`: when it was raised; seconds, or of a service level percent.

    `owner_id`: who should take it, or has; null: any supervisor of the line. `taken_at`: null
    while nobody has. `passed_on`: its owner had not in time, and it went to the next one.
    `unreached`: why the text that should tell its owner did not arrive; empty: nothing is known.
    """

    id: str
    rule: str
    line_id: str
    measure: Measure
    level: AlertLevel
    threshold: float
    value: float
    raised_at: datetime
    owner_id: str | None
    owner: str
    taken_at: datetime | None
    passed_on: bool
    unreached: Unreached | Literal[""]
    note: str
    note_by: str


class AlertOverOut(AlertOut):
    """One that is over. `passed_on`: it once was. `worst`: the longest, or the lowest percent."""

    cleared_at: datetime
    worst: float


class AlertHandIn(BaseModel):
    """`to`: a supervisor of the line."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"to": "he", "reason": "I am in a talk"}]}
    )

    to: str = Field(max_length=40)
    reason: str = Field(default="", max_length=NOTE_LENGTH)


class AlertNoteIn(BaseModel):
    """What colleagues read beside it."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"text": "Huang is on her way"}]})

    text: str = Field(min_length=1, max_length=NOTE_LENGTH)


@router.get("")
async def open_alerts(
    backend: BackendDep, work: WorkDep, who: FloorWatcher, at: Moment | None = None
) -> list[AlertOut]:
    """Those that stand on the reader's lines: what nobody has taken first, alarms first.

    `at`: those that stood at a moment of the past. 422 where it is to come, or not kept any more.
    """
    if at is None:
        return [_alert(one) for one in await alerts_now(work, who.lines)]
    days = backend.settings.records_kept_days
    await require_past(work, at, kept_days=days, at=backend.clock.now())
    return [_alert(one) for one in await alerts_then(work, who.lines, at=at)]


@router.get("/over")
async def alerts_of_a_day(
    backend: BackendDep,
    work: WorkDep,
    who: FloorWatcher,
    day: DayHere | None = None,
    line: Annotated[str, Query(max_length=40)] = "",
) -> list[AlertOverOut]:
    """What was raised on a day of the place and is over, the newest first: of the reader's lines.

    `day`: left out, today. `line`: of this one alone.
    """
    wanted = day or local_day(backend.clock.now())
    found = await alerts_over(work, [one for one in who.lines if line in ("", one)], day=wanted)
    return [AlertOverOut.model_validate(one, from_attributes=True) for one in found]


@router.post("/{alert_id}/take", status_code=204, responses=IT_IS_OVER)
async def takes_alert(
    backend: BackendDep, work: CommandWork, who: FloorDirector, alert_id: str
) -> None:
    """I know of it and see to it: it is mine from now on. Again: fine."""
    alert = await permitted_alert(work, alert_id, who)
    await take_alert(work, alert, who, at=backend.clock.now())


@router.post("/{alert_id}/pass-on", status_code=204, responses=IT_IS_OVER)
async def hands_alert(
    backend: BackendDep, work: CommandWork, who: FloorDirector, alert_id: str, said: AlertHandIn
) -> None:
    """A colleague should take it. Not found: also where they are no supervisor of its line."""
    alert = await permitted_alert(work, alert_id, who)
    await hand_alert(work, alert, said.to, who, reason=said.reason, at=backend.clock.now())


@router.post("/{alert_id}/note", status_code=204)
async def notes_alert(
    backend: BackendDep, work: CommandWork, who: FloorDirector, alert_id: str, said: AlertNoteIn
) -> None:
    """Write beside it what colleagues should know, in the place of what stood there."""
    alert = await permitted_alert(work, alert_id, who)
    await note_alert(work, alert, said.text, who, at=backend.clock.now())


def _alert(one: AlertShown) -> AlertOut:
    return AlertOut.model_validate(one, from_attributes=True)
