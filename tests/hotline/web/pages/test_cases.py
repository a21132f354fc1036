"""The pages of cases: the list, one case, its story by days, and two cases side by side."""

import re

import pytest
from structlog.testing import capture_logs

from hotline.staff.model import Role
from hotline.storage.tables import Case, CaseEntry, CasePerson, Delivery, Station, SupervisorAct
from tests.hotline.web.api.conftest import ApiScene
from tests.hotline.web.api.conftest import following as following  # noqa: PLC0414 – a fixture, handed on
from tests.hotline.web.api.listening import listening
from tests.hotline.web.pages.conftest import Reader

pytestmark = pytest.mark.anyio

CHILD, PHONE, STORY = "金丝雀王小明", "15400000123", "他说今晚不敢回家"
CHINESE = re.compile(r"[\u3000-\u30ff\u4e00-\u9fff\uff00-\uffef]+")
OURS = ("青少年", "天河", "海珠", "广州市天河区", "中文")  # names of the scene; the other language


@pytest.fixture
async def case(scene: ApiScene) -> str:
    """A flag, a child, a reporter, a plan and their words."""
    li, he = scene.person("li"), scene.person("he")
    await li.does("POST", "/calls/call/flags", {"level": "high", "summary": STORY})
    [case] = await scene.all(Case)
    path = f"/cases/{case.id}"
    child = {"role": "at_risk", "name": CHILD, "phone": PHONE, "note": STORY, "minor": "yes"}
    await li.does("POST", f"{path}/people", child)
    await li.does("POST", f"{path}/people", {"role": "reporter", "name": "金丝雀老李"})
    await li.does("POST", f"{path}/people", {"role": "guardian", "name": "金丝雀王芳"})
    await he.does("POST", f"{path}/steps", {"text": f"带{CHILD}去医院", "due_on": "2020-01-01"})
    return str(case.id)


def secrets_in(html: str) -> list[str]:
    return [one for one in ("金丝雀", PHONE, PHONE[-8:], STORY) if one in html]


async def test_the_canary_is_on_no_page_before_it_is_opened(scene: ApiScene, case: str) -> None:
    for who in ("li", "he", "tianhe"):
        for path in (
            "/cases",
            "/cases/live",
            f"/cases/{case}",
            f"/cases/{case}/head",
            *(f"/cases/{case}/parts/{part}" for part in ("people", "plan", "links", "history")),
        ):
            page = await Reader(scene, who).reads(path)
            assert secrets_in(page.html) == [], path


async def test_opened_it_stands_there_for_who_may_and_leaves_one_trace_a_look(
    scene: ApiScene, case: str, tianhe: Reader
) -> None:
    page = await tianhe.reads(f"/cases/{case}?opened=true")

    assert CHILD in page.part("case-people").text
    assert f"带{CHILD}去医院" in page.part("case-plan").text
    assert "金丝雀老李" not in page.html
    assert f"/cases/{case}/parts/people?opened=true" in page.html
    await tianhe.reads(f"/cases/{case}/parts/plan?opened=true")
    reads = [one.facts["what"] for one in await scene.all(CaseEntry) if one.kind == "case.read"]
    assert reads == [["people", "plan", "story"], ["plan"]]


async def test_who_may_not_read_it_opens_nothing(scene: ApiScene, case: str) -> None:
    for who, status in (("haizhu", 404), ("chen", 404), ("root", 404)):
        for path in (f"/cases/{case}?opened=true", f"/cases/{case}/parts/people?opened=true"):
            page = await Reader(scene, who).opens(path)
            assert page.status == status
            assert secrets_in(page.html) == []
    assert [one for one in await scene.all(CaseEntry) if one.kind == "case.read"] == []


async def test_the_canary_is_in_no_log_line_no_job_no_delivery_and_not_in_the_stream(
    scene: ApiScene, following: None, case: str
) -> None:
    li = scene.person("li")
    async with listening(scene.app, "he") as heard:
        await heard.until("clock")
        with capture_logs() as lines:
            other = {"role": "relative", "name": CHILD, "phone": PHONE, "note": STORY}
            await li.does("POST", f"/cases/{case}/people", other)
            refused = await li.asks("POST", f"/cases/{case}/people", {**other, "role": "at_risk"})
            broken = {**other, "phone": CHILD}
            invalid = await li.asks("POST", f"/cases/{case}/people", broken)
        said = await heard.until("case")
    assert (refused.status_code, invalid.status_code) == (409, 422)
    told = [str(lines), str(said), refused.text, invalid.text]
    told += [str([one.model_dump() for one in await scene.all(table)])
             for table in (Delivery, SupervisorAct, CasePerson, CaseEntry)]  # fmt: skip
    assert [secrets_in(one) for one in told] == [[]] * len(told)


