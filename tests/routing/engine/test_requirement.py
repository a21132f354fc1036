"""What a requirement asks of skills: the first rule that is not met, and no other."""

import pytest

from routing.engine import Requirement, Rule, Skills

LI = Skills.of(
    {"cmn": 5, "yue": 2},
    lines=["youth"],
    topics={"family": 3},
    certified=True,
    gender="f",
    ages=["teen"],
)
EVERYTHING = Requirement(
    line="youth",
    languages=("yue", "cmn"),
    language_level=5,
    certified=True,
    topic="family",
    topic_level=3,
    gender="f",
    age_group="teen",
)


@pytest.mark.parametrize(
    ("needed", "rule"),
    [
        (Requirement(line="women"), Rule.LINE),
        (Requirement(languages=("hak",)), Rule.LANGUAGE),
        (Requirement(languages=("yue", "hak"), language_level=3), Rule.LANGUAGE),
        (Requirement(topic="law"), Rule.TOPIC),
        (Requirement(topic="family", topic_level=4), Rule.TOPIC),
        (Requirement(gender="m"), Rule.GENDER),
        (Requirement(age_group="child"), Rule.AGE_GROUP),
        (Requirement(line="women", topic="law", gender="m"), Rule.LINE),
        (Requirement(), None),
        (EVERYTHING, None),
    ],
)
def test_the_first_rule_that_is_not_met_is_told(needed: Requirement, rule: Rule | None) -> None:
    assert needed.unmet(LI) is rule


def test_certification_is_asked_only_where_it_is_needed() -> None:
    plain = Skills.of({"cmn": 5}, lines=["youth"])

    assert Requirement(certified=True).unmet(plain) is Rule.CERTIFIED
    assert Requirement().unmet(plain) is None


def test_equal_skills_are_equal_whatever_order_they_came_in() -> None:
    one = Skills.of({"cmn": 5, "yue": 2}, lines=["a", "b"], topics={"law": 1, "family": 2})
    other = Skills.of({"yue": 2, "cmn": 5}, lines=["b", "a"], topics={"family": 2, "law": 1})

    assert one == other
