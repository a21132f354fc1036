"""`hotline plan`: read in sentences, checked, tried, taken over; from a folder or the database."""

import asyncio
import shutil
from pathlib import Path

import pytest
from sqlmodel import select
from typer.testing import CliRunner, Result

from hotline.cli.planning import plan_app
from hotline.configuration.apply import apply
from hotline.configuration.load import load_folder
from hotline.configuration.versions import apply_at_start, apply_folder, list_versions
from hotline.storage.documents import version_of_document
from hotline.storage.session import Database
from hotline.storage.tables import Call, Line, PlanDifference, Staff
from tests.fakes import FakeClock

GUANGDONG = Path(__file__).parents[3] / "deploy" / "guangdong"
PLAN = "plans/youth-12355.yaml"
LAST_STAGE = 1 + next(
    n
    for n, line in enumerate((GUANGDONG / PLAN).read_text().splitlines())
    if "name: anyone_on_line" in line
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the real configuration, to be changed."""
    return Path(shutil.copytree(GUANGDONG, tmp_path / "guangdong"))


@pytest.fixture
async def applied(
    database: Database, postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> Database:
    """The real configuration, in the database that the commands find in their settings."""
    monkeypatch.setenv("HOTLINE_DATABASE_URL", postgres_url)
    async with database.work() as work:
        await apply(work, load_folder(GUANGDONG), at=FakeClock().now())
    return database


async def line_in(database: Database) -> Line:
    async with database.work() as work:
        return await work.get_one(Line, "youth-12355")


def plan(*words: str | Path) -> Result:
    return CliRunner(env={"COLUMNS": "200"}).invoke(plan_app, [str(word) for word in words])


async def told_to(*words: str | Path) -> Result:
    """A command has an event loop of its own: here it runs beside the test's."""
    return await asyncio.to_thread(plan, *words)


def spoil(folder: Path, old: str, new: str) -> Path:
    text = (folder / PLAN).read_text(encoding="utf-8")
    assert old in text
    (folder / PLAN).write_text(text.replace(old, new, 1), encoding="utf-8")
    return folder / PLAN


# ── show ────────────────────────────────────────────────────────────────────────────────────────


def test_a_plan_is_shown_in_chinese_from_a_folder_without_any_database() -> None:
    told = plan("show", "+8612355", "--config", GUANGDONG)

    assert told.exit_code == 0
    assert told.stdout.startswith("广东12355青少年服务台\n")
    assert (
        "  说客家话的来电者：先问 陈志强；再问 何静、张伟、李明慧、林晓燕；300 秒后问 黄嘉欣。"
        in told.stdout
    )


@pytest.mark.anyio
async def test_a_plan_is_shown_in_english_from_the_database(applied: Database) -> None:
    told = await told_to("show", "02012355", "--language", "en")

    assert told.exit_code == 0
    assert "Teochew: 林晓燕 first; then 何静, 张伟, 李明慧, 陈志强; then after 300 s" in told.stdout


def test_another_plan_is_shown_for_the_same_roster(folder: Path) -> None:
    other = spoil(folder, "after_s: 300", "after_s: 45")

    told = plan("show", "youth-12355", "--config", GUANGDONG, "--file", other)

    assert "45 秒后问 黄嘉欣" in told.stdout


def test_a_line_without_a_plan_is_shown_with_the_default(folder: Path) -> None:
    lines = folder / "lines.yaml"
    lines.write_text(lines.read_text(encoding="utf-8").replace("plan: ", "# plan: "), "utf-8")

    told = plan("show", "12355", "--config", folder, "--language", "en")

    assert "Step 6, after 300 s of waiting" in told.stdout


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("show", "12366", "--config", GUANGDONG), "There is no line 12366 in guangdong."),
        (("show", "12355", "--config", GUANGDONG, "--language", "fr"), "--language is zh or en."),
        (("shadow", "12355"), "Name the plan to be tried, or --off to end a trial."),
    ],
)
def test_what_cannot_be_done_is_said_plainly(words: tuple[str | Path, ...], says: str) -> None:
    told = plan(*words)

    assert (told.exit_code, told.stderr) == (1, f"{says}\n")


# ── check ───────────────────────────────────────────────────────────────────────────────────────


def test_a_folder_without_faults_is_told_its_warnings() -> None:
    told = plan("check", GUANGDONG)

    assert told.exit_code == 0
    assert "nobody who speaks hak at level 3 is certified" in told.stdout
    assert told.stdout.endswith("No faults.\n")


def test_a_folder_with_a_fault_is_told_the_line_and_refused(folder: Path) -> None:
    spoil(folder, "after_s: 300", "after_s: 3000")

    told = plan("check", folder)

    assert told.exit_code == 1
    assert told.stderr.startswith(f"{PLAN}:{LAST_STAGE}: anyone_on_line never comes")


def test_a_file_is_checked_against_the_roster_of_a_folder(folder: Path) -> None:
    good = plan("check", GUANGDONG, "--file", folder / PLAN, "--line", "youth-12355")
    bad = plan("check", GUANGDONG, "--file", spoil(folder, "after_s: 300", "after_s: 3000"))

    assert (good.exit_code, bad.exit_code) == (0, 1)
    assert "anyone_on_line never comes" in bad.stderr


