"""What officers do in the field over the API, and what the desk hears of it at once."""

from datetime import timedelta
from typing import Any

import pytest

from hotline.staff.model import Role
from hotline.storage.sealed import place_in
from hotline.storage.tables import Call, Escalation, EscalationEntry, SupervisorAct
from tests.hotline.web.api.conftest import ApiScene, Person

pytestmark = pytest.mark.anyio

NUMBER, REASON = "+8613800000001", "打给孩子问在哪一层"


@pytest.fixture
async def path(scene: ApiScene, li: Person) -> str:
    """li's call has an escalation that tianhe has accepted."""
    sealed = scene.house.vault.seal(NUMBER, place=place_in(Call, "from_sealed", id="call"))
    await scene.change(Call, "call", from_sealed=sealed, from_masked="138****0001")
    told = await li.does("POST", "/calls/call/flags", {"level": "imminent", "summary": "x"})
    found = f"/escalations/{told['escalation_id']}"
    for step in ("acknowledge", "accept"):
        await scene.person("tianhe").does("POST", f"{found}/{step}")
    return found


def row_of(path: str) -> str:
    return path.rsplit("/", maxsplit=1)[-1]


async def test_an_officer_sets_out_and_meets_the_child_and_no_deadline_moves(
    scene: ApiScene, path: str
) -> None:
    officer, before = scene.person("tianhe"), await scene.get(Escalation, row_of(path))
    scene.clock.advance(600)

    told = [
        await officer.does("POST", f"{path}/on-the-way", {"minutes": 20}),
        await officer.does("POST", f"{path}/contact-made", {"child": "seen", "text": "平安"}),
    ]

    assert [one["state"] for one in told] == ["accepted", "accepted"]
    after = await scene.get(Escalation, row_of(path))
    assert after.next_due_at == before.next_due_at
    timeline = (await officer.gets(path))["timeline"]
    assert [one["kind"] for one in timeline[-2:]] == [
        "escalation.on_the_way",
        "escalation.contact_made",
    ]
    assert timeline[-1]["has_note"]
    assert "平安" not in str(timeline)


@pytest.mark.parametrize(
    ("act", "body"),
    [
        ("contact-made", {}),
        ("contact-made", {"child": "perhaps"}),
        ("on-the-way", {"minutes": 0}),
        ("on-the-way", {"minutes": 100_000}),
        ("on-the-way", {"done_at": "2026-03-02T12:00:00"}),  # of no zone
    ],
)
async def test_what_makes_no_sense_is_refused(
    scene: ApiScene, path: str, act: str, body: dict[str, Any]
) -> None:
    answer = await scene.person("tianhe").asks("POST", f"{path}/{act}", body)

    assert answer.status_code == 422


async def test_an_act_that_came_late_keeps_both_times_and_comes_once(
    scene: ApiScene, path: str
) -> None:
    officer = scene.person("tianhe")
    body = {"text": "已经见到孩子", "done_at": scene.clock.now().isoformat()}
    scene.clock.advance(20 * 60)

    answers = [
        await officer.asks("POST", f"{path}/report", body, key="kept-on-a-phone") for _ in range(2)
    ]

    assert [one.status_code for one in answers] == [200, 200]
    reported = [one for one in await scene.all(EscalationEntry) if "reported" in one.kind]
    assert len(reported) == 1
    assert reported[0].at == scene.clock.now()
    assert reported[0].facts["done_at"] == body["done_at"]


async def test_nothing_is_reported_of_the_future(scene: ApiScene, path: str) -> None:
    later = (scene.clock.now() + timedelta(minutes=10)).isoformat()

    answer = await scene.person("tianhe").asks(
        "POST", f"{path}/report", {"text": "x", "done_at": later}
    )

    assert answer.status_code == 422
    assert (await scene.get(Escalation, row_of(path))).state == "accepted"