async def test_the_list_says_what_is_late_and_a_search_finds_by_number(
    scene: ApiScene, case: str, tianhe: Reader
) -> None:
    number = (await scene.get(Case, case)).number

    page = await tianhe.reads("/cases")
    assert 'data-late="true"' in page.part("case").html
    assert number in (await tianhe.reads(f"/cases?number={number}")).text
    assert (await tianhe.reads("/cases?number=0000000")).has("no-case")
    assert (await tianhe.reads("/cases?state=closed")).all("case") == []
    assert "下级站的" in page.text
    assert "下级站的" not in (await Reader(scene, "li").reads("/cases")).text


async def test_the_story_is_told_by_days_with_the_alarm_and_the_call_in_it(
    scene: ApiScene, case: str, he: Reader
) -> None:
    page = await he.reads(f"/cases/{case}/parts/history")

    sources = set(re.findall(r'data-source="(\w+)"', page.html))
    assert sources == {"case", "escalation", "call"}
    assert "name of li 登记了当事人（年龄、姓名、电话、备注）" in page.text
    assert "登记了报告人" in page.text
    assert "来电到「青少年」，name of li 接听" in page.text
    assert page.html.count('data-testid="story-day"') == 1
    scene.clock.advance(11 * 3600)  # from eight in the evening to the next morning
    for _ in range(3):
        await he.reads(f"/cases/{case}/parts/people?opened=true")
    page = await he.reads(f"/cases/{case}/parts/history")
    assert page.html.count('data-testid="story-day"') == 2
    assert "name of he 查阅了相关的人 ×3" in page.text


async def test_the_station_is_not_told_that_there_is_a_reporter(
    scene: ApiScene, case: str, tianhe: Reader
) -> None:
    """Demand 43."""
    await scene.person("li").does("POST", f"/cases/{case}/reporter", {"is_reporter": True})
    page = await tianhe.reads(f"/cases/{case}/parts/history?opened=true")

    assert "登记了当事人" in page.text
    assert "报告人" not in page.text
    here = await Reader(scene, "he").reads(f"/cases/{case}/parts/history")
    assert "写明了来电者是不是报告人" in here.text
    people = (await tianhe.reads(f"/cases/{case}/parts/people")).all("person")
    assert [re.findall(r'data-role="(\w+)"', one)[0] for one in people] == ["at_risk", "guardian"]


async def test_a_station_above_sees_the_head_and_the_days_of_the_plan(
    scene: ApiScene, case: str
) -> None:

    await scene.add(Station(id="city", name="市", name_en="C", division="440100", phone="3"))
    await scene.change(Station, "tianhe", parent_id="city")
    await scene.hires("above", Role.OFFICER, line="none", station="city")
    above = Reader(scene, "above")

    page = await above.reads(f"/cases/{case}")

    shown = [name for name in ("people", "plan", "links", "manage", "history")
             if page.has(f"case-{name}")]  # fmt: skip
    assert shown == ["plan"]
    assert "已逾期" in page.part("case-plan").text
    assert not page.has("open-content")
    assert (await above.opens(f"/cases/{case}?opened=true")).status == 403


async def test_two_cases_stand_side_by_side_with_names_and_a_trace_in_both(
    scene: ApiScene, case: str, he: Reader
) -> None:
    now = scene.clock.now()
    await scene.add(
        Case(id="other", number="7654321", line_id="youth", station_id="haizhu",
             opened_as="by_hand", opened_by="system", opened_at=now),
    )  # fmt: skip

    page = await he.reads(f"/cases/{case}/beside?number=7654321")

    assert len(page.all("beside-case")) == 2
    assert CHILD in page.text
    read = [(one.case_id, one.facts) for one in await scene.all(CaseEntry)
            if one.kind == "case.read"]  # fmt: skip
    assert read == [(case, {"what": ["beside"]}), ("other", {"what": ["beside"]})]
    # The other one is not the station's: that it exists is not told.
    strange = await Reader(scene, "tianhe").reads(f"/cases/{case}/beside?number=7654321")
    assert strange.has("no-such-case")
    assert (await he.reads(f"/cases/{case}/beside?number=0")).has("no-such-case")


async def test_what_stands_in_the_way_of_closing_is_said_before_anybody_tries(
    scene: ApiScene, case: str, he: Reader
) -> None:
    page = await he.reads(f"/cases/{case}/parts/manage")

    assert "还没有结案" in page.part("in-the-way").text
    assert not page.has("close-case")


async def test_the_pages_are_in_english_where_that_is_read(
    scene: ApiScene, case: str, he: Reader
) -> None:
    await he.reads(f"/cases/{case}?opened=true")

    for path in ("/cases", f"/cases/{case}"):
        text = (await he.reads(path, language="en")).text
        assert [word for word in CHINESE.findall(text) if word not in OURS] == []


async def test_a_call_and_an_alarm_lead_to_their_case(
    scene: ApiScene, case: str, he: Reader
) -> None:
    number = (await scene.get(Case, case)).number

    call = await he.reads("/calls/call")
    assert number in call.part("call-case").text
    assert call.has("to-case")
    assert not call.has("open-case")
