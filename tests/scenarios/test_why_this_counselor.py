"""Every decision is explained, and made again from what is kept."""

import asyncio
import os
import sys
from pathlib import Path

import pytest
import yaml

from tests.harness.house import ROOT
from tests.harness.scene import GREETING, Scene

pytestmark = [pytest.mark.anyio, pytest.mark.scenario]

CHILD, SECOND = "15400000001", "15400000002"
PLAN = ROOT / "deploy" / "guangdong" / "plans" / "youth-12355.yaml"


async def hotline(scene: Scene, *arguments: str) -> tuple[int, str]:
    """A command of the house, on this story's database. Exit status and what it said."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "hotline",
        *arguments,
        cwd=ROOT,
        env={**os.environ, **scene.house.env, "COLUMNS": "200"},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    said, _ = await process.communicate()
    return process.returncode or 0, said.decode()


async def test_the_call_says_why_this_counselor_and_why_not_the_others(scene: Scene) -> None:
    he = await scene.counselor("he")
    wong = await scene.counselor("wong")
    await scene.dials_and_waits(CHILD)
    await he.phone.rings()

    why = await he.staff.get(f"/calls/{await scene.call_of(CHILD)}/routing")

    offer = why["offers"][0]
    candidates = {one["name"]: one for one in offer["candidates"]}
    assert candidates["何静"]["order"] == 1
    assert candidates["何静"]["stage"] == "language"
    assert candidates["黄嘉欣"]["excluded_by"] == "language"
    assert 0 < candidates["黄嘉欣"]["opens_in_s"] <= 300
    assert offer["plan_version"] not in ("", "default")
    assert not await wong.phone.was_rung()


ASKS_FOR_A_WOMAN = """
    update line set flow_version = 'asks', flow =
        jsonb_set(flow, '{steps,language,choices,1,gender}', '"f"') where id = 'youth-12355'
    returning id
"""


async def test_a_caller_who_asked_for_a_woman_is_offered_to_one(scene: Scene) -> None:
    await scene.house.rows(ASKS_FOR_A_WOMAN)
    zhang = await scene.counselor("zhang")  # the longer idle, and a man
    he = await scene.counselor("he")
    await scene.dials_and_waits(CHILD)

    await he.phone.rings()

    call = await scene.call_of(CHILD)
    offer = (await he.staff.get(f"/calls/{call}/routing"))["offers"][0]
    assert offer["stage"] == "wished_gender"
    assert (await he.staff.get(f"/calls/{call}"))["wished_gender"] == "f"
    assert not await zhang.phone.was_rung()


async def test_a_caller_who_waits_says_why_not_yet(scene: Scene) -> None:
    he = await scene.counselor("he")
    await he.does("PUT", "/me/presence", {"state": "paused", "reason": "meal"})
    await scene.dials_and_waits(CHILD)

    floor = await he.staff.get("/floor")
    why = await he.staff.get(f"/calls/{await scene.call_of(CHILD)}/routing")

    assert floor["callers"][0]["why"]["reason"] == "nobody_ready"
    assert why["wait"]["candidates"][0]["doing"] == "paused"
    assert why["wait"]["candidates"][0]["reason"] == "meal"
    assert why["offers"] == []


async def test_a_replay_makes_the_same_decisions(scene: Scene) -> None:
    li = await scene.counselor("li")
    await scene.dials_and_waits(CHILD)
    await li.phone.rings()
    await li.phone.answers()
    await scene.talk(CHILD)

    status, said = await hotline(scene, "replay", await scene.call_of(CHILD))

    assert status == 0, said
    assert "li" in said
    assert "Every decision is the same." in said


async def test_a_replay_that_finds_another_decision_says_so_and_fails(scene: Scene) -> None:
    await scene.counselor("li")
    await scene.dials_and_waits(CHILD)
    await scene.until("select 1 from offer")
    await scene.house.rows(
        "update routing_event set decisions = jsonb_set(decisions, '{0,stage}', '\"topic\"')"
        " where decisions <> '[]' returning id"
    )

    status, said = await hotline(scene, "replay", await scene.call_of(CHILD))

    assert status == 1, said
    assert "That is a fault in this program" in said


async def test_a_time_is_replayed_as_a_whole(scene: Scene) -> None:
    await scene.counselor("li")
    await scene.dials_and_waits(CHILD)
    await scene.until("select 1 from offer")
    await scene.dials_and_waits(SECOND)

    status, said = await hotline(scene, "replay", "--from", "2020-01-01", "--to", "2100-01-01")

    assert status == 0, said
    assert "1 decided on" in said


async def test_the_past_of_a_line_answers_a_staffing_question(scene: Scene) -> None:
    _, child = await scene.talking("li", CHILD)
    await child.hangs_up()
    await scene.ends(CHILD, "talked")

    few = ("--weeks", "1", "--seeds", "1", "--from", "history", "--calls-per-day", "40")
    status, said = await hotline(scene, "simulate", "--line", "12355", *few)

    assert status == 0, said
    assert "Too few calls tell of patience (0)" in said
    assert "mean wait (s)" in said


async def test_nothing_is_kept_of_a_call_that_was_never_routed(scene: Scene) -> None:
    status, said = await hotline(scene, "replay", "no-such-call")

    assert status == 1
    assert "nothing kept" in said


def strict(folder: Path) -> Path:
    """A plan by the clock: a caller whose language nobody speaks well waits for everybody else."""
    plan = yaml.safe_load(PLAN.read_text(encoding="utf-8"))
    plan["routine"]["stages"][4]["after_s"] = 15
    file = folder / "strict.yaml"
    file.write_text(yaml.safe_dump(plan, allow_unicode=True), encoding="utf-8")
    return file


async def test_another_plan_is_tried_on_what_really_happened(scene: Scene, tmp_path: Path) -> None:
    zhang = await scene.counselor("zhang")
    child = scene.handset(CHILD)
    await child.dials("12355")
    await child.hears(GREETING)
    await child.presses("3")  # Hakka, which Zhang does not speak
    await zhang.phone.rings()

    call, plan = await scene.call_of(CHILD), str(strict(tmp_path))
    status, said = await hotline(scene, "replay", call, "--plan", plan)

    assert status == 0, said
    assert "zhang, any_language, after" in said
    assert "would still wait" in said


async def test_a_plan_on_trial_decides_nothing_and_its_differences_are_listed(
    scene: Scene, tmp_path: Path
) -> None:
    zhang = await scene.counselor("zhang")
    status, said = await hotline(scene, "plan", "shadow", "12355", str(strict(tmp_path)))
    assert status == 0, said
    await scene.until("select 1 from routing_event where kind = 'engine.began' having count(*) > 1")
    child = scene.handset(CHILD)
    await child.dials("12355")
    await child.hears(GREETING)
    await child.presses("3")

    await zhang.phone.rings()
    await scene.until("select 1 from plan_difference")

    status, said = await hotline(scene, "plan", "differences", "youth-12355")
    assert status == 0
    assert "zhang (any_language" in said
    assert "on trial: would still wait" in said
