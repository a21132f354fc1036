"""The kinds of a supervisor's acts, and what each is done to. Pure."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class ActKind(StrEnum):
    """What was done. Which of them can be undone, and until when: `hotline.directing.undo`."""

    CALLER_MOVED = "caller_moved"
    CALLER_AHEAD = "caller_ahead"
    CALLER_RAISED = "caller_raised"
    LINE_DIVERTED = "line_diverted"
    LINE_CLOSED = "line_closed"
    PRESENCE_SET = "presence_set"
    SKILLS_SET = "skills_set"
    MESSAGE_SENT = "message_sent"
    TALK_LISTENED = "talk_listened"
    TALK_WHISPERED = "talk_whispered"
    TALK_JOINED = "talk_joined"
    TALK_TAKEN_OVER = "talk_taken_over"
    CONFIGURATION_SET = "configuration_set"
    CALLER_BLOCKED = "caller_blocked"
    CALLER_UNBLOCKED = "caller_unblocked"
    PLAN_APPROVED = "plan_approved"
    PLAN_ENDED = "plan_ended"
    CALLBACK_HANDED = "callback_handed"
    NUMBER_OPENED = "number_opened"
    RISK_LOWERED = "risk_lowered"
    RISK_KEPT = "risk_kept"
    READING_GRANTED = "reading_granted"
    READING_REFUSED = "reading_refused"
    READING_TAKEN = "reading_taken"
    READING_UPHELD = "reading_upheld"
    READING_OBJECTED = "reading_objected"
    READING_ENDED = "reading_ended"
    NUMBER_SOUGHT = "number_sought"
    CASE_NUMBER_OPENED = "case_number_opened"
    LEDGER_EXPORTED = "ledger_exported"
    ROSTER_CHANGED = "roster_changed"  # `after`: what, as `hotline.roster.telling` says
    REPORT_EXPORTED = "report_exported"
    ALERT_TAKEN = "alert_taken"
    ALERT_HANDED = "alert_handed"
    ALERT_NOTED = "alert_noted"


class SubjectKind(StrEnum):
    """Where the subject's id is found."""

    CALL = "call"
    LINE = "line"
    STAFF = "staff"
    FLOOR = "floor"
    CONFIGURATION = "configuration"
    CASE = "case"
    LEDGER = "ledger"
    ROSTER = "roster"
    REPORT = "report"


@dataclass(frozen=True, slots=True, kw_only=True)
class NewAct:
    """An act that is being done. `lines`: whose supervisors may know of it.

    `before`, `after`: what it changed, as far as undo and the audit need it; no caller's words.
    """

    by_id: str
    kind: str
    subject: SubjectKind
    subject_id: str
    lines: frozenset[str]
    before: dict[str, Any] = field(default_factory=dict)
    after: dict[str, Any] = field(default_factory=dict)
    reason: str = ""
    group_id: str | None = None
