"""Calls, their offers and participants, what happened in them, and the record written after."""

from datetime import datetime
from typing import Any

from sqlalchemy import Index, text
from sqlmodel import Field, SQLModel

from hotline.storage.tables.columns import (
    count_column,
    id_column,
    json_column,
    may_be_json_column,
    may_be_no_column,
    may_be_text_column,
    no_column,
    one_of,
    sealed_column,
    text_column,
)


class Call(SQLModel, table=True):
    """One contact by telephone. `hotline.calls.model` holds its lifecycle.

    `queued_at` is when the caller first entered the queue and never moves: a caller who comes
    back to the queue keeps the place. `turn` counts the documents given to the caller's leg, so
    that a repeated webhook is recognised. `from_sealed` is the number as the carrier sent it,
    encrypted; `from_masked` is what pages show. `heard_at` is the last sign of life of the
    caller's leg: one that is silent for long is looked up at the carrier. While a call waits,
    `alarm_since` is when this wait began, `alarm_step` how many steps of the line's alarm were
    taken, `alarm_due_at` when the next one is due; null: look at once (`callcontrol.alarm`).
    `also_speaks` are the languages the caller understands beside their own; null: not known.
    A supervisor may have said: served as if queued at `ahead_at`; `meant_for_id` is asked first.
    `agreed_to_wait`: the caller would rather wait a minute for that one than talk to another.
    `notice_heard_at`: when the caller had heard to the end that talks are recorded; null: not yet.
    `recording_paused`: by a counselor, and so it stays until one resumes it.
    `told_at`: when the caller was last told the place in line, `told_place`: the last place told;
    `told_until`: when a time that was told is over. `calm_piece`: of the calming words, the one
    that is heard; null: none.
    `direction`: `out` where we call somebody back, `returns_id` then the call that is returned;
    its `carrier_sid` stands for nothing before the carrier has rung them. `no_callback`: whoever
    called from this number must not be rung there. `number_kind`: whose number it is, as
    `hotline.numbers.NumberKind` says; `sent_sealed`: all that the carrier sent about it, encrypted,
    where that is more than one number. `attention`: why to look at this caller more closely, beside
    danger (`hotline.callers.attention`). `place_code`: where the
    caller is, as a division's six digits, and who says so (`hotline.callers.where`).
    `erased_at`: its words and numbers were deleted, and codes and times are left.
    `recording_refused_at`: nothing is recorded from then on. `duty_phone_at`: when the duty phone
    picked up for a caller who was put through past us.
    `overflowed_from`: the line whose caller it was before another took over; the same as `line_id`
    once that is over, so that it happens once.
    """

    __table_args__ = (
        one_of("state", "flow", "waiting", "connecting", "talking", "message", "closing", "ended"),
        one_of("urgency", "crisis", "routine"),
        one_of(
            "outcome",
            "talked",
            "message_left",
            "callback_owed",
            "hung_up",
            "turned_away",
            "duty_phone",
            "not_reached",
        ),
        one_of("direction", "in", "out"),
        one_of("number_kind", "direct", "forwarded", "withheld", "malformed", "trunk"),
        Index("call_alive", "state", postgresql_where=text("state <> 'ended'")),
        Index("call_arrived", "arrived_at"),
        Index("call_counselor", "counselor_id", "joined_at"),
        Index("call_kept", "arrived_at", postgresql_where=text("erased_at is null")),
        Index("call_alarm", "alarm_due_at", postgresql_where=text("state = 'waiting'")),
    )

    id: str = id_column()
    carrier_sid: str = Field(unique=True)
    line_id: str = Field(foreign_key="line.id")
    from_sealed: str = sealed_column("call.from.{id}")
    from_masked: str = ""
    from_index: str = Field(default="", index=True)
    state: str
    language: str = "cmn"
    topic: str | None = None
    age_group: str | None = None
    wished_gender: str | None = None
    also_speaks: list[str] | None = may_be_json_column()
    urgency: str = "routine"
    step: str = ""
    misses: int = 0
    turn: int = 0
    waits: int = 0
    arrived_at: datetime
    heard_at: datetime
    queued_at: datetime | None = None
    ahead_at: datetime | None = None
    meant_for_id: str | None = Field(default=None, foreign_key="staff.id")
    agreed_to_wait: bool = no_column()
    notice_heard_at: datetime | None = None
    told_at: datetime | None = None
    told_place: int | None = None
    told_until: datetime | None = None
    calm_piece: int | None = None
    recording_paused: bool = Field(default=False, sa_column_kwargs={"server_default": "false"})
    alarm_since: datetime | None = None
    alarm_step: int = 0
    alarm_due_at: datetime | None = None
    accepted_at: datetime | None = None
    joined_at: datetime | None = None
    duty_phone_at: datetime | None = None
    left_at: datetime | None = None
    ended_at: datetime | None = None
    outcome: str | None = None
    outcome_step: str = ""
    counselor_id: str | None = Field(default=None, foreign_key="staff.id")
    direction: str = text_column("in")
    returns_id: str | None = Field(default=None, foreign_key="call.id")
    no_callback: bool = no_column()
    number_kind: str = text_column("direct")
    sent_sealed: str = sealed_column("call.sent.{id}")
    attention: str = text_column()
    place_code: str = text_column()
    place_source: str = text_column()
    recording_refused_at: datetime | None = None
    overflowed_from: str = text_column()
    erased_at: datetime | None = None


