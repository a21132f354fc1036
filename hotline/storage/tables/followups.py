"""Calls after a call of high risk: what is agreed, when each is due, what was tried and found."""

from datetime import datetime

from sqlalchemy import Index, text
from sqlmodel import Field, SQLModel

from hotline.storage.tables.columns import (
    count_column,
    id_column,
    json_column,
    no_column,
    one_of,
    sealed_column,
    text_column,
)

LIVE = "state in ('proposed', 'running', 'in_hand', 'talked', 'question')"


class FollowUp(SQLModel, table=True):
    """A sequence of calls to one person. `hotline.followups.model` holds its lifecycle.

    `call_id`: the call it follows, whose `from_sealed` holds the number. `days`: of each call,
    counted from `began_at`; `step`: which of them is next; `begun`: how often the sequence began,
    since a risk found anew begins it anew. `due_at`: from when it is to be made; `late_at`: when a
    supervisor is told, once (`late_told_at`). `try_at`: proposed for the next try; `tries`: how
    often the phone rang in this step. `from_hour`, `until_hour`: when calling is safe for them.
    `owner_id`: who answers for it; null: the line. `handed_at`: given on, to `handed_to_id` or,
    where that is null, to the line; until somebody takes it, it stays with its owner.
    """

    __tablename__ = "follow_up"
    __table_args__ = (
        one_of("level", "imminent", "high", "moderate"),
        one_of(
            "state", "proposed", "running", "in_hand", "talked", "question", "stopped", "finished"
        ),
        one_of("consent", "", "agreed", "refused", "withdrawn", "decided"),
        Index(
            "one_live_follow_up_a_number",
            "line_id",
            "from_index",
            unique=True,
            postgresql_where=text(f"{LIVE} and from_index <> ''"),
        ),
        Index("one_live_follow_up_a_call", "call_id", unique=True, postgresql_where=text(LIVE)),
        Index("follow_up_began", "line_id", "began_at"),
        Index("follow_up_live", "line_id", "due_at", postgresql_where=text(LIVE)),
    )

    id: str = id_column()
    line_id: str = Field(foreign_key="line.id")
    call_id: str = Field(foreign_key="call.id")
    from_index: str = ""
    from_masked: str = ""
    language: str = "cmn"
    level: str
    state: str = "proposed"
    days: list[int] = json_column(list)
    step: int = count_column()
    begun: int = count_column()
    began_at: datetime
    due_at: datetime
    late_at: datetime
    late_told_at: datetime | None = None
    try_at: datetime
    tries: int = count_column()
    attempts: int = count_column()
    consent: str = text_column()
    from_hour: int = 8
    until_hour: int = 21
    owner_id: str | None = Field(default=None, foreign_key="staff.id")
    handed_at: datetime | None = None
    handed_to_id: str | None = Field(default=None, foreign_key="staff.id")
    handed_note_sealed: str = sealed_column("follow_up.handed_note.{id}")
    stopped_as: str = text_column()
    stopped_at: datetime | None = None
    stopped_by_id: str | None = Field(default=None, foreign_key="staff.id")
    stop_note_sealed: str = sealed_column("follow_up.stop_note.{id}")


class FollowUpWord(SQLModel, table=True):
    """What was said about calling at all: heard by whom, when, in which words. Never changed.

    `decided`: not said by them, but by a supervisor, with the reason; `begun`: why somebody began
    the sequence by hand; `answer`: what a supervisor said where it did not go on by itself.
    """

    __tablename__ = "follow_up_word"
    __table_args__ = (
        one_of("kind", "agreed", "refused", "withdrawn", "decided", "begun", "answer"),
        Index("follow_up_word_of", "follow_up_id", "id"),
    )

    id: int | None = Field(default=None, primary_key=True)
    follow_up_id: str = Field(foreign_key="follow_up.id")
    kind: str
    at: datetime
    by_id: str = Field(foreign_key="staff.id")
    words_sealed: str = sealed_column("follow_up_word.words.{follow_up_id}.{kind}.{at}")


class FollowUpAttempt(SQLModel, table=True):
    """One try. `call_id`: the call we made; `ended_at`: null while it runs.

    `begun` and `step`: of which call of the sequence. `outcome`: empty until it is known; `found`
    and what follows it: of somebody who was reached.
    """

    __tablename__ = "follow_up_attempt"
    __table_args__ = (
        one_of("outcome", "", "reached", "nobody", "busy", "refused", "wrong_person", "not_safe",
               "no_such_number", "not_rung"),
        one_of("safety_plan", "", "kept", "made", "none"),
        Index("follow_up_attempt_of", "follow_up_id", "number"),
    )  # fmt: skip

    id: str = id_column()
    follow_up_id: str = Field(foreign_key="follow_up.id")
    number: int
    begun: int
    step: int
    call_id: str = Field(foreign_key="call.id", unique=True)
    by_id: str = Field(foreign_key="staff.id")
    at: datetime
    ended_at: datetime | None = None
    outcome: str = text_column()
    told_by_id: str | None = Field(default=None, foreign_key="staff.id")
    told_at: datetime | None = None
    found: str = text_column()
    safety_plan: str = text_column()
    linked: bool = no_column()
    note_sealed: str = sealed_column("follow_up_attempt.note.{id}")
