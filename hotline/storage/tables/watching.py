"""What the auditor found, whom it rang, and how far its drills came."""

from datetime import datetime

from sqlalchemy import Index, text
from sqlmodel import Field, SQLModel

from hotline.storage.tables.columns import id_column, json_column, one_of, text_column


class WatchFinding(SQLModel, table=True):
    """Something that should not be (`hotline.watching`). `gone_at`: null while it is so.

    `kind`: a `watching.model.FindingKind`. `row_id`: of the row that it is about, "" for none.
    `since`: when it began, as far as that is known.
    """

    __tablename__ = "watch_finding"
    __table_args__ = (
        Index(
            "watch_finding_open",
            "kind",
            "row_id",
            unique=True,
            postgresql_where=text("gone_at is null"),
        ),
    )

    id: str = id_column()
    kind: str
    row_id: str = text_column()
    since: datetime
    found_at: datetime
    gone_at: datetime | None = None


class WatchPage(SQLModel, table=True):
    """One phone that the auditor rang by itself. Written before the carrier hears of it.

    `place`: whose phone, in the order of the setting. `kinds`: what was found by then.
    `texted_at`: nobody pressed the key, so the same phone was written to.
    """

    __tablename__ = "watch_page"
    __table_args__ = (Index("watch_page_at", "at"),)

    id: str = id_column()
    place: int
    address: str
    kinds: list[str] = json_column(list)
    at: datetime
    acknowledged_at: datetime | None = None
    ended_at: datetime | None = None
    texted_at: datetime | None = None


class DrillRun(SQLModel, table=True):
    """One drill: when it reached each step. `through`: the carrier, or our own web alone.

    `escalation_id`: while it runs, and after that of nothing. `outcome`: passed or failed.
    """

    __tablename__ = "drill_run"
    __table_args__ = (
        one_of("through", "carrier", "web"),
        one_of("outcome", "", "passed", "failed"),
        Index("drill_run_began", "began_at"),
        Index(
            "one_drill_at_once",
            "through",
            unique=True,
            postgresql_where=text("ended_at is null"),
        ),
    )

    id: str = id_column()
    through: str
    escalation_id: str = text_column()
    began_at: datetime
    sent_at: datetime | None = None
    answered_at: datetime | None = None
    acknowledged_at: datetime | None = None
    ended_at: datetime | None = None
    outcome: str = text_column()


class ContactDrill(SQLModel, table=True):
    """One contact of a station, rung to see whether the phone still reaches somebody.

    By the id of its delivery. `outcome`: empty while it rings.
    """

    __tablename__ = "contact_drill"
    __table_args__ = (
        one_of("outcome", "", "reached", "no_key", "no_answer", "no_such_number", "not_rung"),
        Index("contact_drill_of", "contact_id", "asked_at"),
        Index("contact_drill_under_way", "asked_at", postgresql_where=text("outcome = ''")),
    )

    id: str = Field(primary_key=True, foreign_key="delivery.id")
    contact_id: str = Field(foreign_key="station_contact.id")
    asked_at: datetime
    ended_at: datetime | None = None
    outcome: str = text_column()
