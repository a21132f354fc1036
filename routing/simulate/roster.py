"""Who is on duty when: people of a real roster, or counselors drawn for a question in general."""

from dataclasses import dataclass
from random import Random

from routing.engine import Skills
from routing.policy.roster import ALWAYS, QUARTERS_A_WEEK, Person
from routing.simulate.load import Profile

QUARTER_S = 900.0
WEEK_S = QUARTERS_A_WEEK * QUARTER_S
WELL, A_LITTLE = 3, 1

Counts = tuple[tuple[int, float], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RosterEntry:
    """A counselor. `shifts`: begin and end in seconds, by time, apart; None: always on duty."""

    name: str
    skills: Skills
    shifts: tuple[tuple[float, float], ...] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Staffing:
    """What drawn counselors are like: routing research, section 4.

    Counts and their shares: how many languages, how many topics well. Languages are drawn as
    often as callers have them.
    """

    languages: Counts = ((1, 0.35), (2, 0.45), (3, 0.20))
    topics_well: Counts = ((2, 1.0), (3, 1.0), (4, 1.0))
    topics_a_little: int = 3
    certified: float = 0.5


def draw_roster(
    profile: Profile, counselors: int, *, seed: int, staffing: Staffing | None = None
) -> tuple[RosterEntry, ...]:
    """So many counselors of the profile's line, always on duty."""
    random = Random(f"{seed}/roster")  # noqa: S311 – a draw, not a secret
    like = staffing or Staffing()
    return tuple(
        RosterEntry(name=f"counselor-{n}", skills=_skills(profile, like, random))
        for n in range(counselors)
    )


def entry_of(person: Person, *, weeks: int) -> RosterEntry:
    """Somebody of a line's roster, for so many weeks from time 0."""
    if person.quarters == ALWAYS:
        return RosterEntry(name=person.name, skills=person.skills)
    quarters = sum(person.quarters << week * QUARTERS_A_WEEK for week in range(weeks))
    shifts = []
    while quarters:
        begin = (quarters & -quarters).bit_length() - 1
        past = ~(quarters >> begin)
        end = begin + (past & -past).bit_length() - 1
        shifts.append((begin * QUARTER_S, end * QUARTER_S))
        quarters = quarters >> end << end
    return RosterEntry(name=person.name, skills=person.skills, shifts=tuple(shifts))


def _skills(profile: Profile, like: Staffing, random: Random) -> Skills:
    topics = [topic for topic, _ in profile.topics if topic is not None]
    well = _count(like.topics_well, random)
    known = random.sample(topics, min(len(topics), well + like.topics_a_little))
    levels = {topic: WELL if n < well else A_LITTLE for n, topic in enumerate(known)}
    return Skills.of(
        dict.fromkeys(_languages(profile, _count(like.languages, random), random), WELL),
        lines=[profile.line],
        topics=levels,
        certified=random.random() < like.certified,
    )


def _languages(profile: Profile, count: int, random: Random) -> list[str]:
    """So many different ones, as far as there are."""
    left, chosen = dict(profile.languages), list[str]()
    while left and len(chosen) < count:
        chosen += random.choices(list(left), weights=list(left.values()))
        del left[chosen[-1]]
    return chosen


def _count(counts: Counts, random: Random) -> int:
    numbers, weights = zip(*counts, strict=True)
    return int(random.choices(numbers, weights=weights)[0])
