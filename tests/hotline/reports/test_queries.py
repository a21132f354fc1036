"""The facts of a period are those of its local days, lines and city, and of nothing else."""

from datetime import timedelta
from typing import Any

import pytest

from hotline.reports.kpis import Kpi, balance, behind, measured
from hotline.reports.periods import PeriodKind
from hotline.storage.tables import (
    Callback,
    CallbackAttempt,
    CallbackCause,
    Escalation,
    EscalationEntry,
    FollowUp,
    FollowUpAttempt,
    Rescue,
)
from tests.hotline.reports.conftest import FiguresScene

pytestmark = pytest.mark.anyio
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


async def test_a_day_begins_at_midnight_in_guangdong(scene: FiguresScene) -> None:
    noon = scene.clock.now()  # 20:00 there
    await scene.came("evening", arrived_at=noon)
    await scene.came("before-midnight", arrived_at=noon + 4 * HOUR - MINUTE)
    await scene.came("after-midnight", arrived_at=noon + 4 * HOUR)

    found = await scene.facts()

    assert {one.id for one in found.calls} == {"evening", "before-midnight"}


async def test_of_other_lines_and_of_our_own_calls_nothing_is_counted(scene: FiguresScene) -> None:
    await scene.came("ours")
    await scene.came("theirs", line_id="legal")
    await scene.came("made-by-us", direction="out", outcome="not_reached")

    assert [one.id for one in (await scene.facts()).calls] == ["ours"]


async def test_a_city_is_all_of_its_districts(scene: FiguresScene) -> None:
    for code in ("440106", "440100", "440305", ""):
        await scene.came(f"from-{code}", place_code=code)

    found = await scene.facts(city="4401")

    assert {one.place for one in found.calls} == {"440106", "440100"}


async def test_a_call_tells_its_record_and_its_level(scene: FiguresScene) -> None:
    await scene.came("call")
    await scene.recorded("call", "family.general", "study", ages="10_13", risk="high")

    [call] = (await scene.facts()).calls

    assert (call.topics, call.ages) == (("family.general", "study"), "10_13")
    assert (call.level, call.recorded, call.contact_type) == ("high", True, "self")


async def test_who_calls_again_is_known_by_the_number_and_the_withheld_by_nothing(
    scene: FiguresScene,
) -> None:
    now = scene.clock.now()
    for n, number in enumerate(["child", "other", "child", ""]):
        await scene.came(f"c{n}", from_index=number, arrived_at=now + n * MINUTE)

    found = await scene.facts()

    assert [one.again for one in found.calls] == [False, False, True, None]


async def test_a_call_that_is_still_going_on_is_alive_and_not_lost(scene: FiguresScene) -> None:
    await scene.came("alive", state="talking", outcome=None, left_at=None, ended_at=None)
    await scene.came("lost", outcome=None)
    await scene.came("talked")

    found = await scene.facts()

    assert (balance(found).alive, balance(found).unaccounted) == (1, 1)
    assert [one.id for one in behind(Kpi.UNACCOUNTED, found)] == ["lost"]


async def test_a_call_back_is_on_time_by_the_first_promise(scene: FiguresScene) -> None:
    now = scene.clock.now()
    for name, why in (("soon", "asked"), ("late", "asked"), ("untried", "asked")):
        await scene.came(name, outcome="callback_owed", joined_at=None)
        await scene.add(
            Callback(id=name, line_id="youth", call_id=name, why=why, promised_at=now,
                     place_at=now, due_at=now + 9 * DAY),
        )  # fmt: skip
    for name, at in (("soon", now + 29 * MINUTE), ("late", now + 31 * MINUTE)):
        await scene.came(f"try-{name}", direction="out")
        await scene.add(CallbackAttempt(callback_id=name, number=1, call_id=f"try-{name}", at=at))

    found = await scene.facts(at=now + HOUR)

    value = measured(found)[Kpi.CALLBACKS_ON_TIME]
    assert (value.part, value.whole) == (1, 3)
    assert [one.id for one in behind(Kpi.CALLBACKS_ON_TIME, found)] == ["soon"]


