"""What an administrator reads: before anything was applied, and of six lines."""

from pathlib import Path

import pytest

from hotline.audit.sealing import CHAIN
from hotline.configuration.versions import apply_folder
from hotline.staff.model import Role
from hotline.storage.tables import AuditHead
from hotline.web.pages.weeks import week_of
from tests.hotline.web.api.conftest import ApiScene
from tests.hotline.web.pages.conftest import Reader

pytestmark = pytest.mark.anyio

GUANGDONG = Path(__file__).parents[4] / "deploy" / "guangdong"


@pytest.fixture
async def admin(scene: ApiScene) -> Reader:
    """The administrator of a hotline whose folder was applied."""
    await scene.hires("admin", Role.ADMIN)
    async with scene.house.database.work() as work:
        await apply_folder(work, GUANGDONG, at=scene.clock.now())
    return Reader(scene, "admin")


@pytest.mark.parametrize("path", ["files", "history"])
async def test_before_a_folder_was_applied_the_page_says_what_to_do(
    scene: ApiScene, path: str
) -> None:
    page = await Reader(scene, "root").reads(f"/administration/{path}", language="en")

    assert "yet" in page.text
    assert not page.has("editor")


async def test_each_line_stands_with_numbers_and_people(admin: Reader) -> None:
    page = await admin.reads("/administration", language="en")

    card = page.part("line-youth-12355").text
    assert "Guangdong 12355 youth line" in card
    assert "on duty" in card
    assert "020-00000010" in card


async def test_the_end_of_the_audits_chain_can_be_written_down_from_the_page(
    admin: Reader, scene: ApiScene
) -> None:
    before = await admin.reads("/administration", language="en")
    head = AuditHead(name=CHAIN, seq=12, mac="c0ffee" * 10, cut_seq=2, sealed_at=scene.clock.now())
    await scene.add(head)

    told = (await admin.reads("/administration", language="en")).part("audit-head").text

    assert "No entry has been sealed yet" in before.part("audit-head").text
    assert "10 entries" in told
    assert "c0ffee" * 10 in told
    assert "HOTLINE_AUDIT_HEAD_DIR" in told


async def test_a_line_is_told_as_week_picture_plan_and_prompts(admin: Reader) -> None:
    page = await admin.reads("/administration/lines/civil-12349")

    assert "08:30–17:30" in page.part("week").text
    assert "<svg" in page.part("flow").html
    assert "第 1 步" in page.part("plan").text
    assert page.has("prompts")


async def test_stations_stand_below_those_they_lead_to(admin: Reader) -> None:
    told = (await admin.reads("/administration/stations")).part("stations").text

    names = ("广东省未成年人保护热线", "广州市未成年人救助保护中心", "天河值班")
    assert [told.find(name) for name in names] == sorted(told.find(name) for name in names)


async def test_a_contact_is_shown_with_the_account_and_a_station_with_what_it_is(
    admin: Reader,
) -> None:
    told = (await admin.reads("/administration/stations")).part("stations").text

    assert "账号 tianhe" in " ".join(told.split())
    assert "公安" in told
    assert "急救" in told


async def test_the_gaps_of_the_tree_are_told_with_what_to_do(admin: Reader) -> None:
    told = (await admin.reads("/administration/stations")).part("station-gaps").text

    assert "没有 PIN" in told
    assert "hotline stations pin" in told


async def test_a_roster_is_drawn_as_a_week_with_names_and_who_is_rung_now(admin: Reader) -> None:
    page = await admin.reads("/administration/stations/edit?key=shenzhen")

    assert "08:00–20:00 深圳日班" in " ".join(page.part("duty-week").text.split())
    assert "深圳夜班" in page.part("rung-now").text


@pytest.mark.parametrize("path", ["lines/nowhere", "files?path=../x.yaml", "history/99"])
async def test_what_is_not_there_is_not_found(admin: Reader, path: str) -> None:
    assert (await admin.opens(f"/administration/{path}")).status == 404


def test_hours_past_midnight_end_on_the_next_day() -> None:
    week = week_of([{"days": ["mon"], "from": "22:00", "to": "06:00"}])

    assert [[bar.text for bar in day.bars] for day in week[:3]] == [
        ["22:00–24:00"],
        ["00:00–06:00"],
        [],
    ]


async def test_an_exception_of_the_calendar_says_why(admin: Reader) -> None:
    week = (await admin.reads("/administration/lines/youth-12355")).part("week").text

    assert "2027-02-05" in week
    assert "除夕" in week


@pytest.mark.parametrize(
    "path",
    [
        "lines/civil-12349/edit",
        "staff/edit?key=li",
        "staff/edit",
        "stations/edit",
        "stations/edit?key=gz-tianhe",
    ],
)
async def test_each_form_is_shown(admin: Reader, path: str) -> None:
    page = await admin.reads(f"/administration/{path}")

    assert page.has("form")


async def test_a_new_file_begins_as_a_copy(admin: Reader) -> None:
    page = await admin.reads(
        "/administration/files?path=plans/night.yaml&copy=plans/day-lines.yaml"
    )

    assert "crisis" in page.part("text").text
