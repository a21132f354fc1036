"""The floor as it was at a moment that is past: the same snapshot, from what was kept of it.

Rows that are seen live come as they were then (`storage.row_versions`), offers, alarms, levels of
risk and swaps from their own times; what the floor makes of them is said once, in `snapshot`.

As they are today, since nobody keeps what they were: names, and what a line's files say (its plan,
hence places for breaks, and how long a talk may be). A call that lasted for longer than
`LONGEST_CALL`, and what was owed for longer than `LONGEST_OWED` and is not any more, are missing.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import col, func, or_, select

from hotline.callcontrol.talk_length import SHORTEST, talk_so_far
from hotline.calls.model import CallState, Urgency
from hotline.deliveries.model import Channel
from hotline.errors import Invalid
from hotline.escalations.model import EscalationState
from hotline.floor.accounts import LineAccount
from hotline.floor.accounts_then import LONGEST_CALL, LONGEST_OWED, accounts_then
from hotline.floor.breaks import break_turns, breaks_due
from hotline.floor.callers import (
    CALL_COLUMNS,
    CallerNow,
    CallRow,
    by_line,
    caller_shown,
    in_order,
)
from hotline.floor.rows import all_lines
from hotline.floor.snapshot import (
    CounselorNow,
    EscalationNow,
    FloorSnapshot,
    counselor_shown,
    escalation_shown,
    line_shown,
    people_by_line,
)
from hotline.lines.talk_length import talk_length_of
from hotline.records.risk_queries import levels_then
from hotline.risk.levels import ALARMING
from hotline.staff.breaks import on_shift
from hotline.staff.model import PresenceState
from hotline.staff.on_duty import PersonNow, person_of
from hotline.storage.clocks import AGREE_WITHIN
from hotline.storage.row_versions import as_it_was, kept_since, versions_then
from hotline.storage.session import Work
from hotline.storage.tables import (
    Attempt,
    Call,
    CallEntry,
    Delivery,
    Escalation,
    Line,
    Offer,
    Presence,
    Staff,
    Station,
)

TO_COME = "This moment has not come yet. Ask for one that is past."
NOT_KEPT = "Nothing is kept of this moment. The past that can be told begins at {}."


@dataclass(frozen=True, slots=True, kw_only=True)
class _Then:
    """What is read once and asked by several parts. `names`: of everybody, by id."""

    at: datetime
    lines: Mapping[str, Line]
    people: Sequence[PersonNow]
    names: Mapping[str, str]


async def past_begins(work: Work, *, kept_days: int, at: datetime) -> datetime:
    """The first moment whose floor can be told. `kept_days`: of calls; `at`: the present."""
    first = await kept_since(work)
    return at if first is None else min(at, max(first, at - timedelta(days=kept_days)))


async def require_past(work: Work, then: datetime, *, kept_days: int, at: datetime) -> None:
    """Raises `Invalid` for a moment that is to come, or of which nothing is kept."""
    if then > at:
        raise Invalid(TO_COME)
    begins = await past_begins(work, kept_days=kept_days, at=at)
    if then < begins:
        raise Invalid(NOT_KEPT.format(begins.isoformat(timespec="seconds")))


async def floor_at(work: Work, *, at: datetime, of: Collection[str] | None = None) -> FloorSnapshot:
    """What `floor_snapshot` said at `at`. Some fifteen indexed statements, however long ago.

    `of`: of these lines alone, and of who works for them; None: of all. Of a moment before the
    beginning of what is kept (`kept_since`) nobody is there.
    """
    everything = await all_lines(work)
    lines = {key: line for key, line in everything.items() if of is None or key in of}
    people, names = await _people(work, at=at)
    then = _Then(at=at, lines=lines, people=people, names=names)
    on_duty = on_shift(people, everything, at=at)
    due = breaks_due(on_duty, at=at)
    callers, accounts = await _callers(work, then), await accounts_then(work, lines, at=at)
    nothing, on_line, at_work = LineAccount(), by_line(callers), people_by_line(on_duty)
    return FloorSnapshot(
        at=at,
        lines=[
            line_shown(line, on_line[line.id], accounts.get(line.id, nothing), at_work)
            for line in lines.values()
        ],
        callers=callers,
        counselors=_counselors(then, due),
        escalations=await _escalations(work, then),
        breaks=await break_turns(work, on_duty, due, at=at, of=lines),
    )


async def _people(work: Work, *, at: datetime) -> tuple[list[PersonNow], Mapping[str, str]]:
    """Who was not off duty, as they and their accounts were; and everybody's name."""
    rows = (await work.exec(select(Presence, Staff).where(Presence.staff_id == Staff.id))).all()
    ids = [staff.id for _, staff in rows]
    presences = await versions_then(work, "presence", ids, at=at)
    accounts = await versions_then(work, "staff", ids, at=at)
    found = [
        (as_it_was(presence, presences[staff.id]), as_it_was(staff, accounts[staff.id]))
        for presence, staff in rows
        if staff.id in presences and staff.id in accounts
    ]
    there = [
        person_of(presence, staff)
        for presence, staff in found
        if staff.active and presence.state != PresenceState.OFFLINE
    ]
    names = (await work.exec(select(Staff.id, Staff.name))).all()
    return sorted(there, key=lambda one: (one.since, one.staff_id)), dict(names)


def _counselors(then: _Then, due: Mapping[str, str]) -> list[CounselorNow]:
    return [
        counselor_shown(one, due)
        for one in then.people
        if not then.lines.keys().isdisjoint(one.lines)
    ]