# ── shadow, adopt, differences ──────────────────────────────────────────────────────────────────


@pytest.mark.anyio
async def test_a_plan_is_tried_then_adopted(applied: Database, folder: Path) -> None:
    before = await line_in(applied)

    tried = await told_to("shadow", "12355", spoil(folder, "after_s: 300", "after_s: 45"))
    trial = await line_in(applied)
    none = await told_to("differences", "12355")
    adopted = await told_to("adopt", "12355")
    after = await line_in(applied)

    assert (tried.exit_code, adopted.exit_code) == (0, 0)
    assert (trial.plan, trial.plan_version) == (before.plan, before.plan_version)
    assert trial.shadow_plan["routine"]["stages"][-1]["after_s"] == 45
    assert none.stdout == "No difference so far.\n"
    assert (after.plan, after.shadow_plan) == (trial.shadow_plan, {})
    assert after.plan_version == version_of_document(after.plan) != before.plan_version
    assert "Copy it into the configuration folder as well" in adopted.stdout


@pytest.mark.anyio
async def test_an_adopted_plan_is_a_version_that_a_restart_keeps(
    applied: Database, folder: Path
) -> None:
    at = FakeClock().now()
    async with applied.work() as work:
        await apply_folder(work, GUANGDONG, at=at)
    await told_to("shadow", "12355", spoil(folder, "after_s: 300", "after_s: 45"))

    await told_to("adopt", "12355")

    async with applied.work() as work:
        versions = await list_versions(work, limit=9)
        again = await apply_at_start(work, GUANGDONG, at=at)
    assert [one.origin for one in versions] == ["trial", "folder"]
    assert "after_s: 45" in versions[0].files[PLAN]
    assert (again, (await line_in(applied)).plan["routine"]["stages"][-1]["after_s"]) == ([], 45)


@pytest.mark.anyio
async def test_a_plan_for_one_line_leaves_the_lines_alone_that_shared_it(
    applied: Database, folder: Path
) -> None:
    async with applied.work() as work:
        await apply_folder(work, GUANGDONG, at=FakeClock().now())
    await told_to("shadow", "12338", folder / "plans" / "day-lines.yaml")

    adopted = await told_to("adopt", "12338")

    async with applied.work() as work:
        newest = (await list_versions(work, limit=1))[0]
    assert adopted.exit_code == 0
    assert "plan: plans/women-12338.yaml" in newest.files["lines.yaml"]
    assert newest.files["plans/day-lines.yaml"] == (folder / "plans/day-lines.yaml").read_text()


@pytest.mark.anyio
async def test_differences_name_who_was_rung_and_who_would_have_been(
    applied: Database, folder: Path
) -> None:
    now = FakeClock().now()
    tried = await told_to("shadow", "12355", folder / PLAN)
    version = version_of_document((await line_in(applied)).shadow_plan)
    async with applied.work() as work:
        chen = (await work.exec(select(Staff).where(Staff.username == "chen"))).one()
        work.add(Call(id="c1", carrier_sid="CA1", line_id="youth-12355", state="ended",
                      arrived_at=now, heard_at=now))  # fmt: skip
        await work.flush()
        offer = {"counselors": [chen.id], "stage": "language", "waited_s": 3.0}
        for live, shadow, under in ((offer, {}, version), ({}, offer, version), (offer, {}, "old")):
            work.add(PlanDifference(at=now, line_id="youth-12355", call_id="c1", version="v",
                                    shadow_version=under, live=live, shadow=shadow))  # fmt: skip

    told = await told_to("differences", "12355")

    assert "nobody who speaks hak at level 3 is certified" in tried.stdout
    rung = "chen (language, after 3.0 s)"
    assert [one.partition("  ")[2] for one in told.stdout.splitlines()] == [
        f"call c1: the caller left; on trial: {rung}",
        f"call c1: {rung}; on trial: would still wait",
    ]


@pytest.mark.anyio
async def test_a_trial_is_ended(applied: Database, folder: Path) -> None:
    await told_to("shadow", "12355", folder / PLAN)

    told = await told_to("shadow", "12355", "--off")

    assert told.stdout == "The trial is over.\n"
    assert (await line_in(applied)).shadow_plan == {}


@pytest.mark.anyio
async def test_a_plan_with_a_fault_is_not_tried(applied: Database, folder: Path) -> None:
    told = await told_to("shadow", "12355", spoil(folder, "after_s: 300", "after_s: 3000"))

    assert told.exit_code == 1
    assert told.stderr.startswith(f"youth-12355.yaml:{LAST_STAGE}: anyone_on_line never comes")
    assert (await line_in(applied)).shadow_plan == {}


@pytest.mark.anyio
async def test_without_a_trial_there_is_nothing_to_adopt(applied: Database) -> None:
    told = await told_to("adopt", "12355")

    assert (told.exit_code, (await line_in(applied)).shadow_plan) == (1, {})
    assert told.stderr.startswith("Line youth-12355 has no plan on trial")


@pytest.mark.anyio
async def test_a_line_nobody_knows_is_named(applied: Database) -> None:
    told = await told_to("show", "12366")

    assert (told.exit_code, told.stderr) == (
        1,
        "There is no line 12366: name a line's id or one of its numbers.\n",
    )
