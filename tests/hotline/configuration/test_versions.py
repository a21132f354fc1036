"""What was put in force is kept; it can come back, and no restart overwrites what was edited."""

from pathlib import Path

import pytest

from hotline.configuration.sets import changes_between, load_files, read_files, write_files
from hotline.configuration.versions import (
    NewVersion,
    VersionOrigin,
    apply_at_start,
    apply_folder,
    differences_of,
    newest_version,
    put_in_force,
)
from hotline.errors import ConfigError, Conflict
from hotline.storage.session import Database
from hotline.storage.tables import ConfigurationVersion, Line
from tests.fakes import FakeClock
from tests.hotline.configuration.conftest import copied

pytestmark = pytest.mark.anyio

NAME, EDITED = "广东12355青少年服务台", "改过的名字"


class Installation:
    """A database, a folder, and an administrator."""

    def __init__(self, database: Database, clock: FakeClock, folder: Path) -> None:
        self.database, self.clock, self.folder = database, clock, folder

    async def applies(self) -> list[str]:
        async with self.database.work() as work:
            return await apply_folder(work, self.folder, at=self.clock.now())

    async def starts(self) -> list[str]:
        async with self.database.work() as work:
            return await apply_at_start(work, self.folder, at=self.clock.now())

    async def edits(self, old: str, new: str, *, base: int) -> list[str]:
        files = dict((await self.newest()).files)
        files["lines.yaml"] = files["lines.yaml"].replace(old, new)
        wanted = load_files(files)
        change = NewVersion(files=files, wanted=wanted, origin=VersionOrigin.PAGE, base=base)
        async with self.database.work() as work:
            return await put_in_force(work, change, at=self.clock.now())

    async def newest(self) -> ConfigurationVersion:
        async with self.database.work() as work:
            found = await newest_version(work)
        assert found is not None
        return found

    async def name(self) -> str:
        async with self.database.work() as work:
            return (await work.get_one(Line, "youth-12355")).name


@pytest.fixture
def installation(database: Database, clock: FakeClock, tmp_path: Path) -> Installation:
    return Installation(database, clock, copied(tmp_path))


async def test_a_folder_that_says_the_same_makes_no_new_version(installation: Installation) -> None:
    first = await installation.applies()

    again = await installation.applies()

    newest = await installation.newest()
    assert (newest.number, newest.origin, newest.told) == (1, "folder", first)
    assert again == []


async def test_a_start_with_the_same_folder_keeps_what_was_edited(
    installation: Installation,
) -> None:
    await installation.applies()
    told = await installation.edits(NAME, EDITED, base=1)

    await installation.starts()

    assert told == ["line youth-12355: name changed"]
    assert (await installation.name(), (await installation.newest()).number) == (EDITED, 2)


async def test_a_start_with_another_folder_puts_it_in_force(installation: Installation) -> None:
    await installation.applies()
    await installation.edits(NAME, EDITED, base=1)
    file = installation.folder / "lines.yaml"
    file.write_text(file.read_text(encoding="utf-8").replace(NAME, "第三个名字"), encoding="utf-8")

    await installation.starts()

    newest = await installation.newest()
    assert (await installation.name(), newest.number, newest.origin) == ("第三个名字", 3, "folder")


async def test_who_edited_an_older_version_is_refused(installation: Installation) -> None:
    await installation.applies()
    await installation.edits(NAME, EDITED, base=1)

    with pytest.raises(Conflict):
        await installation.edits(EDITED, "a third name", base=1)

    assert await installation.name() == EDITED


async def test_a_look_at_the_differences_changes_nothing(
    installation: Installation, database: Database, clock: FakeClock
) -> None:
    await installation.applies()
    files = dict((await installation.newest()).files)
    files["lines.yaml"] = files["lines.yaml"].replace(NAME, EDITED)

    async with database.work() as work:
        told = await differences_of(work, load_files(files), at=clock.now())

    assert told == ["line youth-12355: name changed"]
    assert await installation.name() == NAME


async def test_what_is_kept_can_be_written_out_and_applied_again(
    installation: Installation, tmp_path: Path
) -> None:
    await installation.applies()
    files = (await installation.newest()).files

    write_files(files, tmp_path / "out")

    assert read_files(tmp_path / "out") == files == read_files(installation.folder)


@pytest.mark.parametrize("path", ["../lines.yaml", "/etc/lines.yaml", "a b.yaml", "lines.txt"])
def test_no_file_lies_outside_the_set(path: str) -> None:
    with pytest.raises(ConfigError, match="name files by letters"):
        load_files({path: "x"})


@pytest.mark.parametrize("flow", ["../../secret.yaml", "/etc/hostname"])
def test_no_line_names_a_file_outside_the_folder(flow: str, tmp_path: Path) -> None:
    files = read_files(copied(tmp_path))
    files["lines.yaml"] = files["lines.yaml"].replace("flows/youth-12355.yaml", flow)

    with pytest.raises(ConfigError, match="a file of this folder"):
        load_files(files)


def test_changes_are_told_file_by_file() -> None:
    (change,) = changes_between(
        {"a.yaml": "x: 1\ny: 2\n", "b.yaml": "z"}, {"a.yaml": "x: 1\ny: 3\n", "b.yaml": "z"}
    )

    assert change.path == "a.yaml"
    assert [line for line in change.lines if line[0] in "+-"] == ["-y: 2", "+y: 3"]
