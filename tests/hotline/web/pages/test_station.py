"""A station's pages: what is ours, whose it is, and one next step under the thumb."""

import json
import re
import struct

import pytest

from hotline.calls.model import CallState
from hotline.staff.model import Role
from hotline.storage.sealed import place_in
from hotline.storage.tables import Call, Escalation
from hotline.web.pages.rendering import STATIC
from tests.hotline.escalations.test_a_chain_is_walked import chain
from tests.hotline.web.api.conftest import ApiScene
from tests.hotline.web.pages.conftest import Page, Reader

pytestmark = pytest.mark.anyio

STORY, NUMBER = "孩子说今晚不想活了", "13800000001"
STEPS = ("acknowledged", "accepted", "on_the_way", "contact_made", "reported", "closed")


@pytest.fixture
async def escalation(scene: ApiScene) -> str:
    """li raised a flag on a call from Tianhe whose number is known."""
    sealed = scene.house.vault.seal(f"+86{NUMBER}", place=place_in(Call, "from_sealed", id="call"))
    await scene.change(
        Call, "call", from_sealed=sealed, from_masked="138****0001", place_code="440106"
    )
    flag = {"level": "high", "summary": STORY}
    told = await scene.person("li").does("POST", "/calls/call/flags", flag)
    return str(told["escalation_id"])


async def acts(scene: ApiScene, escalation: str, *steps: str, who: str = "tianhe") -> None:
    bodies = {"contact-made": {"child": "seen"}, "report": {"text": "x"}, "close": {"text": "x"}}
    for step in steps:
        path = f"/escalations/{escalation}/{step}"
        await scene.person(who).does("POST", path, bodies.get(step, {}))


def counted(page: Page) -> dict[str, str]:
    found = re.findall(r'show-(\w+)">\S+ <b class="number">(\d+)</b>', page.html)
    return dict(found)


def shown_step(page: Page) -> str:
    """The one form of the panel that is not hidden."""
    forms = re.findall(r'<form[^>]*data-step="(\w+)"[^>]*?(hidden)?>', page.html)
    (shown,) = [step for step, hidden in forms if not hidden]
    return str(shown)


# ── the inbox ───────────────────────────────────────────────────────────────────────────────────


async def test_the_tabs_count_mine_my_stations_and_what_is_overdue(
    scene: ApiScene, escalation: str, tianhe: Reader
) -> None:
    assert counted(await tianhe.reads("/station")) == {"mine": "0", "station": "1", "late": "0"}
    assert escalation not in (await tianhe.reads("/station?show=mine")).html

    await acts(scene, escalation, "acknowledge")
    assert counted(await tianhe.reads("/station")) == {"mine": "1", "station": "1", "late": "0"}
    assert escalation in (await tianhe.reads("/station?show=mine")).html
    scene.clock.advance(11 * 60)
    assert counted(await tianhe.reads("/station"))["late"] == "1"
    assert (await tianhe.opens("/station?show=everything")).status == 422


async def test_what_rings_again_after_silence_is_overdue_and_not_fresh(
    scene: ApiScene, escalation: str, tianhe: Reader
) -> None:
    scene.clock.advance(3600)
    due = scene.clock.now().replace(microsecond=0)
    await scene.change(Escalation, escalation, next_due_at=due.replace(hour=due.hour + 1))

    assert counted(await tianhe.reads("/station"))["late"] == "1"


async def test_a_card_says_what_its_countdown_is_for_and_how_old_it_is(
    scene: ApiScene, escalation: str, tianhe: Reader
) -> None:
    scene.clock.advance(61)

    page = (await tianhe.reads("/station")).part("escalation")

    assert page.part("deadline").text.startswith("确认期限 还有")
    assert "第 1 轮" in page.part("age").text
    assert "升级至今 1:01" in page.part("age").text


async def test_a_card_has_one_primary_act_and_it_is_the_next_step(
    scene: ApiScene, escalation: str, tianhe: Reader
) -> None:
    words = []
    for act in ("acknowledge", "accept", "on-the-way", "contact-made", "report", None):
        page = await tianhe.reads("/station")
        card = page.html.split('data-testid="escalation"')[1].split("</li>")[0]
        assert card.count("is-main") == 1
        words.append(re.findall(r"is-main.*?</svg>([^<]+)<", card)[0])
        if act:
            await acts(scene, escalation, act)

    assert words == ["确认接收", "受理上报", "现在出发", "记下联系情况", "提交反馈", "结案"]


