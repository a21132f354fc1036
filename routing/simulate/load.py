"""Who calls when, for how long, with what patience. Drawn once, so that all policies see the same.

Each kind of randomness has a stream of its own: another mean of wrap-up, say, changes nobody's
arrival or topic. Defaults: routing research, section 4. Time 0 is a Monday at 0:00.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import accumulate
from random import Random
from typing import TypeVar

from routing.care import Care
from routing.engine import Urgency
from routing.policy.need import Need

HOUR_S = 3600.0
PHONES = 8  # drawn for each caller; who lets more ring gets the same again

Name = TypeVar("Name")
Shares = tuple[tuple[str, float], ...]
Topics = tuple[tuple[str | None, float], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ringing:
    """How counselors answer: after a lognormal time, or not at all within `ring_s`.

    `unanswered`: the share of phones that nobody answers. Who did not is set aside for a while.
    """

    answer_mean_s: float = 5.0
    answer_cv: float = 0.5
    unanswered: float = 0.05
    ring_s: float = 20.0
    set_aside_s: float = 30.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Interpreting:
    """What a talk costs in which both have no language in common: each sentence is said twice.

    Placeholders until a line has measured its own: how many times as long, and the seconds until
    the interpreter is there.
    """

    times: float = 1.5
    set_up_s: float = 30.0

    def talk_s(self, alone_s: float) -> float:
        """Of a talk that would last so long without."""
        return self.set_up_s + self.times * alone_s


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """What callers are like. Talk is lognormal, wrap-up and patience are exponential.

    `bilingual`: the share of those with this language who also speak the common one. A topic None
    is one that is not known. `hourly`: relative arrivals by hour from time 0, repeated without
    end: 24 make a day, 168 a week. Without `ringing` everybody answers at once.
    """

    line: str = "line"
    talk_mean_s: float = 1020.0
    talk_cv: float = 1.2
    wrap_up_mean_s: float = 180.0
    patience_mean_s: float = 240.0
    languages: Shares = (("cmn", 0.40), ("yue", 0.25), ("hak", 0.08), ("nan", 0.12), ("eng", 0.15))
    common_language: str = "cmn"
    bilingual: Shares = (("yue", 0.8), ("hak", 0.8), ("nan", 0.8))
    topics: Topics = tuple((f"topic-{n}", 1.0) for n in range(1, 9))
    crisis: float = 0.05
    hourly: tuple[float, ...] = (1.0,)
    ringing: Ringing | None = None

    def work_s(self, care: Care) -> float:
        """Mean seconds that a call takes of a counselor: talk, wrap-up, and rest after a crisis.

        Wrap-up lies within the rest: E[max(W, r)] = r + m exp(-r / m) for W with the mean m.
        """
        rest_s, wrap_up_s = care.rest_after_crisis_s, self.wrap_up_mean_s
        resting_s = rest_s + wrap_up_s * math.exp(-rest_s / wrap_up_s)
        return self.talk_mean_s + self.crisis * resting_s + (1 - self.crisis) * wrap_up_s

    def calls_per_hour(self, load: float, counselors: float, care: Care) -> float:
        """How many calls make this load: offered work by what so many counselors can do."""
        return load * counselors * HOUR_S / self.work_s(care)

    def weight(self, hour: int) -> float:
        """Arrivals in an hour since time 0, relative to the mean hour."""
        return self.hourly[hour % len(self.hourly)] * len(self.hourly) / sum(self.hourly)


@dataclass(frozen=True, slots=True, kw_only=True)
class SimulatedCaller:
    """One call that comes, whatever is made of it.

    `answers`: after how many seconds the first, second, ... phone rung for them is answered;
    infinite: not at all.
    """

    id: str
    arrived_s: float
    talk_s: float
    wrap_up_s: float
    patience_s: float
    need: Need
    answers: tuple[float, ...] = ()


def draw_callers(
    profile: Profile, *, calls_per_hour: float, hours: float, seed: int
) -> tuple[SimulatedCaller, ...]:
    """Everybody who calls within some hours, by arrival; `calls_per_hour` is the mean hour's."""
    talk, wrap_up, patience = (_stream(seed, name) for name in ("talk", "wrap-up", "patience"))
    arrivals = list(_arrivals(profile, calls_per_hour, hours, _stream(seed, "arrivals")))
    needs = _needs(profile, len(arrivals), seed)
    answers = _answers(profile.ringing, len(arrivals), _stream(seed, "ringing"))
    return tuple(
        SimulatedCaller(
            id=f"call-{n}",
            arrived_s=arrived_s,
            talk_s=_lognormal(talk, profile.talk_mean_s, profile.talk_cv),
            wrap_up_s=wrap_up.expovariate(1.0) * profile.wrap_up_mean_s,
            patience_s=patience.expovariate(1.0) * profile.patience_mean_s,
            need=need,
            answers=phones,
        )
        for n, (arrived_s, need, phones) in enumerate(zip(arrivals, needs, answers, strict=True))
    )


def _stream(seed: int, name: str) -> Random:
    return Random(f"{seed}/{name}")  # noqa: S311 – a draw, not a secret


def _arrivals(
    profile: Profile, calls_per_hour: float, hours: float, random: Random
) -> Iterator[float]:
    """A Poisson process of rate 1, its time stretched to the hourly rates."""
    due = random.expovariate(1.0)
    for hour in range(math.ceil(hours)):
        length = min(1.0, hours - hour)
        rate = calls_per_hour * profile.weight(hour)
        while due < rate * length:
            yield (hour + due / rate) * HOUR_S
            due += random.expovariate(1.0)
        due -= rate * length


def _needs(profile: Profile, count: int, seed: int) -> Iterator[Need]:
    """Equal needs are one object."""
    topics = _drawn(profile.topics, count, _stream(seed, "topic"))
    languages = _drawn(profile.languages, count, _stream(seed, "language"))
    second, urgency = _stream(seed, "second language"), _stream(seed, "urgency")
    bilingual, known = dict(profile.bilingual), dict[tuple[object, ...], Need]()
    for language, topic in zip(languages, topics, strict=True):
        both = second.random() < bilingual.get(language, 0.0)
        crisis = urgency.random() < profile.crisis
        key = language, topic, both, crisis
        if key not in known:
            known[key] = Need(
                line=profile.line,
                language=language,
                urgency=Urgency.CRISIS if crisis else Urgency.ROUTINE,
                topic=topic,
                also_speaks=(profile.common_language,) if both else (),
            )
        yield known[key]


def _drawn(shares: tuple[tuple[Name, float], ...], count: int, random: Random) -> list[Name]:
    names, weights = zip(*shares, strict=True)
    return random.choices(names, cum_weights=list(accumulate(weights)), k=count)


def _answers(ringing: Ringing | None, count: int, random: Random) -> Iterator[tuple[float, ...]]:
    for _ in range(count):
        yield () if ringing is None else tuple(_answer(ringing, random) for _ in range(PHONES))


def _answer(ringing: Ringing, random: Random) -> float:
    seconds = _lognormal(random, ringing.answer_mean_s, ringing.answer_cv)
    heard = random.random() >= ringing.unanswered
    return seconds if heard and seconds < ringing.ring_s else math.inf


def _lognormal(random: Random, mean: float, cv: float) -> float:
    variance = math.log1p(cv * cv)
    return math.exp(math.log(mean) - variance / 2 + math.sqrt(variance) * random.gauss(0.0, 1.0))
