"""How long something is kept, and what keeps it longer."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlmodel import col, select

from hotline.calls.model import CallState
from hotline.cases.model import CaseResult
from hotline.cases.service import CaseEnd, close_case, lock_case, open_again
from hotline.cases.timeline import CaseAct
from hotline.escalations.model import Level
from hotline.escalations.service import close
from hotline.followups.model import FollowUpState
from hotline.rights.holds import NewHold, hold, lift_hold
from hotline.rights.retention import LEAST_DAYS, RetentionLook, obstacle_of_call
from hotline.staff.actor import Actor
from hotline.storage.sealed import seal_cell
from hotline.storage.tables import (
    AuditEntry,
    Call,
    CallerPlan,
    Case,
    CaseEntry,
    CrisisFlag,
    Erasure,
    FollowUp,
    ShiftHandover,
)
from tests.hotline.escalations.conftest import EscalationScene

pytestmark = pytest.mark.anyio

LI = Actor.of_staff("li")
KEPT = timedelta(days=LEAST_DAYS)


@pytest.fixture
def look(scene: EscalationScene) -> RetentionLook:
    return RetentionLook(database=scene.database, clock=scene.clock, kept_days=LEAST_DAYS)


async def over(scene: EscalationScene, call_id: str = "call") -> None:
    """The call ended, with its number and nobody who still looks after it."""
    async with scene.work() as work:
        call = await work.get_one(Call, call_id)
        call.state, call.ended_at = CallState.ENDED, scene.clock.now()
        call.from_sealed = seal_cell(scene.vault, call, "from_sealed", "15400000001")
        call.from_index, call.from_masked = "i", "154****0001"


async def number_of(scene: EscalationScene, call_id: str = "call") -> str:
    async with scene.work() as work:
        return (await work.get_one(Call, call_id)).from_sealed


def a_case(case_id: str, at: datetime, **values: Any) -> Case:
    """Over, if it has a time at which it was closed."""
    return Case(id=case_id, number=case_id, line_id="12355", opened_as="high", opened_by="system",
                opened_at=at, state="closed" if "closed_at" in values else "open",
                **values)  # fmt: skip


async def two_as_one(scene: EscalationScene) -> None:
    """Two cases that are over, of which the one went into the other."""
    at = scene.clock.now()
    await scene.add(
        a_case("stays", at, closed_at=at), a_case("gone", at, closed_at=at, merged_into_id="stays")
    )


async def test_a_call_is_erased_when_three_years_have_passed_and_not_before(
    scene: EscalationScene, look: RetentionLook
) -> None:
    await over(scene)
    begun = scene.clock.now()

    assert await look.look(at=begun + KEPT - timedelta(seconds=1)) == 0
    assert await number_of(scene) != ""
    assert await look.look(at=begun + KEPT + timedelta(days=2)) == 1

    assert await number_of(scene) == ""
    async with scene.work() as work:
        proof = (await work.exec(select(Erasure))).one()
        seen = (await work.exec(select(AuditEntry).where(AuditEntry.source == "erasure"))).one()
    assert (proof.why, proof.actor, proof.subject_id) == ("retention", "system", "call")
    assert (seen.kind, seen.subject_kind, seen.source_id) == ("erased.retention", "call", proof.id)


async def test_no_setting_makes_it_shorter_than_the_law(scene: EscalationScene) -> None:
    await over(scene)
    hasty = RetentionLook(database=scene.database, clock=scene.clock, kept_days=30)

    assert await hasty.look(at=scene.clock.now() + timedelta(days=400)) == 0


async def test_a_call_is_kept_while_its_case_is_open_and_three_years_after(
    scene: EscalationScene, look: RetentionLook
) -> None:
    escalation = await scene.flag(level=Level.HIGH)
    await over(scene)
    years = scene.clock.now() + KEPT * 2
    async with scene.work() as work:
        by_a_person = {"by": LI, "reason": "safe", "at": years}
        await close(work, scene.vault, escalation.id, **by_a_person)  # type: ignore[arg-type]  # as named
    assert await look.look(at=years) == 0

    async with scene.work() as work:
        follow_up = (await work.exec(select(FollowUp))).one()
        follow_up.state = FollowUpState.STOPPED
        case = (await work.exec(select(Case))).one()
        act = CaseAct(vault=scene.vault, by=LI, at=years)
        await close_case(work, act, case.id, CaseEnd(CaseResult.SAFE, "with her aunt"), looks=())
    assert await look.look(at=years + timedelta(days=1)) == 0
    assert await look.look(at=years + KEPT + timedelta(days=2)) == 2

    async with scene.work() as work:
        flag = (await work.exec(select(CrisisFlag))).one()
        words = [entry.facts for entry in (await work.exec(select(CaseEntry))).all()]
    assert flag.summary_sealed == ""
    assert [facts for facts in words if "note" in facts] == []
    assert await look.look(at=years + KEPT + timedelta(days=9)) == 0


async def test_what_is_held_is_kept_until_a_person_lifts_the_hold(
    scene: EscalationScene, look: RetentionLook
) -> None:
    await over(scene)
    at = scene.clock.now()
    review = (at + timedelta(days=90)).date()
    new = NewHold(line_id="12355", subject_kind="call", subject_id="call", reason="court",
                  review_on=review)  # fmt: skip
    async with scene.work() as work:
        held = await hold(work, scene.vault, new, by="li", at=at)
    assert await look.look(at=at + KEPT * 2) == 0

    async with scene.work() as work:
        await lift_hold(work, scene.vault, held.id, why="over", by="li", at=at + KEPT * 2)
    assert await look.look(at=at + KEPT * 2 + timedelta(days=2)) == 1


@pytest.mark.parametrize("hold_on", ["gone", "stays"])
async def test_a_hold_on_a_case_keeps_all_that_was_merged_with_it(
    scene: EscalationScene, look: RetentionLook, hold_on: str
) -> None:
    await two_as_one(scene)
    at = scene.clock.now()
    new = NewHold(line_id="12355", subject_kind="case", subject_id=hold_on, reason="court",
                  review_on=(at + timedelta(days=90)).date())  # fmt: skip
    async with scene.work() as work:
        await hold(work, scene.vault, new, by="li", at=at)

    assert await look.look(at=at + KEPT * 2) == 0


async def test_a_case_that_was_merged_since_the_look_began_goes_with_the_one_that_stands(
    scene: EscalationScene, look: RetentionLook, monkeypatch: pytest.MonkeyPatch
) -> None:
    await two_as_one(scene)
    late = select(Case.id).order_by(col(Case.id))
    monkeypatch.setattr("hotline.rights.retention.old_cases", lambda *_: late)

    await look.look(at=scene.clock.now() + KEPT * 2)

    async with scene.work() as work:
        proofs = (await work.exec(select(Erasure).where(Erasure.subject_kind == "case"))).all()
    assert [one.subject_id for one in proofs] == ["stays"]


async def test_a_case_that_is_open_again_is_erased_again_when_it_is_over(
    scene: EscalationScene, look: RetentionLook
) -> None:
    at = scene.clock.now()
    await scene.add(a_case("case", at, closed_at=at))
    assert await look.look(at=at + KEPT * 2) == 1
    async with scene.work() as work:
        open_again(work, await lock_case(work, "case"), by=LI, at=at + KEPT * 2)
    assert await look.look(at=at + KEPT * 4) == 0

    await scene.change(Case, "case", state="closed", closed_at=at + KEPT * 4)
    assert await look.look(at=at + KEPT * 6) == 1


async def test_a_call_is_kept_as_long_as_something_is_agreed_with_who_called(
    scene: EscalationScene, look: RetentionLook
) -> None:
    await over(scene)
    at = scene.clock.now()
    await scene.add(
        CallerPlan(id="plan", number_index="i", masked="m", line_id="12355", call_id="call",
                   counselor_id="li", times="mon", minutes=20, review_on=at.date(),
                   approved_by="li", approved_at=at)
    )  # fmt: skip
    assert await look.look(at=at + KEPT * 2) == 0

    await scene.change(CallerPlan, "plan", ended_at=at + KEPT * 2)
    assert await look.look(at=at + KEPT * 2 + timedelta(days=2)) == 1


async def test_a_look_takes_few_so_that_what_stands_beside_it_does_not_wait(
    scene: EscalationScene, look: RetentionLook
) -> None:
    await scene.add(*(scene.call(call_id) for call_id in ("second", "third")))
    for call_id in ("call", "second", "third"):
        await over(scene, call_id)
    at = scene.clock.now() + KEPT * 2

    assert [await look.look(at=at), await look.look(at=at)] == [2, 1]


async def test_a_call_that_is_kept_does_not_stand_in_front_of_the_others(
    scene: EscalationScene, look: RetentionLook, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hotline.rights.retention.MOST_AT_ONCE", 1)
    await scene.flag(level=Level.HIGH)
    await scene.add(scene.call("later"))
    for call_id in ("call", "later"):
        await over(scene, call_id)
    await scene.change(Call, "call", arrived_at=scene.clock.now() - timedelta(days=1))
    at = scene.clock.now() + KEPT * 2

    erased = [await look.look(at=at), await look.look(at=at)]

    assert sum(erased) == 1
    assert await number_of(scene, "later") == ""
    assert await number_of(scene) != ""


async def test_one_that_cannot_be_erased_holds_up_none_of_the_others(
    scene: EscalationScene, look: RetentionLook, monkeypatch: pytest.MonkeyPatch
) -> None:
    await scene.add(scene.call("later"))
    for call_id in ("call", "later"):
        await over(scene, call_id)
    whole = obstacle_of_call

    async def fails_for_one(work: object, call: Call, **how: object) -> object:
        if call.id == "call":
            raise ValueError
        return await whole(work, call, **how)  # type: ignore[arg-type]  # as it was called

    monkeypatch.setattr("hotline.rights.retention.obstacle_of_call", fails_for_one)

    assert await look.look(at=scene.clock.now() + KEPT * 2) == 1
    assert await number_of(scene, "later") == ""


async def test_what_one_shift_wrote_to_the_next_is_emptied_in_time(
    scene: EscalationScene, look: RetentionLook
) -> None:
    at = scene.clock.now()
    note = ShiftHandover(id="n", station_id="district", from_id="li", created_at=at, due_at=None)
    note.note_sealed = seal_cell(scene.vault, note, "note_sealed", "the boy from the third floor")
    await scene.add(note)

    await look.look(at=at + KEPT)
    async with scene.work() as work:
        assert (await work.get_one(ShiftHandover, "n")).note_sealed != ""
    await look.look(at=at + KEPT + timedelta(days=1))
    async with scene.work() as work:
        assert (await work.get_one(ShiftHandover, "n")).note_sealed == ""


async def test_it_looks_once_a_minute_and_a_clock_set_back_does_not_stop_it(
    scene: EscalationScene, look: RetentionLook
) -> None:
    await over(scene)
    scene.clock.advance(KEPT.total_seconds() + 3 * 86400)
    await look.tick()
    assert await number_of(scene) == ""

    await scene.add(scene.call("later"))
    await over(scene, "later")
    old = scene.clock.now() - KEPT * 2
    await scene.change(Call, "later", arrived_at=old, ended_at=old)
    scene.clock.advance(59)
    await look.tick()
    assert await number_of(scene, "later") != ""
    scene.clock.advance(1)
    await look.tick()
    assert await number_of(scene, "later") == ""

    await scene.add(scene.call("last"))
    await over(scene, "last")
    await scene.change(Call, "last", arrived_at=old, ended_at=old)
    scene.clock.advance(-7200)
    await look.tick()
    assert await number_of(scene, "last") == ""
