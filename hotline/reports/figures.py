"""Under which figures of a report a fact is counted: one name for each number that is told. Pure.

All numbers of one report are kept back together (`suppression`), so that no table of it tells what
another one keeps. The form of 2010 (卫办疾控发〔2010〕21号, default statistics) asks for what
`FormItem` lists; what no record of ours holds is not counted, and is told as unknown.
"""

from collections import Counter
from collections.abc import Hashable, Iterable, Mapping
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from functools import lru_cache

from hotline.records.forms.lists import NAMED_LISTS
from hotline.reports.facts import CallFact, ServiceFact, ServiceFacts
from hotline.reports.kpis import REST, Kpi, answered, dropped, names_of
from hotline.reports.periods import Period
from hotline.risk.levels import ALARMING, Risk
from hotline.stations.divisions import HERE

COUNTED_AS = 1  # one more for each change of what a figure counts: closed months are told anew
NO_CITY = ""
CITY, CITY_CALLS = "of city", "city"
AT_ANY_TIME = datetime(2000, 1, 1, tzinfo=UTC)
LONGEST_HALVES = 240
MOST_WAYS = 50_000
OF_CONNECTED = {Kpi.CONNECTED, (Kpi.CONNECTED, "whole"), (REST, Kpi.CONNECTED)}
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


class FormProblem(StrEnum):
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


_P = FormProblem
PROBLEM_OF: Mapping[str, FormProblem] = {
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


def problem_of(topic: str) -> FormProblem:
    """Where the form of 2010 counts a topic."""
    top = topic.partition(".")[0]
    return PROBLEM_OF.get(topic, PROBLEM_OF.get(top, FormProblem.OTHER))


def figures_of(facts: ServiceFacts, period: Period) -> Counter[frozenset[Hashable]]:
    """How many facts are in which figures of the report of this period."""
    found: Counter[frozenset[Hashable]] = Counter()
    for call in facts.calls:
        found[_of_call(call, period)] += 1
    promises: Iterable[ServiceFact] = (*facts.call_backs, *facts.follow_ups, *facts.escalations)
    for fact in promises:
        found[frozenset(names_of(fact, facts.at))] += 1
    return found


def of_city(city: str, name: Hashable) -> Hashable:
    """Under which name the form of one city counts. `city`: empty, the name as it is."""
    return (CITY, city, name) if city else name


def _of_call(call: CallFact, period: Period) -> frozenset[Hashable]:
    """Each part of it depends on little, and is made once: a year has more calls than ways."""
    way = _way(call)
    service, problems = _of_service(way), _of_problems(call.topics)
    handled = answered(call) and call.recorded and not dropped(call)
    in_form = _of_form((handled, call.place, call.level, call.again))
    form_of_city = (_in_city(call.city, one) for one in (service & OF_CONNECTED, in_form, problems))
    return service.union(
        _of_chart((period.part_of(call.arrived_at), answered(call))),
        in_form,
        problems,
        _of_topics(call.topics, call.ages),
        *(form_of_city if call.city else ()),
        ((CITY_CALLS, call.city or NO_CITY),),
    )


@lru_cache(MOST_WAYS)
def _in_city(city: str, names: frozenset[Hashable]) -> frozenset[Hashable]:
    return frozenset(of_city(city, name) for name in names)


CallWay = tuple[int | None, bool, bool, str, bool, bool]


def _way(call: CallFact) -> CallWay:
    """All that the figures of service look at. Waits in half seconds, up to two minutes: whole
    seconds apart from what lies between them.
    """
    waited_s = call.waited.total_seconds()
    halves = min(2 * int(waited_s) + (waited_s % 1 > 0), LONGEST_HALVES)
    return (
        halves if call.queued_at is not None else None,
        call.joined_at is not None,
        call.over,
        call.outcome,
        call.crisis,
        call.dropped_in_talk,
    )


@lru_cache(MOST_WAYS)
def _of_service(way: CallWay) -> frozenset[Hashable]:
    halves, joined, over, outcome, crisis, dropped_in_talk = way
    ended = AT_ANY_TIME + timedelta(seconds=(halves or 0) / 2)
    call = CallFact(
        id="",
        line_id="",
        arrived_at=AT_ANY_TIME,
        queued_at=None if halves is None else AT_ANY_TIME,
        joined_at=ended if joined else None,
        left_at=ended,
        over=over,
        outcome=outcome,
        crisis=crisis,
        dropped_in_talk=dropped_in_talk,
    )
    return frozenset(names_of(call, AT_ANY_TIME))


@lru_cache(MOST_WAYS)
def _of_chart(place: tuple[int, bool]) -> frozenset[Hashable]:
    part, is_answered = place
    other: Hashable = ("part", part, "answered") if is_answered else (REST, "part", part)
    return frozenset({("part", part), other})


@lru_cache(MOST_WAYS)
def _of_form(record: tuple[bool, str, str, bool | None]) -> frozenset[Hashable]:
    handled, place, level, again = record
    found: list[Hashable] = [FormItem.TOTAL]
    found.append(FormItem.HANDLED if handled else (REST, FormItem.HANDLED))
    if not place:
        found.append(FormItem.PLACE_UNKNOWN)
    else:
        found.append(FormItem.LOCAL if place.startswith(HERE) else FormItem.OUTSIDE)
    high = bool(level) and Risk(level) in ALARMING
    found.append(FormItem.HIGH_RISK if high else (REST, FormItem.HIGH_RISK))
    if again is None:
        found.append(FormItem.WITHHELD)
    else:
        found.append(FormItem.REPEATED if again else (REST, FormItem.REPEATED))
    return frozenset(found)


@lru_cache(MOST_WAYS)
def _of_topics(topics: tuple[str, ...], ages: str) -> frozenset[Hashable]:
    group = AGE_GROUP_OF.get(ages, AgeGroup.UNKNOWN)
    found: set[Hashable] = set()
    for top in {one.partition(".")[0] for one in topics} & set(TOPICS):
        found |= {("topic", top), ("topic", top, group)}
    return frozenset(found)


@lru_cache(MOST_WAYS)
def _of_problems(topics: tuple[str, ...]) -> frozenset[Hashable]:
    return frozenset(("problem", problem_of(topic)) for topic in topics)
