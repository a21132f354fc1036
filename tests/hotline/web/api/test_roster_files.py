"""Files of the roster by command: checked first and planned whole; a feed that can be ended."""

from io import BytesIO

import httpx
import pytest
from openpyxl import load_workbook

from hotline.storage.tables import RosterShift, SupervisorAct
from tests.hotline.web.api.conftest import ApiScene
from tests.hotline.web.api.rostering import MONDAY, WEEK, furnish_roster, people_of, plans

pytestmark = pytest.mark.anyio

HEAD = "日期,开始时间,结束时间,账号,种类,线路"
GOOD = (f"{HEAD}\n{MONDAY},09:00,17:00,li,,\n{MONDAY},22:00,06:00,,二线,youth\n"
        "2026-03-05,00:00,24:00,wong,休假,\n")  # fmt: skip


async def brings(scene: ApiScene, path: str, text: str | bytes) -> httpx.Response:
    """The supervisor sends a file."""
    body = text.encode() if isinstance(text, str) else text
    headers = scene.person("he").headers | {"Content-Type": "application/octet-stream"}
    return await scene.http.post(f"/api/v1/roster/{path}", content=body, headers=headers)


async def test_a_file_is_checked_planned_in_one_act_and_its_leave_waits(scene: ApiScene) -> None:
    await furnish_roster(scene)

    checked = (await brings(scene, "imports/check", GOOD)).json()
    assert (checked["shifts"], checked["leaves"], checked["faults"]) == (2, 1, [])
    assert await people_of(scene) == []
    done = await brings(scene, "imports", GOOD)

    assert done.json() == {"shifts": 2, "leaves": 1}
    assert await people_of(scene) == [("li", "02 09:00"), ("", "02 22:00")]
    [leave] = (await scene.person("wong").gets(WEEK))["leaves"]
    assert (leave["state"], leave["kind"]) == ("wanted", "holiday")
    assert [one.after["what"] for one in await scene.all(SupervisorAct)] == ["imported"]


async def test_a_file_with_faults_plans_nothing_and_names_row_and_column(scene: ApiScene) -> None:
    await furnish_roster(scene)
    await plans(scene, "li")
    bad = (f"{HEAD}\n{MONDAY},16:00,20:00,li,,\n{MONDAY},09:00,17:00,wong,,\n"
           f"{MONDAY},16:00,18:00,wong,,\n{MONDAY},09:00,17:00,nobody,,legal\n"
           "2026-02-02,09:00,17:00,wong,,\n")  # fmt: skip

    answer = await brings(scene, "imports", bad)

    assert (answer.status_code, answer.json()["reason"]) == (409, "has_faults")
    told = [(one["row"], one["column"], one["fault"]) for one in answer.json()["faults"]]
    assert told == [
        (2, "日期", "has_shift"),
        (4, "日期", "twice"),
        (5, "账号", "no_person"),
        (5, "线路", "no_line"),
        (6, "日期", "over"),
    ]
    assert len(await scene.all(RosterShift)) == 1


async def test_a_week_is_taken_out_as_a_sheet_and_as_events(scene: ApiScene) -> None:
    await furnish_roster(scene)
    await plans(scene, "li")
    chen = scene.person("chen")

    sheet = await chen.asks("GET", f"/roster/table.xlsx?from={MONDAY}&to=2026-03-08")
    events = await chen.asks("GET", f"/roster/calendar.ics?from={MONDAY}&to=2026-03-08")

    book = load_workbook(BytesIO(sheet.content))
    assert book.sheetnames == ["排班", "一览"]
    assert book.worksheets[0]["E2"].value == "li"
    assert "SUMMARY:name of li · 值班" in events.text.replace("\r\n ", "")


async def test_ones_calendar_follows_by_a_link_until_it_is_ended(scene: ApiScene) -> None:
    await furnish_roster(scene)
    await plans(scene, "li")
    await plans(scene, "chen")
    li = scene.person("li")

    first = (await li.does("POST", "/roster/feed"))["url"]
    url = (await li.does("POST", "/roster/feed"))["url"]
    found = await scene.http.get(httpx.URL(url).path)
    told = await li.gets("/roster/feed")
    await li.does("DELETE", "/roster/feed")

    assert found.text.count("BEGIN:VEVENT") == 1
    assert "name of" not in found.text
    assert told["read_at"] is not None
    for ended in (first, url, "/r/nothing.ics"):
        assert (await scene.http.get(httpx.URL(ended).path)).status_code == 404
