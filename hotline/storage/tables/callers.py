"""What is done about callers beyond one call: blocked numbers, plans for who calls often."""

from datetime import date, datetime

from sqlalchemy import Index, text
from sqlmodel import Field, SQLModel

from hotline.storage.tables.columns import id_column, one_of, sealed_column


class CallerBlock(SQLModel, table=True):
    """A number that is not put through on a line for a while; danger is, always.

    `number_index` is the number's blind index, `masked` what pages show. Of a block longer than a
    day `review_on` says when somebody looks at it again. `call_id`: the call it was for.
    """

    __tablename__ = "caller_block"
    __table_args__ = (
        one_of("code", "obscene", "insulting", "threatening", "prank"),
        Index(
            "caller_block_alive",
            "number_index",
            "line_id",
            unique=True,
            postgresql_where=text("lifted_at is null"),
        ),
    )

    id: str = id_column()
    number_index: str
    masked: str
    line_id: str = Field(foreign_key="line.id")
    call_id: str = Field(foreign_key="call.id")
    code: str
    by_id: str = Field(foreign_key="staff.id")
    at: datetime
    until: datetime
    review_on: date | None = None
    lifted_at: datetime | None = None
    lifted_by: str | None = Field(default=None, foreign_key="staff.id")


class CallerPlan(SQLModel, table=True):
    """What was agreed for somebody who calls often: with whom, when, how long, what for.

    A supervisor approved it; `review_on` says when it is looked at again. `goals_sealed` is
    encrypted: it tells of a person.
    """

    __tablename__ = "caller_plan"
    __table_args__ = (
        Index(
            "one_plan_a_caller",
            "number_index",
            "line_id",
            unique=True,
            postgresql_where=text("ended_at is null"),
        ),
    )

    id: str = id_column()
    number_index: str
    masked: str
    line_id: str = Field(foreign_key="line.id")
    call_id: str = Field(foreign_key="call.id")
    counselor_id: str = Field(foreign_key="staff.id")
    times: str
    minutes: int
    goals_sealed: str = sealed_column("caller_plan.goals.{id}")
    review_on: date
    approved_by: str = Field(foreign_key="staff.id")
    approved_at: datetime
    ended_at: datetime | None = None
    ended_by: str | None = Field(default=None, foreign_key="staff.id")
