"""How a leader begins, what it keeps of a shadow plan, and which news it looks after."""

import pytest

from hotline.storage.documents import version_of_document
from hotline.storage.news import Change
from hotline.storage.tables import Line, PlanDifference, PlanVersion, RoutingEvent
from hotline.switchboard.differences import keep_differences
from hotline.switchboard.leadership import Lead, NoLongerLeading, leadership
from hotline.switchboard.mirror import read_rows
from hotline.switchboard.process import Changes, LiveFloor, begin_floor
from tests.fakes import NOON
from tests.hotline.switchboard.conftest import (
    ANYONE,
    OWN_LANGUAGE_FIRST,
    SPEAKS_HAKKA,
    SwitchboardScene,
    a_line,
    later,
    pairs,
)

pytestmark = pytest.mark.anyio

NEW_PLAN = version_of_document(ANYONE)


async def begin(floor: SwitchboardScene, lead: Lead) -> LiveFloor:
    """A leader begins with the plans in force."""
    return await begin_floor(floor.database, lead, floor.clock)


async def looks(floor: SwitchboardScene, live: LiveFloor) -> list[tuple[str, str]]:
    """It reads all rows; who is offered to whom."""
    async with floor.database.work() as work:
        rows = await read_rows(work)
    told = live.mirror.follow(rows, calls=None, counselors=None, at=floor.clock.now())
    return pairs(told)


async def keep(floor: SwitchboardScene, live: LiveFloor) -> list[PlanDifference]:
    """What is kept of the shadow by now."""
    at = floor.clock.now()
    await keep_differences(floor.database, live.lead, live.lines, live.teller, at=at)
    return await floor.all_of(PlanDifference)


# ── the beginning ───────────────────────────────────────────────────────────────────────────────


async def test_a_leader_notes_that_it_begins_and_by_which_plans(
    floor: SwitchboardScene, lead: Lead
) -> None:
    await floor.add(a_line(id="women", plan=ANYONE))

    await begin(floor, lead)

    (began,) = await floor.all_of(RoutingEvent)
    assert (began.kind, began.epoch, began.at_s) == ("engine.began", lead.epoch, NOON.timestamp())
    assert began.facts == {"plans": {"youth": "default", "women": NEW_PLAN}}


async def test_every_plan_that_decides_is_kept_with_the_moment_of_its_first_use(
    floor: SwitchboardScene, lead: Lead
) -> None:
    await floor.add(a_line(id="another", name="without a plan of its own, either"))
    await begin(floor, lead)
    await floor.change(Line, "youth", plan=ANYONE, plan_version=NEW_PLAN)
    now = floor.clock.advance(60)

    await begin(floor, lead)

    kept = {one.version: one for one in await floor.all_of(PlanVersion)}
    assert set(kept) == {"default", NEW_PLAN}
    assert (kept["default"].document, kept["default"].first_used_at) == ({}, NOON)
    assert (kept[NEW_PLAN].document, kept[NEW_PLAN].first_used_at) == (ANYONE, now)


async def test_one_who_does_not_lead_any_more_cannot_begin(
    floor: SwitchboardScene, lead: Lead
) -> None:
    await lead.connection.close()

    async with leadership(floor.database):
        with pytest.raises(NoLongerLeading):
            await begin(floor, lead)

    assert await floor.all_of(RoutingEvent) == []
    assert await floor.all_of(PlanVersion) == []


async def test_a_leader_begins_with_nobody_and_finds_everybody_in_the_rows(
    floor: SwitchboardScene, lead: Lead
) -> None:
    await floor.caller("c1")
    await floor.counselor("li")

    live = await begin(floor, lead)

    assert live.teller.doing == {}
    assert await looks(floor, live) == [("c1", "li")]


