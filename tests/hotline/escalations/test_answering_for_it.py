"""Acknowledge, accept, give back, report, close: what people may do, and when."""

from collections.abc import Awaitable, Callable

import pytest

from hotline.errors import IllegalMove, Invalid, NotFound
from hotline.escalations.late import DoneInField
from hotline.escalations.model import EscalationState
from hotline.escalations.policy import ACCEPT_WITHIN, REPORT_WITHIN, REVIEW_WITHIN
from hotline.escalations.service import accept, acknowledge, close, give_back, report
from hotline.staff.actor import Actor
from hotline.storage.session import Work
from hotline.storage.tables import Escalation
from tests.hotline.escalations.conftest import DUTY, HEAD, EscalationScene

pytestmark = pytest.mark.anyio

OTHER = Actor.of_contact("head")


async def does(scene: EscalationScene, what: str, escalation: Escalation, by: Actor) -> Escalation:
    """One command, with whatever words it needs."""
    at, vault = scene.clock.now(), scene.vault
    commands: dict[str, Callable[[Work], Awaitable[Escalation]]] = {
        "acknowledge": lambda work: acknowledge(work, escalation.id, by=by, at=at),
        "accept": lambda work: accept(work, escalation.id, by=by, at=at),
        "give_back": lambda work: give_back(
            work, vault, escalation.id, by=by, reason="moved", at=at
        ),
        "report": lambda work: report(
            work, vault, escalation.id, by=by, done=DoneInField("visited"), at=at
        ),
        "close": lambda work: close(work, vault, escalation.id, by=by, reason="is safe", at=at),
    }
    async with scene.work() as work:
        return await commands[what](work)


async def test_an_acknowledged_escalation_waits_for_being_accepted(
    scene: EscalationScene, officer: Actor
) -> None:
    escalation = await does(scene, "acknowledge", await scene.flag(), officer)

    assert escalation.state == EscalationState.ACKNOWLEDGED
    assert (escalation.acknowledged_by, escalation.acknowledged_at) == (
        str(officer),
        scene.clock.now(),
    )
    assert escalation.next_due_at == scene.clock.now() + ACCEPT_WITHIN


async def test_nobody_is_rung_after_an_acknowledgement(
    scene: EscalationScene, officer: Actor
) -> None:
    await does(scene, "acknowledge", await scene.flag(), officer)

    await scene.rings()
    await scene.passes(ACCEPT_WITHIN.total_seconds() - 1)

    assert scene.carrier.dialled() == []
    assert await scene.states() == [("duty", "superseded")]


async def test_an_acknowledgement_from_an_earlier_step_counts(
    scene: EscalationScene, officer: Actor
) -> None:
    escalation = await scene.flag()
    await scene.rings()
    await scene.passes(120)
    first = (await scene.attempts())[0]

    async with scene.work() as work:
        await acknowledge(
            work, escalation.id, by=officer, attempt_id=first.id, at=scene.clock.now()
        )

    assert (await scene.escalation()).state == EscalationState.ACKNOWLEDGED
    assert await scene.states() == [("duty", "acknowledged"), ("head", "submitted")]


async def test_the_same_person_may_acknowledge_twice(
    scene: EscalationScene, officer: Actor
) -> None:
    escalation = await does(scene, "acknowledge", await scene.flag(), officer)
    scene.clock.advance(5)

    again = await does(scene, "acknowledge", escalation, officer)

    assert again.acknowledged_at == escalation.acknowledged_at
    assert (await scene.kinds()).count("escalation.acknowledged") == 1


async def test_a_second_person_is_told_that_it_is_taken(
    scene: EscalationScene, officer: Actor
) -> None:
    escalation = await does(scene, "acknowledge", await scene.flag(), officer)

    with pytest.raises(IllegalMove, match="already taken"):
        await does(scene, "acknowledge", escalation, OTHER)


async def test_an_attempt_of_another_escalation_is_not_marked(
    scene: EscalationScene, officer: Actor
) -> None:
    await scene.add(scene.call("other"))
    first, second = await scene.flag("key-1"), await scene.flag("key-2", call="other")
    stray = next(a for a in await scene.attempts() if a.escalation_id == first.id)

    async with scene.work() as work:
        await acknowledge(work, second.id, by=officer, attempt_id=stray.id, at=scene.clock.now())
        await accept(work, second.id, by=officer, at=scene.clock.now())

    assert sorted(await scene.states()) == [("duty", "pending"), ("duty", "superseded")]


