"""Breaks that are to come, in the order of turns: for desk, floor and API. Reads only."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from math import isinf

from sqlmodel import col, select

from hotline.staff.breaks import people_on_duty
from hotline.staff.sign_in import SignedIn
from hotline.staff.swaps import give_once, is_due, recent_swaps
from hotline.storage.in_bulk import among
from hotline.storage.session import Work
from hotline.storage.tables import BreakSwap, Staff
from routing.breaks import OnShift, due_breaks, next_in_turn


@dataclass(frozen=True, slots=True, kw_only=True)
class BreakTurn:
    """Somebody's next break. `waits`: of one that is due, what for, or "now" (`CounselorNow`).

    `next_id`, `next_name`: to whom they may give their turn, and have that one's at `next_due_at`;
    empty for nobody. `gave_to`, `given_by`: with whom it was swapped, where the reader knows them.
    """

    staff_id: str
    name: str
    due_at: datetime
    waits: str
    next_id: str
    next_name: str
    next_due_at: datetime | None
    gave_to: str
    given_by: str


async def next_break(work: Work, who: SignedIn, *, at: datetime) -> BreakTurn | None:
    """Of somebody who is at work; None where no break is to come."""
    on_duty = await people_on_duty(work, at=at)
    turns = await break_turns(work, on_duty, breaks_due(on_duty, at=at), at=at, of=who.lines)
    return next((one for one in turns if one.staff_id == who.staff_id), None)


def breaks_due(on_duty: Sequence[OnShift], *, at: datetime) -> Mapping[str, str]:
    """What each break that is due waits for, or "now" (`BreakTurn.waits`)."""
    due = due_breaks(on_duty, at.timestamp())
    return {name: waits.value if waits else "now" for name, waits in due.items()}


async def break_turns(
    work: Work,
    on_duty: Sequence[OnShift],
    due: Mapping[str, str],
    *,
    at: datetime,
    of: Collection[str],
    most: int | None = None,
) -> list[BreakTurn]:
    """The next breaks of who works for one of these lines and is not away, the first due first.

    `most`: so many are enough.
    """
    swaps = await recent_swaps(work, at=at)
    seen = [one for one in give_once(on_duty, swaps) if not one.skills.lines.isdisjoint(of)]
    to_come = sorted((one for one in seen if _to_come(one)), key=lambda one: (one.due_at, one.name))
    following, by_name = next_in_turn(to_come, most=most), {one.name: one for one in to_come}
    takers = [by_name.get(following.get(one.name, "")) for one in to_come[:most]]
    names = await _names(work, _told_of(to_come[:most], takers, seen, swaps))
    return [
        _turn(one, taker, due.get(one.name, ""), swaps, names)
        for one, taker in zip(to_come[:most], takers, strict=True)
    ]


def _told_of(
    first: Iterable[OnShift],
    takers: Iterable[OnShift | None],
    seen: Iterable[OnShift],
    swaps: Iterable[BreakSwap],
) -> set[str]:
    """Whose names are said: of who swapped, only of those whom the reader knows."""
    swapped = {name for swap in swaps for name in (swap.giver_id, swap.taker_id)}
    known = {one.name for one in seen}
    return {one.name for one in (*first, *takers) if one} | (swapped & known)


def _turn(
    one: OnShift,
    taker: OnShift | None,
    waits: str,
    swaps: Sequence[BreakSwap],
    names: Mapping[str, str],
) -> BreakTurn:
    return BreakTurn(
        staff_id=one.name,
        name=names[one.name],
        due_at=_moment(one),
        waits=waits,
        next_id=taker.name if taker else "",
        next_name=names[taker.name] if taker else "",
        next_due_at=_moment(taker) if taker else None,
        gave_to=_last(_taken_from(one, swaps), names),
        given_by=_last(_given_to(one, swaps), names),
    )


def _moment(one: OnShift) -> datetime:
    return datetime.fromtimestamp(one.due_at, UTC)


def _to_come(one: OnShift) -> bool:
    return not one.away and not isinf(one.due_at)


async def _names(work: Work, people: Collection[str]) -> Mapping[str, str]:
    query = select(Staff.id, Staff.name).where(among(col(Staff.id), people))
    return dict((await work.exec(query)).all())


def _taken_from(one: OnShift, swaps: Iterable[BreakSwap]) -> Iterator[str]:
    for swap in swaps:
        if swap.giver_id == one.name and is_due(one, swap.giver_due_at):
            yield swap.taker_id


def _given_to(one: OnShift, swaps: Iterable[BreakSwap]) -> Iterator[str]:
    for swap in swaps:
        if swap.taker_id == one.name and is_due(one, swap.taker_due_at):
            yield swap.giver_id


def _last(people: Iterable[str], names: Mapping[str, str]) -> str:
    """The latest of them whom the reader knows."""
    return next((names[one] for one in reversed([*people]) if one in names), "")
