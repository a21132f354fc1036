"""What the desk shows, read from the rows: what is due, who rings, who is on the line.

Reads only. Narratives are opened for the counselor who wrote them, and that leaves a trace.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, ColumnExpressionArgument, func, literal, union_all
from sqlalchemy import Select as CoreSelect
from sqlalchemy import select as core_select
from sqlalchemy.orm import aliased
from sqlmodel import col, exists, select

from hotline.callbacks.queries import is_settled
from hotline.callcontrol.model import ParticipantRole
from hotline.callcontrol.participants import is_interpreter_to_be, participants_of
from hotline.calls.model import CallState, OfferState, Outcome
from hotline.calls.queries import permitted_call
from hotline.calls.understanding import Understanding, understanding_of
from hotline.escalations.queries import names_of
from hotline.floor.beside import Beside, beside
from hotline.floor.earlier import Earlier, earlier_contacts, place_in_week, was_in_danger
from hotline.i18n.catalog import midnight_before
from hotline.numbers import as_people_dial
from hotline.recordings.queries import DeskRecording, desk_recording
from hotline.records.completeness import TOLD_IN_WORDS
from hotline.staff.actor import Actor
from hotline.staff.model import PresenceState
from hotline.staff.permissions import Permission
from hotline.staff.sign_in import SignedIn
from hotline.storage.session import Work
from hotline.storage.tables import (
    Call,
    Callback,
    CallbackCause,
    Escalation,
    Line,
    Offer,
    Participant,
    Presence,
    Record,
    Station,
)

OWED_FOR = timedelta(days=3)  # older debts are the supervisor's, in the reports
LISTED = 5
UNWRITTEN, OWED, FOLLOW_UP = "unwritten", "owed", "follow_up"
# Placeholders: by the end of the shift, and as the first of all follow-ups (requirement 45).
WRITTEN_WITHIN, FOLLOWED_WITHIN = timedelta(hours=4), timedelta(hours=24)


@dataclass(frozen=True, slots=True, kw_only=True)
class RingingOffer:
    """An offer to this person, and what must be known before answering."""

    offer: Offer
    call: Call
    line: Line
    earlier: Sequence[Earlier]

    @property
    def in_week(self) -> int:
        """The how many-th call of this caller within seven days this one is."""
        return place_in_week(self.call, self.earlier)

    @property
    def was_in_danger(self) -> bool:
        """Whether an earlier contact found a high risk."""
        return was_in_danger(self.earlier)


@dataclass(frozen=True, slots=True, kw_only=True)
class OnTheLine:
    """The call in hand. `alarm` is the number to ring when a flag does not get through.

    `mine`: the reader answers for it, or has; not where they only help a colleague.

    `interpreter`: of the caller's language: "none" to be had, "free", "dialing" or "up".
    `holders`: who acknowledged each escalation, by the text of their actor.
    `stage`: by which step of the plan the reader was rung; empty where they were not.
    """

    call: Call
    line: Line
    understanding: Understanding
    alarm: str
    interpreter: str
    held: bool
    mine: bool
    beside: Beside
    recording: DeskRecording
    earlier: Sequence[Earlier]
    escalations: Sequence[Escalation]
    holders: Mapping[str, str]
    stage: str

    @property
    def in_week(self) -> int:
        """The how many-th call of this caller within seven days this one is."""
        return place_in_week(self.call, self.earlier)

    @property
    def raised(self) -> Escalation | None:
        """The flag that is shown: one that still waits for somebody before one that does not."""
        return next(iter(self.escalations), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class LineWaiting:
    """One line, and who waits on it."""

    id: str
    name: str
    name_en: str
    waiting: int
    longest_since: datetime | None


@dataclass(frozen=True, slots=True)
class DueCall:
    """A call that something is owed for, until `due_at`."""

    id: str
    arrived_at: datetime
    from_masked: str
    from_index: str
    language: str
    urgency: str
    due_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Shift:
    """Who waits on their lines, and what lies behind them today."""

    lines: Sequence[LineWaiting]
    answered: int
    talked: timedelta


async def ringing(work: Work, who: SignedIn) -> RingingOffer | None:
    """The offer that rings at this person now."""
    query = (
        select(Offer, Call, Line)
        .where(Offer.staff_id == who.staff_id, Offer.state == OfferState.PENDING)
        .where(Call.id == Offer.call_id, Line.id == Call.line_id)
    )
    found = (await work.exec(query)).first()
    if found is None:
        return None
    offer, call, line = found
    earlier = await earlier_contacts(work, call, who)
    return RingingOffer(offer=offer, call=call, line=line, earlier=earlier)


async def on_the_line(work: Work, presence: Presence, who: SignedIn) -> OnTheLine | None:
    """The call this person talks in, or writes the record of: also while the next one rings."""
    in_hand = {
        PresenceState.TALKING: presence.call_id,
        PresenceState.WRAPPING_UP: presence.call_id,
        PresenceState.OFFERED: presence.cut_short_call_id,
    }
    call_id = in_hand.get(PresenceState(presence.state))
    if call_id is None:
        return None
    return await _call_view(work, await work.get_one(Call, call_id), who)


async def call_to_record(work: Work, call_id: str, who: SignedIn) -> OnTheLine:
    """A call whose record this person may write. Raises as `permitted_call` does."""
    found = await work.get(Call, call_id)
    call = await permitted_call(work, found, who, Permission.WRITE_RECORD)
    return await _call_view(work, call, who)


async def _call_view(work: Work, call: Call, who: SignedIn) -> OnTheLine:
    """A call with what is known of its caller."""
    line = await work.get_one(Line, call.line_id)
    station = await work.get(Station, line.station_id) if line.station_id else None
    there = await participants_of(work, call)
    raised = await _escalations(work, call)
    held = [Actor.parse(one.acknowledged_by) for one in raised if one.acknowledged_by]
    return OnTheLine(
        call=call,
        line=line,
        understanding=understanding_of(call, line),
        alarm=as_people_dial(station.phone if station else line.duty_phone),
        interpreter=_interpreter(line, call, there),
        held=any(one.hold_wanted for one in there),
        mine=not _only_helps(there, who),
        beside=await beside(work, call, line, there, who),
        recording=await desk_recording(work, call),
        earlier=await earlier_contacts(work, call, who),
        escalations=raised,
        holders=await names_of(work, held),
        stage=await _stage(work, call, who),
    )


async def _stage(work: Work, call: Call, who: SignedIn) -> str:
    query = (
        select(Offer.stage)
        .where(Offer.call_id == call.id, Offer.staff_id == who.staff_id)
        .where(Offer.state == OfferState.ACCEPTED)
        .order_by(col(Offer.offered_at).desc())
    )
    return (await work.exec(query.limit(1))).first() or ""


def _only_helps(there: Sequence[Participant], who: SignedIn) -> bool:
    own = [one for one in there if one.staff_id == who.staff_id]
    return any(one.role == ParticipantRole.COLLEAGUE for one in own)


def _interpreter(line: Line, call: Call, there: Sequence[Participant]) -> str:
    leg = next(filter(is_interpreter_to_be, there), None)
    if leg is not None:
        return "up" if leg.answered_at is not None else "dialing"
    return "free" if line.interpreters.get(call.language) else "none"


async def _escalations(work: Work, call: Call) -> Sequence[Escalation]:
    query = select(Escalation).where(Escalation.call_id == call.id)
    return (await work.exec(query.order_by(col(Escalation.next_due_at)))).all()


async def shift_of(work: Work, who: SignedIn, *, at: datetime) -> Shift:
    """Two statements, however long the day was."""
    answered = await _answered_today(work, who, at=at)
    lines = await _lines_waiting(work, who)
    return Shift(lines=lines, answered=len(answered), talked=sum(answered, timedelta()))


async def owing(work: Work, who: SignedIn, *, at: datetime) -> dict[str, list[DueCall]]:
    """What this person owes for calls, by kind, each in its own order. One statement."""
    parts = (_unwritten(who), _owed(who, at=at), _follow_ups(who))
    rows = await (await work.connection()).execute(union_all(*parts))
    found: dict[str, list[DueCall]] = {}
    for kind, _, *values in sorted(rows, key=lambda row: (row[0], row[1])):
        found.setdefault(kind, []).append(DueCall(*values))
    return found


def _listed(
    kind: str, order: ColumnExpressionArgument[Any], due_at: ColumnElement[Any]
) -> CoreSelect[Any]:
    """One kind of debt, the first few of it. `order`: lowest first."""
    place = func.row_number().over(order_by=order)
    names = [field.name for field in fields(DueCall)][:-1]  # the last is when it is due
    columns = [*(col(getattr(Call, name)) for name in names), due_at]
    return core_select(literal(kind), place, *columns).order_by(order).limit(LISTED)


def _unwritten(who: SignedIn) -> CoreSelect[Any]:
    """No record, or a draft that lacks what must be known (`records.completeness`, or its form)."""
    unsaid = (col(Record.disposition) == "") | (col(Record.narrative_sealed) == "")
    told = (col(Record.form_version) == "") & col(Record.contact_type).in_(TOLD_IN_WORDS)
    draft = col(Record.unfinished) | (col(Record.contact_type) == "") | (told & unsaid)
    return (
        _listed(UNWRITTEN, col(Call.arrived_at), _after_talk() + WRITTEN_WITHIN)
        .select_from(Call)
        .join(Record, col(Record.call_id) == col(Call.id), isouter=True)
        .where(col(Call.counselor_id) == who.staff_id, col(Call.state) == CallState.ENDED)
        .where(col(Call.joined_at).is_not(None), col(Record.call_id).is_(None) | draft)
        .where(col(Call.outcome).is_distinct_from(Outcome.NOT_REACHED))
    )


def _after_talk() -> ColumnElement[Any]:
    return func.coalesce(col(Call.left_at), col(Call.ended_at), col(Call.arrived_at))


def _promised_for() -> ColumnElement[Any]:
    """When what is owed for the call is late; a day after it, where no callback keeps it."""
    kept = (
        core_select(func.min(col(Callback.due_at)))
        .join(CallbackCause, col(CallbackCause.callback_id) == col(Callback.id))
        .where(col(CallbackCause.call_id) == col(Call.id))
        .scalar_subquery()
    )
    return func.coalesce(kept, col(Call.arrived_at) + FOLLOWED_WITHIN)


def _owed(who: SignedIn, *, at: datetime) -> CoreSelect[Any]:
    """Callbacks of my lines that nobody has kept or closed: they have not talked with us since."""
    later = aliased(Call)
    kept = exists().where(
        col(later.from_index) == col(Call.from_index),
        col(later.outcome) == Outcome.TALKED,
        col(later.arrived_at) > col(Call.arrived_at),
    )
    return (
        _listed(OWED, col(Call.arrived_at), _promised_for())
        .where(col(Call.line_id).in_(who.lines), col(Call.outcome) == Outcome.CALLBACK_OWED)
        .where(col(Call.arrived_at) >= at - OWED_FOR, ~kept, ~is_settled())
    )


def _follow_ups(who: SignedIn) -> CoreSelect[Any]:
    return (
        _listed(FOLLOW_UP, col(Record.saved_at).desc(), col(Record.saved_at) + FOLLOWED_WITHIN)
        .select_from(Call)
        .join(Record, col(Record.call_id) == col(Call.id))
        .where(col(Record.staff_id) == who.staff_id, col(Record.follow_up))
    )


async def _lines_waiting(work: Work, who: SignedIn) -> Sequence[LineWaiting]:
    since = func.min(func.coalesce(Call.queued_at, Call.arrived_at))
    waits = (col(Call.line_id) == col(Line.id)) & (col(Call.state) == CallState.WAITING)
    query = (
        core_select(
            col(Line.id), col(Line.name), col(Line.name_en), func.count(col(Call.id)), since
        )
        .select_from(Line)
        .join(Call, waits, isouter=True)
        .where(col(Line.id).in_(who.lines))
        .group_by(col(Line.id))
        .order_by(col(Line.id))
    )
    rows = await (await work.connection()).execute(query)
    return [
        LineWaiting(id=key, name=name, name_en=name_en, waiting=waiting, longest_since=longest)
        for key, name, name_en, waiting, longest in rows
    ]


async def _answered_today(work: Work, who: SignedIn, *, at: datetime) -> Sequence[timedelta]:
    """How long each of today's talks was."""
    query = select(Call.joined_at, Call.left_at).where(
        Call.counselor_id == who.staff_id, col(Call.joined_at) >= midnight_before(at)
    )
    rows = (await work.exec(query)).all()
    return [(left or at) - joined for joined, left in rows if joined is not None]
