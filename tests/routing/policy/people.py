"""A small line and plans for it, to be spoiled by one thing at a time."""

from collections.abc import Sequence
from typing import Any

from routing.engine import Skills
from routing.policy import DEFAULT_DOCUMENT, Policy, read_policy
from routing.policy.lint import Setting
from routing.policy.roster import ALWAYS, Person, shift

EVERY_DAY = range(7)
DAYTIME = shift(EVERY_DAY, 8 * 60, 20 * 60)

LI = Person(
    name="li",
    skills=Skills.of(
        {"cmn": 5, "yue": 4},
        lines=["youth"],
        topics={"family": 4, "violence": 3},
        certified=True,
        ages=["teen"],
    ),
)
CHEN = Person(
    name="chen",
    skills=Skills.of({"cmn": 5, "yue": 4}, lines=["youth"], topics={"study": 3}, certified=True),
)
LINE = Setting(line="youth", languages=("cmn", "yue"), people=(LI, CHEN))

ANYONE: dict[str, Any] = {"name": "anyone", "line": "any", "after_s": 20, "interpreter": True}
ON_LINE: dict[str, Any] = {"name": "anyone_on_line", "after_s": 30, "interpreter": True}


def on_duty(person: Person, quarters: int) -> Person:
    return Person(name=person.name, skills=person.skills, quarters=quarters)


def staffed_by(
    *people: Person, languages: Sequence[str] = ("cmn",), hours: int = ALWAYS
) -> Setting:
    return Setting(line="youth", languages=tuple(languages), people=people, hours=hours)


def document(**changed: Any) -> dict[str, Any]:
    """The default plan with some of its parts replaced."""
    return {**DEFAULT_DOCUMENT, **changed}


def routine(*stages: dict[str, Any]) -> dict[str, Any]:
    """The default plan with another routine ladder."""
    return document(routine={"stages": list(stages)})


def policy(**changed: Any) -> Policy:
    return read_policy(document(**changed))
