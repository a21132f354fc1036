"""The engine is told what changed in the rows, once each, in an order that is fair to callers."""

import pytest

from hotline.storage.tables import Offer
from hotline.switchboard.mirror import availability_of, read_rows
from routing.care import Care
from routing.engine import Flag
from tests.fakes import NOON
from tests.hotline.switchboard.conftest import (
    ANYONE,
    SPEAKS_HAKKA,
    MirrorScene,
    SwitchboardScene,
    a_counselor,
    a_line,
    later,
)

# ── which rows are read ─────────────────────────────────────────────────────────────────────────


@pytest.mark.anyio
async def test_a_caller_whose_offer_still_rings_is_left_out_of_the_line(
    floor: SwitchboardScene,
) -> None:
    await floor.counselor("li", "offered")
    for call_id, state in (("rings", "pending"), ("was-refused", "declined")):
        await floor.caller(call_id)
        await floor.add(
            Offer(call_id=call_id, staff_id="li", state=state, offered_at=NOON, expires_at=NOON)
        )
    await floor.caller("talks", state="talking")

    async with floor.database.work() as work:
        rows = await read_rows(work)

    assert set(rows.calls) == {"was-refused"}


@pytest.mark.anyio
async def test_whoever_is_not_offline_is_on_duty(floor: SwitchboardScene) -> None:
    for state in ("offline", "ready", "offered", "talking", "wrapping_up", "paused"):
        await floor.counselor(state, state)

    async with floor.database.work() as work:
        rows = await read_rows(work)

    assert set(rows.counselors) == {"ready", "offered", "talking", "wrapping_up", "paused"}


@pytest.mark.anyio
async def test_only_those_are_read_of_whom_something_was_heard(floor: SwitchboardScene) -> None:
    for name in ("one", "two"):
        await floor.caller(name)
        await floor.counselor(name)

    async with floor.database.work() as work:
        rows = await read_rows(work, calls={"one", "unknown"}, counselors=set())

    assert set(rows.calls) == {"one"}
    assert rows.counselors == {}


# ── what a counselor is to the engine ───────────────────────────────────────────────────────────


@pytest.mark.parametrize("state", ["offline", "offered", "talking", "paused"])
def test_who_can_be_offered_nothing_is_not_in_the_engine(state: str) -> None:
    presence, staff = a_counselor("li", state)

    assert availability_of(presence, staff, Care()) is None


def test_a_wrap_up_is_protected_first_and_open_to_a_crisis_afterwards() -> None:
    presence, staff = a_counselor("li", "wrapping_up")

    place = availability_of(presence, staff, Care(protected_s=45))

    assert place is not None
    assert place.signature_at(later(44).timestamp()).flag is Flag.PROTECTED
    assert place.signature_at(later(45).timestamp()).flag is Flag.WRAP_UP


def test_nobody_cuts_short_the_wrap_up_of_a_crisis_call() -> None:
    presence, staff = a_counselor("li", "wrapping_up", crisis_in_a_row=1, crisis_ended_at=NOON)

    assert availability_of(presence, staff, Care()) is None


def test_who_had_enough_crisis_calls_in_a_row_is_not_asked_as_certified() -> None:
    certified = {"skills": {"languages": {"cmn": 5}, "certified": True}}

    fresh = availability_of(*a_counselor("li", staff=certified), Care(crisis_in_a_row=2))
    spent = availability_of(
        *a_counselor("li", crisis_in_a_row=2, staff=certified), Care(crisis_in_a_row=2)
    )

    assert fresh is not None
    assert fresh.signature.skills.certified
    assert spent is not None
    assert not spent.signature.skills.certified


# ── only differences ────────────────────────────────────────────────────────────────────────────


def test_nothing_is_told_of_rows_that_say_the_same_again(mirror: MirrorScene) -> None:
    mirror.is_on_duty("li", staff={"lines": []})
    mirror.is_on_duty("wang", "talking")
    mirror.waits("c1")

    mirror.looks()
    first = mirror.heard()
    mirror.looks(5)

    assert sorted(first) == [("call.arrives", "c1"), ("counselor.ready", "li")]
    assert mirror.heard() == []


def test_a_caller_who_left_and_a_counselor_who_went_away_are_told_as_gone(
    mirror: MirrorScene,
) -> None:
    mirror.is_on_duty("li", staff={"lines": []})
    mirror.waits("c1")
    mirror.looks()
    mirror.heard()

    mirror.calls.clear()
    mirror.is_on_duty("li", "paused", reason="meal", staff={"lines": []})
    mirror.looks(5)

    assert mirror.heard() == [("call.leaves", "c1"), ("counselor.away", "li")]


