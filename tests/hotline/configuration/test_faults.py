"""Whatever is wrong with a file is told by its line, in a plain sentence that says what to do."""

from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest
from pydantic import BaseModel

from hotline.configuration.faults import read_shape
from hotline.configuration.files import read_document
from hotline.configuration.schema import RosterFile, StaffFile, StationsFile
from hotline.errors import ConfigError
from ivr.document import FlowFile
from ivr.flow import parse
from routing.policy import PolicyFile, read_policy

READERS: Mapping[type[BaseModel], Callable[[Any], object]] = {
    FlowFile: partial(parse, prompts={"cmn": {"hello": "", "bye": "", "digits": "{digit}"}}),
    PolicyFile: read_policy,
    RosterFile: RosterFile.model_validate,
    StaffFile: StaffFile.model_validate,
    StationsFile: StationsFile.model_validate,
}


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "x.yaml"


def told(file: Path, shape: type[BaseModel], text: str) -> list[str]:
    """What is told of a file of this shape: line and sentence."""
    file.write_text(dedent(text), encoding="utf-8")
    with pytest.raises(ConfigError) as fault:
        read_shape(read_document(file.parent, file.name), shape, READERS[shape])
    return [line.removeprefix("x.yaml:") for line in fault.value.public.splitlines()]


BAD_FLOW = """\
languge: cmn
start: welcom
danger_words: 救命
steps:
  welcome: {say: 3, next: human}
  menu:
    choices:
      9: {say: hello, next: human}
      1: {say: hello, nxt: human, gender: w}
      2: {next: hunan, words: [yes, ""]}
    silence: human
    timeout_s: 99
  human: {enqueue: urgent, sy: hello}
  mail: {voicemail: "yes"}
  Other: 4
  shut: {hang_up: true}
  closed: {hang_up: night}
  both: {next: human, enqueue: routine}
  late: {say: hello, next: human, silence: human}
  deep: {say: [hello, {prompt: bye, voice: low}], next: human}
"""
BAD_FLOW_TOLD = [
    "1: `name` is missing: add it.",
    "1: `languge` means nothing here. Did you mean `language`?",
    "2: There is no step `welcom`. Did you mean `welcome`?",
    "3: `danger_words` must be a list.",
    "5: `prompt` must be a text; a number is one only in quotes.",
    "8: Key 9 has one meaning in every menu (0: a human, 9: danger) and works without being"
    " listed. Remove this choice.",
    "9: `next` is missing: name the step that follows.",
    "9: `w` cannot stand here. Use one of: f, m.",
    "9: `nxt` means nothing here. Did you mean `next`?",
    "10: `say` is missing: name the prompt that tells the caller about this key; null: not told.",
    "10: There is no step `hunan`. Did you mean `human`?",
    "10: `words` must be a text; a number is one only in quotes.",
    "10: `words` must have 1 or more characters.",
    "12: `timeout_s` must be a whole number from 3 to 15.",
    "13: `urgent` cannot stand here. Use one of: routine, crisis.",
    "13: `sy` means nothing here. Did you mean `say`?",
    "14: `yes` cannot stand here. Use one of: true.",
    "15: `Other` cannot be a step's name: use small letters a-z, digits, `_` and `-`,"
    " beginning with a letter.",
    "15: `Other` must be `name: value` pairs.",
    "16: `hang_up` must be a text; a number is one only in quotes.",
    "17: `say` is missing: a step with `hang_up` has something to say.",
    "18: A step goes on in exactly one way: give it one of `next`, `choices`, `enqueue`,"
    " `voicemail`, `hang_up`; it has 2.",
    "19: `silence` means nothing beside `next`. Remove it.",
    "20: `voice` means nothing here. Use one of: prompt, language.",
]


def test_all_faults_of_a_flow_are_told_in_the_order_of_its_lines(file: Path) -> None:
    assert told(file, FlowFile, BAD_FLOW) == BAD_FLOW_TOLD


def refused(file: Path, raw: bytes) -> list[str]:
    """What is told of a file that cannot be read as it stands."""
    file.write_bytes(raw)
    with pytest.raises(ConfigError) as fault:
        read_document(file.parent, file.name)
    return fault.value.public.splitlines()


UNFIT = "x.yaml:{}: the character {} cannot stand in a text: remove it."


@pytest.mark.parametrize(
    ("raw", "told"),
    [
        (b"a: 1\nb: x\0y\n", [UNFIT.format(2, "U+0000")]),
        (b'a:\n  b: "x\\0y"\n', [UNFIT.format(2, "U+0000")]),
        (b'"a\\0": 1\n', [UNFIT.format(1, "U+0000")]),
        (b'- 1\n- "\\ud83d"', [UNFIT.format(2, "U+D83D")]),
        (b"a: \x1b[31m\n", [UNFIT.format(1, "U+001B")]),
        (b"a: 1\nb: \xff\n", ["x.yaml:2: this is not UTF-8: save the file as UTF-8."]),
        (b"a: 2026-13-45\n", ["x.yaml: this cannot be read as YAML."]),
        (b"a: " + b"[" * 5000, ["x.yaml: this cannot be read as YAML."]),
        (b"a: &a [*a]\n", ["x.yaml: this cannot be read as YAML."]),
        (
            b"a: &a [x, x, x, x, x, x, x, x, x, x]\n"
            + b"".join(
                b"%c: &%c [%s]\n" % (at + 1, at + 1, b", ".join([b"*%c" % at] * 10))
                for at in range(ord("a"), ord("h"))
            ),
            ["x.yaml: this file says more than any hotline needs."],
        ),
    ],
    ids=["NUL", "NUL escaped", "NUL in a key", "half a character", "escape", "not UTF-8", "no date",
         "deep", "endless", "much of itself"],
)  # fmt: skip
def test_what_is_no_text_and_what_is_no_yaml_is_told_by_its_line(
    file: Path, raw: bytes, told: list[str]
) -> None:
    assert refused(file, raw) == told


def test_a_file_may_begin_with_the_mark_that_windows_writes(file: Path) -> None:
    file.write_bytes(b"\xef\xbb\xbfname: \xe9\x9d\x92\n")

    assert read_document(file.parent, file.name).data == {"name": "青"}


@pytest.mark.parametrize(
    "raw",
    [b"a: 1\na: 2\n", b"b: {a: 1}\na: 2\n'a': 3\n", b"1: x\n'1': y\n", b'a: 1\nb: 2\n"a": 3\n'],
)
def test_a_key_that_stands_twice_is_refused_by_its_line(file: Path, raw: bytes) -> None:
    (told,) = refused(file, raw)

    assert told.startswith(f"x.yaml:{raw.count(bytes([10]))}: `")
    assert told.endswith("is given twice. Keep one.")


def test_a_capacity_of_a_counselor_is_refused_since_everybody_talks_to_one_caller(
    file: Path,
) -> None:
    said = told(file, StaffFile, "username: li\nname: Li\nroles: [counselor]\ncapacity: 3\n")

    (sentence,) = said
    assert sentence.startswith("4: `capacity` means nothing here. Use one of: username, name,")
