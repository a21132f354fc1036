"""A command loads its own parts and no others: timers and tools call it all day."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
# What draws a command line. Whoever adds to this list makes every `--help` slower.
OF_THE_COMMAND_LINE = {"annotated_doc", "attr", "click", "markdown_it", "mdurl", "pygments", "rich"}
OF_THE_COMMAND_LINE |= {"shellingham", "typer", "typing_extensions"}
OF_PARAMETERS = {"annotated_types", "pydantic", "pydantic_core", "typing_inspection"}  # typer's
LOADED = """
import json, sys
before = set(sys.modules)
from hotline.cli import app
try:
    app(sys.argv[1:], standalone_mode=False)
except SystemExit:
    pass
print("\\n" + json.dumps(sorted(set(sys.modules) - before)))
"""


def loaded_by(*words: str) -> set[str]:
    argv = [sys.executable, "-c", LOADED, *words]
    done = subprocess.run(  # noqa: S603 – our own program
        argv, cwd=ROOT, capture_output=True, text=True, check=True
    )
    return set(json.loads(done.stdout.splitlines()[-1]))


def packages(modules: set[str]) -> set[str]:
    found = {module.partition(".")[0] for module in modules} - sys.stdlib_module_names
    return {package for package in found if not package.startswith("_sysconfigdata")}


def ours_but_the_command_line(modules: set[str]) -> set[str]:
    ours = {module for module in modules if module.partition(".")[0] == "hotline"}
    return {module for module in ours if not module.startswith("hotline.cli")}


def test_help_loads_nothing_but_the_command_line() -> None:
    loaded = loaded_by("--help")

    assert packages(loaded) - {"hotline"} <= OF_THE_COMMAND_LINE
    assert ours_but_the_command_line(loaded) <= {"hotline", "hotline.errors"}


@pytest.mark.parametrize("words", ["plan", "staff", "simulate", "up", "apply"])
def test_help_of_a_command_loads_no_part_of_it(words: str) -> None:
    loaded = loaded_by(words, "--help")

    assert packages(loaded) - {"hotline"} <= OF_THE_COMMAND_LINE | OF_PARAMETERS
    assert ours_but_the_command_line(loaded) <= {"hotline", "hotline.errors"}


def test_a_key_is_made_without_database_web_or_telephony() -> None:
    loaded = loaded_by("make-key")

    assert not packages(loaded) & {"sqlalchemy", "sqlmodel", "fastapi", "uvicorn", "twilio", "rq"}


def test_a_schema_is_brought_without_web_or_telephony(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("HOTLINE_DATABASE_URL", raising=False)

    loaded = loaded_by("migrate")  # which says that no database is named

    assert not packages(loaded) & {"fastapi", "uvicorn", "twilio", "rq", "matplotlib"}


def test_a_plan_is_checked_without_web_or_telephony() -> None:
    loaded = loaded_by("plan", "check", "deploy/guangdong")

    assert not packages(loaded) & {"fastapi", "uvicorn", "twilio", "rq", "matplotlib", "httpx"}