def test_who_is_not_among_those_looked_at_is_not_taken_for_gone(mirror: MirrorScene) -> None:
    mirror.is_on_duty("li", staff={"lines": []})
    mirror.waits("c1")
    mirror.looks()
    mirror.heard()

    mirror.looks(1, calls={"another"}, counselors={"somebody"})

    assert mirror.heard() == []


def test_a_caller_whose_offer_came_to_nothing_is_in_the_line_again_at_the_old_place(
    mirror: MirrorScene,
) -> None:
    mirror.is_on_duty("li")
    mirror.waits("c1")
    mirror.waits("c2", queued_at=later(1))
    assert mirror.looks(2) == [("c1", "li")]

    mirror.is_on_duty("li", "paused", reason="no_answer")
    mirror.looks(20)
    mirror.is_on_duty("wang")

    assert mirror.looks(21) == [("c1", "wang")]


def test_more_that_became_known_of_a_caller_keeps_their_place(mirror: MirrorScene) -> None:
    mirror.waits("first")
    mirror.waits("second", queued_at=later(1))
    mirror.looks(2)
    mirror.heard()

    mirror.waits("first", age_group="teen")
    mirror.looks(3)

    assert mirror.heard() == [("call.rescored", "first")]
    mirror.is_on_duty("li")
    assert mirror.looks(4) == [("first", "li")]


def test_a_counselor_who_went_off_duty_is_forgotten_and_not_kept_for_a_caller(
    mirror: MirrorScene,
) -> None:
    mirror.is_on_duty("li", "talking")
    mirror.waits("c1", counselor_id="li")
    mirror.looks()
    assert set(mirror.teller.doing) == {"li"}
    mirror.heard()

    mirror.counselors.clear()
    mirror.looks(5)

    assert mirror.teller.doing == {}
    assert mirror.heard() == [("call.rescored", "c1")]


def test_what_somebody_away_is_doing_is_known_for_the_reasons(mirror: MirrorScene) -> None:
    mirror.is_on_duty("li", "paused", reason="meal")

    mirror.looks()

    assert (mirror.teller.doing["li"].state, mirror.teller.doing["li"].reason) == ("paused", "meal")


# ── who is served first ─────────────────────────────────────────────────────────────────────────


def test_of_callers_in_one_look_danger_comes_first_and_then_who_waited_longest(
    mirror: MirrorScene,
) -> None:
    mirror.waits("later", queued_at=later(2))
    mirror.waits("earlier", queued_at=later(1))
    mirror.waits("danger", queued_at=later(3), urgency="crisis")

    mirror.looks(4)

    assert [subject for _, subject in mirror.heard()] == ["danger", "earlier", "later"]


def test_a_counselor_who_becomes_ready_takes_the_head_of_the_line(mirror: MirrorScene) -> None:
    mirror.waits("waits-already", queued_at=later(5))
    mirror.looks(5)

    mirror.waits("came-back", queued_at=NOON)
    mirror.is_on_duty("li")

    assert mirror.looks(6) == [("came-back", "li")]


def test_a_caller_who_was_cut_off_finds_the_same_counselor_again(mirror: MirrorScene) -> None:
    mirror.is_on_duty("wang", idle_since=NOON)
    mirror.is_on_duty("li", idle_since=later(60))
    mirror.waits("c1", counselor_id="li")

    assert mirror.looks(61) == [("c1", "li")]


def test_a_counselor_who_was_just_decided_for_one_caller_is_not_free_for_the_next(
    mirror: MirrorScene,
) -> None:
    mirror.is_on_duty("li")
    mirror.waits("of-another-line", line_id="women")
    mirror.looks()

    mirror.waits("c1", queued_at=later(1))
    mirror.waits("c2", queued_at=later(2))

    assert mirror.looks(3) == [("c1", "li")]


def test_a_caller_who_was_just_decided_for_one_counselor_is_not_offered_to_the_next(
    mirror: MirrorScene,
) -> None:
    for name in ("li", "wang"):
        mirror.is_on_duty(name, staff=SPEAKS_HAKKA)
    mirror.is_on_duty("ma", "talking", staff={"lines": ["youth", "women"]})
    mirror.waits("c1")
    mirror.looks()

    mirror.waits("danger", line_id="women", urgency="crisis", queued_at=later(300))
    offered = mirror.looks(300)

    assert [call for call, _ in offered].count("c1") == 1


