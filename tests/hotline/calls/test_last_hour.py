"""The floor counts the last hour in the database, and by the definitions of the reports."""

from datetime import timedelta
from random import Random
from typing import Any

import pytest

from hotline.alerts.measures import lines_show
from hotline.calls.last_hour import BAR, BARS, last_hour
from hotline.reports.facts import ServiceFacts
from hotline.reports.kpis import Kpi, measured
from tests.hotline.reports.conftest import FiguresScene
from tests.hotline.reports.conftest import scene as scene  # noqa: PLC0414 – a fixture, handed on

pytestmark = pytest.mark.anyio

WAITS = (0, 4, 5, 6, 14, 15, 16, 40)


def a_call(drawn: Random, scene: FiguresScene) -> dict[str, Any]:
    """Somebody entered the queue in the last two hours, and was answered, left or waits."""
    queued_at = scene.clock.now() - timedelta(seconds=drawn.randrange(60, 7200))
    until = queued_at + timedelta(seconds=drawn.choice(WAITS))
    end = drawn.choice(("answered", "left", "waits", "message"))
    over = {"left_at": until, "ended_at": until + timedelta(seconds=drawn.choice((0, 3)))}
    ends: dict[str, dict[str, Any]] = {
        "answered": {"joined_at": until},
        "left": {"joined_at": None, "outcome": "hung_up", **over},
        "waits": {"joined_at": None, "state": "waiting", "outcome": None, "left_at": None,
                  "ended_at": None},
        "message": {"joined_at": None, "outcome": "message_left", **over},
    }  # fmt: skip
    urgency = drawn.choice(("crisis", "routine"))
    return {"queued_at": queued_at, "arrived_at": queued_at, "urgency": urgency, **ends[end]}


@pytest.mark.parametrize("seed", range(5))
async def test_the_floor_its_alerts_and_the_reports_say_the_same_of_an_hour(
    scene: FiguresScene, seed: int
) -> None:
    drawn, now = Random(seed), scene.clock.now()  # noqa: S311 – the same floors in every run
    for number in range(40):
        await scene.came(f"{seed}-{number}", **a_call(drawn, scene))

    async with scene.database.work() as work:
        hour = (await last_hour(work, ["youth", "legal"], at=now))["youth"]
        alerted = (await lines_show(work, at=now))["youth"]

    facts = await scene.facts()
    since = now - BARS * BAR
    calls = tuple(one for one in facts.calls if one.queued_at and one.queued_at > since)
    told = measured(ServiceFacts(at=now, calls=calls))
    level = told[Kpi.SERVICE_LEVEL]
    assert (hour.in_time, hour.judged, hour.entered) == (level.part, level.whole, len(calls))
    assert hour.service_level == level.value
    assert (alerted.in_time, alerted.judged) == (level.part, level.whole)
