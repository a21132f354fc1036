"""A caller who cannot speak is asked by keypad, without leaving the counselor."""

import pytest

from hotline.callcontrol.keypad import ask_keys, hear_keys
from hotline.callcontrol.talks import counselor_lost
from hotline.calls.service import lock_call
from hotline.errors import CarrierUnreachable, IllegalMove
from tests.fakes import Fault
from tests.hotline.callcontrol.conftest import BASE, CallControlScene
from tests.hotline.callcontrol.test_dialler import asked, holds

pytestmark = pytest.mark.anyio

TO_QUESTION = ("redirect", f"CA-child {BASE}/voice/calls/c1/ask?turn=0")


async def li_asks(floor: CallControlScene) -> None:
    """Li presses the key for it."""
    async with floor.database.work() as work:
        await ask_keys(work, await lock_call(work, "c1"), at=floor.clock.now(), by="li")


async def child_presses(floor: CallControlScene, digits: str) -> str | None:
    async with floor.database.work() as work:
        call = await lock_call(work, "c1")
        return await hear_keys(work, call, digits, at=floor.clock.now())


async def asked_by_li(floor: CallControlScene) -> None:
    """The child hears the question."""
    await floor.talking()
    await li_asks(floor)
    await floor.is_looked_at()
    await floor.is_looked_at()


async def test_the_carrier_is_told_first_that_the_talk_outlasts_the_caller(
    floor: CallControlScene,
) -> None:
    await asked_by_li(floor)

    child = await floor.caller()
    assert (child.ends, child.keys, child.state) == (False, "asked", "in_talk")
    assert asked(floor)[-1] == TO_QUESTION
    assert len(asked(floor)) == 2


@pytest.mark.parametrize(
    ("digits", "answer"),
    [("1", "yes"), ("2", "no"), ("9", "danger"), ("5", "other"), ("", "none")],
)
async def test_what_the_child_pressed_is_kept_and_the_talk_ends_with_them_again(
    floor: CallControlScene, digits: str, answer: str
) -> None:
    await asked_by_li(floor)

    assert await child_presses(floor, digits) == answer

    child = await floor.caller()
    assert (child.keys, child.ends_wanted, child.ends) == (answer, True, True)
    assert await floor.kinds() == ["caller.asked_keys", "caller.answered_keys"]


async def test_a_question_that_the_carrier_did_not_take_is_asked_again(
    floor: CallControlScene,
) -> None:
    await floor.talking()
    await li_asks(floor)
    await floor.is_looked_at()
    floor.carrier.fails(Fault(CarrierUnreachable()))

    await floor.is_looked_at()
    await floor.is_looked_at()

    assert asked(floor)[-1] == TO_QUESTION


async def test_a_caller_of_whom_nothing_is_heard_counts_as_back(floor: CallControlScene) -> None:
    await asked_by_li(floor)

    await floor.passes(46)

    child = await floor.caller()
    assert (child.keys, child.ends) == ("none", True)


async def test_a_hold_that_is_pressed_meanwhile_comes_after_the_answer(
    floor: CallControlScene,
) -> None:
    await asked_by_li(floor)
    before = len(asked(floor))
    await holds(floor, held=True)
    await floor.is_looked_at()

    await child_presses(floor, "1")
    await floor.is_looked_at()

    assert [what for what, _ in asked(floor)[before:]] == ["hold"]
    assert (await floor.caller()).held is True


async def test_nobody_is_asked_on_hold(floor: CallControlScene) -> None:
    await floor.talking()
    await holds(floor, held=True)

    with pytest.raises(IllegalMove):
        await li_asks(floor)


async def test_whose_counselor_is_lost_meanwhile_waits_and_is_asked_no_more(
    floor: CallControlScene,
) -> None:
    await asked_by_li(floor)
    async with floor.database.work() as work:
        await counselor_lost(work, await lock_call(work, "c1"), at=floor.clock.now())

    await child_presses(floor, "1")
    await floor.is_looked_at()

    assert (await floor.call_now()).state == "waiting"
