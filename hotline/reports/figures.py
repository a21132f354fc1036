"""Under which figures of a report a fact is counted: one name for each number that is told. Pure.

All numbers of one report are kept back together (`suppression`), so that no table of it tells what
another one keeps. The form of 2010 (卫办疾控发〔2010〕21号, default statistics) asks for what
`FormItem` lists; what no record of ours holds is not counted, and is told as unknown.
"""

from collections import Counter
from collections.abc import Hashable, Iterator, Mapping
from enum import StrEnum

from hotline.records.forms.lists import NAMED_LISTS
from hotline.reports.facts import CallFact, ServiceFact, ServiceFacts
from hotline.reports.kpis import REST, answered, dropped, names_of
from hotline.reports.periods import Period
from hotline.risk.levels import ALARMING, Risk
from hotline.stations.divisions import HERE

NO_CITY = ""
TOPICS: tuple[str, ...] = tuple(str(one["code"]) for one in NAMED_LISTS["issues"])
"""The ten international top levels, and what is no counselling (`records/forms/lists.toml`)."""


class FormItem(StrEnum):
    """Lines of the monthly form that are counted by calls."""

    TOTAL = "total"
    HANDLED = "handled"
    LOCAL = "local"
    OUTSIDE = "outside"
    PLACE_UNKNOWN = "place_unknown"
    HIGH_RISK = "high_risk"
    REPEATED = "repeated"
    WITHHELD = "withheld"


UNKNOWN_ITEMS = ("difficult", "professions", "full_time", "training")
"""Lines of the form that nothing of ours can answer."""


class Problem(StrEnum):
    """The form's kinds of problems."""

    HEALTH = "health"
    ILLNESS = "illness"
    EMOTION = "emotion"
    SEX = "sex"
    LOVE = "love"
    MARRIAGE = "marriage"
    FAMILY = "family"
    EDUCATION = "education"
    OTHER = "other"


_P = Problem
PROBLEM_OF: Mapping[str, Problem] = {
    "physical_health": _P.HEALTH,
    "mental_health.addiction": _P.ILLNESS,
    "mental_health.neurodevelopment": _P.ILLNESS,
    "mental_health.eating": _P.ILLNESS,
    "mental_health": _P.EMOTION,
    "sexuality": _P.SEX,
    "peers.partner": _P.LOVE,
    "violence.early_marriage": _P.MARRIAGE,
    "family": _P.FAMILY,
    "study": _P.EDUCATION,
    "access.education": _P.EDUCATION,
}
"""Domain research, requirement 22: by the whole code of a topic, else by its top level, else other.
What a counselor writes is no diagnosis: 精神疾病 holds what the topics themselves name so."""


class AgeGroup(StrEnum):
    """As the law draws the lines: consent is a guardian's below 14, minors are below 18."""

    UNDER_14 = "under_14"
    FROM_14 = "from_14"
    ADULT = "adult"
    UNKNOWN = "unknown"


AGE_GROUP_OF: Mapping[str, AgeGroup] = {
    **dict.fromkeys(("0_6", "7_9", "10_13"), AgeGroup.UNDER_14),
    **dict.fromkeys(("14_15", "16_17"), AgeGroup.FROM_14),
    **dict.fromkeys(("18_25", "26_up"), AgeGroup.ADULT),
}


def problem_of(topic: str) -> Problem:
    """Where the form of 2010 counts a topic."""
    top = topic.partition(".")[0]
    return PROBLEM_OF.get(topic, PROBLEM_OF.get(top, Problem.OTHER))


def figures_of(facts: ServiceFacts, period: Period) -> Counter[frozenset[Hashable]]:
    """How many facts are in which figures of the report of this period."""
    return Counter(frozenset(_names(one, facts, period)) for one in facts.every)


def _names(fact: ServiceFact, facts: ServiceFacts, period: Period) -> Iterator[Hashable]:
    yield from names_of(fact, facts.at)
    if isinstance(fact, CallFact):
        yield from _of_chart(fact, period)
        yield from _of_form(fact)
        yield from _of_record(fact)
        yield "city", fact.city or NO_CITY


def _of_chart(call: CallFact, period: Period) -> Iterator[Hashable]:
    part = period.part_of(call.arrived_at)
    yield "part", part
    yield ("part", part, "answered") if answered(call) else (REST, "part", part)


def _of_form(call: CallFact) -> Iterator[Hashable]:
    yield FormItem.TOTAL
    handled = answered(call) and call.recorded and not dropped(call)
    yield FormItem.HANDLED if handled else (REST, FormItem.HANDLED)
    if not call.place:
        yield FormItem.PLACE_UNKNOWN
    else:
        yield FormItem.LOCAL if call.place.startswith(HERE) else FormItem.OUTSIDE
    high = bool(call.level) and Risk(call.level) in ALARMING
    yield FormItem.HIGH_RISK if high else (REST, FormItem.HIGH_RISK)
    if call.again is None:
        yield FormItem.WITHHELD
    else:
        yield FormItem.REPEATED if call.again else (REST, FormItem.REPEATED)


def _of_record(call: CallFact) -> Iterator[Hashable]:
    group = AGE_GROUP_OF.get(call.ages, AgeGroup.UNKNOWN)
    for top in {one.partition(".")[0] for one in call.topics} & set(TOPICS):
        yield "topic", top
        yield "topic", top, group
    yield from (("problem", one) for one in {problem_of(topic) for topic in call.topics})