async def test_a_second_officer_is_told_who_set_out_before_anything_is_done_twice(
    scene: ApiScene, path: str
) -> None:
    await scene.hires("wang", Role.OFFICER, station="tianhe")
    seen = (await scene.person("wang").gets(path))["timeline"][-1]["id"]
    await scene.person("tianhe").does("POST", f"{path}/on-the-way", {})

    answer = await scene.person("wang").asks("POST", f"{path}/on-the-way", {"seen": seen})

    assert (answer.status_code, answer.json()["type"]) == (409, "SomebodyWasFirst")
    assert (answer.json()["who"], answer.json()["did"]) == ("name of tianhe", "on_the_way")


# ── the number ──────────────────────────────────────────────────────────────────────────────────


async def test_whoever_has_it_opens_the_number_and_both_timelines_and_supervisors_know(
    scene: ApiScene, path: str
) -> None:
    officer = scene.person("tianhe")

    opened = await officer.does("POST", f"{path}/number", {"reason": REASON})

    assert opened["number"] == "13800000001"
    assert (await officer.gets(path))["timeline"][-1]["kind"] == "escalation.number_opened"
    assert "number.opened" in await scene.kinds()
    (act,) = await scene.all(SupervisorAct)
    assert (act.by_id, act.reason, act.lines) == ("tianhe", REASON, ["youth"])


async def test_a_number_is_opened_by_nobody_before_their_station_has_it(
    scene: ApiScene, path: str
) -> None:
    await scene.person("tianhe").does("POST", f"{path}/return", {"text": "不是本区"})

    answer = await scene.person("tianhe").asks("POST", f"{path}/number", {"reason": REASON})

    assert (answer.status_code, answer.json()["type"]) == (409, "IllegalMove")
    assert NUMBER[3:] not in answer.text
    assert await scene.all(SupervisorAct) == []


async def test_a_number_is_not_opened_without_a_reason_and_not_kept_for_repeats(
    scene: ApiScene, path: str
) -> None:
    officer = scene.person("tianhe")
    assert (await officer.asks("POST", f"{path}/number", {"reason": "看"})).status_code == 422

    answers = [
        await officer.asks("POST", f"{path}/number", {"reason": REASON}, key="k") for _ in range(2)
    ]

    assert [one.headers.get("Idempotent-Replayed") for one in answers] == [None, None]
    assert {one.headers["Cache-Control"] for one in answers} == {"no-store"}
    assert len(await scene.all(SupervisorAct)) == 2


# ── the desk ────────────────────────────────────────────────────────────────────────────────────


async def test_the_counselor_hears_at_once_and_reads_it_once(scene: ApiScene, path: str) -> None:
    li = scene.person("li")

    (news,) = await li.gets("/me/station-news")

    assert (news["kind"], news["by"]) == ("escalation.accepted", "name of tianhe")
    seen = {"seen": news["entry_id"]}
    await li.does("POST", f"/me/station-news/{row_of(path)}/read", seen)
    assert await li.gets("/me/station-news") == []
    await scene.person("tianhe").does("POST", f"{path}/report", {"text": "两人在路上"})
    (again,) = await li.gets("/me/station-news")
    assert again["kind"] == "escalation.reported"
    assert "两人" not in str(again)


async def test_the_desk_is_woken_by_each_act_of_the_station(
    scene: ApiScene, path: str, following: None
) -> None:
    officer, told = scene.person("tianhe"), []
    with scene.house.live.listen() as changes:
        for act, body in (("on-the-way", {}), ("contact-made", {"child": "seen"})):
            await officer.does("POST", f"{path}/{act}", body)
            while (change := await changes.get()).topic != "notice":
                pass
            told.append(change.row_id)

    assert told == ["li", "li"]


async def test_a_colleague_hears_nothing_of_what_is_not_theirs(scene: ApiScene, path: str) -> None:
    assert await scene.person("chen").gets("/me/station-news") == []


async def test_each_browser_is_given_its_own_key_and_always_the_same(scene: ApiScene) -> None:
    keys = [await scene.person(who).gets("/me/browser-key") for who in ("tianhe", "li", "tianhe")]

    assert keys[0] == keys[2]
    assert keys[0]["owner"] == "tianhe"
    assert keys[0]["key"] != keys[1]["key"]
    assert len(bytes.fromhex(keys[0]["key"])) == 32
