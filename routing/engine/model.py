"""What routing knows of counselors and callers: frozen values, compared by what they hold.

Ids of calls, counselors and lines are opaque strings, times are seconds of any epoch. Who is on
duty, and what a decision sets in motion, is left to whoever uses this package.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple


class Urgency(StrEnum):
    """Orders before waiting time: every crisis caller comes before every routine caller."""

    CRISIS = "crisis"
    ROUTINE = "routine"


class Flag(StrEnum):
    """How a counselor stands in the index. Whoever may not be called at all is not in it."""

    READY = "ready"
    RINGING = "ringing"  # beside others for one in danger, and can be spared for another such
    WRAP_UP = "wrap_up"  # still writing the last record: for a crisis only, and tried later
    PROTECTED = "protected"  # has only just ended a talk: last, and only where a stage says so


FLAGS = tuple(Flag)  # in the order in which they are asked at one stage


class Rule(StrEnum):
    """What keeps a counselor from a caller. Words for people are made elsewhere."""

    AWAY = "away"
    WRAP_UP = "wrap_up"
    PROTECTED = "protected"
    LINE = "line"
    LANGUAGE = "language"
    CERTIFIED = "certified"
    TOPIC = "topic"
    GENDER = "gender"
    AGE_GROUP = "age_group"
    COUNSELOR = "counselor"  # the caller is kept for somebody they know
    NOT_YET = "not_yet"  # no stage of the plan is open yet


@dataclass(frozen=True, slots=True, kw_only=True)
class Skills:
    """What a counselor can do. Levels go from 1 (a little) over 3 (well) to 5 (a trade).

    Built with `Skills.of`, so that equal skills are equal values whatever order they came in.
    """

    languages: tuple[tuple[str, int], ...]
    topics: tuple[tuple[str, int], ...] = ()
    lines: frozenset[str] = frozenset()
    certified: bool = False
    gender: str | None = None
    ages: frozenset[str] = frozenset()  # age groups they are trained for

    @classmethod
    def of(
        cls,
        languages: Mapping[str, int],
        *,
        lines: Iterable[str],
        topics: Mapping[str, int] | None = None,
        certified: bool = False,
        gender: str | None = None,
        ages: Iterable[str] = (),
    ) -> "Skills":
        """`languages` and `topics` map a name to its level."""
        return cls(
            languages=tuple(sorted(languages.items())),
            topics=tuple(sorted((topics or {}).items())),
            lines=frozenset(lines),
            certified=certified,
            gender=gender,
            ages=frozenset(ages),
        )


@dataclass(frozen=True, slots=True)
class Signature:
    """All that the matcher sees of a counselor. Counselors with equal signatures are equals.

    A state that changes what somebody may be offered is another signature: wrap-up is the same
    skills with another flag, "no more crisis calls today" the same skills without certification.
    """

    skills: Skills
    flag: Flag = Flag.READY


@dataclass(frozen=True, slots=True, kw_only=True)
class Requirement:
    """What a caller needs. A part left out asks for nothing."""

    line: str | None = None
    languages: tuple[str, ...] = ()  # any one of them will do
    language_level: int = 1
    certified: bool = False
    topic: str | None = None
    topic_level: int = 1
    gender: str | None = None
    age_group: str | None = None
    counselor: str | None = None  # this person and nobody else

    def unmet(self, skills: Skills) -> Rule | None:
        """The first rule these skills fail. Who the counselor is, is not asked here."""
        return next(self._unmet(skills), None)

    def _unmet(self, skills: Skills) -> Iterator[Rule]:
        if self.line is not None and self.line not in skills.lines:
            yield Rule.LINE
        if self.languages:
            levels = dict(skills.languages)
            if max(levels.get(one, 0) for one in self.languages) < self.language_level:
                yield Rule.LANGUAGE
        if self.certified and not skills.certified:
            yield Rule.CERTIFIED
        if self.topic is not None and dict(skills.topics).get(self.topic, 0) < self.topic_level:
            yield Rule.TOPIC
        if self.gender not in {None, skills.gender}:
            yield Rule.GENDER
        if self.age_group is not None and self.age_group not in skills.ages:
            yield Rule.AGE_GROUP


class Decision(NamedTuple):
    """Offer this call to this counselor, now; and why them."""

    call: str
    counselor: str
    plan: str
    stage: str
    urgency: Urgency
    waited_s: float
    idle_s: float
    flag: Flag