async def test_somebody_in_danger_who_was_lost_out_of_a_talk_counts_as_dropped(
    scene: FiguresScene,
) -> None:
    now = scene.clock.now()
    await scene.came("dropped", urgency="crisis")
    await scene.came("talked")
    await scene.add(
        Callback(id="owed", line_id="youth", call_id="dropped", why="dropped", promised_at=now,
                 place_at=now, due_at=now),
        CallbackCause(call_id="dropped", callback_id="owed", why="dropped", at=now),
    )  # fmt: skip

    found = await scene.facts()

    assert [one.id for one in behind(Kpi.DROPPED, found)] == ["dropped"]


def a_follow_up(scene: FiguresScene, call_id: str, **values: Any) -> FollowUp:
    now = scene.clock.now()
    fields: dict[str, Any] = {
        "state": "running",
        "days": [1, 7, 30],
        "step": 0,
        "began_at": now - DAY,
        **values,
    }
    return FollowUp(id=f"of-{call_id}", line_id="youth", call_id=call_id, level="high",
                    due_at=now, late_at=now + DAY, try_at=now, **fields)  # fmt: skip


async def test_a_follow_up_counts_on_the_day_it_fell_due_also_where_nobody_tried(
    scene: FiguresScene,
) -> None:
    now = scene.clock.now()
    for name in ("kept", "missed"):
        await scene.came(name, arrived_at=now - DAY)
        await scene.add(a_follow_up(scene, name))
    await scene.came("try", direction="out")
    await scene.add(
        FollowUpAttempt(follow_up_id="of-kept", number=1, begun=0, step=0, call_id="try",
                        by_id="li", at=now + HOUR, outcome="reached")
    )  # fmt: skip

    found = await scene.facts()
    later = await scene.facts(at=now + 2 * DAY)

    assert {one.call_id for one in found.follow_ups} == {"kept", "missed"}
    assert later.follow_ups == ()
    value = measured(found)[Kpi.FOLLOW_UPS_ON_TIME]
    assert (value.part, value.whole) == (1, 1)


async def test_a_sequence_that_ended_owes_no_later_call(scene: FiguresScene) -> None:
    now = scene.clock.now()
    await scene.came("call", arrived_at=now - DAY)
    await scene.add(
        a_follow_up(scene, "call", state="stopped", stopped_at=now - HOUR, stopped_as="refused")
    )

    assert (await scene.facts()).follow_ups == ()


async def escalated(scene: FiguresScene, call_id: str, *, after: timedelta | None) -> None:
    now = scene.clock.now()
    await scene.came(call_id)
    await scene.add(
        Escalation(id=f"e-{call_id}", number=f"n-{call_id}", call_id=call_id, station_id="tianhe",
                   level="imminent", state="open", next_due_at=now, created_at=now),
        Rescue(escalation_id=f"e-{call_id}", due_at=now),
    )  # fmt: skip
    if after is not None:
        for at in (now + after, now + 2 * DAY):  # handed on, and acknowledged there again
            await scene.add(
                EscalationEntry(escalation_id=f"e-{call_id}", at=at, actor="station",
                                kind="escalation.acknowledged")
            )  # fmt: skip


async def test_an_escalation_is_on_time_by_its_first_acknowledgement(scene: FiguresScene) -> None:
    await escalated(scene, "soon", after=4 * MINUTE)
    await escalated(scene, "late", after=6 * MINUTE)
    await escalated(scene, "never", after=None)
    await scene.change(Rescue, "e-soon", confirmed_at=scene.clock.now())

    found = await scene.facts(at=scene.clock.now() + HOUR)

    kpis = measured(found)
    assert [one.id for one in behind(Kpi.ACKNOWLEDGED_ON_TIME, found)] == ["e-soon"]
    assert kpis[Kpi.ACKNOWLEDGED_ON_TIME].whole == 3
    assert (kpis[Kpi.RESCUES_CONFIRMED].part, kpis[Kpi.RESCUES_CONFIRMED].whole) == (1, 3)


@pytest.mark.parametrize("kind", PeriodKind)
async def test_a_period_that_nobody_called_in_has_no_facts(
    scene: FiguresScene, kind: PeriodKind
) -> None:
    assert (await scene.facts(kind)).every == ()
