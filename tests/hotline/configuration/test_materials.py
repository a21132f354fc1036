"""Scripts and referral places, from the files to what is in force."""

import re
from pathlib import Path

import pytest

from hotline.configuration.load import load_folder
from hotline.configuration.sets import read_files
from hotline.configuration.telling import in_words
from hotline.configuration.versions import NewVersion, VersionOrigin, apply_folder, put_in_force
from hotline.configuration.versions import newest_version as newest
from hotline.errors import ConfigError
from hotline.i18n.faults import fault_in_words
from hotline.storage.session import Database
from hotline.storage.tables import Line, ReferralPlace, Script
from tests.fakes import FakeClock
from tests.hotline.configuration.conftest import GUANGDONG, copied

SHORT_NUMBERS = {"110", "120", "12345", "12338", "12355"}
SCRIPT = "scripts/opening.yaml"


def spoiled(folder: Path, name: str, old: str, new: str) -> int:
    """Writes it, and returns the line of what was changed."""
    text = (folder / name).read_text(encoding="utf-8")
    assert old in text
    (folder / name).write_text(text.replace(old, new, 1), encoding="utf-8")
    return text[: text.index(old)].count("\n") + 1


@pytest.mark.parametrize(
    ("name", "old", "new", "told"),
    [
        (SCRIPT, ', en: "Opening"', "", "`en` is missing"),
        (SCRIPT, "position: 10", "lines: [youth-12300]", "line youth-12300 is not in lines.yaml"),
        (SCRIPT, "position: 10", "topics: [famly]", "there is no topic famly"),
        (SCRIPT, "confidentiality, ", "nowhere, ", "there is no script nowhere"),
        (SCRIPT, '"Opening"', f'"{"O" * 61}"', "`en` must have 60 characters at most"),
        (SCRIPT, '    - "你好', f'    - "{"好" * 300}你好', "must have 300 characters at most"),
        ("referrals.yaml", '"440106"', '"440199"', "there is no division 440199"),
        ("referrals.yaml", '"440106"', '"44010"', "there is no division 44010"),
        ("referrals.yaml", "id: ambulance", "id: police", "police stands here a second time"),
        ("referrals.yaml", "[emergency]", "[magic]", "`magic` cannot stand here"),
    ],
)
def test_what_is_wrong_is_told_by_file_and_line_in_both_languages(
    tmp_path: Path, name: str, old: str, new: str, told: str
) -> None:
    folder = copied(tmp_path)
    line = spoiled(folder, name, old, new)

    with pytest.raises(ConfigError, match=re.escape(f"{name}:{line}: ")) as refused:
        load_folder(folder)

    said = refused.value.public.splitlines()[0].split(": ", 1)[1]
    assert told in said
    assert fault_in_words(said) != said


def test_a_sentence_without_its_translation_is_refused(tmp_path: Path) -> None:
    folder = copied(tmp_path)
    text = (folder / SCRIPT).read_text(encoding="utf-8")
    (folder / SCRIPT).write_text(text[: text.rstrip().rindex("\n")] + "\n", encoding="utf-8")

    with pytest.raises(ConfigError, match=r"scripts/opening\.yaml:\d+: .*both languages"):
        load_folder(folder)


def test_a_folder_may_have_neither(tmp_path: Path) -> None:
    folder = copied(tmp_path)
    (folder / "referrals.yaml").unlink()
    for file in folder.glob("scripts/*.yaml"):
        file.unlink()

    assert load_folder(folder).materials.scripts == {}
    assert load_folder(folder).materials.places == ()


def test_the_scripts_name_no_number_but_the_public_short_ones() -> None:
    for file in GUANGDONG.glob("scripts/*.yaml"):
        said = load_folder(GUANGDONG).materials.scripts[file.stem].say
        numbers = re.findall(r"\d{3,}", " ".join([*said.zh, *said.en]))

        assert set(numbers) <= SHORT_NUMBERS


def test_every_line_has_scripts_and_the_way_to_what_is_asked_for() -> None:
    configuration = load_folder(GUANGDONG)

    for line in configuration.lines:
        own = [
            s for s in configuration.materials.scripts.values() if not s.lines or line.id in s.lines
        ]
        assert len(own) >= 11
        assert [s for s in own if s.kind == "self_help"]
        assert [s for s in own if s.fits == "danger"]


@pytest.mark.anyio
async def test_applied_twice_nothing_changes_and_what_left_comes_back_with_undo(
    database: Database, clock: FakeClock, tmp_path: Path
) -> None:
    folder = copied(tmp_path)
    async with database.work() as work:
        first = await apply_folder(work, folder, at=clock.now())
        again = await apply_folder(work, folder, at=clock.now())
        before = await newest(work)
    assert {"script opening: added", "place police: added"} <= set(first)
    assert again == []

    spoiled(folder, "scripts/breathing.yaml", "呼吸练习", "慢慢呼吸")
    (folder / SCRIPT).unlink()
    for file in folder.glob("scripts/*.yaml"):
        file.write_text(re.sub(r"opening,? ?", "", file.read_text(encoding="utf-8")), "utf-8")
    spoiled(folder, "referrals.yaml", 'number: "02000000301"', 'number: "02000000399"')
    async with database.work() as work:
        told = await apply_folder(work, folder, at=clock.now())
    assert told == [
        "script breathing: title changed",
        "script opening: taken away",
        "place tianhe-clinic: number changed",
    ]
    assert [in_words(one) for one in told] == [
        "话术 breathing：改了 标题",
        "话术 opening：停用",
        "转介去处 tianhe-clinic：改了 号码",
    ]

    assert before is not None
    undo = NewVersion(files=before.files, wanted=load_folder(GUANGDONG), origin=VersionOrigin.UNDO)
    async with database.work() as work:
        await put_in_force(work, undo, at=clock.now())
        assert (await work.get_one(Script, "opening")).active
        assert (await work.get_one(ReferralPlace, "tianhe-clinic")).number == "+862000000301"
    assert read_files(GUANGDONG) == dict(before.files)


@pytest.mark.anyio
async def test_the_lengths_of_a_talk_are_a_setting_of_the_line(
    database: Database, clock: FakeClock, tmp_path: Path
) -> None:
    folder = copied(tmp_path)
    spoiled(
        folder,
        "lines.yaml",
        "    station: gz-tianhe",
        "    talk_length: {minutes: [30, 45]}\n    station: gz-tianhe",
    )

    async with database.work() as work:
        await apply_folder(work, folder, at=clock.now())
        line = await work.get_one(Line, "youth-12355")

    assert line.talk_length == {"minutes": [30, 45]}


@pytest.mark.parametrize("minutes", ["[60, 50]", "[50, 50]", "[1]", "[900]"])
def test_lengths_that_do_not_grow_or_make_no_sense_are_refused(
    tmp_path: Path, minutes: str
) -> None:
    folder = copied(tmp_path)
    new = f"    talk_length: {{minutes: {minutes}}}\n    station: gz-tianhe"
    spoiled(folder, "lines.yaml", "    station: gz-tianhe", new)

    with pytest.raises(ConfigError, match=r"lines\.yaml:\d+: "):
        load_folder(folder)
