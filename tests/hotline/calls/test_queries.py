"""What a page shows of one call, and to whom: masked, in order, with names."""

from datetime import timedelta
from typing import Any

import pytest

from hotline.calls.model import CallState
from hotline.calls.queries import permitted_call
from hotline.calls.service import end_call, lock_call
from hotline.errors import Forbidden, NotFound
from hotline.staff.permissions import Permission
from hotline.staff.sign_in import SignedIn
from hotline.storage.tables import Call, CallEntry, Line, Participant
from tests.fakes import NOON
from tests.hotline.calls.conftest import CallsScene

pytestmark = pytest.mark.anyio

NUMBER = "+8613800138000"
LATER = NOON + timedelta(seconds=40)


async def in_talk(scene: CallsScene, **values: Any) -> None:
    """li has taken the call, and the caller is in the talk."""
    await scene.call(CallState.TALKING, counselor_id="li", joined_at=NOON)
    caller: dict[str, Any] = {"id": "p1", "role": "caller", "state": "in_talk", "address": ""}
    await scene.add(Participant(call_id="c1", created_at=NOON, **{**caller, **values}))


# ── what is shown ───────────────────────────────────────────────────────────────────────────────


async def test_what_is_known_of_a_caller_is_shown_and_the_number_only_masked(
    scene: CallsScene,
) -> None:
    await scene.call(
        CallState.WAITING,
        from_masked="138****8000",
        from_sealed=f"sealed {NUMBER}",
        from_index="index",
        urgency="crisis",
        language="yue",
        topic="family",
        age_group="teen",
        wished_gender="f",
        queued_at=LATER,
    )

    shown = await scene.detail()

    assert (shown.line_id, shown.line_name, shown.masked) == ("youth", "青少年", "138****8000")
    assert (shown.state, shown.urgency, shown.language) == ("waiting", "crisis", "yue")
    assert (shown.topic, shown.age_group, shown.wished_gender) == ("family", "teen", "f")
    assert (shown.arrived_at, shown.queued_at, shown.joined_at) == (NOON, LATER, None)
    assert NUMBER not in repr(shown)
    assert "sealed" not in repr(shown)


async def test_a_call_that_is_over_is_shown_with_its_outcome_and_where_it_ended(
    scene: CallsScene,
) -> None:
    await scene.call(
        CallState.ENDED,
        counselor_id="li",
        joined_at=NOON,
        ended_at=LATER,
        outcome="talked",
        outcome_step="ended_by_counselor",
    )

    shown = await scene.detail()

    assert (shown.outcome, shown.outcome_step) == ("talked", "ended_by_counselor")
    assert (shown.joined_at, shown.ended_at) == (NOON, LATER)
    assert shown.counselor == "Li"


async def test_a_call_that_nobody_has_taken_names_no_counselor(scene: CallsScene) -> None:
    await scene.call(CallState.WAITING)

    shown = await scene.detail()

    assert (shown.counselor, shown.timeline, shown.offers) == ("", (), ())


async def test_the_timeline_is_told_in_the_order_in_which_it_happened_with_names(
    scene: CallsScene,
) -> None:
    await scene.call(CallState.WAITING)
    await scene.happens("call.arrived")
    await scene.happens("offer.made", "chen", stage="language")
    await scene.happens("offer.declined", "chen", why="busy")
    await scene.happens("call.held", "somebody-unknown")

    told = (await scene.detail()).timeline

    assert [(one.kind, one.staff) for one in told] == [
        ("call.arrived", ""),
        ("offer.made", "Chen"),
        ("offer.declined", "Chen"),
        ("call.held", ""),
    ]
    assert [one.facts for one in told] == [{}, {"stage": "language"}, {"why": "busy"}, {}]
    assert {one.at for one in told} == {NOON}


