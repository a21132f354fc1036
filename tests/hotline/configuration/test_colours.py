"""The colours of cases, from the file to what is in force."""

import re
from pathlib import Path

import pytest
import yaml

from hotline.configuration.load import load_folder
from hotline.configuration.sets import load_files, read_files
from hotline.configuration.telling import in_words
from hotline.configuration.versions import NewVersion, VersionOrigin, apply_folder, put_in_force
from hotline.configuration.versions import newest_version as newest
from hotline.errors import ConfigError
from hotline.i18n.faults import fault_in_words
from hotline.storage.session import Database
from hotline.visits.colours import default_colours
from hotline.visits.sets import set_in_force
from tests.fakes import FakeClock
from tests.hotline.configuration.conftest import GUANGDONG, copied

FILE = "colours.yaml"


def spoiled(folder: Path, old: str, new: str) -> int:
    """Writes it, and returns the line of what was changed."""
    text = (folder / FILE).read_text(encoding="utf-8")
    assert old in text
    (folder / FILE).write_text(text.replace(old, new, 1), encoding="utf-8")
    return text[: text.index(old)].count("\n") + 1


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("id: red", 'id: "Red 1"', "`id` must be a name of 2 to 20 small letters"),
        ("shade: red", "shade: pink", "`pink` cannot stand here"),
        ("visit_every_days: 7", "visit_every_days: 0", "a whole number from 1 to 366"),
        ("retry_within_hours: 24", "retry: 24", "`retry` means nothing here"),
        ("id: yellow", "id: red", "the colour red stands here a second time"),
        ("visit_every_days: 90", "visit_every_days: 9", "blue is less grave"),
        ("imminent: red", "imminent: purple", "there is no colour purple"),
        ("after_hours: 72", "after_hours: 24", "city is told no later than county"),
        ("until_hour: 20", "until_hour: 8", "the day ends before it begins"),
        ("until_months: 12", "until_months: 2", "the longest time is shorter"),
    ],
)
def test_what_is_wrong_is_told_by_file_and_line_in_both_languages(
    tmp_path: Path, old: str, new: str, told: str
) -> None:
    folder = copied(tmp_path)
    line = spoiled(folder, old, new)

    with pytest.raises(ConfigError) as refused:
        load_folder(folder)

    place, said = refused.value.public.splitlines()[0].split(": ", 1)
    assert re.fullmatch(rf"colours\.yaml:({line}|{line + 1}|{line - 1})", place)
    assert told in said
    assert fault_in_words(said) != said


def test_guangdongs_file_is_the_set_that_is_shipped() -> None:
    assert load_folder(GUANGDONG).colours == default_colours()
    assert [(one.id, one.means.zh) for one in default_colours().colours] == [
        ("red", "高风险"), ("yellow", "中高风险"), ("blue", "中低风险"), ("green", "低风险"),
    ]  # fmt: skip
    assert [one.visit_every_days for one in default_colours().colours] == [7, 30, 90, 180]


def test_a_folder_without_the_file_gets_the_set_that_is_shipped(tmp_path: Path) -> None:
    folder = copied(tmp_path)
    (folder / FILE).unlink()

    assert load_folder(folder).colours == default_colours()


def test_another_province_has_three_colours_and_an_orange_one(tmp_path: Path) -> None:
    folder = copied(tmp_path)
    told = yaml.safe_load((folder / FILE).read_text(encoding="utf-8"))
    told["colours"] = [one for one in told["colours"] if one["id"] != "blue"]
    told["colours"][1] |= {"id": "orange", "shade": "orange"}
    told["flags_propose"] = {"imminent": "red"}
    (folder / FILE).write_text(yaml.safe_dump(told, allow_unicode=True), encoding="utf-8")

    found = load_folder(folder).colours

    assert [one.id for one in found.colours] == ["red", "orange", "green"]
    assert found.flags_propose.high is None


@pytest.mark.anyio
async def test_a_changed_set_is_told_kept_in_history_and_undone(
    database: Database, clock: FakeClock
) -> None:
    async with database.work() as work:
        await apply_folder(work, GUANGDONG, at=clock.now())
        assert await set_in_force(work) == default_colours()
    files = read_files(GUANGDONG)
    files[FILE] = files[FILE].replace("visit_every_days: 7", "visit_every_days: 5")

    async with database.work() as work:
        told = await put_in_force(work, version_with(files), at=clock.now())
        first = (await set_in_force(work)).colours[0]
    async with database.work() as work:
        undone = await put_in_force(work, version_with(read_files(GUANGDONG)), at=clock.now())
        assert await set_in_force(work) == default_colours()
        assert (await newest(work)) is not None

    assert first.visit_every_days == 5
    [line] = [one for one in told if one.startswith("colours ")]
    assert in_words(line) != line
    assert any(one.startswith("colours ") for one in undone)


def version_with(files: dict[str, str]) -> NewVersion:
    return NewVersion(files=files, wanted=load_files(files), origin=VersionOrigin.PAGE)
