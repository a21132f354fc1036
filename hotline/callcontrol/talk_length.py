"""How long talks have lasted, and the silent reminder of it to who talks. Nothing ends a talk."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import col, func, select

from hotline.calls.model import CallState, Urgency
from hotline.calls.service import add_call_entry, lock_call
from hotline.lines.talk_length import TalkLengthFile, talk_length_of
from hotline.records.risk_queries import levels_of
from hotline.risk.levels import ALARMING
from hotline.storage.in_bulk import among
from hotline.storage.session import Database, Work
from hotline.storage.tables import Call, Line, TalkReminder

SHORTEST = timedelta(minutes=5)  # the least that a line may name
MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class TalkNow:
    """A talk that goes on. `reached`: the last step of its line that it came to, in minutes."""

    call_id: str
    reached: int
    is_long: bool


async def talks_now(work: Work, *, at: datetime) -> Sequence[TalkNow]:
    """All talks that have lasted for a step of their line, or more."""
    lines = {line.id: line for line in (await work.exec(select(Line))).all()}
    talks = await _talks(work, lines, at=at, longer_than=SHORTEST)
    return [one for one in talks if one.reached]


async def long_talks(work: Work, lines: Mapping[str, Line], *, at: datetime) -> Collection[str]:
    """The calls of these lines that the floor shows as long."""
    rules = [talk_length_of(line) for line in lines.values()]
    last = [steps[-1] for one in rules for steps in (one.minutes, one.high_risk) if steps]
    if not last:
        return ()
    talks = await _talks(work, lines, at=at, longer_than=min(last) * MINUTE)
    return {one.call_id for one in talks if one.is_long}


async def _talks(
    work: Work, lines: Mapping[str, Line], *, at: datetime, longer_than: timedelta
) -> Sequence[TalkNow]:
    query = select(Call.id, Call.line_id, Call.urgency, Call.joined_at).where(
        Call.state == CallState.TALKING, col(Call.joined_at) <= at - longer_than
    )
    rows = (await work.exec(query.where(among(col(Call.line_id), lines)))).all()
    levels = await levels_of(work, [call_id for call_id, *_ in rows]) if rows else {}
    rules = {key: talk_length_of(line) for key, line in lines.items()}
    found = []
    for call_id, line_id, urgency, joined_at in rows:
        danger = urgency == Urgency.CRISIS or levels.get(call_id) in ALARMING
        rule, lasted = rules[line_id], at - (joined_at or at)
        found.append(talk_so_far(call_id, rule, lasted, in_danger=danger))
    return found


def talk_so_far(
    call_id: str, rule: TalkLengthFile, lasted: timedelta, *, in_danger: bool
) -> TalkNow:
    """Of a call that talks. `in_danger`: by its urgency or its level of risk."""
    minutes = lasted / MINUTE
    return TalkNow(
        call_id=call_id,
        reached=rule.reached(minutes, in_danger=in_danger),
        is_long=rule.is_long(minutes, in_danger=in_danger),
    )


async def remind_of_length(database: Database, *, at: datetime) -> None:
    """Whoever talks is told once of each step, on their own desk and without a sound."""
    async with database.work() as work:
        talks = await talks_now(work, at=at)
        told = await _told(work, [one.call_id for one in talks])
    for talk in talks:
        if talk.reached > told.get(talk.call_id, 0):
            async with database.work() as work:
                await _remind(work, talk, at=at)


async def _told(work: Work, calls: Collection[str]) -> dict[str, int]:
    query = (
        select(TalkReminder.call_id, func.max(TalkReminder.minutes))
        .where(col(TalkReminder.call_id).in_(calls))
        .group_by(col(TalkReminder.call_id))
    )
    return dict((await work.exec(query)).all())


async def _remind(work: Work, talk: TalkNow, *, at: datetime) -> None:
    call = await lock_call(work, talk.call_id)
    if call.state != CallState.TALKING or call.counselor_id is None:
        return  # it ended since we looked
    if await work.get(TalkReminder, (call.id, talk.reached)) is not None:
        return
    staff_id = call.counselor_id
    work.add(TalkReminder(call_id=call.id, minutes=talk.reached, staff_id=staff_id, at=at))
    facts = {"minutes": talk.reached}
    add_call_entry(work, call, "talk.reminded", at=at, staff_id=staff_id, facts=facts)
    work.announce("notice", staff_id)


async def reminder_for(work: Work, staff_id: str) -> TalkReminder | None:
    """What stands on this person's desk: the newest of their talk, until they put it away."""
    query = (
        select(TalkReminder)
        .join(Call, col(Call.id) == col(TalkReminder.call_id))
        .where(TalkReminder.staff_id == staff_id, Call.counselor_id == staff_id)
        .where(Call.state == CallState.TALKING)
        .order_by(col(TalkReminder.minutes).desc())
    )
    newest = (await work.exec(query.limit(1))).first()
    return newest if newest is not None and newest.dismissed_at is None else None


async def put_away(work: Work, staff_id: str, call_id: str, *, at: datetime) -> None:
    """Seen: all that this person was told of a talk so far. Again, or of another's: nothing."""
    query = select(TalkReminder).where(
        TalkReminder.call_id == call_id,
        TalkReminder.staff_id == staff_id,
        col(TalkReminder.dismissed_at).is_(None),
    )
    for one in (await work.exec(query)).all():
        one.dismissed_at = at
    work.announce("notice", staff_id)
