"""The floor as it was: one moment of the past, to look at and to let go by. Nothing can be done."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from fastapi import APIRouter
from fastapi.responses import HTMLResponse
from markupsafe import Markup

from hotline.alerts.then import alerts_then
from hotline.errors import Invalid
from hotline.escalations.queries import names_of
from hotline.floor.past_marks import PastMark, past_marks
from hotline.floor.snapshot import EscalationNow, FloorSnapshot
from hotline.floor.travel import dialled_then, floor_at, past_begins
from hotline.i18n.catalog import HERE, midnight_before
from hotline.staff.actor import Actor
from hotline.staff.permissions import Permission
from hotline.storage.session import Work
from hotline.web.deps import Backend, BackendDep, WorkDep
from hotline.web.moments import MomentHere
from hotline.web.pages.floor_now import names_of as names_of_lines
from hotline.web.pages.floor_view import (
    alike,
    busy_first,
    by_reason,
    by_state,
    in_danger,
    ready_of,
    rows_of,
    talks,
)
from hotline.web.pages.frame import Fragment, FragmentDep, FrameDep
from hotline.web.pages.rendering import length, render

router = APIRouter(include_in_schema=False)

WIDTH = 1000  # of the picture of a stretch, in its own units
LISTED = 40
AGO = timedelta(minutes=5)  # where one begins who names no moment


class Stretch(StrEnum):
    """How much of the past lies under the slider."""

    HOUR = "hour"
    DAY = "day"

    def around(self, at: datetime) -> tuple[datetime, datetime]:
        """The whole hour or day in Guangdong in which a moment lies."""
        if self is Stretch.DAY:
            return midnight_before(at), midnight_before(at) + timedelta(days=1)
        begin = at.astimezone(HERE).replace(minute=0, second=0, microsecond=0)
        return begin, begin + timedelta(hours=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class EscalationThen(EscalationNow):
    """A strip of the past: who was rung at that moment is not kept, their station is."""

    contact_name: str
    dialled: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Rail:
    """The stretch under the slider. `x` of a mark: in `WIDTH`."""

    stretch: Stretch
    begin: datetime
    end: datetime
    latest: datetime
    marks: Sequence[PastMark]

    @property
    def seconds(self) -> int:
        """Its length, as far as it is past."""
        return int((self.latest - self.begin).total_seconds())

    def second_of(self, at: datetime) -> int:
        """Where a moment lies in it."""
        return int((at - self.begin).total_seconds())

    def x(self, at: datetime) -> int:
        """The same in the picture."""
        return round(WIDTH * (at - self.begin) / (self.end - self.begin))


@router.get("/floor/past")
async def past_page(
    frame: FrameDep,
    backend: BackendDep,
    work: WorkDep,
    at: MomentHere | None = None,
    stretch: Stretch = Stretch.HOUR,
) -> HTMLResponse:
    """The floor at `at`, with the slider; without it, five minutes ago."""
    frame.require(Permission.WATCH_FLOOR)
    now = backend.clock.now()
    begins = await _begins(backend, work)
    then = min(now, max(begins, at or now - AGO))
    values = await _then(frame, work, then)
    rail = await _rail(frame, work, then, stretch, now=now)
    asked = {"moved": at is not None and at != then, "begins": begins, "rail": rail}
    return frame.page("floor_past.html", **values, **asked)


@router.get("/floor/past/then")
async def past_part(
    frame: FragmentDep, backend: BackendDep, work: WorkDep, at: MomentHere
) -> HTMLResponse:
    """What stood on the floor at `at`. Raises `Invalid` for one that is not kept, or to come."""
    frame.require(Permission.WATCH_FLOOR)
    if not await _begins(backend, work) <= at <= backend.clock.now():
        raise Invalid
    values = await _then(frame, work, at)
    return render(frame.request, "floor_past_then.html", {"frame": frame, **values})


async def _begins(backend: Backend, work: Work) -> datetime:
    days = backend.settings.records_kept_days
    return await past_begins(work, kept_days=days, at=backend.clock.now())


async def _rail(
    frame: Fragment, work: Work, then: datetime, stretch: Stretch, *, now: datetime
) -> Rail:
    begin, end = stretch.around(then)
    latest = min(end, now)
    marks = await past_marks(work, frame.who.lines, since=begin, until=latest)
    return Rail(stretch=stretch, begin=begin, end=end, latest=latest, marks=marks)


async def _then(frame: Fragment, work: Work, at: datetime) -> dict[str, Any]:
    """What stood on the floor then: nothing can be pressed, and no clock runs.

    What is told of the present alone is missing: why nobody was rung yet, the service level, and
    what waits for a supervisor.
    """
    floor = await floor_at(work, at=at, of=frame.who.lines)
    escalations, rows = await _strips(work, floor), rows_of(floor.callers, {}, at=at)
    alerts = await alerts_then(work, frame.who.lines, at=at)
    held = [Actor.parse(one.acknowledged_by) for one in escalations if one.acknowledged_by]
    return {
        "is_past": True,
        "floor": floor,
        "lines": busy_first(floor.lines),
        "line_name": names_of_lines(floor, in_english=frame.in_english),
        "ready": ready_of(floor.counselors),
        "danger": in_danger(rows),
        "alerts": alerts,
        "alert_groups": alike(alerts),
        "more_alerts": (),
        "waiting": by_reason(rows, most=len(rows)),
        "talks": talks(rows, most=len(rows)),
        "groups": by_state(floor.counselors, most=len(floor.counselors)),
        "escalations": escalations,
        "most_strips": len(escalations),
        "holders": await names_of(work, held),
        "now": at,
        "since": stood_for,
        "until": stood_until,
    }


async def _strips(work: Work, floor: FloorSnapshot) -> list[EscalationThen]:
    dialled = await dialled_then(work, [one.id for one in floor.escalations], at=floor.at)
    return [
        EscalationThen(
            **{name: getattr(one, name) for name in EscalationNow.__slots__},
            contact_name=one.station,
            dialled=dialled.get(one.id, 0),
        )
        for one in floor.escalations
    ]


def stood_for(at: datetime, now: datetime) -> Markup:
    """A duration of then, which does not go on in the browser."""
    return Markup("<span>{}</span>").format(length(now - at))


def stood_until(at: datetime, now: datetime, **_: object) -> Markup:
    """A deadline of then."""
    return Markup("<span>{}{}</span>").format("−" if at < now else "", length(abs(at - now)))
