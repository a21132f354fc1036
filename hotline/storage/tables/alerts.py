"""Alerts of the floor: thresholds that were crossed, and the rules that say so."""

from datetime import datetime

from sqlalchemy import Index, text
from sqlmodel import Field, SQLModel

from hotline.storage.tables.columns import (
    id_column,
    no_column,
    one_of,
    text_column,
)
from hotline.storage.tables.documents import KeptVersion


class FloorAlert(SQLModel, table=True):
    """A rule that a line crosses. Open until `cleared_at`; at most one of each rule and line.

    `since`: it stands; `raised_at`: it has stood long enough to be shown. `calm_since`: it would
    clear if that lasts. `value`, `threshold`: when it was raised. `owner_id`: who should take it,
    since `owner_since`; null: anybody. `passed_at`: the owner had not, and it went to the next
    one. `unreached`: why the text that told the owner did not arrive, as `alerts.texts` names it.
    `was_passed_on`: it once did, whoever has it since. `worst`: the worst it was while it stood;
    null: nobody looked. `note`: a supervisor's words, `note_by` whose.
    """

    __tablename__ = "floor_alert"
    __table_args__ = (
        one_of("level", "alarm", "warning"),
        Index(
            "one_open_alert_of_rule_and_line",
            "rule",
            "line_id",
            unique=True,
            postgresql_where=text("cleared_at is null"),
        ),
        Index("floor_alert_of_line", "line_id", "raised_at"),
        Index("floor_alert_raised", "raised_at"),
    )

    id: str = id_column()
    rule: str
    line_id: str = Field(foreign_key="line.id")
    measure: str
    level: str
    threshold: float
    value: float
    worst: float | None = None
    since: datetime
    raised_at: datetime | None = None
    calm_since: datetime | None = None
    owner_id: str | None = Field(default=None, foreign_key="staff.id")
    owner_since: datetime | None = None
    acknowledged_by: str | None = Field(default=None, foreign_key="staff.id")
    acknowledged_at: datetime | None = None
    passed_at: datetime | None = None
    was_passed_on: bool = no_column()
    unreached: str = text_column()
    cleared_at: datetime | None = None
    note: str = text_column()
    note_by: str | None = Field(default=None, foreign_key="staff.id")


class AlertRulesVersion(KeptVersion, table=True):
    """Rules that were in force, kept for ever. `version`: the hash of what they say."""

    __tablename__ = "alert_rules"
    __table_args__ = (
        Index(
            "one_set_of_rules_in_force", "in_force", unique=True, postgresql_where=text("in_force")
        ),
    )
