"""Where each caller stands in line, and how long they still wait, as far as it may be told.

Said to a child, a wrong number does more harm than none. So an estimate is a distribution, and is
told only where what would be said of it is true often enough; else it is None, and nothing is said.
"""

import math
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from statistics import NormalDist

from routing.engine import Flag, Plan, Skills, Waiting

MINUTE_S = 60.0
SURE_OF_LESS, SURE_OF_ABOUT = 0.85, 0.75  # how often what is told must be true, by the model
SURE_OF_WITHIN = 0.9  # one bound alone says less, so it must be true more often
FEWEST_FOR_CALLER, FEWEST_AT_WORK = 3, 4  # of fewer, such promises are not kept as often
WITHIN = (5, 10, 15, 20, 30)  # minutes that are told where nothing narrower is known
LONGEST_TOLD = 45  # minutes; nobody can say more of a line that is so long
COARSE_FROM, COARSE = 10, 5  # from ten minutes on, told in steps of five


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """How fast a line moves. `work_s`: what a call takes of a counselor, and the record after it.

    `leaving_per_s`: how often somebody who waits gives up, for each second that one waits.
    """

    work_s: float = 1200.0
    leaving_per_s: float = 0.0


TALK_S, WRITING_S = 900.0, 180.0  # before a line has talks of its own, and after each of them
CAPPED_S = 7200.0  # one talk whose end was heard of too late must not count for ten
OF_OWN = 10.0  # as many talks as that weigh as much as what is believed without any
WATCHED_S = 3600.0  # the same of seconds of waiting


def pace_from(talks_s: Sequence[float], *, waited_s: float, gave_up: int) -> Pace:
    """Of a line lately. `waited_s`: of all its callers together, of whom so many gave up."""
    talked_s = math.fsum(min(one, CAPPED_S) for one in talks_s)
    talk_s = (talked_s + OF_OWN * TALK_S) / (len(talks_s) + OF_OWN)
    return Pace(work_s=talk_s + WRITING_S, leaving_per_s=gave_up / (waited_s + WATCHED_S))


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitToCome:
    """What is known of a wait to come, in seconds: a gamma distribution."""

    mean_s: float
    variance: float

    def shorter_than(self, seconds: float) -> float:
        """How likely it is over by then (after Wilson and Hilferty)."""
        if seconds <= 0:
            return 0.0
        spread = self.variance / (9 * self.mean_s * self.mean_s)
        at = ((seconds / self.mean_s) ** (1 / 3) - 1 + spread) / math.sqrt(spread)
        return NormalDist().cdf(at)


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceInLine:
    """Where a caller stands. `place` counts from 1, among those who wait for the same people.

    `minutes`: what may be told of the wait. 0: less than one; N: about N; -N: most likely within N;
    None: it is not known well enough.
    """

    call: str
    place: int
    minutes: int | None


def minutes_to_tell(wait: WaitToCome, *, enough: bool) -> int | None:
    """0: less than a minute; N: about N; -N: most likely within N; None: none is true often enough.

    Behind few counselors a wait is spread too widely for a number in the middle; but that it is
    over before a quarter of an hour has passed may be as good as sure, and is worth hearing.
    Without `enough` counselors not even that: a break and one long talk stop such a line.
    """
    if wait.shorter_than(MINUTE_S) >= SURE_OF_LESS:
        return 0
    minutes = max(1, round(wait.mean_s / MINUTE_S))
    if minutes > COARSE_FROM:
        minutes = COARSE * round(minutes / COARSE)
    soonest_s, latest_s = bounds_of(minutes)
    true = wait.shorter_than(latest_s) - wait.shorter_than(soonest_s)
    is_told = minutes <= LONGEST_TOLD and true >= SURE_OF_ABOUT
    if is_told:
        return minutes
    return _within(wait) if enough else None


def _within(wait: WaitToCome) -> int | None:
    """The shortest time within which it is over, as good as surely."""
    sure = (one for one in WITHIN if wait.shorter_than(one * MINUTE_S) >= SURE_OF_WITHIN)
    return next((-one for one in sure), None)


def bounds_of(minutes: int) -> tuple[float, float]:
    """Between which seconds a wait must end for what was told to have been true."""
    if minutes <= 0:
        return 0.0, MINUTE_S * max(1, -minutes)
    soonest, latest = min(minutes - 1.0, minutes / 2), max(minutes + 1.0, minutes * 1.5)
    return soonest * MINUTE_S, latest * MINUTE_S


def wait_for(ahead: float, people: float, pace: Pace) -> WaitToCome:
    """Behind so many callers, for so many counselors, all with somebody now. At least one of them.

    Each step forward is a counselor who gets free, or one ahead who gives up.
    """
    free_per_s = people / pace.work_s
    steps = [(1.0, float(n)) for n in range(int(ahead) + 1)]
    steps.append((ahead - int(ahead), ahead))
    lasting = [(share, 1 / (free_per_s + n * pace.leaving_per_s)) for share, n in steps]
    return WaitToCome(
        mean_s=math.fsum(share * step_s for share, step_s in lasting),
        variance=math.fsum(share * step_s * step_s for share, step_s in lasting),
    )


def places(
    callers: Sequence[Waiting],
    people: Mapping[Skills, int],
    pace_of: Callable[[Waiting], Pace],
    *,
    now: float,
) -> list[PlaceInLine]:
    """Of all who wait, in the order in which they are served.

    `people`: how many on duty can do what, on no break. Whom none of them may take yet is left
    out: of their wait nothing is known.
    """
    floor = _People(people)
    ahead: Counter[int] = Counter()
    found: list[PlaceInLine] = []
    for caller in sorted(callers, key=lambda one: one.order_key):
        mine = floor.who_may_take(caller, now)
        if mine:
            sharing = [(n, other) for other, n in ahead.items() if other & mine]
            before = math.fsum(n * floor.share(other, mine) for n, other in sharing)
            wait = wait_for(before, floor.count(mine), pace_of(caller))
            place = 1 + sum(n for n, _ in sharing)
            minutes = minutes_to_tell(wait, enough=floor.is_enough(mine))
            found.append(PlaceInLine(call=caller.call, place=place, minutes=minutes))
        ahead[mine] += 1
    return found


@dataclass(slots=True)
class _People:
    """Counselors with equal skills are one bit; a set of people is a number."""

    people: Mapping[Skills, int]
    _reached: dict[tuple[Plan, int], int] = field(default_factory=dict)
    _counts: dict[int, int] = field(default_factory=dict)

    def who_may_take(self, caller: Waiting, now: float) -> int:
        """By the stages that are open by now."""
        stages = [one for one in caller.plan.general if caller.open(one, now, Flag.READY)]
        key = caller.plan, len(stages)
        if key not in self._reached:
            self._reached[key] = sum(
                1 << bit
                for bit, skills in enumerate(self.people)
                if any(stage.requirement.unmet(skills) is None for stage in stages)
            )
        return self._reached[key]

    def count(self, some: int) -> int:
        """How many counselors these are."""
        if some not in self._counts:
            numbers = enumerate(self.people.values())
            self._counts[some] = sum(n for bit, n in numbers if some >> bit & 1)
        return self._counts[some]

    def is_enough(self, mine: int) -> bool:
        """Whether a line does not stand still when one is away and another talks for long."""
        at_work = sum(self.people.values())
        return self.count(mine) >= FEWEST_FOR_CALLER and at_work >= FEWEST_AT_WORK

    def share(self, some: int, mine: int) -> float:
        """How much of what these can take is also mine."""
        return self.count(some & mine) / self.count(some)
