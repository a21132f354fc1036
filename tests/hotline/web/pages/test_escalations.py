"""The pages of an escalation: who has it, until when, who is next, and the story for who may."""

import re
from datetime import datetime

import pytest

from hotline.storage.tables import Attempt, Delivery, Escalation, EscalationEntry
from tests.hotline.web.api.conftest import ApiScene
from tests.hotline.web.pages.conftest import Reader

pytestmark = pytest.mark.anyio

STORY = "孩子说今晚不想活了"
CHINESE = re.compile(r"[\u3000-\u30ff\u4e00-\u9fff\uff00-\uffef]+")
OF_A_RING = (
    "attempt.claimed",
    "attempt.taken",
    "attempt.failed",
    "supervisors.paged",
    "escalation.not_acknowledged",
)


@pytest.fixture
async def escalation(scene: ApiScene) -> str:
    """li raised a flag: the station's duty phone is to ring."""
    flag = {"level": "imminent", "summary": STORY}
    told = await scene.person("li").does("POST", "/calls/call/flags", flag)
    return str(told["escalation_id"])


@pytest.mark.parametrize(("who", "path"), [("he", "/escalations"), ("tianhe", "/station")])
async def test_the_list_says_what_is_open_and_whom_to_ring(
    scene: ApiScene, escalation: str, who: str, path: str
) -> None:
    page = await Reader(scene, who).reads(path)

    assert f"/escalations/{escalation}" in page.html
    assert 'data-state="open"' in page.part("escalation").html
    assert STORY not in page.html


async def test_another_station_has_nothing_to_answer_for(scene: ApiScene, escalation: str) -> None:
    page = await Reader(scene, "haizhu").reads("/station")

    assert escalation not in page.html


async def test_the_page_shows_the_next_step_and_what_was_done_in_words(
    scene: ApiScene, escalation: str, tianhe: Reader
) -> None:
    before = await tianhe.reads(f"/escalations/{escalation}")
    await scene.person("tianhe").does("POST", f"/escalations/{escalation}/acknowledge")
    after = await tianhe.reads(f"/escalations/{escalation}/live")

    assert before.has("acknowledge")
    assert not before.has("accept")
    assert after.has("accept")
    assert "已确认接收 · name of tianhe" in after.text
    assert "已升级上报 · name of li" in after.text


async def test_a_counselor_sees_how_it_goes_and_can_press_nothing(
    escalation: str, li: Reader
) -> None:
    page = await li.reads(f"/escalations/{escalation}")

    assert page.has("deadline")
    assert not page.has("acknowledge")
    assert not page.has("open-story")


async def test_opening_the_story_leaves_a_trace_of_who_did(
    scene: ApiScene, escalation: str, tianhe: Reader
) -> None:
    closed = await tianhe.reads(f"/escalations/{escalation}")
    story = await tianhe.reads(f"/escalations/{escalation}/story")

    assert STORY not in closed.html
    assert STORY in story.text
    told = await scene.person("tianhe").gets(f"/escalations/{escalation}")
    assert (told["timeline"][-1]["kind"], told["timeline"][-1]["actor"]) == (
        "escalation.summary_read",
        "staff:tianhe",
    )


@pytest.mark.parametrize("who", ["li", "root", "haizhu"])
async def test_the_story_is_for_those_who_answer_for_the_child(
    scene: ApiScene, escalation: str, who: str
) -> None:
    answer = await Reader(scene, who).opens(f"/escalations/{escalation}/story")

    assert answer.status in (403, 404)
    assert STORY not in answer.html


async def test_it_is_read_in_english_too(escalation: str, tianhe: Reader) -> None:
    page = await tianhe.reads(f"/escalations/{escalation}", language="en")

    assert "确认接收" not in page.text


async def rings_for(scene: ApiScene, escalation: str, *, rounds: int, minutes: int) -> None:
    """Nobody answers: the duty phone was rung once a round, and each ring left its entries."""
    at = scene.clock.now()
    for number in range(rounds):
        key = f"ring-{number}"
        await scene.add(
            Delivery(id=key, channel="phone", purpose="escalation", address="2", sender="1",
                     dedupe_key=key, state="failed", tries=1, due_at=at, created_at=at),
            Attempt(id=key, escalation_id=escalation, contact_id="duty", step=0, round=number),
            *(entry_of(escalation, kind, at) for kind in OF_A_RING),
        )  # fmt: skip
    scene.clock.advance(60 * minutes)
    await scene.change(Escalation, escalation, round=rounds - 1)


def entry_of(escalation: str, kind: str, at: datetime) -> EscalationEntry:
    """One line of the timeline that nobody of ours wrote."""
    return EscalationEntry(escalation_id=escalation, at=at, kind=kind, actor="system")


@pytest.mark.parametrize(
    ("who", "path"),
    [("he", "/floor"), ("he", "/escalations"), ("tianhe", "/station"), ("tianhe", "")],
)
async def test_an_hour_in_which_nobody_acknowledged_is_never_hidden_by_a_fresh_deadline(
    scene: ApiScene, escalation: str, who: str, path: str
) -> None:
    await rings_for(scene, escalation, rounds=5, minutes=74)

    page = await Reader(scene, who).reads(path or f"/escalations/{escalation}")

    assert "第 5 轮 · 已呼叫 5 次 · 升级至今 1 小时 14 分 · 尚无人确认" in page.part("age").text
    assert "is-over" in page.all("age")[0]
    assert page.part("deadline").text.startswith("确认期限")


