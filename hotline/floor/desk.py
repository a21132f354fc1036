"""What the desk shows, read from the rows: what is due, who rings, who is on the line.

Reads only. Narratives are opened for the counselor who wrote them, and that leaves a trace.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import col, select

from hotline.callcontrol.participants import is_interpreter_to_be, participants_of
from hotline.calls.model import CallState, OfferState, Outcome
from hotline.errors import NotFound
from hotline.floor.snapshot import LineNow, floor_snapshot
from hotline.i18n.catalog import HERE
from hotline.records.model import Disposition, Risk
from hotline.records.queries import narrative_place, read_record
from hotline.staff.model import PresenceState
from hotline.storage.session import Work
from hotline.storage.tables import (
    Call,
    CrisisFlag,
    Escalation,
    Line,
    Offer,
    Participant,
    Presence,
    Record,
    Staff,
    Station,
)
from hotline.storage.vault import Vault

OWED_FOR = timedelta(days=3)  # older debts are the supervisor's, in the reports
LISTED = 5
REMEMBERED = 50
# From little to much. A risk that was found stays: the form offers nothing below it.
LADDER = (Risk.NOT_ASSESSED, Risk.NONE, Risk.LOW, Risk.MODERATE, Risk.HIGH, Risk.IMMINENT)


@dataclass(frozen=True, slots=True, kw_only=True)
class RingingOffer:
    """An offer to this person, and what must be known before answering."""

    offer: Offer
    call: Call
    line: Line
    earlier: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Earlier:
    """A contact of the same caller before this one."""

    at: datetime
    outcome: str | None
    risk: str
    counselor: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OnTheLine:
    """The call in hand. `alarm` is the number to ring when a flag does not get through.

    `interpreter`: of the caller's language: "none" to be had, "free", "dialing" or "up".
    """

    call: Call
    line: Line
    alarm: str
    interpreter: str
    held: bool
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

    def closed(self, risk: str) -> bool:
        """Whether this risk is below what was found already."""
        return LADDER.index(Risk(risk)) < LADDER.index(Risk(self.floor))


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """What waits for this person when nobody is on the line."""

    unwritten: Sequence[Call]
    owed: Sequence[Call]
    follow_ups: Sequence[Call]
    lines: Sequence[LineNow]
    answered: int
    talked: timedelta

    @property
    def quiet(self) -> bool:
        """Nothing is due."""
        return not (self.unwritten or self.owed or self.follow_ups)


async def ringing(work: Work, presence: Presence) -> RingingOffer | None:
    """The offer that rings at this person now."""
    query = (
        select(Offer, Call, Line)
        .where(Offer.staff_id == presence.staff_id, Offer.state == OfferState.PENDING)
        .where(Call.id == Offer.call_id, Line.id == Call.line_id)
    )
    found = (await work.exec(query)).first()
    if found is None:
        return None
    offer, call, line = found
    earlier = await _earlier(work, call)
    return RingingOffer(offer=offer, call=call, line=line, earlier=len(earlier))


async def on_the_line(work: Work, presence: Presence) -> OnTheLine | None:
    """The call this person talks in, or writes the record of."""
    busy = presence.state in (PresenceState.TALKING, PresenceState.WRAPPING_UP)
    if not busy or presence.call_id is None:
        return None
    return await call_view(work, presence.call_id)


async def own_call(work: Work, call_id: str, staff_id: str) -> OnTheLine:
    """A call this person took. Raises `NotFound` for anybody else's."""
    call = await work.get(Call, call_id)
    if call is None or call.counselor_id != staff_id:
        raise NotFound
    return await call_view(work, call_id)


async def call_view(work: Work, call_id: str) -> OnTheLine:
    """A call with what is known of its caller."""
    call = await work.get_one(Call, call_id)
    line = await work.get_one(Line, call.line_id)
    station = await work.get(Station, line.station_id) if line.station_id else None
    there = await participants_of(work, call)
    return OnTheLine(
        call=call,
        line=line,
        alarm=station.phone if station else line.duty_phone,
        interpreter=_interpreter(line, call, there),
        held=any(one.hold_wanted for one in there),
        earlier=await _earlier(work, call),
        escalations=await _escalations(work, call),
    )


def _interpreter(line: Line, call: Call, there: Sequence[Participant]) -> str:
    leg = next(filter(is_interpreter_to_be, there), None)
    if leg is not None:
        return "up" if leg.answered_at is not None else "dialing"
    return "free" if line.interpreters.get(call.language) else "none"


async def _escalations(work: Work, call: Call) -> Sequence[Escalation]:
    query = select(Escalation).where(Escalation.call_id == call.id)
    return (await work.exec(query.order_by(col(Escalation.next_due_at)))).all()


