"""Skills and requirements as facts, by which either can be found without a look at the others."""

from collections.abc import Iterable

from routing.engine.model import Requirement, Skills

# A kind is a number, not a `Rule`: the hash of an enum is dear.
KINDS = LINE, LANGUAGE, CERTIFIED, TOPIC, GENDER, AGE_GROUP = range(6)
Fact = tuple[int, str, int]  # of which kind, what, and at which level
Facts = dict[int, tuple[Fact, ...]]  # by kind


def held(skills: Skills) -> Facts:
    """All that is true of somebody. Who speaks at level 3 speaks at levels 1 and 2 as well."""
    return {
        LINE: tuple((LINE, one, 0) for one in skills.lines),
        LANGUAGE: _up_to(LANGUAGE, skills.languages),
        CERTIFIED: ((CERTIFIED, "", 0),) if skills.certified else (),
        TOPIC: _up_to(TOPIC, skills.topics),
        GENDER: ((GENDER, skills.gender, 0),) if skills.gender else (),
        AGE_GROUP: tuple((AGE_GROUP, one, 0) for one in skills.ages),
    }


def asked(needed: Requirement) -> Facts:
    """The kinds that are asked for. Of each, any one of the facts will do: see `unmet`."""
    facts: Facts = {}
    if needed.topic is not None and needed.topic_level > 0:
        facts[TOPIC] = ((TOPIC, needed.topic, needed.topic_level),)
    if needed.languages and (level := needed.language_level) > 0:
        facts[LANGUAGE] = tuple([(LANGUAGE, one, level) for one in needed.languages])
    if needed.line is not None:
        facts[LINE] = ((LINE, needed.line, 0),)
    if needed.certified:
        facts[CERTIFIED] = ((CERTIFIED, "", 0),)
    if needed.gender is not None:
        facts[GENDER] = ((GENDER, needed.gender, 0),)
    if needed.age_group is not None:
        facts[AGE_GROUP] = ((AGE_GROUP, needed.age_group, 0),)
    return facts


def _up_to(kind: int, levels: Iterable[tuple[str, int]]) -> tuple[Fact, ...]:
    return tuple((kind, what, level) for what, best in levels for level in range(1, best + 1))


class FactIndex:
    """Numbers by fact, as bits."""

    def __init__(self) -> None:
        self.kinds = [0 for _ in KINDS]  # the numbers that have a fact of each
        self._numbers: dict[Fact, int] = {}

    def put(self, facts: Facts, bit: int) -> None:
        """This number has all of these."""
        numbers, kinds = self._numbers, self.kinds
        for kind, part in facts.items():
            kinds[kind] |= bit
            for fact in part:
                numbers[fact] = numbers.get(fact, 0) | bit

    def any_of(self, facts: tuple[Fact, ...]) -> int:
        """The numbers that have one of these."""
        found, numbers = 0, self._numbers
        for fact in facts:
            if fact in numbers:
                found |= numbers[fact]
        return found
