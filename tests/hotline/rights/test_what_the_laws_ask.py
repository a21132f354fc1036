"""Each rule of the laws has a feature and a test that holds it, as the README says."""

import re
from pathlib import Path

import pytest
from pydantic import ValidationError

from hotline.settings import Settings

ROOT = Path(__file__).parents[3]
README = ROOT / "hotline/rights/README.md"
LAWS = (
    "未成年人保护法 §4",
    "PIPL §28–31",
    "PIPL §13",
    "PIPL §17",
    "PIPL §23",
    "PIPL §24",
    "PIPL §55–57",
    "网络保护条例 §36",
    "网络保护条例 §34",
    "未成年人保护法 §103",
    "精神卫生法 §23",
    "网络安全法 §21",
    "2021 technical guide",
    "治安管理处罚法 §42",
)


def rows() -> dict[str, str]:
    """By the rule's words: what holds it."""
    table = README.read_text(encoding="utf-8").partition("| rule (research")[2]
    cells = [line.strip("| ").split(" | ") for line in table.splitlines() if line.startswith("| ")]
    return {rule: held for rule, _, held in cells}


@pytest.mark.parametrize("law", LAWS)
def test_a_rule_of_the_laws_is_held_by_tests_that_are_there(law: str) -> None:
    [held] = [held for rule, held in rows().items() if rule.startswith(law)]

    named = re.findall(r"`(tests/[\w/]+\.py)`", held)

    assert named
    assert [file for file in named if not (ROOT / file).is_file()] == []


def test_no_rule_stands_in_the_table_that_nobody_checks() -> None:
    assert len(rows()) == len(LAWS)


def test_the_log_of_who_did_what_cannot_be_set_to_less_than_six_months() -> None:
    """网络安全法 §21: at least six months; a setting below that does not start."""
    with pytest.raises(ValidationError, match="audit_kept_days"):
        Settings(audit_kept_days=182)

    assert Settings(audit_kept_days=183).audit_kept_days == 183
