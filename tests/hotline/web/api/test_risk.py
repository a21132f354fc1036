"""The level of a risk over the wire: raised by anybody who writes, lowered by a supervisor."""

import pytest

from hotline.storage.tables import Call, Escalation, SupervisorAct
from tests.hotline.web.api.conftest import ApiScene, Person

pytestmark = pytest.mark.anyio

RISK = "/calls/call/risk"
REASON = "他和妈妈在一起"
LOWER = {"level": "low", "reason": REASON}


async def test_a_high_level_in_a_record_raises_a_flag_that_still_can_be_taken_back(
    scene: ApiScene, li: Person
) -> None:
    await li.does("PUT", "/calls/call/record", {"risk": "high"})

    (raised,) = await scene.all(Escalation)
    back = await li.does("POST", f"{RISK}/take-back")

    assert (raised.level, raised.state) == ("high", "open")
    assert raised.next_due_at is not None
    assert (raised.next_due_at - scene.clock.now()).total_seconds() == 10
    assert back["level"] == "not_assessed"
    assert [one.state for one in await scene.all(Escalation)] == ["closed"]


async def test_one_press_that_is_sent_twice_raises_once(scene: ApiScene, li: Person) -> None:
    for _ in range(2):
        await li.does("POST", RISK, {"level": "imminent"})

    assert len(await scene.all(Escalation)) == 1
    assert (await li.gets(RISK))["version"] == 1


async def test_what_was_filled_in_is_read_as_it_was(li: Person) -> None:
    answers = {"q1": "yes", "q2": "no", "q6": "longer_ago"}
    filled = {"instrument": "c_ssrs_screener", "version": 1, "answers": answers}

    level = await li.does("POST", f"{RISK}/assessments", filled)
    read = await li.gets(RISK)

    assert (level["level"], level["floor"]) == ("moderate", "moderate")
    (step,) = read["steps"]
    assert (step["answers"], step["found"], step["by"]) == (answers, "moderate", "name of li")


async def test_a_counselor_asks_and_a_supervisor_grants_with_a_trace(
    scene: ApiScene, li: Person, he: Person
) -> None:
    await li.does("POST", RISK, {"level": "moderate"})

    asked = await li.does("POST", f"{RISK}/lower", LOWER)
    (seen,) = (await he.gets(RISK))["lowerings"]
    granted = await he.does("POST", f"{RISK}/lowering/grant", {"reason": "听过了"})

    assert (asked["level"], granted["level"]) == ("moderate", "low")
    assert (seen["state"], seen["reason"], seen["asked_by"]) == ("asked", REASON, "name of li")
    assert [one["answer"] for one in (await he.gets(RISK))["lowerings"]] == ["听过了"]
    (act,) = await scene.all(SupervisorAct)
    assert (act.kind, act.before, act.after) == (
        "risk_lowered", {"level": "moderate"}, {"level": "low"},
    )  # fmt: skip
    assert [kind for kind in await scene.kinds() if kind.startswith("risk.")] == [
        "risk.lowering_asked",
        "risk.lowered",
    ]


async def test_a_supervisor_does_not_lower_what_they_assessed_in_their_own_call(
    scene: ApiScene, he: Person
) -> None:
    await scene.change(Call, "call", counselor_id="he")
    await he.does("POST", RISK, {"level": "moderate"})

    asked = await he.does("POST", f"{RISK}/lower", LOWER)
    own = await he.asks("POST", f"{RISK}/lowering/grant", {"reason": "x"})

    assert asked["level"] == "moderate"
    assert own.status_code == 403


async def test_a_level_is_not_raised_downwards_and_lowered_only_with_a_reason(li: Person) -> None:
    await li.does("POST", RISK, {"level": "moderate"})

    down = await li.asks("POST", RISK, {"level": "low"})
    silent = await li.asks("POST", f"{RISK}/lower", {"level": "low", "reason": ""})

    assert (down.status_code, silent.status_code) == (409, 422)


async def test_ratings_are_of_a_hundred_and_the_newest_holds(li: Person) -> None:
    for moment, value in (("start", 20), ("start", 30), ("end", 60)):
        await li.does(
            "POST", f"{RISK}/ratings", {"moment": moment, "scale": "hope", "value": value}
        )
    much = {"moment": "end", "scale": "hope", "value": 101}

    refused = await li.asks("POST", f"{RISK}/ratings", much)

    assert refused.status_code == 422
    assert (await li.gets(RISK))["ratings"] == {"hope": {"start": 30, "end": 60}}