async def test_colleagues_of_one_station_see_who_has_it(
    scene: ApiScene, escalation: str, tianhe: Reader
) -> None:
    await scene.hires("wang", Role.OFFICER, station="tianhe")
    await acts(scene, escalation, "acknowledge", who="wang")

    theirs, own = await tianhe.reads("/station"), await Reader(scene, "wang").reads("/station")

    assert "负责人 name of wang" in theirs.part("holder").text
    assert "由您负责" in own.part("holder").text


# ── one of them ─────────────────────────────────────────────────────────────────────────────────


async def test_an_officer_who_follows_an_old_address_comes_to_the_page_for_the_field(
    scene: ApiScene, escalation: str, tianhe: Reader, he: Reader
) -> None:
    officers = await tianhe.opens(f"/escalations/{escalation}")
    supervisors = await he.opens(f"/escalations/{escalation}")

    assert (officers.status, officers.headers["location"]) == (303, f"/station/{escalation}")
    assert supervisors.status == 200


async def test_the_step_under_the_thumb_is_the_next_one_until_it_is_closed(
    scene: ApiScene, escalation: str, tianhe: Reader
) -> None:
    path, steps = f"/station/{escalation}", []
    for act in ("acknowledge", "accept", "on-the-way", "contact-made", "report", "close"):
        page = await tianhe.reads(path)
        steps.append(shown_step(page))
        done = [step for step in STEPS if "is-done" in page.all(f"step-{step}")[0]]
        assert done == list(STEPS[: len(steps) - 1])
        assert 'aria-current="step"' in page.all(f"step-{steps[-1]}")[0]
        await acts(scene, escalation, act)

    assert steps == list(STEPS)
    closed = await tianhe.reads(path)
    assert "<form" not in closed.part("acts").html.split("</section>")[0]
    assert "没有需要做的事" in closed.text


async def test_what_must_be_rescued_is_confirmed_before_it_is_closed(
    scene: ApiScene, escalation: str, tianhe: Reader
) -> None:
    await scene.add(chain(rescue={"confirmed": True, "every_s": 900}))
    told = await scene.person("li").does("POST", "/calls/call/flags", {"level": "imminent"})
    louder = str(told["escalation_id"])
    await acts(scene, louder, "acknowledge", "accept", "report")

    before = await tianhe.reads(f"/station/{louder}")
    await scene.person("tianhe").does("POST", f"/escalations/{louder}/rescue", {"agency": "120"})
    after = await tianhe.reads(f"/station/{louder}")

    assert (shown_step(before), shown_step(after)) == ("rescue", "closed")
    assert 'aria-current="step"' in before.all("step-closed")[0]
    assert before.has("rescue-open")
    assert not before.has("close")
    assert "（120）" in after.part("rescue-confirmed").text


async def test_the_page_tells_where_and_masks_the_number_and_keeps_the_story_closed(
    scene: ApiScene, escalation: str, tianhe: Reader
) -> None:
    page = await tianhe.reads(f"/station/{escalation}")

    assert "天河" in page.part("place").text
    assert page.part("masked").text.startswith("138****0001")
    assert page.has("open-story")
    for secret in (STORY, NUMBER):
        assert secret not in page.html


async def test_the_number_is_offered_to_whoever_has_it_and_to_nobody_else(
    scene: ApiScene, escalation: str, tianhe: Reader
) -> None:
    path = f"/station/{escalation}"
    assert not (await tianhe.reads(path)).has("number-form")

    await acts(scene, escalation, "acknowledge")
    assert (await tianhe.reads(path)).has("number-form")

    await scene.change(Call, "call", from_sealed="")
    assert not (await tianhe.reads(path)).has("number-form")


async def test_returning_and_closing_name_their_consequence_and_stand_behind_more(
    scene: ApiScene, escalation: str, tianhe: Reader
) -> None:
    await acts(scene, escalation, "acknowledge")

    page = await tianhe.reads(f"/station/{escalation}")

    assert "没有人对孩子负责" in page.part("sure-return").text
    assert "只有督导能重新打开" in page.part("sure-close").text
    for choice in ("choose-return", "choose-closed", "choose-comment"):
        assert " hidden" not in page.all(choice)[0]
    assert " hidden" in page.all("choose-reported")[0]
    before_more = page.part("acts").html.split('id="more"')[0]
    assert 'data-choose="return"' not in before_more


