"""How supervisors direct the floor: what they did, which queues are not served, what was told."""

from datetime import datetime
from typing import Any

from sqlalchemy import Index, text
from sqlmodel import Field, SQLModel

from hotline.storage.tables.columns import id_column, json_column, one_of


class SupervisorAct(SQLModel, table=True):
    """Something a supervisor did, and what was there before: the audit, and what undo goes by.

    `group_id`: of acts done together, the id of the first. `lines`: whose supervisors see it.
    """

    __tablename__ = "supervisor_act"
    __table_args__ = (Index("supervisor_act_at", "at"), Index("supervisor_act_group", "group_id"))

    id: str = id_column()
    group_id: str
    by_id: str = Field(foreign_key="staff.id")
    at: datetime
    kind: str
    subject_kind: str
    subject_id: str
    lines: list[str] = json_column(list)
    before: dict[str, Any] = json_column(dict)
    after: dict[str, Any] = json_column(dict)
    reason: str = ""
    undone_at: datetime | None = None
    undone_by: str | None = Field(default=None, foreign_key="staff.id")


class LineDiversion(SQLModel, table=True):
    """A line whose queue is diverted to another, or closed (`to_line_id` null), until it ends."""

    __tablename__ = "line_diversion"
    __table_args__ = (
        Index(
            "one_diversion_a_line",
            "line_id",
            unique=True,
            postgresql_where=text("ended_at is null"),
        ),
    )

    id: str = id_column()
    line_id: str = Field(foreign_key="line.id")
    to_line_id: str | None = Field(default=None, foreign_key="line.id")
    act_id: str = Field(foreign_key="supervisor_act.id")
    at: datetime
    ended_at: datetime | None = None


class Notice(SQLModel, table=True):
    """What a counselor is told on the desk until they have read it. `text`: a supervisor's words.

    `act_id`: the act it tells of. One that was undone before it was read is read with that.
    """

    __table_args__ = (
        one_of("kind", "message", "presence", "skills", "caller", "line", "undone", "callback"),
        Index("notice_unread", "staff_id", postgresql_where=text("read_at is null")),
        Index("notice_act", "act_id"),
    )

    id: str = id_column()
    staff_id: str = Field(foreign_key="staff.id")
    act_id: str = Field(foreign_key="supervisor_act.id")
    by_id: str = Field(foreign_key="staff.id")
    at: datetime
    kind: str
    text: str = ""
    facts: dict[str, Any] = json_column(dict)
    read_at: datetime | None = None
