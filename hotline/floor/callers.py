"""Who is on the line, as the floor shows them. Plain rows by position: there may be thousands."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Select
from sqlalchemy import select as sql_select
from sqlalchemy.orm import aliased
from sqlmodel import col, select

from hotline.callcontrol.talk_length import long_talks
from hotline.calls.model import IN_HAND, CallState, OfferState, Urgency
from hotline.storage.in_bulk import among_given, moments
from hotline.storage.session import Work
from hotline.storage.tables import Call, CallEntry, Line, Offer, Staff


class CallRow(NamedTuple):
    """What is read of a call. `counselor`, `meant_for`: their names; None for nobody."""

    id: str
    line_id: str
    from_masked: str
    state: str
    urgency: str
    language: str
    attention: str
    alarm_step: int
    arrived_at: datetime
    queued_at: datetime | None
    joined_at: datetime | None
    ahead_at: datetime | None
    alarm_since: datetime | None
    alarm_due_at: datetime | None
    counselor: str | None
    meant_for: str | None

    @property
    def is_alarmed(self) -> bool:
        """Whether they wait, and nobody has taken them for so long that somebody was rung."""
        return self.alarm_step > 0 and self.state == CallState.WAITING


class CallerNow(NamedTuple):
    """Somebody on the line, masked. `ringing`: whose phones ring for them at this moment.

    `nobody_since` is set while nobody takes them and whoever is left is rung; `told`: at which
    steps (`hotline.lines.alarm.AlarmStep`) somebody was, `told_at`: when last, `again_at`: when the
    next step is due. A supervisor may have put them `ahead`, or named whom they are `meant_for`.
    `attention`: as the call says. `is_long`: a talk longer than the line's last reminder.
    """

    call_id: str
    line_id: str
    masked: str
    state: str
    urgency: str
    language: str
    since: datetime
    counselor: str
    ringing: tuple[str, ...] = ()
    nobody_since: datetime | None = None
    told: tuple[str, ...] = ()
    told_at: datetime | None = None
    again_at: datetime | None = None
    ahead: bool = False
    meant_for: str = ""
    attention: str = ""
    is_long: bool = False


CALL_COLUMNS = CallRow._fields[:-2]


def _column(name: str) -> Any:
    return (moments if name.endswith(("_at", "_since")) else col)(getattr(Call, name))


_COUNSELOR, _MEANT_FOR = aliased(Staff), aliased(Staff)
_OF_LINES = among_given(col(Call.line_id), "lines")
_CALLERS: Select[*tuple[Any, ...]] = (
    sql_select(
        *(_column(name) for name in CALL_COLUMNS),
        col(_COUNSELOR.name),
        col(_MEANT_FOR.name),
    )
    .join(_COUNSELOR, col(_COUNSELOR.id) == col(Call.counselor_id), isouter=True)
    .join(_MEANT_FOR, col(_MEANT_FOR.id) == col(Call.meant_for_id), isouter=True)
    .where(col(Call.state) != CallState.ENDED, _OF_LINES)
)
_RINGING: Select[*tuple[Any, ...]] = (
    sql_select(col(Offer.call_id), col(Staff.name))
    .join(Staff, col(Staff.id) == col(Offer.staff_id))
    .join(Call, col(Call.id) == col(Offer.call_id))
    .where(col(Offer.state) == OfferState.PENDING, _OF_LINES)
    .order_by(col(Offer.offered_at), col(Offer.id))
)
_NEVER: Mapping[str, datetime] = {}


async def callers_now(work: Work, lines: Mapping[str, Line], *, at: datetime) -> list[CallerNow]:
    """Of these lines: the most urgent first, then who waits longest."""
    connection, of = await work.connection(), {"lines": list(lines)}
    rows = [CallRow._make(row) for row in await connection.execute(_CALLERS, of)]
    ringing = dict[str, tuple[str, ...]]()
    for call_id, name in await connection.execute(_RINGING, of):
        ringing[call_id] = (*ringing.get(call_id, ()), name)
    told = await _told(work, [row.id for row in rows if row.is_alarmed])
    long = await long_talks(work, lines, at=at)
    return in_order(
        caller_shown(row, ringing.get(row.id, ()), told.get(row.id, _NEVER), is_long=row.id in long)
        for row in rows
    )


def in_order(callers: Iterable[CallerNow]) -> list[CallerNow]:
    """The most urgent first, then who waits longest."""
    return sorted(callers, key=lambda one: (one.urgency != Urgency.CRISIS, one.since, one.call_id))


def by_line(callers: Iterable[CallerNow]) -> Mapping[str, list[CallerNow]]:
    """In the same order; a line without callers has an empty list."""
    found: defaultdict[str, list[CallerNow]] = defaultdict(list)
    for one in callers:
        found[one.line_id].append(one)
    return found


async def _told(work: Work, alarmed: Collection[str]) -> dict[str, dict[str, datetime]]:
    """The steps of an alarm that rang somebody, each once, in order, with its last time."""
    if not alarmed:
        return {}
    query = (
        select(CallEntry.call_id, CallEntry.facts, CallEntry.at)
        .join(Call, col(Call.id) == col(CallEntry.call_id))
        .where(col(CallEntry.call_id).in_(alarmed), CallEntry.kind == "alarm.rang")
        .where(col(CallEntry.at) >= col(Call.alarm_since))
        .order_by(col(CallEntry.id))
    )
    found: dict[str, dict[str, datetime]] = {}
    for call_id, facts, at in (await work.exec(query)).all():
        found.setdefault(call_id, {})[str(facts["step"])] = at
    return found


def caller_shown(
    call: CallRow, ringing: tuple[str, ...], told: Mapping[str, datetime], *, is_long: bool
) -> CallerNow:
    """A row as the floor shows it. `told`: when last, by step of the alarm."""
    state, alarmed = call.state, call.is_alarmed
    talking, waiting = state in IN_HAND, state == CallState.WAITING
    return CallerNow(
        call.id,
        call.line_id,
        call.from_masked,
        state,
        call.urgency,
        call.language,
        (call.joined_at if talking else call.queued_at) or call.arrived_at,
        (call.counselor or "") if talking else "",
        ringing,
        call.alarm_since if alarmed else None,
        tuple(told),
        max(told.values()) if told else None,
        call.alarm_due_at if alarmed else None,
        call.ahead_at is not None and waiting,
        (call.meant_for or "") if waiting else "",
        call.attention,
        is_long,
    )
