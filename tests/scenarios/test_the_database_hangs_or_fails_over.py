"""The database hangs, or its connections die without a word; the one that leads hangs."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import urlencode

import httpx
import pytest

from hotline.onemachine import Running
from hotline.telephony.signature import sign
from tests.harness.balancer import Balancer
from tests.harness.escalation_ledger import EscalationLedger
from tests.harness.house import PATIENCE_S
from tests.harness.scene import SID, TOKEN, Scene

pytestmark = [pytest.mark.anyio, pytest.mark.scenario, pytest.mark.real_budgets]

CHILD, ANOTHER = "15400000001", "15400000002"
CARRIER_WAITS_S = 10.0  # for a document, before it turns to the fallback


@pytest.fixture(autouse=True)  # before the scene, and so gone after it
async def way(postgres: Running) -> AsyncIterator[Balancer]:
    """To the server; it outlives the scene."""
    async with Balancer(postgres.url).serving() as made:
        yield made


@pytest.fixture
async def balancer(way: Balancer, scene: Scene) -> AsyncIterator[Balancer]:
    """Every process of the house reaches its database by way of this."""
    for name in ("web", "switchboard"):
        scene.house.kill(name)
        scene.house.start(name, database_url=way.way_to(scene.house.env["HOTLINE_DATABASE_URL"]))
    await scene.house.is_up()
    yield way
    way.thaw()
    await is_back(scene)


async def is_back(scene: Scene) -> None:
    """The house has noticed that its database answers again: each question is a pause."""
    async with asyncio.timeout(PATIENCE_S):
        while (await scene.house.http.get("/readyz")).status_code != httpx.codes.OK:
            pass


async def carrier_asks(scene: Scene, path: str, **form: str) -> str:
    """A document for a leg, from a carrier that does not wait for ever."""
    pairs = [*form.items(), ("AccountSid", SID)]
    url = scene.house.env["HOTLINE_PUBLIC_URL"] + path
    headers = {
        "X-Twilio-Signature": sign(url, pairs, TOKEN),
        "Content-Type": "application/x-www-form-urlencoded",
    }
    async with httpx.AsyncClient(timeout=CARRIER_WAITS_S) as http:
        answer = await http.post(url, content=urlencode(pairs), headers=headers)
    assert answer.status_code == httpx.codes.OK
    return answer.text


# ── it hangs ────────────────────────────────────────────────────────────────────────────────────


async def test_callers_are_answered_while_the_database_hangs(
    scene: Scene, balancer: Balancer
) -> None:
    await scene.dials_and_waits(CHILD)
    wait = f"/voice/calls/{await scene.call_of(CHILD)}/wait?turn=99"
    balancer.freeze()

    said = [await carrier_asks(scene, wait, CallSid="CA1", Digits="9") for _ in range(6)]

    assert all("<Redirect" in one or "<Gather" in one for one in said)


async def test_a_flag_is_answered_while_the_database_hangs_and_stored_when_it_is_back(
    scene: Scene, balancer: Balancer
) -> None:
    li, _ = await scene.talking("li", CHILD)
    flag = f"/calls/{await scene.call_of(CHILD)}/flags"
    body: dict[str, Any] = {"level": "imminent", "summary": "x"}
    balancer.freeze()

    refused = await li.staff.tries("POST", flag, body)
    balancer.thaw()
    answer = refused
    while answer.status_code == httpx.codes.SERVICE_UNAVAILABLE:
        answer = await li.staff.tries("POST", flag, body)

    assert (refused.status_code, refused.json()["type"]) == (503, "NotStored")
    assert answer.status_code == httpx.codes.CREATED
    await scene.handset("02000000202").rings()
    assert await scene.count("escalation") == 1


async def test_a_monitor_is_answered_while_the_database_hangs(
    scene: Scene, balancer: Balancer
) -> None:
    await scene.until("select 1 from leadership where expires_at > now()")
    ready = await scene.house.http.get("/readyz")
    balancer.freeze()

    not_ready = await scene.house.http.get("/readyz", timeout=CARRIER_WAITS_S)

    assert (ready.status_code, not_ready.status_code) == (200, 503)
    assert "database" in not_ready.json()["faults"][0]


# ── its connections die ─────────────────────────────────────────────────────────────────────────


async def test_callers_are_taken_in_after_a_fail_over(scene: Scene, balancer: Balancer) -> None:
    await scene.dials_and_waits(CHILD)

    balancer.fail_over()
    await scene.dials_and_waits(ANOTHER)

    assert await scene.count("call") == 2


async def test_a_switchboard_leads_again_after_a_fail_over(
    scene: Scene, balancer: Balancer
) -> None:
    await scene.dials_and_waits(CHILD)
    await scene.until("select 1 from routing_event where kind = 'call.arrives'")

    balancer.fail_over()
    li = await scene.counselor("li")

    await li.phone.rings()


@pytest.mark.parametrize("when", ["before the flag", "in its commit"])
async def test_a_flag_in_a_fail_over_is_refused_or_kept_and_the_same_intent_is_one_escalation(
    scene: Scene, balancer: Balancer, when: str
) -> None:
    ledger = EscalationLedger(scene)
    await scene.dials_and_waits(CHILD)
    he, call = await scene.house.signs_in("he"), await scene.call_of(CHILD)
    if when == "in its commit":
        balancer.fail_over_in_the_commit_of(b"intent-1")
    else:
        balancer.fail_over()

    said = [await ledger.flags(he, call)]
    while said[-1] == httpx.codes.SERVICE_UNAVAILABLE:
        said.append(await ledger.flags(he, call))

    assert said[-1] == httpx.codes.CREATED
    assert when == "before the flag" or len(said) > 1
    await scene.handset("02000000202").rings()
    assert await scene.count("escalation") == 1
    await ledger.holds()


# ── the one that leads hangs ────────────────────────────────────────────────────────────────────


async def test_another_switchboard_takes_over_from_one_that_hangs(scene: Scene) -> None:
    scene.house.start("switchboard-2")
    await scene.dials_and_waits(CHILD)
    await scene.until("select 1 from routing_event where kind = 'call.arrives'")
    ours, epoch = await leader(scene)

    scene.house.hangs(ours)
    await scene.house.is_led_anew(epoch)
    li = await scene.counselor("li")
    await li.phone.rings()
    scene.house.goes_on(ours)
    await li.phone.answers()

    await scene.talk(CHILD)
    assert await scene.count("offer") == 1


async def leader(scene: Scene) -> tuple[str, int]:
    """Which one leads: the first, unless the second was quicker; and its epoch."""
    (epoch,) = (await scene.house.rows("select epoch from leadership"))[0]
    log = scene.house.logs / "switchboard-2.log"
    return ("switchboard-2" if "switchboard.leads" in log.read_text() else "switchboard"), epoch
