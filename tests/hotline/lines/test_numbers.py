"""The line behind a dialled number, and the numbers that are ours."""

import pytest

from hotline.lines.numbers import NO_LINE, line_of_number, no_line, own_numbers
from hotline.storage.session import Database
from hotline.storage.tables import Line, PhoneNumber, Station

pytestmark = pytest.mark.anyio


async def reached(database: Database, dialled: str) -> str | None:
    """The line that answers this number."""
    async with database.work() as work:
        return await line_of_number(work, dialled)


@pytest.fixture(autouse=True)
async def _lines(database: Database) -> None:
    """One line of Guangzhou with its short code, one of Shenzhen, one without a short code."""
    async with database.work() as work:
        for line in ("youth", "women", "law"):
            work.add(Line(id=line, name=line, name_en=line, number_shown="12355"))
        await work.flush()
        numbers = {"12355": "youth", "+862012355": "youth", "+862080000000": "youth"}
        numbers |= {"12338": "women", "+8675582101234": "women", "8001": "law", "12348": "law"}
        for number, line in numbers.items():
            work.add(PhoneNumber(number=number, line_id=line))


@pytest.mark.parametrize(
    "dialled",
    [
        "12355",
        "+8612355",
        "8612355",
        "008612355",
        "+862012355",
        "862012355",
        "00862012355",
        "020-12355",
        "(020) 12355",
        "2012355",
        "１２３５５",
        "＋８６２０１２３５５",
        "sip:12355@trunk.example:5060",
        "sip:+862012355@trunk.example;user=phone",
        "sip:+8612355;phone-context=cn@trunk.example",
        '"Hotline" <sips:02012355@trunk.example>',
        "sip:%2B862012355@trunk.example",
        "tel:+862012355",
        "tel:12355;phone-context=+86",
        "020 8000 0000",
        "862080000000",
    ],
)
async def test_a_line_is_reached_however_a_trunk_writes_its_number(
    database: Database, dialled: str
) -> None:
    assert await reached(database, dialled) == "youth"


@pytest.mark.parametrize(
    ("dialled", "line"),
    [
        ("0755-12338", "women"),  # Shenzhen: the line has a landline there
        ("+8675512338", "women"),
        ("020-12338", None),  # not in its city
        ("0755-12355", None),
        ("0755-12348", "law"),  # of no city that we know of: in all of them
        ("8001", "law"),
    ],
)
async def test_a_short_code_with_a_city_is_the_line_of_that_city(
    database: Database, dialled: str, line: str | None
) -> None:
    assert await reached(database, dialled) == line


@pytest.mark.parametrize("dialled", ["99999", "02099999999", "", "anonymous", "client:li"])
async def test_a_number_of_no_line_reaches_the_default_line_where_there_is_one(
    database: Database, dialled: str
) -> None:
    before = await reached(database, dialled)

    async with database.work() as work:
        (await work.get_one(Line, "women")).is_default = True

    assert (before, await reached(database, dialled)) == (None, "women")


async def test_calls_to_no_line_have_one_place_where_they_are_counted(database: Database) -> None:
    for _ in range(2):
        async with database.work() as work:
            assert await no_line(work) == NO_LINE


async def test_every_number_that_would_ring_at_us_is_ours(database: Database) -> None:
    async with database.work() as work:
        work.add(Station(id="s", name="", name_en="", division="", phone="020 0000 0001"))
        line = await work.get_one(Line, "youth")
        line.duty_phone, line.interpreters = "02000000010", {"hak": "+8615400000020"}

    async with database.work() as work:
        ours = await own_numbers(work)

    assert {"12355", "+862012355", "+862000000001", "+862000000010", "+8615400000020"} <= ours