async def _callers(work: Work, then: _Then) -> list[CallerNow]:
    calls = [_row(call, then.names) for call in await _calls(work, then)]
    ringing = await _ringing(work, calls, then)
    told = await _told(work, [call for call in calls if call.is_alarmed], at=then.at)
    long = await _long_talks(work, calls, then)
    return in_order(
        caller_shown(call, ringing[call.id], told.get(call.id, {}), is_long=call.id in long)
        for call in calls
    )


def _row(call: Call, names: Mapping[str, str]) -> CallRow:
    """`names`: of everybody, by id."""
    read = [getattr(call, name) for name in CALL_COLUMNS]
    return CallRow(*read, *(names.get(one or "") for one in (call.counselor_id, call.meant_for_id)))


async def _calls(work: Work, then: _Then) -> list[Call]:
    """Those that were not over, as they were: an ended one may have ended later."""
    alive = col(Call.state) != CallState.ENDED
    query = select(Call).where(
        col(Call.arrived_at) <= then.at + AGREE_WITHIN,
        or_(alive, col(Call.arrived_at) > then.at - LONGEST_CALL),
        or_(col(Call.ended_at).is_(None), col(Call.ended_at) > then.at - AGREE_WITHIN),
    )
    rows = (await work.exec(query)).all()
    versions = await versions_then(work, "call", [row.id for row in rows], at=then.at)
    calls = [as_it_was(row, versions[row.id]) for row in rows if row.id in versions]
    return [one for one in calls if one.state != CallState.ENDED and one.line_id in then.lines]


async def _ringing(
    work: Work, calls: Iterable[CallRow], then: _Then
) -> Mapping[str, tuple[str, ...]]:
    query = (
        select(Offer.call_id, Offer.staff_id)
        .where(col(Offer.call_id).in_([one.id for one in calls]), col(Offer.offered_at) <= then.at)
        .where(or_(col(Offer.ended_at).is_(None), col(Offer.ended_at) > then.at))
        .order_by(col(Offer.offered_at), col(Offer.id))
    )
    found: dict[str, tuple[str, ...]] = defaultdict(tuple)
    for call_id, staff_id in (await work.exec(query)).all():
        found[call_id] += (then.names[staff_id],)
    return found


async def _told(
    work: Work, alarmed: Sequence[CallRow], *, at: datetime
) -> Mapping[str, Mapping[str, datetime]]:
    """The steps of an alarm that had rung somebody, each once, in order, with its last time."""
    since = {one.id: one.alarm_since or at for one in alarmed}
    query = (
        select(CallEntry.call_id, CallEntry.facts, CallEntry.at)
        .where(col(CallEntry.call_id).in_(since), CallEntry.kind == "alarm.rang")
        .where(col(CallEntry.at) <= at)
        .order_by(col(CallEntry.id))
    )
    found: dict[str, dict[str, datetime]] = defaultdict(dict)
    for call_id, facts, rang_at in (await work.exec(query)).all():
        if rang_at >= since[call_id]:
            found[call_id][str(facts["step"])] = rang_at
    return found


async def _long_talks(work: Work, calls: Iterable[CallRow], then: _Then) -> set[str]:
    long_enough = then.at - SHORTEST
    talks = [
        one
        for one in calls
        if one.state == CallState.TALKING and one.joined_at and one.joined_at <= long_enough
    ]
    levels = await levels_then(work, [one.id for one in talks], at=then.at)
    found = set()
    for call in talks:
        danger = call.urgency == Urgency.CRISIS or levels.get(call.id) in ALARMING
        rule = talk_length_of(then.lines[call.line_id])
        lasted = then.at - (call.joined_at or then.at)
        if talk_so_far(call.id, rule, lasted, in_danger=danger).is_long:
            found.add(call.id)
    return found


async def _escalations(work: Work, then: _Then) -> list[EscalationNow]:
    """The one that was due next first."""
    query = select(Escalation).where(
        col(Escalation.call_id).is_not(None),
        col(Escalation.created_at) <= then.at + AGREE_WITHIN,
        or_(
            col(Escalation.state) != EscalationState.CLOSED,
            col(Escalation.created_at) > then.at - LONGEST_OWED,
        ),
    )
    rows = (await work.exec(query)).all()
    versions = await versions_then(work, "escalation", [row.id for row in rows], at=then.at)
    found = [as_it_was(row, versions[row.id]) for row in rows if row.id in versions]
    open_then = [one for one in found if one.state != EscalationState.CLOSED]
    calls = await versions_then(work, "call", {one.call_id for one in open_then}, at=then.at)
    ours = [one for one in open_then if calls.get(one.call_id, {}).get("line_id") in then.lines]
    stations = dict((await work.exec(select(Station.id, Station.name))).all())
    shown = [escalation_shown(one, stations.get(one.station_id, "")) for one in ours]
    return sorted(shown, key=lambda one: (one.next_due_at or then.at, one.id))


async def dialled_then(
    work: Work, escalations: Collection[str], *, at: datetime
) -> Mapping[str, int]:
    """How many phones had been rung for each."""
    query = (
        select(Attempt.escalation_id, func.count())
        .join(Delivery, col(Delivery.id) == col(Attempt.id))
        .where(col(Attempt.escalation_id).in_(escalations), col(Delivery.created_at) <= at)
        .where(Delivery.channel == Channel.PHONE, Delivery.tries > 0)
        .group_by(col(Attempt.escalation_id))
    )
    return dict((await work.exec(query)).all())
