"""The floor as it was: what counted of a row, each time that it changed.

The database itself writes it, as it does the audit: these columns are set in dozens of places, and
by statements written by hand. Nobody can forget to, and no unit of work has a statement more.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Column, Connection, Identity, Index, event
from sqlmodel import Field, SQLModel

from hotline.storage.tables.columns import json_column


class RowVersion(SQLModel, table=True):
    """The columns of `WATCHED` of one row from `at` on, until its next version.

    `kind`: the table; `row_id`: its primary key; `at`: by the database's clock. Codes, ids and
    times alone: no name, no number, no word of anybody. No foreign key: it would wait for whoever
    holds the row.
    """

    __tablename__ = "row_version"
    __table_args__ = (
        Index("row_version_row", "kind", "row_id", "id"),
        Index("row_version_at", "kind", "at"),
    )

    id: int | None = Field(default=None, sa_column=Column(BigInteger, Identity(), primary_key=True))
    at: datetime
    kind: str
    row_id: str
    facts: dict[str, Any] = json_column(dict)


# By table: what the floor is made of. Whatever else the floor shows is kept with times of its own.
WATCHED: Mapping[str, tuple[str, ...]] = {
    "call": (
        "line_id",
        "state",
        "urgency",
        "language",
        "counselor_id",
        "meant_for_id",
        "queued_at",
        "joined_at",
        "ahead_at",
        "attention",
        "alarm_since",
        "alarm_step",
        "alarm_due_at",
        "outcome",
    ),
    "presence": (
        "state",
        "reason",
        "since",
        "back_at",
        "working_since",
        "crisis_in_a_row",
        "crisis_ended_at",
    ),
    "staff": ("lines", "skills", "skills_kept", "active", "certificate_lapsed"),
    "escalation": (
        "station_id",
        "level",
        "state",
        "step",
        "round",
        "next_due_at",
        "acknowledged_by",
    ),
    "callback": ("line_id", "state", "due_at", "urgency"),
    "floor_alert": (
        "level",
        "threshold",
        "value",
        "raised_at",
        "owner_id",
        "acknowledged_at",
        "passed_at",
        "unreached",
        "cleared_at",
    ),
}

# A function of its own, so that a test can move the database's clock as it moves ours.
CLOCK = """
create or replace function floor_clock() returns timestamptz language sql volatile
return clock_timestamp()
"""
KEEP = """
create or replace function keep_row_version() returns trigger language plpgsql as $$
declare
    whole constant jsonb := to_jsonb(new);
begin
    insert into row_version (at, kind, row_id, facts)
    select floor_clock(), tg_table_name, coalesce(whole ->> 'id', whole ->> 'staff_id'),
        jsonb_object_agg(name, whole -> name)
    from unnest(tg_argv) as name;
    return null;
end $$
"""


def _triggers() -> Iterator[str]:
    for table, columns in WATCHED.items():
        kept = f"execute function keep_row_version({', '.join(columns)})"
        yield (
            f"create or replace trigger version_begins after insert on {table} for each row {kept}"
        )
        before, after = (", ".join(f"{row}.{one}" for one in columns) for row in ("old", "new"))
        yield (
            f"create or replace trigger version_follows after update on {table} for each row"
            f" when (({before}) is distinct from ({after})) {kept}"
        )


@event.listens_for(SQLModel.metadata, "after_create")
def _keep(_metadata: object, connection: Connection, **_: object) -> None:
    """Tables that are made without migrations keep their past as well."""
    for statement in (CLOCK, KEEP, *_triggers()):
        connection.exec_driver_sql(statement)
