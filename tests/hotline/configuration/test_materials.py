"""Scripts and referral places, from the files to what is in force."""

import re
from datetime import date, timedelta
from pathlib import Path

import pytest

from hotline.configuration.load import load_folder
from hotline.configuration.sets import read_files
from hotline.configuration.telling import in_words
from hotline.configuration.versions import NewVersion, VersionOrigin, apply_folder, put_in_force
from hotline.configuration.versions import newest_version as newest
from hotline.errors import ConfigError
from hotline.i18n.faults import fault_in_words
from hotline.materials.receivers import ReferralReceiver
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
        ("referrals.yaml", "station: guangzhou-haizhu", "station: nowhere", "no station nowhere"),
        ("referrals.yaml", "takes: [legal]", "takes: [magic]", "`magic` cannot stand here"),
        ("referrals.yaml", "takes: [legal]", "takes: []", "`takes` must not be empty"),
        ("referrals.yaml", "from_age: 6", "from_age: 200", "`from_age` must be"),
        ("referrals.yaml", "answer_within_h: 24", "answer_within_h: 0", "`answer_within_h` must"),
        ("referrals.yaml", '"2026-11-02"', '"2026-11-31"', "`verified_on` must be a date such as"),
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


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('text: "02000000414"', 'mail: "a@b.example"', "needs a `code_to`"),
        ('      text: "02000000414"\n', "", "takes referrals needs a `station`"),
        ("to_age: 25", "to_age: 5", "`from_age` is above `to_age`"),
    ],
)
def test_a_receiver_that_cannot_be_told_is_refused_where_it_begins(
    tmp_path: Path, old: str, new: str, told: str
) -> None:
    folder = copied(tmp_path)
    spoiled(folder, "referrals.yaml", old, new)

    with pytest.raises(ConfigError, match=r"referrals\.yaml:\d+: ") as refused:
        load_folder(folder)

    said = refused.value.public.split(": ", 1)[1]
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


@pytest.mark.anyio
async def test_a_place_keeps_what_it_takes_and_what_it_promised(database: Database) -> None:
    async with database.work() as work:
        await apply_folder(work, GUANGDONG, at=FakeClock().now())
        clinic = await work.get_one(ReferralPlace, "tianhe-clinic")
        police = await work.get_one(ReferralPlace, "police")

    receiver = ReferralReceiver.read(clinic.receives)
    assert receiver is not None
    assert receiver.takes == ["mental_health", "self_harm", "counselling"]
    assert (receiver.text, receiver.code_to) == ("+862000000412", "+862000000413")
    assert (receiver.answer_within, receiver.result_within) == (
        timedelta(hours=24),
        timedelta(days=30),
    )
    assert receiver.has_ages
    assert clinic.verified_on == date(2026, 11, 2)
    assert ReferralReceiver.read(police.receives) is None


@pytest.mark.anyio
async def test_a_place_that_takes_referrals_no_more_is_told_and_kept(
    database: Database, tmp_path: Path
) -> None:
    folder = copied(tmp_path)
    text = (folder / "referrals.yaml").read_text(encoding="utf-8")
    head, _, tail = text.partition("  - id: tianhe-youth-post")
    (folder / "referrals.yaml").write_text(head + tail[tail.index("  - id:") :], encoding="utf-8")
    async with database.work() as work:
        await apply_folder(work, GUANGDONG, at=FakeClock().now())
        differences = await apply_folder(work, folder, at=FakeClock().now())
        gone = await work.get_one(ReferralPlace, "tianhe-youth-post")

    assert "place tianhe-youth-post: taken away" in differences
    assert not gone.active
