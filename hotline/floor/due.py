"""What is due from somebody, from every source, in one list by due time. Reads only.

A source is one function: it answers rows that say what, until when, and which one act comes next.
Whoever brings another kind of duty writes another source and names it in `SOURCES`.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlmodel import col, select

from hotline.callbacks.model import STILL_OWED, Why
from hotline.callbacks.queries import has_message
from hotline.debriefs.model import DebriefWhy
from hotline.debriefs.queries import DebriefRow, debriefs_around
from hotline.floor.breaks import next_break
from hotline.floor.call_backs import call_backs
from hotline.floor.desk import FOLLOW_UP, OWED, OWED_FOR, UNWRITTEN, DueCall, owing
from hotline.floor.lowerings import lowerings_waiting
from hotline.followups.queries import due_at_desk
from hotline.handovers.queries import owed_by
from hotline.recordings.telling import notices_owed_by
from hotline.referrals.queries import due_from as referrals_due_from
from hotline.staff.permissions import Permission, Relation, through
from hotline.staff.sign_in import SignedIn
from hotline.statutory.model import ReportState
from hotline.statutory.queries import ReportRow, ReportTab, due_from
from hotline.storage.session import Work
from hotline.storage.tables import Callback
from hotline.storage.vault import Vault

# Placeholders: nothing in the domain research gives these a time.
TOLD_WITHIN = timedelta(hours=24)
ANSWERED_WITHIN = timedelta(hours=1)
# By state: of what kind the duty is, its act, and where that is done. Open ones are of their kind.
REPORT_DUTIES = {
    ReportState.REPORTED: ("report_answer", "ask", ReportTab.FEEDBACK),
    ReportState.ANSWERED: ("answer_unread", "read", ReportTab.ENDED),
}
REFERRAL_KINDS = {
    "declined": "referral_declined",
    "not_come": "referral_not_come",
    "sent": "referral_unanswered",
    "accepted": "referral_result",
    "came": "referral_result",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class DueReader:
    """Whose list it is, and when they look."""

    who: SignedIn
    vault: Vault
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class DueRow:
    """One thing that is due. `kind`: a word of `due_kind`; `key`: its own among its kind.

    `about`: whom it concerns, masked or by name. `act`: a word of `due_act`, for the link to where
    it is done; or `part`: a template that shows `facts` and the act itself.
    """

    kind: str
    key: str
    due_at: datetime
    about: str = ""
    in_danger: bool = False
    act: str = ""
    link: str = ""
    part: str = ""
    facts: Any = None


DueSource = Callable[[Work, DueReader], Awaitable[Sequence[DueRow]]]


async def due_rows(work: Work, reader: DueReader) -> list[DueRow]:
    """Everything, what is due first at the top."""
    found = [row for source in SOURCES for row in await source(work, reader)]
    return sorted(found, key=lambda row: (row.due_at, row.kind, row.key))


async def of_calls(work: Work, reader: DueReader) -> Sequence[DueRow]:
    """Records without what must be known, callbacks of their lines, and marked follow-ups."""
    owed = await owing(work, reader.who, at=reader.at)
    to_call = [*owed.get(OWED, ()), *owed.get(FOLLOW_UP, ())]
    backs = await call_backs(work, to_call, at=reader.at) if to_call else {}
    records = [_of_call(UNWRITTEN, call, act="write") for call in owed.get(UNWRITTEN, ())]
    calls = [
        _of_call(kind, call, part="due_call_back.html", facts=(call, backs[call.id]))
        for kind in (OWED, FOLLOW_UP)
        for call in owed.get(kind, ())
    ]
    return [*records, *calls]


def _of_call(kind: str, call: DueCall, **act: Any) -> DueRow:
    danger = call.urgency == "crisis" and kind == OWED
    return DueRow(
        kind=kind,
        key=call.id,
        due_at=call.due_at,
        about=call.from_masked,
        in_danger=danger,
        link=f"/desk/calls/{call.id}",
        **act,
    )


async def handed_to_me(work: Work, reader: DueReader) -> Sequence[DueRow]:
    """Callbacks and messages that they have taken, or were given; `of_calls` has who asked."""
    listed = (col(Callback.why) == Why.ASKED) & (col(Callback.promised_at) >= reader.at - OWED_FOR)
    query = (
        select(Callback, has_message() | (col(Callback.why) == Why.MESSAGE))
        .where(Callback.owner_id == reader.who.staff_id, col(Callback.state).in_(STILL_OWED))
        .where(col(Callback.line_id).in_(reader.who.lines), ~listed)
    )
    return [
        DueRow(
            kind="message" if is_message else "handed",
            key=row.id,
            due_at=row.due_at,
            about=row.from_masked,
            in_danger=row.urgency == "crisis",
            act="hear" if is_message else "call",
            link="/messages" if is_message else f"/callbacks#owed-{row.id}",
        )
        for row, is_message in (await work.exec(query)).all()
    ]


async def still_to_tell(work: Work, reader: DueReader) -> Sequence[DueRow]:
    """Whom an emergency left untold that they were recorded."""
    owed = await notices_owed_by(work, reader.who.staff_id)
    return [
        DueRow(
            kind="untold",
            key=one.call_id,
            due_at=one.since + TOLD_WITHIN,
            about=one.masked,
            act="open",
            link=f"/desk/calls/{one.call_id}",
        )
        for one in owed
    ]


async def still_to_tell_of_emergencies(work: Work, reader: DueReader) -> Sequence[DueRow]:
    """Whose data were handed over in an emergency, and who do not know it yet."""
    return [
        DueRow(
            kind="handed_over",
            key=made.id,
            due_at=made.tell_due_at or made.at,
            about=masked,
            act="tell",
            link=f"/cases/{made.case_id}" if made.case_id else f"/desk/calls/{made.call_id}",
        )
        for made, masked in await owed_by(work, reader.who.staff_id)
    ]


async def talks_about_calls(work: Work, reader: DueReader) -> Sequence[DueRow]:
    """Debriefs that they are owed or said they would have; the word they asked for."""
    rows = await debriefs_around(work, reader.who.staff_id, at=reader.at)
    return [_of_debrief(row, reader.who) for row in rows]


def _of_debrief(row: DebriefRow, who: SignedIn) -> DueRow:
    mine = row.staff_id == who.staff_id
    kind = "word" if row.why == DebriefWhy.ASKED else "debrief"
    return DueRow(
        kind=kind if mine else "debrief_given",
        key=row.id,
        due_at=row.due_at,
        about=row.masked if mine else row.name,
        part="due_debrief.html",
        facts=row,
    )


async def own_break(work: Work, reader: DueReader) -> Sequence[DueRow]:
    """The next break, what it waits for, and who may go first instead."""
    turn = await next_break(work, reader.who, at=reader.at)
    if turn is None:
        return []
    return [DueRow(kind="break", key="mine", due_at=turn.due_at, part="due_break.html", facts=turn)]


async def lowerings_to_answer(work: Work, reader: DueReader) -> Sequence[DueRow]:
    """Who asks a supervisor to lower a level: of whoever takes calls and supervises as well."""
    if Relation.LINE not in through(reader.who.roles, Permission.LOWER_RISK):
        return []
    return [
        DueRow(
            kind="lowering",
            key=one.call_id,
            due_at=one.asked_at + ANSWERED_WITHIN,
            about=one.masked,
            act="decide",
            link=f"/calls/{one.call_id}",
        )
        for one in await lowerings_waiting(work, reader.who.lines)
    ]


async def calls_after_high_risk(work: Work, reader: DueReader) -> Sequence[DueRow]:
    """Whom they are to call again, and whom nobody on duty answers for."""
    return [
        DueRow(
            kind="followed",
            key=one.id,
            due_at=one.due_at,
            about=one.masked,
            part="due_followed.html",
            facts=one,
        )
        for one in await due_at_desk(work, reader.vault, reader.who, at=reader.at)
    ]


async def asked_by_law(work: Work, reader: DueReader) -> Sequence[DueRow]:
    """What they have to report, whose answer to ask for, and an answer that they have not read."""
    return [_of_report(row) for row in await due_from(work, reader.who)]


def _of_report(row: ReportRow) -> DueRow:
    report = row.report
    kind, act, tab = REPORT_DUTIES.get(
        ReportState(report.state), (report.kind, "report", ReportTab.OPEN)
    )
    read_by = (report.feedback_at or report.opened_at) + TOLD_WITHIN
    return DueRow(
        kind=kind,
        key=report.id,
        due_at=row.due_at or read_by,
        about=row.masked or report.number,
        act=act,
        link=f"/statutory?tab={tab}#report-{report.id}",
    )


async def referrals_to_press(work: Work, reader: DueReader) -> Sequence[DueRow]:
    """What came back, and what a receiver owes though it was told again."""
    return [
        DueRow(
            kind=REFERRAL_KINDS[row.referral.state],
            key=row.referral.id,
            due_at=row.referral.promised_at or reader.at,
            about=f"{row.case.number} · {row.place.name['zh']}",
            in_danger=row.referral.urgency == "today",
            act="look",
            link=f"/cases/{row.referral.case_id}#case-referrals",
        )
        for row in await referrals_due_from(work, reader.who)
    ]


SOURCES: tuple[DueSource, ...] = (
    of_calls,
    handed_to_me,
    still_to_tell,
    still_to_tell_of_emergencies,
    talks_about_calls,
    own_break,
    lowerings_to_answer,
    calls_after_high_risk,
    asked_by_law,
    referrals_to_press,
)