async def test_a_long_timeline_is_folded_to_rounds_with_what_became_of_each_ring(
    scene: ApiScene, escalation: str, tianhe: Reader
) -> None:
    await rings_for(scene, escalation, rounds=40, minutes=74)

    page = await tianhe.reads(f"/escalations/{escalation}")

    short = page.html[page.html.find("story-in-short") : page.html.find('data-testid="round"')]
    assert short.count("<li") == 2  # raised, and supervisors told again and again
    assert "已通知督导 ×40" in page.part("story-in-short").text
    assert [" open" in tag for tag in page.all("round")] == [True] + [False] * 39
    assert "呼叫未果" in page.part("attempt").text[:60]
    assert "全部记录 202 条" in page.part("every-entry").text


async def test_who_has_acknowledged_is_named_instead_of_who_is_rung(
    scene: ApiScene, escalation: str, he: Reader
) -> None:
    await scene.person("tianhe").does("POST", f"/escalations/{escalation}/acknowledge")

    page = await he.reads(f"/escalations/{escalation}")
    strip = (await he.reads("/floor")).part("strip")

    assert "负责人 name of tianhe" in page.part("holder").text
    assert "name of tianhe" in strip.text
    assert "尚无人确认" not in page.part("age").text.split("经过")[0]


async def test_the_round_says_who_acknowledged_on_a_page_and_who_returned_it(
    scene: ApiScene, escalation: str, he: Reader
) -> None:
    await rings_for(scene, escalation, rounds=2, minutes=9)
    officer, path = scene.person("tianhe"), f"/escalations/{escalation}"

    await officer.does("POST", f"{path}/acknowledge")
    taken = (await he.reads(path)).html.split('data-testid="round"')
    await officer.does("POST", f"{path}/return", {"text": "不是本区"})
    returned = (await he.reads(path)).html.split('data-testid="round"')

    first, second = taken[2].split("</summary>")[0], taken[1].split("</summary>")[0]
    assert "已确认接收 · name of tianhe" in second
    assert "无人确认" in first
    assert "尚无人确认" not in "".join(taken)
    assert "已确认接收 · name of tianhe · 后来退回" in returned[1]


async def test_a_step_that_nobody_took_is_not_shown_as_done(
    scene: ApiScene, escalation: str, tianhe: Reader
) -> None:
    path = f"/escalations/{escalation}"
    await scene.person("tianhe").does("POST", f"{path}/acknowledge")
    await scene.person("tianhe").does("POST", f"{path}/close", {"text": "孩子安全"})

    page = await tianhe.reads(path)

    steps = ("open", "acknowledged", "accepted", "reported")
    done = [step for step in steps if "is-done" in page.all(f"step-{step}")[0]]
    assert done == ["open", "acknowledged"]


async def test_the_stations_pages_say_whose_they_are(escalation: str, tianhe: Reader) -> None:
    for path in ("/station", f"/escalations/{escalation}"):
        assert (await tianhe.reads(path)).part("whose-page").text.startswith("天河 工作站页面")


async def test_the_list_is_named_by_what_it_holds_and_not_by_an_act(he: Reader) -> None:
    page = await he.reads("/escalations", language="en")

    places = re.findall(r"data-place>.*?</svg>([^<]+)<", page.html)
    assert "<h1>Escalations</h1>" in page.html
    assert "Escalations" in places
    assert "Escalate" not in places


async def test_a_closed_escalation_contacts_nobody_and_asks_for_nothing(
    scene: ApiScene, escalation: str, tianhe: Reader
) -> None:
    await scene.person("tianhe").does(
        "POST", f"/escalations/{escalation}/close", {"text": "孩子安全"}
    )

    page = await tianhe.reads(f"/escalations/{escalation}")

    assert "正在联系" not in page.text
    assert "<form" not in page.html
    assert not page.has("acknowledge")
    assert page.has("open-story")


async def test_the_station_that_gave_it_back_is_not_asked_to_acknowledge(
    scene: ApiScene, escalation: str, tianhe: Reader, he: Reader
) -> None:
    officer, path = scene.person("tianhe"), f"/escalations/{escalation}"
    await officer.does("POST", f"{path}/acknowledge")
    await officer.does("POST", f"{path}/return", {"text": "不是本区"})

    pages = [await tianhe.reads(path), await tianhe.reads("/station")]

    assert [page.has("acknowledge") for page in pages] == [False, False]
    assert [page.has("given-back") for page in pages] == [True, True]
    assert "<form" not in pages[0].html
    assert (await he.reads(path)).has("acknowledge")


async def test_what_can_be_done_follows_the_state_and_spares_who_is_writing(
    scene: ApiScene, escalation: str, tianhe: Reader
) -> None:
    path = f"/escalations/{escalation}"
    first = await tianhe.reads(path)
    again = re.search(r'hx-get="([^"]+/acts[^"]+)"', first.html)
    assert again is not None

    before = await tianhe.opens(again[1])
    await scene.person("tianhe").does("POST", f"{path}/acknowledge")
    after = await tianhe.reads(again[1])

    assert (before.status, before.html) == (204, "")
    assert 'id="return"' not in first.html
    assert 'id="return"' in after.html


@pytest.mark.parametrize(("who", "path"), [("tianhe", "/station"), ("he", ""), ("he", "/floor")])
async def test_an_english_page_names_lines_and_stations_in_english(
    scene: ApiScene, escalation: str, who: str, path: str
) -> None:
    page = await Reader(scene, who).reads(path or f"/escalations/{escalation}", language="en")

    assert CHINESE.findall(page.text.replace("中文", "")) == []
