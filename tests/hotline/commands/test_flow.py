"""`hotline flow` and `hotline apply --check`, as they are typed."""

from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from typer.testing import CliRunner

from hotline.cli import app
from tests.hotline.configuration.conftest import GUANGDONG, copied

LINES = ("12355", "12356", "12338", "12348", "12349", "child-protection")


def typed(*words: str | Path) -> tuple[int, str, str]:
    """How the command ends, and what it says."""
    done = CliRunner().invoke(app, [str(word) for word in words])
    return done.exit_code, done.stdout, done.stderr


def test_the_check_says_what_was_proved_of_every_flow() -> None:
    status, said, _ = typed("flow", "check", GUANGDONG)

    assert status == 0
    assert said.count("no faults") == len(LINES)
    assert "From every step a caller reaches a human" in said


def test_a_fault_is_told_by_file_and_line(tmp_path: Path) -> None:
    folder = copied(tmp_path)
    file = folder / "flows" / "women-12338.yaml"
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace("    silence: human", "    silence: humann"), encoding="utf-8")
    line = text[: text.index("    silence:")].count("\n") + 1

    status, _, told = typed("flow", "check", folder)

    assert status == 1
    assert f"flows/women-12338.yaml:{line}: There is no step `humann`" in told


@pytest.mark.parametrize("line", LINES)
def test_the_flow_of_each_line_is_drawn(tmp_path: Path, line: str) -> None:
    into = tmp_path / "flow.svg"

    status, said, _ = typed("flow", "picture", line, "--svg", into, "--config", GUANGDONG)

    drawn = ET.parse(into).getroot()  # noqa: S314 – our own drawing
    assert (status, said) == (0, f"Drawn into {into}.\n")
    assert drawn.tag.endswith("svg")
    assert "立即进危机队列" in into.read_text(encoding="utf-8")


def test_without_a_file_the_picture_is_text() -> None:
    status, said, _ = typed("flow", "picture", "12355", "--config", GUANGDONG, "--language", "en")

    assert status == 0
    assert said.startswith("flowchart TD")
    assert "crisis queue" in said


def test_a_line_that_there_is_not_is_told(tmp_path: Path) -> None:
    status, _, told = typed("flow", "picture", "12399", "--config", GUANGDONG)

    assert (status, told) == (1, "There is no line 12399 in guangdong.\n")
