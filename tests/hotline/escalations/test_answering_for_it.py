"""Acknowledge, accept, give back, report, close: what people may do, and when."""

from collections.abc import Awaitable, Callable

import pytest

from hotline.errors import IllegalMove, Invalid, NotFound
from hotline.escalations.model import EscalationState
from hotline.escalations.policy import ACCEPT_WITHIN, REPORT_WITHIN, REVIEW_WITHIN
from hotline.escalations.service import accept, acknowledge, close, give_back, report
from hotline.storage.session import Work
from hotline.storage.tables import Escalation
from tests.hotline.escalations.conftest import DUTY, HEAD, Scene

pytestmark = pytest.mark.anyio

OTHER = "contact:head"


async def does(scene: Scene, what: str, case: Escalation, by: str) -> Escalation:
    """One command, with whatever words it needs."""
    at, vault = scene.clock.now(), scene.vault
    commands: dict[str, Callable[[Work], Awaitable[Escalation]]] = {
        "acknowledge": lambda work: acknowledge(work, case.id, by=by, at=at),
        "accept": lambda work: accept(work, case.id, by=by, at=at),
        "give_back": lambda work: give_back(work, vault, case.id, by=by, reason="moved", at=at),
        "report": lambda work: report(work, vault, case.id, by=by, text="visited", at=at),
        "close": lambda work: close(work, vault, case.id, by=by, reason="is safe", at=at),
    }
    async with scene.work() as work:
        return await commands[what](work)


async def test_an_acknowledged_case_waits_for_being_accepted(scene: Scene, officer: str) -> None:
    case = await does(scene, "acknowledge", await scene.flag(), officer)

    assert case.state == EscalationState.ACKNOWLEDGED
    assert (case.acknowledged_by, case.acknowledged_at) == (officer, scene.clock.now())
    assert case.next_due_at == scene.clock.now() + ACCEPT_WITHIN


async def test_nobody_is_rung_after_an_acknowledgement(scene: Scene, officer: str) -> None:
    await does(scene, "acknowledge", await scene.flag(), officer)

    await scene.rings()
    await scene.passes(ACCEPT_WITHIN.total_seconds() - 1)

    assert scene.carrier.dialled() == []
    assert await scene.states() == [("duty", "superseded")]


async def test_an_acknowledgement_from_an_earlier_step_counts(scene: Scene, officer: str) -> None:
    case = await scene.flag()
    await scene.rings()
    await scene.passes(120)
    first = (await scene.attempts())[0]

    async with scene.work() as work:
        await acknowledge(work, case.id, by=officer, attempt_id=first.id, at=scene.clock.now())

    assert (await scene.case()).state == EscalationState.ACKNOWLEDGED
    assert await scene.states() == [("duty", "acknowledged"), ("head", "submitted")]


async def test_the_same_person_may_acknowledge_twice(scene: Scene, officer: str) -> None:
    case = await does(scene, "acknowledge", await scene.flag(), officer)
    scene.clock.advance(5)

    again = await does(scene, "acknowledge", case, officer)

    assert again.acknowledged_at == case.acknowledged_at
    assert (await scene.kinds()).count("escalation.acknowledged") == 1


async def test_a_second_person_is_told_that_it_is_taken(scene: Scene, officer: str) -> None:
    case = await does(scene, "acknowledge", await scene.flag(), officer)

    with pytest.raises(IllegalMove, match="already taken"):
        await does(scene, "acknowledge", case, OTHER)


async def test_an_attempt_of_another_case_is_not_marked(scene: Scene, officer: str) -> None:
    await scene.add(scene.call("other"))
    first, second = await scene.flag("key-1"), await scene.flag("key-2", call="other")
    stray = next(a for a in await scene.attempts() if a.escalation_id == first.id)

    async with scene.work() as work:
        await acknowledge(work, second.id, by=officer, attempt_id=stray.id, at=scene.clock.now())
        await accept(work, second.id, by=officer, at=scene.clock.now())

    assert sorted(await scene.states()) == [("duty", "pending"), ("duty", "superseded")]


async def test_an_unknown_attempt_does_not_stop_an_acknowledgement(
    scene: Scene, officer: str
) -> None:
    case = await scene.flag()

    async with scene.work() as work:
        await acknowledge(work, case.id, by=officer, attempt_id="none", at=scene.clock.now())

    assert (await scene.case()).state == EscalationState.ACKNOWLEDGED


async def test_an_accepted_case_waits_for_its_report(scene: Scene, officer: str) -> None:
    case = await does(scene, "acknowledge", await scene.flag(), officer)

    case = await does(scene, "accept", case, officer)

    assert case.next_due_at == scene.clock.now() + REPORT_WITHIN


async def test_a_report_leaves_the_case_open_and_may_be_followed_by_another(
    scene: Scene, officer: str
) -> None:
    case = await scene.flag()
    for what in ("acknowledge", "accept", "report"):
        case = await does(scene, what, case, officer)
    scene.clock.advance(600)

    case = await does(scene, "report", case, officer)

    assert case.state == EscalationState.REPORTED
    assert case.next_due_at == scene.clock.now() + REVIEW_WITHIN


async def test_a_case_given_back_rings_the_next_contact_at_once(scene: Scene, officer: str) -> None:
    case = await scene.flag()
    await scene.rings()
    for what in ("acknowledge", "accept", "give_back"):
        case = await does(scene, what, case, officer)

    await scene.tick()

    assert (case.state, case.step, case.acknowledged_by) == ("open", 1, "")
    assert scene.carrier.dialled() == [DUTY, HEAD]


async def test_a_case_may_be_given_back_before_anybody_took_it(scene: Scene, officer: str) -> None:
    case = await does(scene, "give_back", await scene.flag(), officer)

    assert await scene.states() == [("duty", "superseded"), ("head", "pending")]
    assert case.step == 1


async def test_a_closed_case_has_no_deadline_and_rings_nobody(scene: Scene) -> None:
    case = await does(scene, "close", await scene.flag(), "staff:li")

    await scene.rings()
    await scene.passes(3600)

    assert (case.state, case.next_due_at) == ("closed", None)
    assert (case.closed_at, case.closed_by) == (case.created_at, "staff:li")
    assert scene.carrier.dialled() == []


@pytest.mark.parametrize("what", ["acknowledge", "accept", "give_back", "report", "close"])
async def test_nothing_can_be_done_with_a_closed_case(
    scene: Scene, what: str, officer: str
) -> None:
    case = await does(scene, "acknowledge", await scene.flag(), officer)
    case = await does(scene, "close", case, officer)

    with pytest.raises(IllegalMove):
        await does(scene, what, case, officer)

    assert (await scene.case()).state == EscalationState.CLOSED


async def test_a_case_is_not_closed_without_a_reason(scene: Scene) -> None:
    case = await scene.flag()

    with pytest.raises(Invalid):
        async with scene.work() as work:
            await close(work, scene.vault, case.id, by="staff:li", reason=" ", at=case.created_at)

    assert (await scene.case()).state == EscalationState.OPEN


async def test_a_case_that_does_not_exist_cannot_be_accepted(scene: Scene) -> None:
    with pytest.raises(NotFound):
        async with scene.work() as work:
            await accept(work, "none", by="staff:li", at=scene.clock.now())


async def test_the_counselor_is_told_before_the_answer_leaves(scene: Scene, officer: str) -> None:
    case = await scene.flag()

    async with scene.work() as work:
        await acknowledge(work, case.id, by=officer, at=scene.clock.now())

        assert ("escalation", case.id) in work._announced
