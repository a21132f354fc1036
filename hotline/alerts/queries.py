"""Alerts that stand or are over, as pages and the API show them. Reads only."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import ColumnElement, func
from sqlalchemy.orm import aliased
from sqlmodel import col, select
from sqlmodel.sql.expression import Select

from hotline.alerts.rules import AlertLevel, Measure
from hotline.i18n.catalog import HERE
from hotline.storage.session import Work
from hotline.storage.tables import FloorAlert, Staff

_OWNER, _NOTER = aliased(Staff), aliased(Staff)


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertShown:
    """One that is open. `value`: when it was raised; in seconds, or in percent of a share.

    `owner`: who should take it, or has; empty: anybody. `taken`: somebody has. `passed_on`: nobody
    had in time, and it went to the next one. `unreached`: why the owner's text did not arrive.
    """

    id: str
    rule: str
    line_id: str
    measure: str
    level: str
    threshold: float
    value: float
    raised_at: datetime
    owner_id: str | None
    owner: str
    taken_at: datetime | None
    passed_on: bool
    unreached: str
    note: str
    note_by: str

    @property
    def is_share(self) -> bool:
        """Whether its value is a share in percent."""
        return self.measure == Measure.SERVICE_LEVEL

    def lasts(self, value: float) -> timedelta:
        """A value of it that is no share."""
        return timedelta(seconds=value)

    @property
    def taken(self) -> bool:
        """Whether somebody sees to it."""
        return self.taken_at is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertOver(AlertShown):
    """One that has cleared. `passed_on`: it once was, whoever had it in the end."""

    cleared_at: datetime
    worst: float

    @property
    def stood_for(self) -> timedelta:
        """How long it was there to be taken."""
        return self.cleared_at - self.raised_at


@dataclass(frozen=True, slots=True, kw_only=True)
class DaysBeside:
    """The nearest days on which something was raised that is over; None: there is none."""

    before: date | None
    after: date | None


async def alerts_now(work: Work, of: Collection[str]) -> Sequence[AlertShown]:
    """On these lines: what nobody has taken first, of it danger, then alarms; alike together."""
    query = (
        _with_names()
        .where(col(FloorAlert.cleared_at).is_(None), col(FloorAlert.raised_at).is_not(None))
        .where(col(FloorAlert.line_id).in_(of))
    )
    found = [alert_shown(*row) for row in (await work.exec(query)).all()]
    return sorted(found, key=most_urgent_first)


def most_urgent_first(one: AlertShown) -> tuple[bool, bool, bool, str, datetime, str]:
    """The order of the floor, from what is shown."""
    return (
        one.taken,
        one.measure != Measure.DANGER_WAITING,
        one.level != AlertLevel.ALARM,
        one.rule,
        one.raised_at,
        one.id,
    )


def alert_shown(row: FloorAlert, owner: str | None, noter: str | None) -> AlertShown:
    """One that stands. `owner`, `noter`: their names, where there are any."""
    return AlertShown(**_shown(row, owner, noter))


async def alerts_over(work: Work, of: Collection[str], *, day: date) -> Sequence[AlertOver]:
    """What was raised on these lines on a day of the place and has cleared, the newest first."""
    begin = datetime.combine(day, time(), HERE)
    query = (
        _with_names()
        .where(*_over(of), col(FloorAlert.raised_at) >= begin)
        .where(col(FloorAlert.raised_at) < begin + timedelta(days=1))
        .order_by(col(FloorAlert.raised_at).desc(), col(FloorAlert.id))
    )
    return [
        AlertOver(
            **_shown(row, owner, noter) | {"passed_on": row.was_passed_on},
            cleared_at=row.cleared_at,
            worst=row.value if row.worst is None else row.worst,
        )
        for row, owner, noter in (await work.exec(query)).all()
        if row.cleared_at is not None
    ]


async def days_beside(work: Work, of: Collection[str], *, day: date) -> DaysBeside:
    """Where one who looks at a day finds more."""
    begin, raised = datetime.combine(day, time(), HERE), col(FloorAlert.raised_at)
    last = select(func.max(raised)).where(*_over(of), raised < begin)
    first = select(func.min(raised)).where(*_over(of), raised >= begin + timedelta(days=1))
    before, after = (await work.exec(last)).one(), (await work.exec(first)).one()
    return DaysBeside(
        before=before and before.astimezone(HERE).date(),
        after=after and after.astimezone(HERE).date(),
    )


def _over(of: Collection[str]) -> tuple[ColumnElement[bool], ...]:
    return col(FloorAlert.line_id).in_(of), col(FloorAlert.cleared_at).is_not(None)


def _with_names() -> Select[FloorAlert, str, str]:
    """With the names of its owner and of whose its note is, where there are any."""
    return (
        select(FloorAlert, _OWNER.name, _NOTER.name)
        .join(_OWNER, col(_OWNER.id) == col(FloorAlert.owner_id), isouter=True)
        .join(_NOTER, col(_NOTER.id) == col(FloorAlert.note_by), isouter=True)
    )


def _shown(row: FloorAlert, owner: str | None, noter: str | None) -> dict[str, Any]:
    return {
        "id": row.id,
        "rule": row.rule,
        "line_id": row.line_id,
        "measure": row.measure,
        "level": row.level,
        "threshold": row.threshold,
        "value": row.value,
        "raised_at": row.raised_at or row.since,
        "owner_id": row.owner_id,
        "owner": owner or "",
        "taken_at": row.acknowledged_at,
        "passed_on": row.passed_at is not None,
        "unreached": row.unreached,
        "note": row.note,
        "note_by": noter or "",
    }
