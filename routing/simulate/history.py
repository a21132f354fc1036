"""What callers were like so far, as a profile to draw more of them from.

Shares and means as they are; what rests on fewer than `ENOUGH` calls is the default, and said so.
"""

import statistics
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from routing.engine import Urgency
from routing.simulate.load import HOUR_S, Profile, Shares

ENOUGH = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class PastCall:
    """`arrived_s`: since some Monday, 00:00 in local time. None: not known."""

    arrived_s: float
    waited_s: float
    answered: bool
    language: str
    topic: str | None = None
    urgency: Urgency = Urgency.ROUTINE
    talk_s: float | None = None
    wrap_up_s: float | None = None


@dataclass(frozen=True, slots=True)
class Note:
    """A part of the profile that came from the default, since so few calls told of it."""

    part: str
    calls: int


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """`per_hour`: arrivals on average. `hours`: of the week, arrivals in each; 168."""

    profile: Profile
    per_hour: float
    hours: tuple[float, ...]
    notes: tuple[Note, ...]


def profile_of(calls: Sequence[PastCall], default: Profile | None = None) -> History:
    """From calls in any order. Raises `ValueError` if there are none."""
    if not calls:
        raise ValueError("no calls, no history")
    parts = _Parts(default or Profile())
    parts.talks([call.talk_s for call in calls if call.answered and call.talk_s])
    parts.wrap_ups([call.wrap_up_s for call in calls if call.wrap_up_s is not None])
    parts.patience(calls)
    parts.shares(calls)
    hours = _arrivals(calls)
    parts.hours(len(calls), hours)
    return History(
        profile=parts.profile,
        per_hour=statistics.fmean(hours),
        hours=hours,
        notes=tuple(parts.notes),
    )


class _Parts:
    """A profile in which one part after another takes the place of the default."""

    def __init__(self, default: Profile) -> None:
        self.profile = default
        self.notes: list[Note] = []

    def talks(self, known: Sequence[float]) -> None:
        if self._enough("talk", len(known)):
            mean = statistics.fmean(known)
            cv = statistics.stdev(known) / mean
            self.profile = replace(self.profile, talk_mean_s=mean, talk_cv=cv)

    def wrap_ups(self, known: Sequence[float]) -> None:
        if self._enough("wrap_up", len(known)):
            self.profile = replace(self.profile, wrap_up_mean_s=statistics.fmean(known))

    def patience(self, calls: Sequence[PastCall]) -> None:
        """All time waited / those who gave up: likeliest, where who was answered is censored."""
        gave_up = sum(not call.answered for call in calls)
        if self._enough("patience", gave_up):
            waited = sum(call.waited_s for call in calls)
            self.profile = replace(self.profile, patience_mean_s=waited / gave_up)

    def shares(self, calls: Sequence[PastCall]) -> None:
        if self._enough("languages", len(calls)):
            languages = _shares(call.language for call in calls)
            self.profile = replace(self.profile, languages=languages)
        topics = [call.topic for call in calls if call.topic is not None]
        if self._enough("topics", len(topics)):
            self.profile = replace(self.profile, topics=tuple(_shares(topics)))
        crisis = sum(call.urgency is Urgency.CRISIS for call in calls)
        if self._enough("crisis", crisis):
            self.profile = replace(self.profile, crisis=crisis / len(calls))

    def hours(self, count: int, hours: Sequence[float]) -> None:
        """Of the week where each has enough calls on average, else of the day, else even."""
        if self._enough("hours_of_week", count, of=168):
            self.profile = replace(self.profile, hourly=tuple(hours))
        elif self._enough("hours_of_day", count, of=24):
            day = tuple(statistics.fmean(hours[hour::24]) for hour in range(24))
            self.profile = replace(self.profile, hourly=day)

    def _enough(self, part: str, calls: int, of: int = 1) -> bool:
        enough = calls >= ENOUGH * of
        if not enough:
            self.notes.append(Note(part, calls))
        return enough


def _shares(names: Iterable[str]) -> Shares:
    counts = Counter(names)
    total = counts.total()
    return tuple((name, count / total) for name, count in sorted(counts.items()))


def _arrivals(calls: Sequence[PastCall]) -> tuple[float, ...]:
    """Arrivals in each hour of the week, over the hours from the first call to the last.

    An hour of the week that lies outside has the mean of all others.
    """
    came = Counter(int(call.arrived_s // HOUR_S) for call in calls)
    first, last = min(came), max(came)
    seen = Counter(hour % 168 for hour in range(first, last + 1))
    counts: Counter[int] = Counter()
    for hour, count in came.items():
        counts[hour % 168] += count
    mean = len(calls) / (last - first + 1)
    return tuple(counts[hour] / seen[hour] if seen[hour] else mean for hour in range(168))
