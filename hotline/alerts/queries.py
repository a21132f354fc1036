"""Alerts that stand, as the floor and the API show them. Reads only."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import aliased
from sqlmodel import col, select

from hotline.alerts.rules import AlertLevel, Measure
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


async def alerts_now(work: Work, of: Collection[str]) -> Sequence[AlertShown]:
    """On these lines: what nobody has taken first, of it danger, then alarms; alike together."""
    query = (
        select(FloorAlert, _OWNER.name, _NOTER.name)
        .join(_OWNER, col(_OWNER.id) == col(FloorAlert.owner_id), isouter=True)
        .join(_NOTER, col(_NOTER.id) == col(FloorAlert.note_by), isouter=True)
        .where(col(FloorAlert.cleared_at).is_(None), col(FloorAlert.raised_at).is_not(None))
        .where(col(FloorAlert.line_id).in_(of))
        .order_by(
            col(FloorAlert.acknowledged_at).is_not(None),
            col(FloorAlert.measure) != Measure.DANGER_WAITING,
            col(FloorAlert.level) != AlertLevel.ALARM,
            col(FloorAlert.rule),
            col(FloorAlert.raised_at),
            col(FloorAlert.id),
        )
    )
    return [_shown(*row) for row in (await work.exec(query)).all()]


def _shown(row: FloorAlert, owner: str | None, noter: str | None) -> AlertShown:
    return AlertShown(
        id=row.id,
        rule=row.rule,
        line_id=row.line_id,
        measure=row.measure,
        level=row.level,
        threshold=row.threshold,
        value=row.value,
        raised_at=row.raised_at or row.since,
        owner_id=row.owner_id,
        owner=owner or "",
        taken_at=row.acknowledged_at,
        passed_on=row.passed_at is not None,
        unreached=row.unreached,
        note=row.note,
        note_by=noter or "",
    )
