"""Whose break comes when, so that a shift never leaves together. Pure.

`routing.care` says after how long a break is due. Here it is given: to so many at once as a line,
and each language of it, can spare, and never to the last certified counselor who is at work. A
break that is due waits for its turn and is not lost. A rest after a crisis waits for nobody.
"""

import math
from bisect import bisect_right
from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from enum import StrEnum
from itertools import islice
from typing import NamedTuple

from routing.care import Care, Strain
from routing.engine import Skills

EARLIEST = 0.25  # of the time between breaks: no first break of a shift is due before
LEAST_APART_S = 60.0
PUT_OFF = 0.25  # of the time between breaks: by how much a break may be put off for a colleague's
ROUNDING = 1e-6

Group = tuple[str, str]  # a line, and a language of it; "": the whole line


class BreakWaits(StrEnum):
    """Why a break that is due is not given now."""

    BUSY = "busy"  # with a call
    OTHERS_AWAY = "others_away"
    LAST_CERTIFIED = "last_certified"


class TurnKept(StrEnum):
    """Why somebody's turn is not given to a colleague."""

    AWAY = "away"
    NO_LINE_IN_COMMON = "no_line_in_common"
    NOT_LATER = "not_later"  # the colleague is due first already
    PUT_OFF_TOO_LONG = "put_off_too_long"


class OnShift(NamedTuple):
    """Somebody on duty. `share`: of those on duty, how many may be away at once by their plan.

    `due_at`: of their next break, infinite for none. `away`: on a break or at rest; `free`: could
    leave now, without a call. `put_off_s`: how long they may put a break off for a colleague's.
    """

    name: str
    skills: Skills
    due_at: float
    share: float
    away: bool = False
    free: bool = True
    put_off_s: float = 0.0


def places(share: float, on_duty: int) -> int:
    """How many of so many may be away at once: at least one, or nobody ever had a break."""
    return max(1, math.ceil(share * on_duty - ROUNDING))


def begin_shift(care: Care, others: Iterable[float], now: float) -> Strain:
    """What lies behind somebody who begins now, so that who begins together has breaks apart.

    `others`: when the next breaks of those on duty are due. The first is due at the latest time, a
    whole number of breaks before the usual one, at which the fewest of them are.
    """
    if math.isinf(care.break_every_s):
        return Strain(working_since=now)
    usual, apart = now + care.break_every_s, max(care.break_s, LEAST_APART_S)
    times = max(1, int((1 - EARLIEST) * care.break_every_s / apart))
    taken = Counter(math.floor((usual - due) / apart + ROUNDING) for due in others)
    return Strain(working_since=now - apart * min(range(times), key=lambda n: taken[n]))


def due_breaks(people: Collection[OnShift], now: float) -> dict[str, BreakWaits | None]:
    """Everybody whose break is due, longest first: None who may go now, else what they wait for.

    No place is kept for who still talks: held empty, it would make everybody's break late.
    """
    spared, found = _Spared(people), dict[str, BreakWaits | None]()
    due = [one for one in people if one.due_at <= now and not one.away]
    for one in sorted(due, key=lambda one: (one.due_at, one.name)):
        waits = spared.why_not(one)
        found[one.name] = waits if waits or one.free else BreakWaits.BUSY
        if found[one.name] is None:
            spared.leaves(one)
    return found


def turn_kept(giver: OnShift, taker: OnShift) -> TurnKept | None:
    """Why `giver` may not let `taker` go first, each due when the other was; None: they may.

    Times are exchanged and nothing else: who leaves is decided by `due_breaks` as before, so that
    no swap sends away more than may be away, or the last certified one.
    """
    if giver.away or taker.away:
        return TurnKept.AWAY
    if giver.skills.lines.isdisjoint(taker.skills.lines):
        return TurnKept.NO_LINE_IN_COMMON
    if taker.due_at <= giver.due_at:
        return TurnKept.NOT_LATER
    if taker.due_at - giver.due_at > giver.put_off_s + ROUNDING:
        return TurnKept.PUT_OFF_TOO_LONG
    return None


def next_in_turn(people: Iterable[OnShift], *, most: int | None = None) -> dict[str, str]:
    """To whom each may give their turn: the next in order of those to whom they may.

    `most`: of so many who are due first; None: of everybody.
    """
    order = sorted(people, key=lambda one: (one.due_at, one.name))
    due, found = [one.due_at for one in order], dict[str, str | None]()
    for one in order[:most]:  # those who are due as soon are no use: a whole shift may be
        later = islice(order, bisect_right(due, one.due_at), None)
        found[one.name] = _first_taker(one, later)
    return {giver: taker for giver, taker in found.items() if taker is not None}


def _first_taker(giver: OnShift, later: Iterable[OnShift]) -> str | None:
    for one in later:
        kept = turn_kept(giver, one)
        if kept is None:
            return one.name
        if kept is TurnKept.PUT_OFF_TOO_LONG:  # so would everybody's be who is due later still
            return None
    return None


class _Spared:
    """Who is on duty and who away, while breaks are given one after the other."""

    def __init__(self, people: Collection[OnShift]) -> None:
        self._on_duty: Counter[Group] = Counter()
        self._away: Counter[Group] = Counter()
        self._certified_at_work: Counter[str] = Counter()
        for skills, count in _counted(people):
            self._on_duty.update(dict.fromkeys(_groups(skills), count))
            if skills.certified:
                self._certified_at_work.update(dict.fromkeys(skills.lines, count))
        for one in people:
            if one.away:
                self.leaves(one)

    def leaves(self, one: OnShift) -> None:
        """They are at work no more."""
        self._away.update(_groups(one.skills))
        self._certified_at_work.subtract(one.skills.lines if one.skills.certified else ())

    def why_not(self, one: OnShift) -> BreakWaits | None:
        """What keeps somebody at work from a break."""
        skills = one.skills
        if skills.certified and any(self._certified_at_work[line] <= 1 for line in skills.lines):
            return BreakWaits.LAST_CERTIFIED
        for group in _groups(skills):
            if self._away[group] >= places(one.share, self._on_duty[group]):
                return BreakWaits.OTHERS_AWAY
        return None


def _counted(people: Iterable[OnShift]) -> Iterator[tuple[Skills, int]]:
    """How many have each skills, who share them: to compare equal ones would cost more."""
    shared = {id(one.skills): one.skills for one in people}
    for which, count in Counter(id(one.skills) for one in people).items():
        yield shared[which], count


def _groups(skills: Skills) -> Iterator[Group]:
    for line in skills.lines:
        yield line, ""
        for language, _ in skills.languages:
            yield line, language
