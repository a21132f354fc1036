"""The document that stands elsewhere: words, the duty phone, the supervisor's, and back to us."""

from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from sqlmodel import delete

from hotline.carrier.grammar import faults_of
from hotline.lines.fallback_documents import FallbackWriter, fallback_documents
from hotline.storage.session import Database, Work
from hotline.storage.tables import Line, PhoneNumber
from tests.fakes import FakeClock

pytestmark = pytest.mark.anyio


OF_THE_HOUSE = "02000000079"


def writer_to(folder: Path, database: Database, clock: FakeClock) -> FallbackWriter:
    """Of a house that has a duty phone."""
    return FallbackWriter(
        database=database, clock=clock, folder=folder, base_url="https://line.example",
        duty_phone=OF_THE_HOUSE,
    )  # fmt: skip


async def add_line(work: Work, line: Line) -> None:
    """With a number, as every line of the files has one."""
    work.add(line)
    await work.flush()
    work.add(PhoneNumber(number="12355", line_id=line.id))


async def test_each_line_has_a_document_that_is_written_anew_every_hour(
    database: Database, clock: FakeClock, tmp_path: Path
) -> None:
    async with database.work() as work:
        await add_line(work, Line(id="youth", name="青少年", name_en="Youth", number_shown="12355",
                      languages=["cmn", "eng"], duty_phone="02000000077",
                      supervisor_phone="02000000078"))  # fmt: skip
    writer = writer_to(tmp_path, database, clock)

    await writer.tick()
    first = (tmp_path / "youth.xml").read_text()
    (tmp_path / "youth.xml").write_text("old")
    await writer.tick()
    within_the_hour = (tmp_path / "youth.xml").read_text()
    clock.advance(3600)
    await writer.tick()

    root = ET.fromstring(first)  # noqa: S314 – our own document
    verbs = [one.tag for one in root if one.tag != "Say"]
    assert (root.tag, verbs) == ("Response", ["Dial", "Dial", "Pause", "Redirect"])
    assert [one.text for one in root.iter("Dial")] == ["02000000077", "02000000078"]
    assert root[-1].text == "https://line.example/voice/incoming"
    assert within_the_hour == "old"
    assert (tmp_path / "youth.xml").read_text() == first


async def test_a_line_without_a_duty_phone_rings_that_of_the_house_and_asks_for_no_key(
    database: Database, clock: FakeClock, tmp_path: Path
) -> None:
    async with database.work() as work:
        await add_line(work, Line(id="youth", name="青少年", name_en="Youth", number_shown="12355",
                      languages=["cmn", "yue", "eng"]))  # fmt: skip

    await writer_to(tmp_path, database, clock).tick()

    document = (tmp_path / "youth.xml").read_text()
    assert faults_of(document) == []
    assert f">{OF_THE_HOUSE}</Dial>" in document
    assert "9" not in document.replace(OF_THE_HOUSE, "")


async def test_where_no_phone_is_known_none_is_promised(database: Database) -> None:
    async with database.work() as work:
        await add_line(work, Line(id="youth", name="青少年", name_en="Youth", number_shown="12355"))
        await work.flush()
        document = (await fallback_documents(work, "https://line.example", ""))["youth"]

    assert faults_of(document) == []
    assert "<Dial" not in document
    assert "值班" not in document


async def test_the_document_of_a_line_that_left_is_withdrawn(
    database: Database, clock: FakeClock, tmp_path: Path
) -> None:
    async with database.work() as work:
        await add_line(work, Line(id="youth", name="青少年", name_en="Youth", number_shown="12355"))
    writer = writer_to(tmp_path, database, clock)
    await writer.tick()
    (tmp_path / "theirs.xml").write_text("<Response/>")
    async with database.work() as work:
        await work.exec(delete(PhoneNumber))
    clock.advance(3600)

    await writer.tick()

    assert not (tmp_path / "youth.xml").exists()
    assert (tmp_path / "theirs.xml").exists()