async def test_what_moves_is_fetched_again_without_the_shell(
    scene: ApiScene, escalation: str, tianhe: Reader
) -> None:
    part = await tianhe.reads(f"/station/{escalation}/live")

    assert [part.html.count(f' id="{one}"') for one in ("case-what", "case-way", "acts")] == [1] * 3
    assert "<html" not in part.html


async def test_a_counselor_and_another_station_have_no_business_here(
    scene: ApiScene, escalation: str, li: Reader
) -> None:
    other = await Reader(scene, "haizhu").opens(f"/station/{escalation}")

    assert ((await li.opens(f"/station/{escalation}")).status, other.status) == (403, 404)


@pytest.mark.parametrize("path", ["/station", "/station/{id}"])
async def test_the_pages_of_a_station_are_light(
    scene: ApiScene, escalation: str, tianhe: Reader, path: str
) -> None:
    page = await tianhe.reads(path.format(id=escalation))

    styles = re.findall(r'rel="stylesheet" href="[^"]*/([\w.]+)"', page.html)
    assert set(styles) == {"hotline.css", "escalations.css", "station.css", "fieldwork.css"}
    scripts = re.findall(r'<script[^>]*src="[^"]*/([\w.-]+)"', page.html)
    assert scripts == [
        *("early_presses.js", "station.js", "htmx.min.js", "idiomorph-ext.min.js", "stays.js"),
        "shell.js",
    ]
    assert not page.has("callbar")


# ── as an app ───────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("language", "name"), [("zh", "工作站 · 青少年"), ("en", "Station · Youth")]
)
async def test_the_app_is_named_after_the_hotline_and_begins_with_the_inbox(
    scene: ApiScene, language: str, name: str
) -> None:
    answer = await Reader(scene, None).opens("/station.webmanifest", language=language)

    told = json.loads(answer.html)
    assert answer.headers["content-type"].startswith("application/manifest+json")
    assert (told["name"], told["start_url"], told["display"]) == (name, "/station", "standalone")
    for icon in told["icons"]:
        got = await scene.http.get(icon["src"])
        assert (got.status_code, got.headers["content-type"]) == (200, icon["type"])


@pytest.mark.parametrize("size", [192, 512])
def test_the_pictures_of_the_app_are_as_large_as_it_says(size: int) -> None:
    head = (STATIC / f"icon-{size}.png").read_bytes()[:24]

    assert head[:8] == b"\x89PNG\r\n\x1a\n"
    assert struct.unpack(">II", head[16:24]) == (size, size)


async def test_the_worker_stands_beside_the_pages_and_holds_nothing_of_anybody(
    scene: ApiScene,
) -> None:
    worker = await Reader(scene, None).opens("/station-worker.js")
    away = await Reader(scene, None).opens("/station/away")

    assert worker.headers["content-type"].startswith("text/javascript")
    assert worker.headers["cache-control"] == "no-cache"
    assert away.status == 200
    assert "没有网络" in away.text


# ── the desk ────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("language", "said"),
    [("zh", "name of tianhe 已联系孩子 （见到孩子）"), ("en", "was in contact with the child")],
)
async def test_the_desk_of_who_raised_the_flag_shows_the_newest_act(
    scene: ApiScene, escalation: str, li: Reader, language: str, said: str
) -> None:
    await acts(scene, escalation, "acknowledge", "accept", "contact-made")

    page = await li.reads("/desk/notices", language=language)

    assert len(page.all("station-news")) == 1
    assert said.replace(" （", "（") in page.part("station-news").text.replace(" （", "（")
    assert f"/escalations/{escalation}" in page.html
    assert not (await Reader(scene, "chen").reads("/desk/notices")).has("station-news")


async def test_what_stations_did_about_earlier_flags_stands_folded_below_the_newest(
    scene: ApiScene, escalation: str, li: Reader
) -> None:
    now = scene.clock.now()
    await scene.add(
        scene.call("earlier", CallState.ENDED, counselor_id="li", joined_at=now, ended_at=now)
    )
    flag = {"level": "high", "summary": STORY}
    earlier = await scene.person("li").does("POST", "/calls/earlier/flags", flag)
    await acts(scene, str(earlier["escalation_id"]), "acknowledge")
    await acts(scene, escalation, "acknowledge")

    page = await li.reads("/desk/notices")

    assert len(page.all("station-news")) == 2
    folded = page.part("more-news")
    assert "另有 1 条" in folded.text
    assert str(earlier["escalation_id"]) in folded.html
    assert escalation not in folded.html
