"""Who works when: planned shifts, leave, and shifts that change hands."""

from datetime import datetime

from sqlalchemy import CheckConstraint, Index, text
from sqlmodel import Field, SQLModel

from hotline.storage.tables.columns import id_column, json_column, one_of, text_column


class RosterShift(SQLModel, table=True):
    """Somebody is planned, or wanted, for some lines. On quarter hours, a day at most.

    `staff_id`: null while it is open; `volunteer_id`: who would take it. `series_id`: the same for
    all shifts of one weekly repeat. `by_id`, `at`: who planned it last. `confirmed_at`: they said
    that they will come; `reminded_at`: when they were asked. `ended_at`: given away or removed; the
    row stays, so that the day is known to have been planned.
    """

    __tablename__ = "roster_shift"
    __table_args__ = (
        one_of("kind", "duty", "on_call", "second_line"),
        one_of("state", "open", "volunteered", "planned", "given", "removed"),
        CheckConstraint("ends_at > begins_at", name="a_shift_lasts"),
        CheckConstraint(
            "state not in ('planned', 'given') or staff_id is not null", name="planned_is_somebody"
        ),
        Index("roster_shift_begins", "begins_at"),
        Index("roster_shift_of", "staff_id", "begins_at"),
        Index("roster_shift_series", "series_id", postgresql_where=text("series_id <> ''")),
    )

    id: str = id_column()
    staff_id: str | None = Field(default=None, foreign_key="staff.id")
    volunteer_id: str | None = Field(default=None, foreign_key="staff.id")
    lines: list[str] = json_column(list)
    kind: str
    state: str
    begins_at: datetime
    ends_at: datetime
    series_id: str = text_column()
    by_id: str = Field(foreign_key="staff.id")
    at: datetime
    confirmed_at: datetime | None = None
    reminded_at: datetime | None = None
    ended_at: datetime | None = None


class RosterLeave(SQLModel, table=True):
    """Somebody would like to be away, or is. `kind`: a word; no story is asked for.

    `answer`: what whoever decided wrote to them.
    """

    __tablename__ = "roster_leave"
    __table_args__ = (
        one_of("kind", "holiday", "illness", "training", "other"),
        one_of("state", "wanted", "approved", "refused", "withdrawn"),
        CheckConstraint("ends_at > begins_at", name="a_leave_lasts"),
        Index("roster_leave_of", "staff_id", "begins_at"),
        Index("roster_leave_ends", "ends_at"),
    )

    id: str = id_column()
    staff_id: str = Field(foreign_key="staff.id")
    kind: str
    state: str
    begins_at: datetime
    ends_at: datetime
    at: datetime
    decided_by: str | None = Field(default=None, foreign_key="staff.id")
    decided_at: datetime | None = None
    answer: str = text_column()


class RosterSwap(SQLModel, table=True):
    """A shift that its owner offers to colleagues. `in_return_id`: the shift they get for it.

    Who decided is in the audit; `answer`: what they wrote to both.
    """

    __tablename__ = "roster_swap"
    __table_args__ = (
        one_of("state", "offered", "taken", "approved", "refused", "withdrawn"),
        Index(
            "one_offer_a_shift",
            "shift_id",
            unique=True,
            postgresql_where=text("state in ('offered', 'taken')"),
        ),
    )

    id: str = id_column()
    shift_id: str = Field(foreign_key="roster_shift.id")
    giver_id: str = Field(foreign_key="staff.id")
    taker_id: str | None = Field(default=None, foreign_key="staff.id")
    in_return_id: str | None = Field(default=None, foreign_key="roster_shift.id")
    state: str
    at: datetime
    answer: str = text_column()


class RosterFeed(SQLModel, table=True):
    """A secret address by which somebody's calendar follows their shifts. `hash`: of the secret.

    `read_at`: when it was last asked for.
    """

    __tablename__ = "roster_feed"
    __table_args__ = (
        Index("one_feed_each", "staff_id", unique=True, postgresql_where=text("ended_at is null")),
    )

    hash: str = Field(primary_key=True)
    staff_id: str = Field(foreign_key="staff.id")
    made_at: datetime
    read_at: datetime | None = None
    ended_at: datetime | None = None
