"""Every command that stands in a README, a runbook, a file or a message is one that there is."""

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer

from hotline.cli import app
from tests.architecture.test_house_rules import ours

ROOT = Path(__file__).parents[2]
WRITTEN = (".md", ".yaml", ".example", ".toml", ".py", ".html", ".po", ".service")
IN_TICKS = re.compile(r"`((?:hotline|python3 scripts/[^\s`]+)(?: [^`]*)?)`")
IN_BLOCK = re.compile(r"^((?:hotline|python3 scripts/\S+) .*?|python3 scripts/\S+)(?:  +#.*)?$")
FENCE = re.compile(r"^```\w*\n(.*?)^```$", re.MULTILINE | re.DOTALL)
COMMAND = typer.main.get_command(app)


def written() -> Iterator[tuple[str, str]]:
    """(where, command line), of all that is written to be typed."""
    for file in ours(".", "deploy", "hotline", "routing", "ivr", "scripts"):
        if file.suffix not in WRITTEN or "tests" in file.relative_to(ROOT).parts:
            continue
        text, name = file.read_text("utf-8"), file.relative_to(ROOT).as_posix()
        lines = [line for block in FENCE.findall(text) for line in block.splitlines()]
        found = [match[1] for line in lines if (match := IN_BLOCK.match(line.strip()))]
        found += [" ".join(one.split()) for one in IN_TICKS.findall(text)]
        yield from ((name, one) for one in found)


LINES = list(written())
PLACES = {line: where for where, line in LINES}  # each line once, wherever else it stands
COMMANDS = [(where, line) for line, where in PLACES.items() if line.startswith("hotline ")]
SCRIPTS = [(where, line) for line, where in PLACES.items() if line.startswith("python3")]


@pytest.mark.parametrize(("where", "line"), COMMANDS, ids=[line for _, line in COMMANDS])
def test_a_command_in_writing_can_be_typed(where: str, line: str) -> None:
    """Parsed as the command line does it, without being run."""
    words = shlex.split(line.partition("; then")[0])[1:]
    command, context = COMMAND, COMMAND.make_context("hotline", [], resilient_parsing=True)
    while words and hasattr(command, "commands"):
        assert words[0] in command.commands, f"{where}: {line}"
        command, words = command.commands[words[0]], words[1:]
        context = command.make_context("hotline", list(words), context, resilient_parsing=True)
    known = {name for option in command.params for name in option.opts}

    assert {word for word in words if word.startswith("--")} <= known, f"{where}: {line}"
    if words and "…" not in words and "{" not in line:
        command.make_context("hotline", list(words))


@pytest.mark.parametrize(("where", "line"), SCRIPTS, ids=[line for _, line in SCRIPTS])
def test_a_script_in_writing_is_there(where: str, line: str) -> None:
    assert (ROOT / line.split()[1]).is_file(), where


def test_the_readme_and_the_runbook_are_among_them() -> None:
    assert {"README.md", "deploy/RUNBOOK.md"} <= {where for where, _ in LINES}
