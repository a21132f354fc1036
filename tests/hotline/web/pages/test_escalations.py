"""The pages of an escalation: who has it, until when, who is next, and the story for who may."""

import re
from datetime import datetime

import pytest

from hotline.storage.tables import (
    Attempt,
    Delivery,
    Escalation,
    EscalationEntry,
    StationContact,
)
from tests.hotline.web.api.conftest import ApiScene
from tests.hotline.web.pages.conftest import Reader

pytestmark = pytest.mark.anyio

STORY = "孩子说今晚不想活了"
CHINESE = re.compile(r"[\u3000-\u30ff\u4e00-\u9fff\uff00-\uffef]+")
ACTS = ("comment", "ring-now", "remind", "hand-to", "reopen", "export-pdf")
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
    scene: ApiScene, escalation: str, he: Reader
) -> None:
    before = await he.reads(f"/escalations/{escalation}")
    await scene.person("tianhe").does("POST", f"/escalations/{escalation}/acknowledge")
    after = await he.reads(f"/escalations/{escalation}/live")

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
    closed = await tianhe.reads(f"/station/{escalation}")
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
    page = await tianhe.reads(f"/station/{escalation}", language="en")

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
            *(entry_of(escalation, kind, at, key) for kind in OF_A_RING),
        )  # fmt: skip
    scene.clock.advance(60 * minutes)
    await scene.change(Escalation, escalation, round=rounds - 1)


def entry_of(escalation: str, kind: str, at: datetime, key: str) -> EscalationEntry:
    """One line of the timeline that nobody of ours wrote."""
    facts = {"attempt_id": key} if kind.startswith("attempt.") else {}
    return EscalationEntry(escalation_id=escalation, at=at, kind=kind, actor="system", facts=facts)


@pytest.mark.parametrize(
    ("who", "path"),
    [("he", "/floor"), ("he", "/escalations"), ("tianhe", "/station"), ("he", "")],
)
async def test_an_hour_in_which_nobody_acknowledged_is_never_hidden_by_a_fresh_deadline(
    scene: ApiScene, escalation: str, who: str, path: str
) -> None:
    await rings_for(scene, escalation, rounds=5, minutes=74)

    page = await Reader(scene, who).reads(path or f"/escalations/{escalation}")

    assert "第 5 轮 · 已呼叫 5 次 · 升级至今 1 小时 14 分 · 尚无人确认" in page.part("age").text
    assert "is-over" in page.all("age")[0]
    assert page.part("deadline").text.startswith("确认期限")


async def test_a_long_timeline_is_one_line_for_each_station_with_every_entry_behind_it(
    scene: ApiScene, escalation: str, tianhe: Reader
) -> None:
    await rings_for(scene, escalation, rounds=40, minutes=74)

    page = await tianhe.reads(f"/station/{escalation}")

    lines = page.html.split('data-testid="told"')[1:]
    assert len(lines) == 2
    assert "正在呼叫 天河：n 正在响 没接通 ×40；已通知督导" in page.part("story-in-short").text
    assert "呼叫未果" in lines[1]
    entries = len(await scene.all(EscalationEntry))
    assert page.html.split('data-testid="story-in-short"')[1].count("<li>") == entries


async def test_who_has_acknowledged_is_named_instead_of_who_is_rung(
    scene: ApiScene, escalation: str, he: Reader
) -> None:
    await scene.person("tianhe").does("POST", f"/escalations/{escalation}/acknowledge")

    page = await he.reads(f"/escalations/{escalation}")
    strip = (await he.reads("/floor")).part("strip")

    assert "负责人 name of tianhe" in page.part("holder").text
    assert "name of tianhe" in strip.text
    assert "尚无人确认" not in page.part("age").text.split("经过")[0]