async def test_an_unknown_attempt_does_not_stop_an_acknowledgement(
    scene: EscalationScene, officer: Actor
) -> None:
    escalation = await scene.flag()

    async with scene.work() as work:
        await acknowledge(work, escalation.id, by=officer, attempt_id="none", at=scene.clock.now())

    assert (await scene.escalation()).state == EscalationState.ACKNOWLEDGED


async def test_an_accepted_escalation_waits_for_its_report(
    scene: EscalationScene, officer: Actor
) -> None:
    escalation = await does(scene, "acknowledge", await scene.flag(), officer)

    escalation = await does(scene, "accept", escalation, officer)

    assert escalation.next_due_at == scene.clock.now() + REPORT_WITHIN


async def test_a_report_leaves_the_escalation_open_and_may_be_followed_by_another(
    scene: EscalationScene, officer: Actor
) -> None:
    escalation = await scene.flag()
    for what in ("acknowledge", "accept", "report"):
        escalation = await does(scene, what, escalation, officer)
    scene.clock.advance(600)

    escalation = await does(scene, "report", escalation, officer)

    assert escalation.state == EscalationState.REPORTED
    assert escalation.next_due_at == scene.clock.now() + REVIEW_WITHIN


async def test_an_escalation_given_back_rings_the_next_contact_at_once(
    scene: EscalationScene, officer: Actor
) -> None:
    escalation = await scene.flag()
    await scene.rings()
    for what in ("acknowledge", "accept", "give_back"):
        escalation = await does(scene, what, escalation, officer)

    await scene.tick()

    assert (escalation.state, escalation.step, escalation.acknowledged_by) == ("open", 1, "")
    assert scene.carrier.dialled() == [DUTY, HEAD]


async def test_what_nobody_acknowledged_cannot_be_given_back_and_rings_on(
    scene: EscalationScene, officer: Actor
) -> None:
    escalation = await scene.flag()

    with pytest.raises(IllegalMove, match="acknowledge it"):
        await does(scene, "give_back", escalation, officer)

    assert await scene.states() == [("duty", "pending")]


async def test_a_closed_escalation_has_no_deadline_and_rings_nobody(scene: EscalationScene) -> None:
    escalation = await does(scene, "close", await scene.flag(), Actor.of_staff("li"))

    await scene.rings()
    await scene.passes(3600)

    assert (escalation.state, escalation.next_due_at) == ("closed", None)
    last = (await scene.timeline())[-1]
    assert escalation.closed_at == escalation.created_at
    assert (last.kind, last.actor) == ("escalation.closed", "staff:li")
    assert scene.carrier.dialled() == []


@pytest.mark.parametrize("what", ["acknowledge", "accept", "give_back", "report", "close"])
async def test_nothing_can_be_done_with_a_closed_escalation(
    scene: EscalationScene, what: str, officer: Actor
) -> None:
    escalation = await does(scene, "acknowledge", await scene.flag(), officer)
    escalation = await does(scene, "close", escalation, officer)

    with pytest.raises(IllegalMove):
        await does(scene, what, escalation, officer)

    assert (await scene.escalation()).state == EscalationState.CLOSED


async def test_an_escalation_is_not_closed_without_a_reason(scene: EscalationScene) -> None:
    escalation = await scene.flag()

    with pytest.raises(Invalid):
        async with scene.work() as work:
            await close(
                work,
                scene.vault,
                escalation.id,
                by=Actor.of_staff("li"),
                reason=" ",
                at=escalation.created_at,
            )

    assert (await scene.escalation()).state == EscalationState.OPEN


async def test_an_escalation_that_does_not_exist_cannot_be_accepted(scene: EscalationScene) -> None:
    with pytest.raises(NotFound):
        async with scene.work() as work:
            await accept(work, "none", by=Actor.of_staff("li"), at=scene.clock.now())


async def test_the_counselor_is_told_before_the_answer_leaves(
    scene: EscalationScene, officer: Actor
) -> None:
    escalation = await scene.flag()

    async with scene.work() as work:
        await acknowledge(work, escalation.id, by=officer, at=scene.clock.now())

        assert ("escalation", escalation.id) in work._announced
