"""`hotline apply`, as it is typed: it says what would change, and changes it once."""

import asyncio
from pathlib import Path

import pytest
from sqlmodel import select
from typer.testing import CliRunner, Result

from hotline.cli import app
from hotline.configuration.sets import read_files, write_files
from hotline.storage.session import Database
from hotline.storage.tables import Line
from tests.hotline.configuration.conftest import GUANGDONG

pytestmark = pytest.mark.anyio


async def told_to(*words: str | Path) -> Result:
    """A command has an event loop of its own: here it runs beside the test's."""
    return await asyncio.to_thread(CliRunner().invoke, app, [str(word) for word in words])


async def lines_in(database: Database) -> set[str]:
    async with database.work() as work:
        return set((await work.exec(select(Line.id))).all())


async def test_a_check_says_what_would_change_and_changes_nothing(
    database: Database, postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOTLINE_DATABASE_URL", postgres_url)

    told = await told_to("apply", "--check", GUANGDONG)

    assert told.exit_code == 0
    assert "line women-12338: added" in told.stdout
    assert await lines_in(database) == set()


async def test_what_was_checked_is_applied_once(
    database: Database, postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOTLINE_DATABASE_URL", postgres_url)

    first = await told_to("apply", GUANGDONG)
    again = await told_to("apply", "--check", GUANGDONG)

    assert "line women-12338: added" in first.stdout
    assert again.stdout.startswith("Nothing to change.")
    assert len(await lines_in(database)) == 6


async def test_what_is_in_force_is_exported_as_it_was_written(
    database: Database, postgres_url: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("HOTLINE_DATABASE_URL", postgres_url)

    before = await told_to("configuration", "export", tmp_path)
    await told_to("apply", GUANGDONG)
    told = await told_to("configuration", "export", tmp_path)

    assert (before.exit_code, "begin with `hotline apply DIR`" in before.stderr) == (1, True)
    assert told.stdout.startswith(f"Version 1 is written to {tmp_path}")
    assert read_files(tmp_path) == read_files(GUANGDONG)


async def test_a_line_that_left_the_files_loses_its_numbers(
    database: Database, postgres_url: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("HOTLINE_DATABASE_URL", postgres_url)
    await told_to("apply", GUANGDONG)
    files = read_files(GUANGDONG)
    lines = files["lines.yaml"].partition("\n  - id: child-protection")[0]
    staff = files["staff.yaml"].replace(", child-protection]", "]")
    without = lines.replace("line: child-protection", "line: youth-12355") + "\n"
    scripts = {
        path: text.replace("[child-protection, ", "[")
        for path, text in files.items()
        if path.startswith("scripts/")
    }
    write_files({**files, **scripts, "lines.yaml": without, "staff.yaml": staff}, tmp_path)

    told = await told_to("apply", tmp_path)

    assert "line child-protection: 0 numbers added, " in told.stdout
    assert "child-protection" in await lines_in(database)
