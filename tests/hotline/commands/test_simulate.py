"""A staffing question is answered from the files or from the past."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from hotline.cli import app
from hotline.configuration.load import load_folder
from hotline.configuration.plans import setting_of_files
from routing.policy.lint import Setting

GUANGDONG = Path(__file__).parents[3] / "deploy" / "guangdong"


def setting() -> Setting:
    folder = load_folder(GUANGDONG)
    return setting_of_files(folder.lines[0], folder.staff)


def simulated(*words: str) -> tuple[int, str]:
    quick = ["--weeks", "1", "--seeds", "1", "--calls-per-day", "60"]
    command = ["simulate", "--line", "12355", "--config", str(GUANGDONG), *quick, *words]
    result = CliRunner(env={"COLUMNS": "200"}).invoke(app, command)
    return result.exit_code, result.output


def test_two_more_for_cantonese_stand_beside_the_present_roster(tmp_path: Path) -> None:
    chart = tmp_path / "waits.svg"

    status, said = simulated("--counselors", "+2:yue", "--chart", str(chart))

    assert status == 0, said
    assert "as it is" in said
    assert "+2:yue" in said
    assert "crisis: wait p99" in said
    assert "Erlang-A" in said
    assert "<svg" in chart.read_text(encoding="utf-8")


def test_another_plan_stands_beside_the_present_one() -> None:
    status, said = simulated("--plan", str(GUANGDONG / "plans" / "youth-12355.yaml"))

    assert status == 0, said
    assert "youth-12355" in said


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--counselors", "two"), "write +2:yue"),
        (("--counselors", "+1:fra"), "languages of the line"),
        (("--counselors", "-9:yue"), "Only"),
        (("--from", "history"), "has no history"),
        (("--from", "dreams"), "history or profile"),
    ],
)
def test_a_question_that_makes_no_sense_says_what_to_do(words: tuple[str, ...], told: str) -> None:
    status, said = simulated(*words)

    assert status == 1
    assert told in said