# ── time alone ──────────────────────────────────────────────────────────────────────────────────


def test_a_protected_wrap_up_opens_to_a_crisis_when_its_time_is_over(mirror: MirrorScene) -> None:
    mirror.is_on_duty("li", "wrapping_up")
    mirror.waits("c1", queued_at=later(40), urgency="crisis")

    assert mirror.looks(40) == []
    assert mirror.mirror.next_deadline() == later(45).timestamp()
    assert mirror.passes(44.9) == []
    assert mirror.passes(45) == [("c1", "li")]


def test_a_wrap_up_is_never_cut_short_for_a_routine_caller(mirror: MirrorScene) -> None:
    mirror.is_on_duty("li", "wrapping_up")
    mirror.waits("c1")

    assert mirror.looks() == []
    assert mirror.passes(600) == []


def test_a_stage_that_waiting_opens_is_decided_by_time_alone(mirror: MirrorScene) -> None:
    mirror.is_on_duty("li", staff=SPEAKS_HAKKA)
    mirror.is_on_duty("ma", "talking")
    mirror.waits("c1", language="cmn")

    assert mirror.looks() == []
    assert mirror.mirror.next_deadline() == later(300).timestamp()
    assert mirror.passes(300) == [("c1", "li")]
    assert mirror.mirror.next_deadline() is None


def test_a_stage_that_opens_just_when_two_protections_end_rings_one_and_leaves_the_other(
    mirror: MirrorScene,
) -> None:
    mirror.is_on_duty("li", "wrapping_up")
    mirror.is_on_duty("wang", "wrapping_up", since=later(0.3))
    mirror.waits("c1", queued_at=later(25.1), urgency="crisis")
    assert mirror.looks(30) == []

    assert mirror.passes(45.5) == [("c1", "wang")]

    mirror.waits("c2", queued_at=later(46), urgency="crisis")
    assert mirror.looks(46, calls={"c2"}, counselors=set()) == [("c2", "li")]


def test_the_plan_of_a_line_says_how_long_a_wrap_up_is_protected() -> None:
    patient = a_line(plan={**ANYONE, "care": {"protected_s": 100}})
    mirror = MirrorScene(patient)
    mirror.is_on_duty("li", "wrapping_up")

    mirror.looks()

    assert mirror.mirror.next_deadline() == later(100).timestamp()


# ── who speaks with a caller ────────────────────────────────────────────────────────────────────

NOBODY_ELSE = {
    "routine": {
        "stages": [
            {"name": "own", "language": "own"},
            {"name": "anyone", "after_s": 300, "interpreter": True},
        ]
    },
    "crisis": {"stages": [{"name": "anyone", "interpreter": True}]},
}


def test_a_caller_whose_language_nobody_on_duty_speaks_is_offered_at_once() -> None:
    mirror = MirrorScene(a_line(plan=NOBODY_ELSE))
    mirror.waits("c1", language="hak")
    mirror.is_on_duty("li")

    assert mirror.looks() == [("c1", "li")]


def test_a_caller_waits_for_somebody_on_duty_who_speaks_the_language_and_no_longer() -> None:
    mirror = MirrorScene(a_line(plan=NOBODY_ELSE))
    mirror.waits("c1", language="hak")
    mirror.is_on_duty("li")
    mirror.is_on_duty("wang", "talking", staff=SPEAKS_HAKKA)

    waits = mirror.looks()
    mirror.counselors.pop("wang")

    assert (waits, mirror.looks(5)) == ([], [("c1", "li")])


KEPT_FOR_A_WOMAN = {**NOBODY_ELSE, "wishes": {"gender_hold_s": 30}}


def test_a_caller_who_wishes_for_a_woman_waits_for_her_only_while_one_is_on_duty() -> None:
    mirror = MirrorScene(a_line(plan=KEPT_FOR_A_WOMAN))
    mirror.waits("c1", wished_gender="f")
    mirror.is_on_duty("li", staff={"skills": {"languages": {"cmn": 5}, "gender": "m"}})
    mirror.is_on_duty("wang", "talking", staff={"skills": {"languages": {"cmn": 5}, "gender": "f"}})

    waits = mirror.looks()
    mirror.counselors.pop("wang")

    assert (waits, mirror.looks(5)) == ([], [("c1", "li")])