class Participant(SQLModel, table=True):
    """Somebody in a talk, or on the way into it or out. `hotline.callcontrol.model` says how.

    `wanted` and `hold_wanted` are what is to be, `state` and `held` what was seen, `held` null
    while the carrier was asked and has not said yes; the caller's row begins when somebody takes
    the call. `voice_wanted` and `voice`: who hears them; `ends_wanted` and `ends`: whether the
    talk is over when they leave; of both the second is null while the carrier was asked.
    `held_for`: of the caller, the participant for whose sake they are on hold. `to_say`: the
    prompt that they are still to hear. `keys`: of the caller, `wanted` and `asked` while they are
    led to a question that listens for keys, then their answer. `name`: who they are, as the desk
    shows it. `takes_over`: a supervisor who came to take the call.
    `proof`: how we know that a person is there, and no mailbox. `sent_at`: when the caller was
    last sent in. `ended_as`: the carrier's last word on the leg. The id is in its webhooks' paths.
    """

    __table_args__ = (
        one_of("role", "caller", "counselor", "interpreter", "colleague", "guest", "supervisor"),
        one_of("state", "asked", "dialing", "ringing", "up", "in_talk", "ended"),
        one_of("wanted", "in", "out"),
        one_of("voice_wanted", "open", "muted", "coach"),
        one_of("voice", "open", "muted", "coach"),
        Index("participant_alive", "state", postgresql_where=text("state <> 'ended'")),
        Index("participant_call", "call_id"),
        Index("participant_created", "created_at"),
        Index(
            "one_caller_a_call",
            "call_id",
            unique=True,
            postgresql_where=text("role = 'caller'"),
        ),
    )

    id: str = id_column()
    call_id: str = Field(foreign_key="call.id")
    role: str
    state: str = "asked"
    wanted: str = "in"
    hold_wanted: bool = False
    held: bool | None = False
    held_for: str = text_column()
    voice_wanted: str = text_column("open")
    voice: str | None = may_be_text_column("open")
    ends_wanted: bool = no_column()
    ends: bool | None = may_be_no_column()
    to_say: str = text_column()
    keys: str = text_column()
    name: str = text_column()
    takes_over: bool = no_column()
    proof: str = text_column()
    offer_id: str | None = Field(default=None, foreign_key="offer.id", index=True)
    staff_id: str | None = Field(default=None, foreign_key="staff.id")
    carrier_sid: str | None = Field(default=None, unique=True)
    address: str
    created_at: datetime
    dialled_at: datetime | None = None
    sent_at: datetime | None = None
    answered_at: datetime | None = None
    joined_at: datetime | None = None
    ended_at: datetime | None = None
    ended_as: str = ""


