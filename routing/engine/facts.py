"""Skills and requirements as facts, by which either can be found without a look at the others."""

from collections.abc import Iterable

from routing.engine.model import Requirement, Rule, Skills

Fact = tuple[Rule, str, int]  # of which kind, what, and at which level
Facts = dict[Rule, tuple[Fact, ...]]  # by kind


def held(skills: Skills) -> Facts:
    """All that is true of somebody. Who speaks at level 3 speaks at levels 1 and 2 as well."""
    return {
        Rule.LINE: tuple((Rule.LINE, one, 0) for one in skills.lines),
        Rule.LANGUAGE: _up_to(Rule.LANGUAGE, skills.languages),
        Rule.CERTIFIED: ((Rule.CERTIFIED, "", 0),) if skills.certified else (),
        Rule.TOPIC: _up_to(Rule.TOPIC, skills.topics),
        Rule.GENDER: ((Rule.GENDER, skills.gender, 0),) if skills.gender else (),
        Rule.AGE_GROUP: tuple((Rule.AGE_GROUP, one, 0) for one in skills.ages),
    }


def asked(needed: Requirement) -> Facts:
    """The kinds that are asked for. Of each, any one of the facts will do: see `unmet`."""
    languages = needed.languages if needed.language_level > 0 else ()
    topic = needed.topic if needed.topic_level > 0 else None
    parts: Facts = {
        Rule.LINE: _one(Rule.LINE, needed.line),
        Rule.LANGUAGE: tuple((Rule.LANGUAGE, one, needed.language_level) for one in languages),
        Rule.CERTIFIED: ((Rule.CERTIFIED, "", 0),) if needed.certified else (),
        Rule.TOPIC: _one(Rule.TOPIC, topic, needed.topic_level),
        Rule.GENDER: _one(Rule.GENDER, needed.gender),
        Rule.AGE_GROUP: _one(Rule.AGE_GROUP, needed.age_group),
    }
    return {rule: facts for rule, facts in parts.items() if facts}


def _one(rule: Rule, what: str | None, level: int = 0) -> tuple[Fact, ...]:
    return () if what is None else ((rule, what, level),)


def _up_to(rule: Rule, levels: Iterable[tuple[str, int]]) -> tuple[Fact, ...]:
    return tuple((rule, what, level) for what, best in levels for level in range(1, best + 1))


class FactIndex:
    """Numbers by fact, as bits."""

    def __init__(self) -> None:
        self._numbers: dict[Fact, int] = {}

    def put(self, facts: Facts, number: int) -> None:
        """This number has all of these."""
        for fact in (one for part in facts.values() for one in part):
            self._numbers[fact] = self._numbers.get(fact, 0) | 1 << number

    def any_of(self, facts: tuple[Fact, ...]) -> int:
        """The numbers that have one of these."""
        found = 0
        for fact in facts:
            found |= self._numbers.get(fact, 0)
        return found