async def _earlier(work: Work, call: Call) -> Sequence[Earlier]:
    """The caller's contacts before, newest first. A withheld number has no history."""
    if not call.from_index:
        return ()
    query = (
        select(Call.arrived_at, Call.outcome, Record.risk, Staff.name)
        .join(Record, col(Record.call_id) == col(Call.id), isouter=True)
        .join(Staff, col(Staff.id) == col(Call.counselor_id), isouter=True)
        .where(Call.from_index == call.from_index, Call.arrived_at < call.arrived_at)
        .order_by(col(Call.arrived_at).desc())
        .limit(REMEMBERED)
    )
    rows = (await work.exec(query)).all()
    return [
        Earlier(at=at, outcome=outcome, risk=risk or "", counselor=name or "")
        for at, outcome, risk, name in rows
    ]


async def form_of(
    work: Work, vault: Vault, seen: OnTheLine, *, reader: str | None, at: datetime
) -> RecordForm:
    """The record so far, opened. `reader`: who opens one that is finished; it leaves a trace."""
    record = await work.get(Record, seen.call.id)
    flags = await work.exec(select(CrisisFlag.level).where(CrisisFlag.call_id == seen.call.id))
    found = [Risk(level) for level in flags.all()]
    if record is None:
        return _empty_form(_highest(found))
    if reader is not None:
        await read_record(work, vault, seen.call.id, reader=reader, at=at)
    risk = _highest([*found, Risk(record.risk)])
    return RecordForm(
        contact_type=record.contact_type,
        topics=record.topics,
        risk=risk,
        floor=risk,
        disposition=record.disposition,
        follow_up=record.follow_up,
        narrative=vault.open(record.narrative_sealed, place=narrative_place(record.call_id)),
        saved_at=record.saved_at,
    )


def _highest(risks: Sequence[Risk]) -> Risk:
    return max(risks, key=LADDER.index, default=Risk.NOT_ASSESSED)


def _empty_form(floor: Risk) -> RecordForm:
    """Whoever talks is listened to: with that as its start the record saves itself early."""
    return RecordForm(
        contact_type="",
        topics=(),
        risk=floor,
        floor=floor,
        disposition=Disposition.LISTENED,
        follow_up=False,
        narrative="",
        saved_at=None,
    )


async def due(work: Work, staff: Staff, *, at: datetime) -> Due:
    """What this person could do now."""
    floor = await floor_snapshot(work, at=at)
    answered = await _answered_today(work, staff, at=at)
    return Due(
        unwritten=await _unwritten(work, staff),
        owed=await _owed(work, staff, at=at),
        follow_ups=await _follow_ups(work, staff),
        lines=[line for line in floor.lines if line.id in staff.lines],
        answered=len(answered),
        talked=sum(answered, timedelta()),
    )


async def _unwritten(work: Work, staff: Staff) -> Sequence[Call]:
    query = (
        select(Call)
        .join(Record, col(Record.call_id) == col(Call.id), isouter=True)
        .where(Call.counselor_id == staff.id, Call.state == CallState.ENDED)
        .where(col(Call.joined_at).is_not(None), col(Record.call_id).is_(None))
        .order_by(col(Call.arrived_at))
        .limit(LISTED)
    )
    return (await work.exec(query)).all()


async def _owed(work: Work, staff: Staff, *, at: datetime) -> Sequence[Call]:
    """Callbacks of my lines that nobody has kept: the caller has not talked with us since."""
    query = (
        select(Call)
        .where(col(Call.line_id).in_(staff.lines), Call.outcome == Outcome.CALLBACK_OWED)
        .where(col(Call.arrived_at) >= at - OWED_FOR)
        .order_by(col(Call.arrived_at))
    )
    owed = (await work.exec(query)).all()
    talked = select(Call.from_index, Call.arrived_at).where(
        col(Call.from_index).in_([call.from_index for call in owed]),
        Call.outcome == Outcome.TALKED,
    )
    last = dict(sorted((await work.exec(talked)).all(), key=lambda row: row[1]))
    kept = {
        call.id for call in owed if last.get(call.from_index, call.arrived_at) > call.arrived_at
    }
    return [call for call in owed if call.id not in kept][:LISTED]


async def _follow_ups(work: Work, staff: Staff) -> Sequence[Call]:
    query = (
        select(Call)
        .join(Record, col(Record.call_id) == col(Call.id))
        .where(Record.staff_id == staff.id, col(Record.follow_up))
        .order_by(col(Record.saved_at).desc())
        .limit(LISTED)
    )
    return (await work.exec(query)).all()


async def _answered_today(work: Work, staff: Staff, *, at: datetime) -> Sequence[timedelta]:
    """How long each of today's talks was."""
    midnight = at.astimezone(HERE).replace(hour=0, minute=0, second=0, microsecond=0)
    query = select(Call.joined_at, Call.left_at).where(
        Call.counselor_id == staff.id, col(Call.joined_at) >= midnight
    )
    rows = (await work.exec(query)).all()
    return [(left or at) - joined for joined, left in rows if joined is not None]