class HelpCall(SQLModel, table=True):
    """A counselor in a talk wants a supervisor now. It stands on the floor until somebody takes it.

    `taken_at` is also set when a supervisor has seen it after the talk was over; who came is told
    by the call's timeline.
    """

    __tablename__ = "help_call"
    __table_args__ = (
        Index("help_call_open", "line_id", postgresql_where=text("taken_at is null")),
        Index(
            "one_open_help_a_call",
            "call_id",
            unique=True,
            postgresql_where=text("taken_at is null"),
        ),
    )

    id: str = id_column()
    call_id: str = Field(foreign_key="call.id")
    line_id: str = Field(foreign_key="line.id")
    staff_id: str = Field(foreign_key="staff.id")
    asked_at: datetime
    taken_at: datetime | None = None


class Offer(SQLModel, table=True):
    """The switchboard's proposal of one call to one counselor. `facts` say why.

    `interpreter`: the plan says that who accepts perhaps does not speak with the caller.
    `revision`: of the account when it was decided; once that has changed, the offer falls.
    `in_danger`: the caller was known to be when it was decided. `kind`: the call itself, or a
    counselor's wish to consult a colleague or to call somebody back, which routing has no part in.
    """

    __table_args__ = (
        one_of("state", "pending", "accepted", "declined", "expired", "withdrawn", "failed"),
        one_of("kind", "call", "consult", "call_back"),
        Index("offer_call", "call_id", "offered_at"),
        Index("offer_offered", "offered_at"),
        Index("offer_pending_call", "call_id", postgresql_where=text("state = 'pending'")),
        Index(
            "one_pending_offer_a_counselor",
            "staff_id",
            unique=True,
            postgresql_where=text("state = 'pending'"),
        ),
    )

    id: str = id_column()
    call_id: str = Field(foreign_key="call.id")
    staff_id: str = Field(foreign_key="staff.id")
    kind: str = text_column("call")
    state: str = "pending"
    reason: str = ""
    stage: str = ""
    interpreter: bool = False
    in_danger: bool = False
    epoch: int = 0
    revision: int = count_column()
    offered_at: datetime
    expires_at: datetime
    ended_at: datetime | None = None
    facts: dict[str, Any] = json_column(dict)


class CallEntry(SQLModel, table=True):
    """What happened in a call, in order: people read it, decisions are replayed from it."""

    __tablename__ = "call_event"

    id: int | None = Field(default=None, primary_key=True)
    call_id: str = Field(foreign_key="call.id", index=True)
    at: datetime
    kind: str
    staff_id: str | None = None
    facts: dict[str, Any] = json_column(dict)


class Record(SQLModel, table=True):
    """What the counselor writes after a call. The narrative is encrypted.

    `version` counts how often it was saved with something new. `form_version`: on which form it
    was written, "" on none; `answers`: its codes, by field; `answers_sealed`: what is personal, or
    no code, as JSON. `unfinished`: something is missing that the form asks for.
    """

    __table_args__ = (Index("record_writer", "staff_id", "saved_at"),)

    call_id: str = Field(primary_key=True, foreign_key="call.id")
    staff_id: str = Field(foreign_key="staff.id")
    version: int = count_column()
    contact_type: str
    topics: list[str] = json_column(list)
    risk: str
    disposition: str
    follow_up: bool = False
    narrative_sealed: str = sealed_column("record.narrative.{call_id}")
    saved_at: datetime
    form_version: str = text_column()
    answers: dict[str, Any] = json_column(dict)
    answers_sealed: str = sealed_column("record.answers.{call_id}")
    unfinished: bool = no_column()


class RecordVersion(SQLModel, table=True):
    """A record as it was once saved, by whom and when. Nothing that was written is lost."""

    __tablename__ = "record_version"

    call_id: str = Field(primary_key=True, foreign_key="call.id")
    version: int = Field(primary_key=True)
    staff_id: str = Field(foreign_key="staff.id")
    contact_type: str
    topics: list[str] = json_column(list)
    risk: str
    disposition: str
    follow_up: bool = False
    narrative_sealed: str = sealed_column(
        "record_version.narrative.{call_id}.{version}", older="record.narrative.{call_id}"
    )
    saved_at: datetime
    form_version: str = text_column()
    answers: dict[str, Any] = json_column(dict)
    answers_sealed: str = sealed_column("record_version.answers.{call_id}.{version}")
    unfinished: bool = no_column()