async def test_the_story_says_who_acknowledged_and_who_returned_it(
    scene: ApiScene, escalation: str, he: Reader
) -> None:
    officer, path = scene.person("tianhe"), f"/escalations/{escalation}"

    scene.clock.advance(75)
    await officer.does("POST", f"{path}/acknowledge")
    await officer.does("POST", f"{path}/return", {"text": "不是本区"})
    story = (await he.reads(path)).part("story-in-short").text

    assert "name of tianhe 已确认接收（标记后 1 分 15 秒）" in story
    assert "name of tianhe 已退回" in story
    assert "不是本区" not in story


async def test_an_entry_of_an_unknown_kind_is_told_and_no_machine_word_is_shown(
    scene: ApiScene, escalation: str, he: Reader
) -> None:
    at = scene.clock.now()
    await scene.add(EscalationEntry(escalation_id=escalation, at=at, kind="of.tomorrow",
                                    actor="system"))  # fmt: skip

    page = await he.reads(f"/escalations/{escalation}")

    assert "其他记录" in page.part("story-in-short").text
    assert "of.tomorrow" not in page.html


async def test_the_strip_says_what_happens_next_and_by_when(
    scene: ApiScene, escalation: str, he: Reader
) -> None:
    page = await he.reads("/escalations")
    row: Escalation = await scene.get(Escalation, escalation)

    assert "到时呼叫 n" in page.part("next").text
    assert row.next_due_at is not None
    assert f'data-to="{row.next_due_at.isoformat()}"' in page.html
    assert f'data-from="{row.created_at.isoformat()}"' in page.html


async def test_the_filters_are_counts_and_show_what_they_count(
    scene: ApiScene, escalation: str, he: Reader, li: Reader
) -> None:
    pages = [
        (await li.reads("/escalations")).part(f"show-{one}") for one in ("all", "mine", "late")
    ]
    counted = [re.findall(r"<b class=\"number\">(\d+)</b>", page.html)[0] for page in pages]
    assert counted == ["1", "1", "0"]
    assert escalation in (await li.reads("/escalations?show=mine")).html
    empty = await he.reads("/escalations?show=mine")
    assert "没有这样的上报" in empty.text
    await scene.change(Escalation, escalation, step=1)
    assert escalation in (await he.reads("/escalations?show=late")).html
    assert (await he.opens("/escalations?show=everything")).status == 422


async def test_a_reminder_stands_on_the_stations_strip_until_it_is_answered(
    scene: ApiScene, escalation: str, tianhe: Reader, he: Reader
) -> None:
    officer, path = scene.person("tianhe"), f"/escalations/{escalation}"
    await officer.does("POST", f"{path}/acknowledge")
    for _ in range(2):
        await scene.person("he").does("POST", f"{path}/remind", {})

    reminded = await tianhe.reads("/station")
    assert "热线督办 ×2" in reminded.part("reminded").text
    assert "×2" in (await he.reads("/escalations")).part("reminded").text
    assert (await tianhe.reads(f"/station/{escalation}")).has("reminded")
    await officer.does("POST", f"{path}/accept")
    assert not (await tianhe.reads("/station")).has("reminded")


async def test_the_station_before_is_told_that_it_is_no_longer_theirs(
    scene: ApiScene, escalation: str, tianhe: Reader
) -> None:
    await scene.add(StationContact(id="of-haizhu", station_id="haizhu", rank=0, name="海珠值班",
                                   phone="02000000302", pin_hash=""))  # fmt: skip
    body = {"station": "haizhu", "text": "孩子在海珠"}
    await scene.person("he").does("POST", f"/escalations/{escalation}/hand-to", body)

    page = await tianhe.reads("/station")
    theirs = await Reader(scene, "haizhu").reads("/station")

    assert "不再由本站负责" in page.part("handed-away").text
    assert escalation not in page.html
    assert escalation in theirs.html
    assert not theirs.has("handed-away")


@pytest.mark.parametrize(
    ("words", "found"),
    [("海", ["海珠"]), ("haiz", ["海珠"]), ("4401", ["海珠", "天河"]), ("%", []), ("无此站", [])],
)
async def test_a_station_to_hand_it_to_is_found_by_name_or_division(
    escalation: str, he: Reader, words: str, found: list[str]
) -> None:
    page = await he.reads(f"/escalations/{escalation}/stations?q={words}")

    assert [name for name in ("海珠", "天河") if name in page.text] == found
    assert found or "没有找到" in page.text


