"""Every sentence that a check of the configuration can say has a Chinese form."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from hotline.configuration.faults import MUST
from hotline.i18n.catalog import CHINESE, ENGLISH, speaking
from hotline.i18n.faults import PIECES, SENTENCES, chinese_forms, fault_in_words

ROOT = Path(__file__).parents[3]
CHECKS = [
    *(ROOT / "hotline" / "configuration").glob("*.py"),
    *(ROOT / "ivr" / name for name in ("document.py", "checks.py", "flow.py")),
    *(ROOT / "routing" / "policy" / name for name in ("lint.py", "reading.py")),
    *(ROOT / "hotline" / "records" / "forms" / name for name in ("model.py", "checks.py")),
    ROOT / "hotline" / "escalations" / "chains" / "lint.py",
    ROOT / "hotline" / "stations" / "checks.py",
    *(ROOT / "hotline" / "forecasting" / name for name in ("asking.py", "rosters.py", "fits.py")),
    ROOT / "hotline" / "visits" / "colours.py",
    ROOT / "hotline" / "quality" / "form.py",
    ROOT / "hotline" / "alerts" / "rules.py",
    *(ROOT / "hotline" / "lines" / name for name in ("alarm.py", "recording.py", "talk_length.py")),
]
NOT_OF_CHECKS = ("versions.py", "telling.py", "apply.py")
HAN = re.compile("[\u4e00-\u9fff]")


def sentences_of(file: Path) -> Iterator[str]:
    """Whatever ends as a sentence and is no docstring; `x` where a value is filled in."""
    tree = ast.parse(file.read_text(encoding="utf-8"))
    alone = {id(one.value) for one in ast.walk(tree) if isinstance(one, ast.Expr)}
    inside = {id(v) for one in ast.walk(tree) if isinstance(one, ast.JoinedStr) for v in one.values}
    for one in ast.walk(tree):
        said = None if id(one) in alone | inside else said_by(one)
        if said and " " in said and said.endswith((".", "?")):
            yield re.sub(r"^(x|[a-z]+\.yaml)(:(x|1))?: (?=\S)", "", said)


def said_by(node: ast.AST) -> str | None:
    if isinstance(node, ast.JoinedStr):
        parts = (v.value if isinstance(v, ast.Constant) else "x" for v in node.values)
        return "".join(map(str, parts))
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


EVERY = sorted(
    {
        said
        for file in CHECKS
        if file.name not in NOT_OF_CHECKS
        for said in sentences_of(file)
        if not said.startswith(" ")  # the hints at the end of sentences, below
    }
)


def test_the_sentences_are_found() -> None:
    assert len(EVERY) > 80


@pytest.mark.parametrize("said", EVERY)
def test_a_sentence_has_a_chinese_form(said: str) -> None:
    care = f"60: {said}"  # of the numbers that protect counselors, told with the number

    with speaking(CHINESE):
        told = [fault_in_words(said), fault_in_words(care)]

    assert any(HAN.search(one) for one in told)


@pytest.mark.parametrize("hint", [" Did you mean `x`?", " Use one of: x, y."])
def test_hints_are_chinese_within_their_sentence(hint: str) -> None:
    with speaking(CHINESE):
        told = fault_in_words(f"`z` means nothing here.{hint}")

    assert not re.search("[A-Za-z]{3}", told)


@pytest.mark.parametrize("rule", sorted(set(MUST.values())))
def test_what_a_value_must_be_is_told_in_chinese(rule: str) -> None:
    filled = rule.format(
        min_length=2, max_length=60, number="a whole number from 3 to 15", rule="x"
    )

    with speaking(CHINESE):
        told = fault_in_words(f"`hours` must {filled}.")

    assert not re.search(
        "[a-z]{3}", told.replace("`hours`", "").replace("true", "").replace("false", "")
    )


@pytest.mark.parametrize(
    ("english", "chinese"), [*chinese_forms(SENTENCES), *chinese_forms(PIECES)]
)
def test_nothing_is_lost_on_the_way(english: str, chinese: str) -> None:
    places = re.compile(r"\{[a-z_]+\}")

    assert sorted(places.findall(english)) == sorted(places.findall(chinese))


def test_gaps_name_the_days() -> None:
    said = (
        "no counselor for yue (routine) Mon-Fri 02:00-06:00: shorten the line's hours, or staff"
        " these."
    )

    with speaking(CHINESE):
        told = fault_in_words(said)

    assert told.startswith("周一-周五 02:00-06:00 没有说 yue 的咨询员")


def test_english_readers_read_what_the_check_said() -> None:
    with speaking(ENGLISH):
        assert fault_in_words("An officer needs a `station`.") == "An officer needs a `station`."
