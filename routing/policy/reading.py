"""From a plan file's data to a policy, and the default. All faults are told at once."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from routing.care import Care
from routing.policy.model import SAME_COUNSELOR, WISHED_GENDER, Ladder, Policy, Rung, Speaks

PlanPath = tuple[str | int, ...]

# The ladders that were measured best (routing research, section 6): everything counts at once but
# the last step, so that nobody waits for a language that nobody speaks.
DEFAULT_DOCUMENT: Mapping[str, Any] = {
    "common_language": "cmn",
    "routine": {
        "stages": [
            {
                "name": "topic_well",
                "language": "own",
                "language_level": 3,
                "topic_level": 3,
                "bonus_s": 60,
            },
            {"name": "topic", "language": "own", "language_level": 3, "topic_level": 1},
            {"name": "language", "language": "own", "language_level": 3},
            {"name": "any_language", "language": "spoken"},
            {"name": "anyone_on_line", "after_s": 60, "interpreter": True},
        ],
    },
    "crisis": {
        "ring": 3,
        "stages": [
            {"name": "certified", "language": "own", "language_level": 3, "certified": True},
            {"name": "certified_any_language", "language": "spoken", "certified": True},
            {"name": "any_language", "language": "spoken"},
            {
                "name": "anyone",
                "line": "any",
                "after_s": 20,
                "interpreter": True,
                "protected": True,
            },
        ],
    },
}


@dataclass(frozen=True, slots=True)
class PlanProblem:
    """One fault. `where`: the path of keys and positions into the document."""

    where: PlanPath
    message: str


class PolicyError(Exception):
    """A document that is no policy. `problems`: every fault, in the order of the document."""

    def __init__(self, problems: Sequence[PlanProblem]) -> None:
        """At least one."""
        super().__init__("; ".join(problem.message for problem in problems))
        self.problems = list(problems)


def read_policy(document: Mapping[str, Any]) -> Policy:
    """The policy a document describes. Raises `PolicyError`."""
    top = _Place(document, (), [])
    top.allow(
        "common_language", "ring_s", "set_aside_s", "care", "wishes", "routine", "crisis", "topics"
    )
    wishes = top.inner("wishes", "same_counselor_hold_s")
    topics = top.at("topics")
    topics.mapping()
    policy = Policy(
        routine=_ladder(top.at("routine")),
        crisis=_ladder(top.at("crisis")),
        topics=tuple((str(key), _ladder(topics.at(key))) for key in topics.names()),
        common_language=top.text("common_language") or None,
        same_counselor_hold_s=wishes.number("same_counselor_hold_s", 0.0, (0, 300)),
        ring_s=top.number("ring_s", 20.0, (5, 60)),
        set_aside_s=top.number("set_aside_s", 30.0, (0, 600)),
        care=_care(top.inner("care", *CARE)),
    )
    if top.problems:
        raise PolicyError(list(dict.fromkeys(top.problems)))
    return policy


DAY_S = 86_400  # no plan is longer; and what JSON cannot hold, no plan holds
CARE = {  # name: default, bounds; seconds, but for the count
    "protected_s": (45.0, (0, 600)),
    "rest_after_crisis_s": (900.0, (0, 7200)),
    "crisis_in_a_row": (2, (1, 1000)),
    "break_every_s": (7200.0, (600, DAY_S)),
    "break_s": (600.0, (0, 7200)),
}


@dataclass(slots=True)
class _Place:
    """A value inside the document, its path, and the faults found so far anywhere."""

    value: Any
    where: PlanPath
    problems: list[PlanProblem] = field(repr=False)

    def fault(self, message: str, *deeper: str | int) -> None:
        self.problems.append(PlanProblem((*self.where, *deeper), message))

    def mapping(self) -> Mapping[str, Any]:
        if isinstance(self.value, Mapping):
            return self.value
        if self.value is not None:
            self.fault("here must stand `name: value` pairs")
        return {}

    def names(self) -> Collection[str]:
        return self.mapping().keys()

    def allow(self, *names: str) -> None:
        for key in self.names():
            if key not in names:
                self.fault(f"{key} is not known here: one of {', '.join(names)}", key)

    def at(self, key: str | int) -> "_Place":
        return _Place(self.mapping().get(str(key)), (*self.where, key), self.problems)

    def inner(self, key: str, *names: str) -> "_Place":
        place = self.at(key)
        place.allow(*names)
        return place

    def number(self, key: str, default: float, bounds: tuple[float, float]) -> float:
        value = self.mapping().get(key, default)
        if isinstance(value, bool) or not isinstance(value, int | float):
            self.fault(f"{key} must be a number", key)
            return default
        if not bounds[0] <= value <= bounds[1]:
            self.fault(f"{key} must be from {bounds[0]:g} to {bounds[1]:g}", key)
            return default
        return float(value)

    def whole(self, key: str, default: int, bounds: tuple[float, float]) -> int:
        value = self.number(key, default, bounds)
        if value != int(value):
            self.fault(f"{key} must be a whole number", key)
        return int(value)

    def flag(self, key: str) -> bool:
        value = self.mapping().get(key, False)
        if not isinstance(value, bool):
            self.fault(f"{key} must be true or false", key)
        return value is True

    def text(self, key: str) -> str:
        value = self.mapping().get(key, "")
        if not isinstance(value, str):
            self.fault(f"{key} must be a word", key)
        return str(value)

    def one_of(self, key: str, default: str, choices: Collection[str]) -> str:
        value = self.text(key) or default
        if value not in choices:
            self.fault(f"{key} must be one of {', '.join(choices)}", key)
            return default
        return value


def _care(place: _Place) -> Care:
    in_a_row, bounds = CARE["crisis_in_a_row"]
    seconds = {name: place.number(name, *rule) for name, rule in CARE.items() if "_s" in name}
    return Care(crisis_in_a_row=place.whole("crisis_in_a_row", int(in_a_row), bounds), **seconds)


def _ladder(place: _Place) -> Ladder:
    place.allow("ring", "stages")
    ring = place.whole("ring", 1, (1, 10))
    stages = place.mapping().get("stages")
    if not isinstance(stages, list) or not stages:
        place.fault("there must be a list of stages: nobody would be offered a caller")
        return Ladder(rungs=(Rung(name=""),), ring=ring)
    places = [_Place(one, (*place.where, "stages", n), place.problems) for n, one in
              enumerate(stages)]  # fmt: skip
    rungs = tuple(map(_rung, places))
    _check_order(places, rungs)
    return Ladder(rungs=rungs, ring=ring)


def _rung(place: _Place) -> Rung:
    place.allow("name", "language", "language_level", "topic_level", "certified", "age_group",
                "line", "after_s", "bonus_s", "interpreter", "protected")  # fmt: skip
    name = place.text("name")
    if not name or name in (SAME_COUNSELOR, WISHED_GENDER):
        place.fault("a stage needs a name of its own", "name")
    topic = place.whole("topic_level", 1, (1, 5)) if "topic_level" in place.names() else None
    age_group = place.one_of("age_group", "any", ("own", "any"))
    return Rung(
        name=name,
        language=Speaks(place.one_of("language", "any", [one.value for one in Speaks])),
        language_level=place.whole("language_level", 1, (1, 5)),
        topic_level=topic,
        certified=place.flag("certified"),
        age_group=age_group == "own",
        any_line=place.one_of("line", "own", ("own", "any")) == "any",
        after_s=place.number("after_s", 0.0, (0, DAY_S)),
        bonus_s=place.number("bonus_s", 0.0, (0, 600)),
        interpreter=place.flag("interpreter"),
        protected=place.flag("protected"),
    )


def _check_order(places: Sequence[_Place], rungs: Sequence[Rung]) -> None:
    """What a plan could not be made of."""
    names: set[str] = set()
    for place, former, rung in zip(places, (None, *rungs), rungs, strict=False):
        if rung.name in names:
            place.fault(f"{rung.name} stands here a second time: a stage needs its own name")
        names.add(rung.name)
        if former is not None and rung.after_s < former.after_s:
            place.fault(f"{rung.name} opens before {former.name}: put it before that", "after_s")
        if former is not None and rung.bonus_s > former.bonus_s:
            place.fault(f"{rung.name} prefers more than {former.name}: put it before", "bonus_s")
    if rungs[-1].conditional:
        places[-1].fault(
            f"{rungs[-1].name} is only for callers whose topic or age is known: end with a stage"
            " that is for everybody"
        )


DEFAULT_POLICY = read_policy(DEFAULT_DOCUMENT)
