"""What is known of a line while its database cannot be asked."""

from pathlib import Path
from typing import Any

import pytest

from hotline.lines.known import KnownLine, KnownLines
from hotline.lines.known_file import KnownLinesFile
from hotline.storage.news import Change, NextChanges
from hotline.storage.session import Database
from hotline.storage.tables import Line, PhoneNumber
from hotline.storage.vault import Vault, make_key

pytestmark = pytest.mark.anyio

FLOW: dict[str, Any] = {
    "name": "f",
    "language": "cmn",
    "start": "human",
    "danger_words": ["救命"],
    "steps": {"human": {"say": "menu.to_human", "enqueue": "routine"}},
}


@pytest.fixture
async def line(database: Database) -> Line:
    """A line with two numbers."""
    made = Line(id="youth", name="青少年", name_en="Youth", number_shown="12355",
                duty_phone="02000000077", flow=FLOW, flow_version="known-lines")  # fmt: skip
    async with database.work() as work:
        work.add(made)
        await work.flush()
        work.add_all(PhoneNumber(number=number, line_id="youth") for number in ("12355", "12356"))
    return made


class EnoughLooksError(Exception):
    """The test has seen what it came for."""


def tells(*changes: Change) -> NextChanges:
    """These, one after the other; then it is enough."""
    left = iter(changes)

    async def next_changes() -> list[Change]:
        for change in left:
            return [change]
        raise EnoughLooksError

    return next_changes


async def test_a_line_is_known_by_every_number_that_reaches_it(
    database: Database, line: Line
) -> None:
    lines = KnownLines()

    async with database.work() as work:
        await lines.read(work)

    assert lines.of_number("12355") == lines.of_number("12356")
    assert lines.of_number("12355") == KnownLine(line.duty_phone, ("救命",))


async def test_lines_that_are_configured_later_are_known_as_soon_as_that_is_told(
    database: Database,
) -> None:
    lines = KnownLines()
    changes = iter(("call", "configuration"))

    async def next_changes() -> list[Change]:
        topic = next(changes, None)
        if topic is None:
            raise EnoughLooksError
        async with database.work() as work:
            work.add(Line(id=topic, name="线", name_en="Line", number_shown="1", duty_phone="1"))
            await work.flush()
            work.add(PhoneNumber(number=f"1235{len(topic)}", line_id=topic))
        return [Change(topic, "1")]

    with pytest.raises(EnoughLooksError):
        await lines.keep_fresh(database, next_changes)

    assert lines.of_number("12354").duty_phone == "1"


def test_of_a_number_that_nobody_dialled_nothing_is_known() -> None:
    assert KnownLines().of_number("12355") == KnownLine()


async def test_a_number_is_known_as_it_was_dialled(line: Line) -> None:
    lines = KnownLines()

    lines.remember("sip:12355@example.org", line)

    assert lines.of_number("sip:12355@example.org").duty_phone == line.duty_phone


async def test_lines_stay_known_while_they_cannot_be_read(line: Line) -> None:
    lines, nowhere = KnownLines(), Database("postgresql+psycopg://nobody@127.0.0.1:1/none")
    lines.remember("12355", line)

    with pytest.raises(EnoughLooksError):
        await lines.keep_fresh(nowhere, tells())

    assert lines.of_number("12355").duty_phone == line.duty_phone
    await nowhere.close()


# ── on disk ─────────────────────────────────────────────────────────────────────────────────────


async def test_a_process_that_starts_without_a_database_knows_what_was_read_before(
    database: Database, line: Line, tmp_path: Path
) -> None:
    file = KnownLinesFile(tmp_path / "data" / "known_lines", Vault(make_key()))
    with pytest.raises(EnoughLooksError):
        await KnownLines(file).keep_fresh(database, tells())

    lines = KnownLines(file)

    assert lines.of_number("12355") == KnownLine(line.duty_phone, ("救命",))
    assert line.duty_phone.encode() not in (tmp_path / "data" / "known_lines").read_bytes()


@pytest.mark.parametrize("cut", [0, 1, 40])
def test_a_file_that_is_damaged_or_of_another_key_is_as_if_it_were_not_there(
    tmp_path: Path, cut: int
) -> None:
    path = tmp_path / "known_lines"
    KnownLinesFile(path, Vault(make_key())).write({"12355": {"duty_phone": "1"}})
    path.write_bytes(path.read_bytes()[cut:])

    assert KnownLinesFile(path, Vault(make_key())).read() == {}