async def test_offers_are_told_in_the_order_in_which_they_were_made(scene: CallsScene) -> None:
    await scene.call(CallState.TALKING, counselor_id="li")
    await scene.is_offered("o2", "li", at_s=30, state="accepted", ended_at=LATER, stage="anyone")
    await scene.is_offered("o1", "chen", state="declined", reason="busy", facts={"ahead": 2})

    first, second = (await scene.detail()).offers

    assert (first.id, first.counselor, first.state, first.reason) == (
        "o1", "Chen", "declined", "busy",
    )  # fmt: skip
    assert (first.facts, first.offered_at, first.ended_at) == ({"ahead": 2}, NOON, None)
    assert (second.id, second.counselor, second.state) == ("o2", "Li", "accepted")
    assert (second.stage, second.ended_at) == ("anyone", LATER)


async def test_nothing_of_another_call_is_told(scene: CallsScene) -> None:
    await scene.call(CallState.WAITING)
    other = Call(
        id="c2", carrier_sid="CA2", line_id="youth", state="talking", arrived_at=NOON, heard_at=NOON
    )
    held = Participant(call_id="c2", role="caller", hold_wanted=True, address="", created_at=NOON)
    await scene.add(other, held, CallEntry(call_id="c2", at=NOON, kind="call.arrived"))

    shown = await scene.detail()

    assert (shown.timeline, shown.held) == ((), False)


async def test_a_caller_who_hears_music_is_shown_on_hold(scene: CallsScene) -> None:
    await in_talk(scene)
    assert not (await scene.detail()).held

    async with scene.work() as work:
        (await work.get_one(Participant, "p1")).hold_wanted = True

    assert (await scene.detail()).held


async def test_a_caller_who_hung_up_on_hold_is_not_on_hold_any_more(scene: CallsScene) -> None:
    await in_talk(scene, hold_wanted=True, held=True, state="ended", ended_at=LATER)
    async with scene.work() as work:
        end_call(work, await lock_call(work, "c1"), at=LATER)

    shown = await scene.detail()

    assert (shown.state, shown.held) == ("ended", False)


# ── to whom ─────────────────────────────────────────────────────────────────────────────────────


def person(staff_id: str, *roles: str, lines: tuple[str, ...] = ("youth",)) -> SignedIn:
    """Somebody who is signed in."""
    return SignedIn(
        staff_id=staff_id, username=staff_id, name=staff_id.title(), roles=roles, station_id=None,
        lines=lines,
    )  # fmt: skip


async def opens(
    scene: CallsScene, who: SignedIn, wanted: Permission = Permission.SEE_CALL
) -> str | None:
    """The id of the call, where they may."""
    async with scene.work() as work:
        return (await permitted_call(work, await work.get(Call, "c1"), who, wanted)).id


async def test_who_took_the_call_may_see_it_and_act_in_it(scene: CallsScene) -> None:
    await in_talk(scene)

    assert await opens(scene, person("li", "counselor"), Permission.ACT_IN_CALL) == "c1"


async def test_who_was_offered_the_call_may_see_it_but_not_act_in_it(scene: CallsScene) -> None:
    await in_talk(scene)
    await scene.is_offered("o1", "chen", state="withdrawn")
    chen = person("chen", "counselor")

    assert await opens(scene, chen) == "c1"
    with pytest.raises(Forbidden):
        await opens(scene, chen, Permission.ACT_IN_CALL)


@pytest.mark.parametrize(
    "who",
    [
        person("chen", "counselor"),
        person("he", "supervisor", lines=("women",)),
        person("admin", "admin"),
        person("officer", "officer"),
    ],
)
async def test_for_everybody_else_the_call_does_not_exist(scene: CallsScene, who: SignedIn) -> None:
    await in_talk(scene)

    with pytest.raises(NotFound):
        await opens(scene, who)


async def test_a_supervisor_sees_the_calls_of_their_own_lines(scene: CallsScene) -> None:
    await in_talk(scene)
    await scene.add(Line(id="women", name="妇女", name_en="Women", number_shown="12338"))

    assert await opens(scene, person("he", "supervisor"), Permission.ACT_IN_CALL) == "c1"


async def test_a_call_that_never_was_does_not_exist_for_anybody(scene: CallsScene) -> None:
    with pytest.raises(NotFound):
        await opens(scene, person("he", "supervisor"))
