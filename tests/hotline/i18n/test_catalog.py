"""Everything staff read has an English translation, and the placeholders survive it."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from hotline.i18n.catalog import english
from hotline.i18n.words import WORDS
from hotline.web.pages.frame import RAIL

WEB = Path(__file__).parents[3] / "hotline" / "web"
SAID = {
    "templates/*.html": r"""\b_\(\s*["'](.+?)["']\s*[,)]""",
    "pages/*.py": r"""\b_\(\s*"(.+?)"\s*[,)]""",
    "static/*.js": r"""\bt\(\s*"(.+?)"\s*[,)]""",
}
PLACEHOLDER = re.compile(r"%\(\w+\)s|\{\w+\}")


def sentences() -> Iterator[str]:
    """Every sentence in pages and scripts, and the closed words."""
    for pattern, expression in SAID.items():
        for file in WEB.glob(pattern):
            yield from re.findall(expression, file.read_text(encoding="utf-8"))
    for words in WORDS.values():
        yield from words.values()
    yield from (place.word for place in RAIL)


@pytest.mark.parametrize("sentence", sorted(set(sentences())))
def test_a_sentence_is_said_in_english_too(sentence: str) -> None:
    translated = english().get(sentence, "")

    assert translated, f"no English for {sentence}"
    assert sorted(PLACEHOLDER.findall(translated)) == sorted(PLACEHOLDER.findall(sentence))
