"""What the desk shows, read from the rows: what is due, who rings, who is on the line.

Reads only. Narratives are opened for the counselor who wrote them, and that leaves a trace.
"""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnExpressionArgument, func, literal, union_all
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
from hotline.floor.beside import Beside, beside
from hotline.floor.earlier import Earlier, earlier_contacts
from hotline.i18n.catalog import midnight_before
from hotline.numbers import as_people_dial
from hotline.recordings.queries import DeskRecording, desk_recording
from hotline.records.queries import read_record
from hotline.records.risk_queries import standing_of
from hotline.risk.levels import Risk, is_below
from hotline.staff.model import PresenceState
from hotline.staff.permissions import Permission
from hotline.staff.sign_in import SignedIn
from hotline.storage.sealed import open_cell
from hotline.storage.session import Work
from hotline.storage.tables import (
    Call,
    Escalation,
    Line,
    Offer,
    Participant,
    Presence,
    Record,
    Station,
)
from hotline.storage.vault import Vault

OWED_FOR = timedelta(days=3)  # older debts are the supervisor's, in the reports
LISTED = 5
UNWRITTEN, OWED, FOLLOW_UP = "unwritten", "owed", "follow_up"


@dataclass(frozen=True, slots=True, kw_only=True)
class RingingOffer:
    """An offer to this person, and what must be known before answering."""

    offer: Offer
    call: Call
    line: Line
    earlier: int


@dataclass(frozen=True, slots=True, kw_only=True)
class OnTheLine:
    """The call in hand. `alarm` is the number to ring when a flag does not get through.

    `mine`: the reader answers for it, or has; not where they only help a colleague.

    `interpreter`: of the caller's language: "none" to be had, "free", "dialing" or "up".
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

    @property
    def raised(self) -> Escalation | None:
        """The flag that is shown: one that still waits for somebody before one that does not."""
        return next(iter(self.escalations), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordForm:
    """The record as the form starts with it. `floor`: the risk below which nothing is offered."""

    contact_type: str
    topics: Sequence[str]
    risk: str
    floor: str
    disposition: str
    follow_up: bool
    narrative: str
    saved_at: datetime | None
    version: int = 0

    def closed(self, risk: str) -> bool:
        """Whether this risk is below what was found already."""
        return is_below(risk, self.floor)


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
    """A call that something is owed for."""

    id: str
    arrived_at: datetime
    from_masked: str
    from_index: str
    language: str
    urgency: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """What waits for this person when nobody is on the line."""

    unwritten: Sequence[DueCall]
    owed: Sequence[DueCall]
    follow_ups: Sequence[DueCall]
    lines: Sequence[LineWaiting]
    answered: int
    talked: timedelta

    @property
    def quiet(self) -> bool:
        """Nothing is due."""
        return not (self.unwritten or self.owed or self.follow_ups)


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
    return RingingOffer(offer=offer, call=call, line=line, earlier=len(earlier))


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
        escalations=await _escalations(work, call),
    )


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


async def form_of(
    work: Work, vault: Vault, seen: OnTheLine, *, reader: str | None, at: datetime
) -> RecordForm:
    """The record so far, opened. `reader`: who opens one that is finished; it leaves a trace."""
    record = await work.get(Record, seen.call.id)
    risk = (await standing_of(work, seen.call.id)).level
    if record is None:
        return _empty_form(risk)
    if reader is not None:
        await read_record(work, vault, seen.call.id, reader=reader, at=at)
    return RecordForm(
        contact_type=record.contact_type,
        topics=record.topics,
        risk=risk,
        floor=risk,
        disposition=record.disposition,
        follow_up=record.follow_up,
        narrative=open_cell(vault, record, "narrative_sealed"),
        saved_at=record.saved_at,
        version=record.version,
    )


def _empty_form(floor: Risk) -> RecordForm:
    """Nothing is chosen beforehand: what nobody chose must not be read as what happened."""
    return RecordForm(
        contact_type="",
        topics=(),
        risk=floor,
        floor=floor,
        disposition="",
        follow_up=False,
        narrative="",
        saved_at=None,
    )


async def due(work: Work, who: SignedIn, *, at: datetime) -> Due:
    """What this person could do now: three statements, however much it is."""
    answered = await _answered_today(work, who, at=at)
    owing = await _owing(work, who, at=at)
    return Due(
        unwritten=owing.get(UNWRITTEN, ()),
        owed=owing.get(OWED, ()),
        follow_ups=owing.get(FOLLOW_UP, ()),
        lines=await _lines_waiting(work, who),
        answered=len(answered),
        talked=sum(answered, timedelta()),
    )


async def _owing(work: Work, who: SignedIn, *, at: datetime) -> dict[str, list[DueCall]]:
    """By kind, each in its own order."""
    parts = (_unwritten(who), _owed(who, at=at), _follow_ups(who))
    rows = await (await work.connection()).execute(union_all(*parts))
    found: dict[str, list[DueCall]] = {}
    for kind, _, *values in sorted(rows, key=lambda row: (row[0], row[1])):
        found.setdefault(kind, []).append(DueCall(*values))
    return found


def _listed(kind: str, order: ColumnExpressionArgument[Any]) -> CoreSelect[Any]:
    """One kind of debt, the first few of it. `order`: lowest first."""
    place = func.row_number().over(order_by=order)
    columns = [col(getattr(Call, field.name)) for field in fields(DueCall)]
    return core_select(literal(kind), place, *columns).order_by(order).limit(LISTED)


def _unwritten(who: SignedIn) -> CoreSelect[Any]:
    """No record, or a draft in which nobody chose what must be known."""
    draft = (col(Record.contact_type) == "") | (col(Record.disposition) == "")
    return (
        _listed(UNWRITTEN, col(Call.arrived_at))
        .select_from(Call)
        .join(Record, col(Record.call_id) == col(Call.id), isouter=True)
        .where(col(Call.counselor_id) == who.staff_id, col(Call.state) == CallState.ENDED)
        .where(col(Call.joined_at).is_not(None), col(Record.call_id).is_(None) | draft)
        .where(col(Call.outcome).is_distinct_from(Outcome.NOT_REACHED))
    )


def _owed(who: SignedIn, *, at: datetime) -> CoreSelect[Any]:
    """Callbacks of my lines that nobody has kept or closed: they have not talked with us since."""
    later = aliased(Call)
    kept = exists().where(
        col(later.from_index) == col(Call.from_index),
        col(later.outcome) == Outcome.TALKED,
        col(later.arrived_at) > col(Call.arrived_at),
    )
    return (
        _listed(OWED, col(Call.arrived_at))
        .where(col(Call.line_id).in_(who.lines), col(Call.outcome) == Outcome.CALLBACK_OWED)
        .where(col(Call.arrived_at) >= at - OWED_FOR, ~kept, ~is_settled())
    )


def _follow_ups(who: SignedIn) -> CoreSelect[Any]:
    return (
        _listed(FOLLOW_UP, col(Record.saved_at).desc())
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
