"""Everything that is said on six lines in five languages, word for word, in files that one reads.

`pytest tests/hotline/web/voice/test_golden_documents.py --write-golden` writes them anew.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from hotline.carrier.grammar import faults_of
from hotline.i18n.prompts import spoken_prompts
from hotline.lines.flows import flow_of
from ivr.model import Menu
from ivr.voices import VOICES
from tests.golden import GoldenCheck, documents_as_text
from tests.hotline.web.voice.said_anywhere import said_anywhere, said_to_whom_we_dial
from tests.hotline.web.voice.said_on_lines import said_on_line, shipped_lines

GOLDEN = Path(__file__).parent / "golden"
LANGUAGES = ("cmn", "yue", "eng")  # those with a voice; nobody but Mandarin stands in for the rest
SAID = {
    f"{line.id}.{language}": (language, said_on_line(line, language))
    for line in shipped_lines().values()
    for language in flow_of(line).languages
}
ANYWHERE = {f"anywhere.{language}": (language, said_anywhere(language)) for language in LANGUAGES}
DIALLED = {"whom_we_dial": ("cmn", said_to_whom_we_dial())}
ALL = {**SAID, **ANYWHERE, **DIALLED}
IN_MANDARIN_FIRST = ("our fault, the call is not known", "nobody leads")
"""Nobody could be asked for their language, or a person answers next."""
CHINESE, LATIN = re.compile(r"[\u4e00-\u9fff]"), re.compile(r"[A-Za-z]")

every_file = pytest.mark.parametrize("name", ALL)


def told_in(name: str) -> Iterator[tuple[str, ET.Element]]:
    """What is said in a file, each with its moment."""
    for moment, document in ALL[name][1].items():
        for said in ET.fromstring(document).iter("Say"):  # noqa: S314 – our own document
            yield moment, said


def words_of(text: str) -> list[str | None]:
    """Everything that is said in a file, in order."""
    return [said.text for said in ET.fromstring(text).iter("Say")]  # noqa: S314 – our own document


def choice_words(language: str) -> set[str]:
    """What tells of a key in the language it leads to, so that whoever needs it understands."""
    menus = [
        step
        for line in shipped_lines().values()
        for step in flow_of(line).steps.values()
        if isinstance(step, Menu)
    ]
    prompts = spoken_prompts()
    return {
        prompts[chosen][choice.say.prompt].format(digit=digit)
        for menu in menus
        for digit, choice in menu.choices.items()
        if choice.say and (chosen := choice.language or language) in prompts
    }


@every_file
def test_everything_that_is_said_is_what_it_was(name: str, golden: GoldenCheck) -> None:
    golden(GOLDEN / "lines" / f"{name}.xml", documents_as_text(name, ALL[name][1]))


@every_file
def test_the_carrier_takes_each_document_as_it_is_meant(name: str) -> None:
    faults = {moment: faults_of(document) for moment, document in ALL[name][1].items()}

    assert {moment: fault for moment, fault in faults.items() if fault} == {}


@every_file
def test_nobody_hears_a_voice_of_another_language_than_theirs(name: str) -> None:
    language = ALL[name][0]
    theirs = VOICES.of(language).say_language  # for Hakka and Teochew that of who stands in

    strange = [
        (moment, said.text)
        for moment, said in told_in(name)
        if said.get("language") != theirs
        and said.text not in choice_words(language)
        and moment not in IN_MANDARIN_FIRST
    ]

    assert strange == []


@every_file
def test_no_voice_has_to_read_letters_of_another_language(name: str) -> None:
    unread = [
        (moment, said.text)
        for moment, said in told_in(name)
        if (CHINESE if said.get("language") == "en-US" else LATIN).search(said.text or "")
    ]

    assert unread == []


@pytest.mark.parametrize("language", ["hak", "nan"])
def test_without_a_voice_a_caller_hears_what_a_mandarin_one_hears_and_keeps_the_language(
    language: str,
) -> None:
    theirs, mandarin = (
        documents_as_text("anywhere", said_anywhere(one)) for one in (language, "cmn")
    )

    kept = re.compile(rf"(\?|&amp;)lang={language}")
    assert kept.search(theirs)
    assert words_of(theirs) == words_of(mandarin)


def test_every_flow_says_each_of_its_languages() -> None:
    assert len(SAID) == sum(len(flow_of(line).languages) for line in shipped_lines().values())


def test_there_is_no_golden_file_of_documents_that_are_gone() -> None:
    assert {file.stem for file in (GOLDEN / "lines").glob("*.xml")} == set(ALL)
