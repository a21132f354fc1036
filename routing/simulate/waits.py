"""How true it is what callers are told of their wait: said on a simulated floor, and then seen.

The same words would be said as on a real line, by the same estimate, from no more than a real
line knows: who waits, who is on duty, and how long its last talks were.
"""

from collections import Counter, deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from statistics import fmean

from routing.engine import Floor, Urgency
from routing.estimate import MINUTE_S, Pace, bounds_of, pace_from, places
from routing.simulate.state import CounselorState, SimulatedCall, SimulatedCounselor

AT_WORK = frozenset(CounselorState) - {CounselorState.OFFLINE, CounselorState.PAUSED}
RECENT = 50  # calls a line looks back to
FEWEST = 10  # who still wait: of fewer, a share says nothing


@dataclass(frozen=True, slots=True)
class ToldWait:
    """What one caller would have been told at a moment. `minutes`: as in `PlaceInLine`."""

    call: SimulatedCall
    at: float
    place: int | None
    minutes: int | None

    @property
    def left_s(self) -> float | None:
        """How long they then waited until somebody answered; None: they gave up before."""
        answered = self.call.answered_at
        return None if answered is None else answered - self.at

    @property
    def true(self) -> bool | None:
        """Whether it was so. None: nothing was said of time, or they gave up before it showed."""
        if self.minutes is None:
            return None
        soonest_s, latest_s = bounds_of(self.minutes)
        if self.left_s is not None:
            return soonest_s <= self.left_s <= latest_s
        outwaited = (self.call.gave_up_at or self.at) - self.at > latest_s
        return False if outwaited else None


@dataclass(slots=True)
class WaitsWatched:
    """Give it to `simulate` as `watch`; it keeps what would have been told."""

    told: list[ToldWait] = field(default_factory=list)
    _waiting: dict[str, SimulatedCall] = field(default_factory=dict)
    _ended: deque[SimulatedCall] = field(default_factory=lambda: deque(maxlen=RECENT))

    def __call__(
        self, floor: Floor, call: SimulatedCall, counselors: Iterable[SimulatedCounselor]
    ) -> None:
        """Look at one who waits. Nothing is told of time to somebody in danger."""
        self._note(call)
        if call.plan.urgency is Urgency.CRISIS:
            return
        people = Counter(one.entry.skills for one in counselors if one.doing in AT_WORK)
        pace = self._pace()
        found = places(floor.callers, people, lambda _: pace, now=floor.now)
        mine = next((one for one in found if one.call == call.caller.id), None)
        place, minutes = (mine.place, mine.minutes) if mine else (None, None)
        self.told.append(ToldWait(call, floor.now, place, minutes))

    def _note(self, call: SimulatedCall) -> None:
        over = [one for one in self._waiting.values() if one.waited_s is not None]
        for one in over:
            self._ended.append(self._waiting.pop(one.caller.id))
        self._waiting[call.caller.id] = call

    def _pace(self) -> Pace:
        talks = [one.caller.talk_s for one in self._ended if one.answered_at is not None]
        waited_s = sum(one.waited_s or 0.0 for one in self._ended)
        gave_up = sum(one.gave_up_at is not None for one in self._ended)
        return pace_from(talks, waited_s=waited_s, gave_up=gave_up)


class TimeWords(StrEnum):
    """What a telling says of time."""

    LESS = "less than a minute"
    ABOUT = "about N minutes"
    WITHIN = "most likely within N minutes"

    @classmethod
    def of(cls, minutes: int) -> "TimeWords":
        """Of the number that stands for it (`PlaceInLine`)."""
        if minutes == 0:
            return cls.LESS
        return cls.ABOUT if minutes > 0 else cls.WITHIN


@dataclass(frozen=True, slots=True, kw_only=True)
class Honesty:
    """Of the tellings of one kind. Shares of none are 1: nothing untrue was said.

    `said`: how many; `true`: the share that was so, of those that showed; `longer`: the share that
    waited longer than told. `bias_s`: by how much they waited longer than told, on the mean.
    """

    said: int
    true: float
    longer: float
    bias_s: float


def honesty(told: Sequence[ToldWait], words: TimeWords) -> Honesty:
    """Of everything that was told in these words."""
    kind = [one for one in told if one.minutes is not None and TimeWords.of(one.minutes) is words]
    shown = [one for one in kind if one.true is not None]
    longer = [one for one in shown if not one.true and _outlasted(one)]
    return Honesty(
        said=len(kind),
        true=fmean(bool(one.true) for one in shown) if shown else 1.0,
        longer=len(longer) / len(shown) if shown else 0.0,
        bias_s=fmean(map(_later_s, shown)) if shown else 0.0,
    )


def kept_share(told: Sequence[ToldWait]) -> float:
    """Of "most likely within N minutes": how many would have been answered by then.

    Whoever gives up before is not left out, as if those who stay were answered no later than they:
    that would make every promise look kept. They count for as long as they waited (Kaplan, Meier).
    Of the last few a share says nothing: they are taken not to be answered in time.
    """
    some = [one for one in told if one.minutes is not None and one.minutes < 0]
    waited = sorted((_share_waited(one), one.left_s is None) for one in some)
    longer = 1.0
    for n, (share, gave_up) in enumerate(waited):
        still_waiting = len(waited) - n
        if share <= 1 and not gave_up and still_waiting >= FEWEST:
            longer *= 1 - 1 / still_waiting
    return 1 - longer if some else 1.0


def _share_waited(one: ToldWait) -> float:
    """Of the time that was told, until somebody answered or they gave up."""
    left_s = one.left_s if one.left_s is not None else (one.call.gave_up_at or one.at) - one.at
    return left_s / bounds_of(one.minutes or 0)[1]


def silent_share(told: Sequence[ToldWait]) -> float:
    """Of how many tellings nothing was said of time."""
    return fmean(one.minutes is None for one in told) if told else 0.0


def _outlasted(one: ToldWait) -> bool:
    return one.left_s is None or one.left_s > bounds_of(one.minutes or 0)[1]


def _later_s(one: ToldWait) -> float:
    """Against the half minute of "less than a minute". Who gave up would have waited longer."""
    told_s = MINUTE_S * abs(one.minutes) if one.minutes else MINUTE_S / 2
    left_s = one.left_s if one.left_s is not None else (one.call.gave_up_at or one.at) - one.at
    return left_s - told_s