@pytest.mark.parametrize("language", ["zh", "en"])
async def test_acts_stand_on_the_page_of_those_who_may(
    scene: ApiScene, escalation: str, language: str, he: Reader, tianhe: Reader, li: Reader
) -> None:
    path = f"/escalations/{escalation}"
    pages = {
        name: await reader.reads(where, language=language)
        for name, reader, where in (
            ("he", he, path),
            ("tianhe", tianhe, f"/station/{escalation}"),
            ("li", li, path),
        )
    }
    shown = {name: [act for act in ACTS if page.has(act)] for name, page in pages.items()}
    assert shown == {
        "he": ["comment", "ring-now", "hand-to", "export-pdf"],
        "tianhe": ["comment"],
        "li": ["comment"],
    }
    await scene.person("tianhe").does("POST", f"{path}/acknowledge")
    assert (await he.reads(path)).has("remind")
    await scene.person("tianhe").does("POST", f"{path}/close", {"text": "x"})
    closed = await he.reads(path)
    assert closed.has("reopen")
    assert not closed.has("hand-to")


async def test_a_step_that_nobody_took_is_not_shown_as_done(
    scene: ApiScene, escalation: str, he: Reader
) -> None:
    path = f"/escalations/{escalation}"
    await scene.person("tianhe").does("POST", f"{path}/acknowledge")
    await scene.person("tianhe").does("POST", f"{path}/close", {"text": "孩子安全"})

    page = await he.reads(path)

    steps = ("open", "acknowledged", "accepted", "reported")
    done = [step for step in steps if "is-done" in page.all(f"step-{step}")[0]]
    assert done == ["open", "acknowledged"]


async def test_the_stations_pages_say_whose_they_are(escalation: str, tianhe: Reader) -> None:
    for path in ("/station", f"/station/{escalation}"):
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

    page = await tianhe.reads(f"/station/{escalation}")

    assert "正在联系" not in page.text
    assert "data-command" not in page.part("acts").html
    assert not page.has("acknowledge")
    assert page.has("open-story")


async def test_the_station_that_gave_it_back_is_not_asked_to_acknowledge(
    scene: ApiScene, escalation: str, tianhe: Reader, he: Reader
) -> None:
    officer, path = scene.person("tianhe"), f"/escalations/{escalation}"
    await officer.does("POST", f"{path}/acknowledge")
    await officer.does("POST", f"{path}/return", {"text": "不是本区"})

    pages = [await tianhe.reads(f"/station/{escalation}"), await tianhe.reads("/station")]

    assert [page.has("acknowledge") for page in pages] == [False, False]
    assert [page.has("given-back") for page in pages] == [True, True]
    assert "data-command" not in pages[0].part("acts").html
    assert (await he.reads(path)).has("acknowledge")


async def test_what_can_be_done_follows_the_state_and_spares_who_is_writing(
    scene: ApiScene, escalation: str, he: Reader
) -> None:
    path = f"/escalations/{escalation}"
    first = await he.reads(path)
    again = re.search(r'hx-get="([^"]+/acts[^"]+)"', first.html)
    assert again is not None

    before = await he.opens(again[1])
    await scene.person("tianhe").does("POST", f"{path}/acknowledge")
    after = await he.reads(again[1])

    assert (before.status, before.html) == (204, "")
    assert 'id="return"' not in first.html
    assert 'id="return"' in after.html


@pytest.mark.parametrize(("who", "path"), [("tianhe", "/station"), ("he", ""), ("he", "/floor")])
async def test_an_english_page_names_lines_and_stations_in_english(
    scene: ApiScene, escalation: str, who: str, path: str
) -> None:
    page = await Reader(scene, who).reads(path or f"/escalations/{escalation}", language="en")

    assert CHINESE.findall(page.text.replace("中文", "")) == []
