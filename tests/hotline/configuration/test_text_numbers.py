"""The number that a line's texts come from, in the files."""

from pathlib import Path

import pytest

from hotline.configuration.apply import apply
from hotline.configuration.load import load_folder
from hotline.errors import ConfigError
from hotline.storage.session import Database
from hotline.storage.tables import Line
from tests.fakes import FakeClock
from tests.hotline.configuration.conftest import GUANGDONG, copied

TEXTS = 'text_number: "02000000050"'


@pytest.mark.anyio
async def test_a_line_keeps_it_and_one_without_writes_to_nobody_first(
    database: Database, clock: FakeClock
) -> None:
    async with database.work() as work:
        await apply(work, load_folder(GUANGDONG), at=clock.now())
    async with database.work() as work:
        found = [await work.get_one(Line, name) for name in ("youth-12355", "legal-12348")]

    assert [line.text_number for line in found] == ["+862000000050", ""]


@pytest.mark.parametrize(
    ("number", "told"),
    [
        ("02000000051", "has no such number"),
        ("12355", "everybody knows whose number this is"),
        ("020-12355", "everybody knows whose number this is"),
    ],
)
def test_one_that_loses_answers_or_tells_who_wrote_is_refused_by_its_line(
    tmp_path: Path, number: str, told: str
) -> None:
    folder = copied(tmp_path)
    file = folder / "lines.yaml"
    text = file.read_text(encoding="utf-8")
    place = text[: text.index(TEXTS)].count("\n") + 1
    file.write_text(text.replace(TEXTS, f'text_number: "{number}"'), encoding="utf-8")

    with pytest.raises(ConfigError, match=rf"lines\.yaml:{place}: .*{told}"):
        load_folder(folder)