async def test_what_is_claimed_is_what_was_decided(floor: SwitchboardScene, lead: Lead) -> None:
    await floor.change(Line, "youth", plan=OWN_LANGUAGE_FIRST,
                       plan_version=version_of_document(OWN_LANGUAGE_FIRST))  # fmt: skip
    live = await begin(floor, lead)
    await floor.caller("c1", queued_at=later(-31))
    await floor.counselor("li", staff=SPEAKS_HAKKA)
    async with floor.database.work() as work:
        rows = await read_rows(work)

    (told,) = live.mirror.follow(rows, calls=None, counselors=None, at=NOON)
    proposal = live.proposal(told)

    assert (proposal.call_id, proposal.staff_id, proposal.flag) == ("c1", "li", "ready")
    assert (proposal.stage, proposal.ring_s, proposal.interpreter) == ("anyone", 25.0, True)
    assert proposal.facts == dict(told.reasons)
    assert proposal.facts["waited_s"] == 31.0


# ── a shadow plan ───────────────────────────────────────────────────────────────────────────────


@pytest.fixture
async def shadowed(floor: SwitchboardScene, lead: Lead) -> LiveFloor:
    """Anybody takes a call; a shadow plan would ask for the caller's own language first.

    ma, who talks, speaks Hakka.
    """
    await floor.counselor("ma", "talking", staff=SPEAKS_HAKKA)
    await floor.change(
        Line, "youth", plan=ANYONE, plan_version=NEW_PLAN, shadow_plan=OWN_LANGUAGE_FIRST
    )
    return await begin(floor, lead)


async def test_a_supervisor_can_read_what_a_shadow_plan_would_have_done(
    floor: SwitchboardScene, shadowed: LiveFloor
) -> None:
    await floor.counselor("li", idle_since=later(-60))
    await floor.counselor("wang", staff=SPEAKS_HAKKA)
    await floor.caller("c1", language="hak", queued_at=later(-3))

    await looks(floor, shadowed)
    (kept,) = await keep(floor, shadowed)

    assert (kept.call_id, kept.line_id, kept.at) == ("c1", "youth", NOON)
    assert (kept.version, kept.shadow_version) == (
        NEW_PLAN,
        version_of_document(OWN_LANGUAGE_FIRST),
    )
    assert kept.live == {"counselors": ["li"], "stage": "anyone", "waited_s": 3.0}
    assert kept.shadow == {"counselors": ["wang"], "stage": "own", "waited_s": 3.0}


async def test_a_caller_whom_the_shadow_would_have_let_wait_is_kept_without_its_choice(
    floor: SwitchboardScene, shadowed: LiveFloor
) -> None:
    await floor.counselor("li")
    await floor.caller("c1", language="hak")

    await looks(floor, shadowed)

    (kept,) = await keep(floor, shadowed)
    assert kept.live["counselors"] == ["li"]
    assert kept.shadow == {}


async def test_nothing_is_kept_where_both_plans_agree_and_nothing_twice(
    floor: SwitchboardScene, shadowed: LiveFloor
) -> None:
    await floor.counselor("li")
    await floor.caller("c1")
    await looks(floor, shadowed)
    assert await keep(floor, shadowed) == []

    await floor.counselor("wang")
    await floor.caller("c2", language="hak")
    await looks(floor, shadowed)
    await keep(floor, shadowed)

    assert [one.call_id for one in await keep(floor, shadowed)] == ["c2"]


async def test_a_shadow_moves_nobody(floor: SwitchboardScene, shadowed: LiveFloor) -> None:
    await floor.counselor("li")
    await floor.caller("c1", language="hak")

    assert await looks(floor, shadowed) == [("c1", "li")]


# ── news ────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("topic", "kept"),
    [
        ("call", Changes(calls={"1"})),
        ("presence", Changes(counselors={"1"})),
        ("offer", Changes(offers={"1"})),
        ("leg", Changes(legs=True)),
        ("configuration", Changes(plans=True)),
    ],
)
async def test_news_is_kept_by_its_topic(topic: str, kept: Changes) -> None:
    changes = Changes()

    assert changes.add(Change(topic, "1"))
    assert changes == kept


async def test_news_of_no_interest_to_a_switchboard_wakes_nobody() -> None:
    changes = Changes()

    assert not changes.add(Change("escalation", "1"))
    assert changes == Changes()
