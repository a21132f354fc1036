"""Plans in a configuration folder: faults refuse the folder by file and line, good ones kept."""

import re
import shutil
from pathlib import Path

import pytest
from sqlmodel import select

from hotline.configuration.apply import apply
from hotline.configuration.load import load_folder
from hotline.configuration.plans import setting_of_files, setting_of_rows
from hotline.errors import ConfigError
from hotline.lines.plans import policy_of
from hotline.storage.session import Database
from hotline.storage.tables import Line, Staff
from routing.policy import DEFAULT_POLICY
from routing.policy.roster import ALWAYS, in_words
from tests.fakes import FakeClock

GUANGDONG = Path(__file__).parents[3] / "deploy" / "guangdong"
PLAN, FLOW = "plans/youth-12355.yaml", "flows/youth-12355.yaml"
LINES, STAFF = "lines.yaml", "staff.yaml"
CHEN = "    name: 陈志强\n"
NIGHT = '    shifts: [{days: [mon, sun], from: "22:00", to: "06:00"}]\n'


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the real configuration, to be spoiled."""
    return Path(shutil.copytree(GUANGDONG, tmp_path / "guangdong"))


def spoil(folder: Path, name: str, old: str, new: str, times: int = 1) -> None:
    text = (folder / name).read_text(encoding="utf-8")
    assert old in text
    (folder / name).write_text(text.replace(old, new, times), encoding="utf-8")


def line_of(folder: Path, name: str, text: str) -> int:
    lines = (folder / name).read_text(encoding="utf-8").splitlines()
    return next(number for number, line in enumerate(lines, 1) if text in line)


def refused(folder: Path) -> list[str]:
    with pytest.raises(ConfigError) as told:
        load_folder(folder)
    return told.value.public.splitlines()


def test_the_plan_of_the_youth_line_is_the_one_that_was_measured_best() -> None:
    configuration = load_folder(GUANGDONG)

    line = Line(**configuration.lines[0].model_dump(include={"id", "name", "name_en"}),
                number_shown="", plan=configuration.plans["youth-12355"])  # fmt: skip
    assert policy_of(line) == DEFAULT_POLICY


def test_the_roster_of_the_youth_line_is_told_of_what_it_lacks(folder: Path) -> None:
    at = line_of(folder, PLAN, "name: certified,")

    assert load_folder(folder).warnings == [
        f"{PLAN}:{at}: certified: nobody who speaks hak at level 3 is certified. Train somebody:"
        " until then these callers begin a step lower."
    ]


@pytest.mark.parametrize(
    ("old", "new", "at", "says"),
    [
        ("ring_s: 20 ", "rings_s: 20 ", "rings_s: 20", "Did you mean `ring_s`?"),
        ("rest_after_crisis_s: 900", "rest_after_crisis_s: -1", "rest_after", "from 0 to 7200"),
        ("language: spoken}", "language: spokn}", "spokn", "Did you mean `spoken`?"),
        ("after_s: 300", "after_s: 3000", "after_s: 3000", "anyone_on_line never comes"),
        ("line: any, after_s: 5", "after_s: 5", "name: anyone,", "must reach anybody in the end"),
        (
            "topic_level: 3, bonus_s: 90",
            "topic_level: 1, bonus_s: 90",
            "{name: topic,",
            "topic is never reached",
        ),
        (
            "language_level: 3, certified",
            "language_level: 5, certified",
            "certified: true, age_group: own}",
            "hak",
        ),
        ("break_s: 600", "break_s: 7200", "break_s: 7200", "breaks must be shorter"),
    ],
)
def test_a_fault_of_a_plan_is_told_with_its_file_and_line(
    folder: Path, old: str, new: str, at: str, says: str
) -> None:
    spoil(folder, PLAN, old, new)

    told = refused(folder)

    assert told[0].startswith(f"{PLAN}:{line_of(folder, PLAN, at)}: ")
    assert says in told[0]


def test_a_hour_without_anybody_is_told_with_what_to_do(folder: Path) -> None:
    text = re.sub(
        r"(    lines: \[youth-12355.*\]\n)",
        r'\1    shifts: [{days: [mon], from: "08:00", to: "16:00"}]\n',
        (folder / STAFF).read_text(encoding="utf-8"),
    )
    (folder / STAFF).write_text(text, encoding="utf-8")
    spoil(folder, LINES, "# hours: [{days: [mon, tue, wed, thu, fri]", "hours: [{days: [mon, tue]")

    assert refused(folder) == [  # in danger there is somebody: counselors of other lines
        f"{PLAN}:{line_of(folder, PLAN, 'routine:') + 1}: no counselor for cmn, yue, hak, nan,"
        " eng (routine) Mon 16:00-17:30, Tue 08:30-17:30: shorten the line's hours, or staff"
        " these."
    ]


def test_faults_of_all_files_are_told_together(folder: Path) -> None:
    spoil(folder, LINES, "station: gz-tianhe", "station: nowhere")
    spoil(folder, PLAN, "ring_s: 20 ", "ring_s: 2 ")
    spoil(folder, "flows/youth-12355.yaml", "silence: ", "silense: ")

    told = refused(folder)

    assert [one.partition(":")[0] for one in told] == [LINES, PLAN, FLOW]


def test_shapes_of_all_files_are_told_together(folder: Path) -> None:
    spoil(folder, LINES, "number_shown", "numbr_shown")
    spoil(folder, "stations.yaml", 'phone: "02000000202"', 'phone: "x"')
    spoil(folder, STAFF, CHEN, CHEN + NIGHT.replace("22:00", "25:00"))

    told = {one.partition(":")[0] for one in refused(folder)}

    assert told == {LINES, "stations.yaml", STAFF}


def test_a_file_that_cannot_be_read_hides_no_fault_of_another(folder: Path) -> None:
    (folder / STAFF).write_text("staff: [", encoding="utf-8")
    spoil(folder, "stations.yaml", 'phone: "02000000202"', 'phone: "x"')
    spoil(folder, FLOW, "silence: ", "silense: ")

    told = [one.partition(":")[0] for one in refused(folder)]

    assert told == ["stations.yaml", STAFF, FLOW]


def test_a_plan_that_is_not_there_is_named(folder: Path) -> None:
    (folder / PLAN).unlink()

    (told,) = refused(folder)
    assert told.startswith("lines.yaml:")
    assert f"line youth-12355 uses {PLAN}, but there is no such file" in told


def test_hours_without_quotes_are_refused_by_line(folder: Path) -> None:
    spoil(folder, STAFF, CHEN, CHEN + NIGHT.replace('"22:00"', "22:00"))

    (told,) = refused(folder)

    at = line_of(folder, STAFF, "from: 22:00")
    assert told == f'{STAFF}:{at}: `from` must be a time such as "08:00", in quotes.'


@pytest.mark.anyio
async def test_a_plan_is_kept_with_its_version_and_shifts_with_their_people(
    database: Database, clock: FakeClock, folder: Path
) -> None:
    spoil(folder, STAFF, CHEN, CHEN + NIGHT)
    spoil(folder, STAFF, "certified: false, gender: m", "certified: false, gender: m, ages: [teen]")
    wanted = load_folder(folder)

    async with database.work() as work:
        await apply(work, wanted, at=clock.now())
    async with database.work() as work:
        line = await work.get_one(Line, "youth-12355")
        people = (await work.exec(select(Staff).order_by(Staff.username))).all()

    (chen,) = (one for one in people if one.username == "chen")
    assert line.plan == wanted.plans["youth-12355"]
    assert len(line.plan_version) == 12
    assert chen.shifts == [{"days": ["mon", "sun"], "from": "22:00", "to": "06:00"}]
    assert chen.skills["ages"] == ["teen"]
    kept, filed = setting_of_rows(line, people), setting_of_files(wanted.lines[0], wanted.staff)
    assert sorted(kept.people, key=lambda one: one.name) == sorted(
        filed.people, key=lambda one: one.name
    )
    hours = {in_words(one.quarters) for one in kept.people if one.quarters != ALWAYS}
    assert hours == {"Mon 00:00-06:00 and 22:00-24:00, Tue 00:00-06:00, Sun 22:00-24:00"}


def test_whose_certificate_has_lapsed_is_none_who_is_certified_in_a_check_of_the_plan() -> None:
    line = Line(id="youth", name="", name_en="", number_shown="", languages=["cmn"])
    able = {"languages": {"cmn": 5}, "certified": True}
    li = Staff(username="li", name="li", password_hash="", roles=["counselor"], skills=able)
    li.lines, li.certificate_lapsed = ["youth"], True

    (kept,) = setting_of_rows(line, [li]).people

    assert not kept.skills.certified


@pytest.mark.anyio
async def test_another_plan_is_told_as_a_difference_and_none_means_the_default(
    database: Database, clock: FakeClock, folder: Path
) -> None:
    async with database.work() as work:
        await apply(work, load_folder(folder), at=clock.now())
    spoil(folder, PLAN, "after_s: 300", "after_s: 45")

    async with database.work() as work:
        changed = await apply(work, load_folder(folder), at=clock.now())
        again = await apply(work, load_folder(folder), at=clock.now())
    spoil(folder, LINES, "plan: ", "# plan: ")
    async with database.work() as work:
        without = await apply(work, load_folder(folder), at=clock.now())
        line = await work.get_one(Line, "youth-12355")

    assert changed == ["line youth-12355: plan, plan_version changed"]
    assert again == []
    assert without == ["line youth-12355: plan, plan_version changed"]
    assert (line.plan, line.plan_version) == ({}, "")
