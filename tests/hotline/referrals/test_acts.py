"""What a receiver says, and whose turn it is then."""

from datetime import timedelta

import pytest
from sqlmodel import select

from hotline.errors import IllegalMove, Invalid
from hotline.referrals.acts import (
    LONGEST_AHEAD,
    ReferralOutcome,
    accept,
    appoint,
    bring_result,
    decline,
    note_came,
    note_not_come,
    withdraw,
)
from hotline.referrals.model import DeclineReason, MayTell, ReferralProposal, ReferralResult
from hotline.storage.sealed import open_cell
from hotline.storage.tables import CaseEntry
from tests.hotline.referrals.conftest import ReferralScene

pytestmark = pytest.mark.anyio
TOMORROW, NEXT_WEEK = timedelta(days=1), timedelta(days=7)


async def test_an_accepted_one_owes_a_result_after_its_appointment(scene: ReferralScene) -> None:
    referral = await scene.refers()
    now = scene.clock.now()
    async with scene.work() as work:
        await accept(work, scene.of_receiver(), referral, now + NEXT_WEEK)

    row = await scene.referral(referral)
    assert (row.state, row.appointment_at) == ("accepted", now + NEXT_WEEK)
    assert row.promised_at == row.due_at == now + NEXT_WEEK + timedelta(days=30)
    assert row.answered_at == now


async def test_without_an_appointment_it_is_counted_from_now(scene: ReferralScene) -> None:
    referral = await scene.refers()
    async with scene.work() as work:
        await accept(work, scene.of_receiver(), referral, None)

    assert (await scene.referral(referral)).due_at == scene.clock.now() + timedelta(days=30)


async def test_an_appointment_lies_ahead(scene: ReferralScene) -> None:
    referral = await scene.refers()
    async with scene.work() as work:
        with pytest.raises(Invalid, match="future"):
            await accept(work, scene.of_receiver(), referral, scene.clock.now())
        await accept(work, scene.of_receiver(), referral, None)
        with pytest.raises(Invalid, match="Say when"):
            await appoint(work, scene.of_receiver(), referral, None)
        await appoint(work, scene.of_receiver(), referral, scene.clock.now() + TOMORROW)

    assert (await scene.referral(referral)).appointment_at == scene.clock.now() + TOMORROW


async def test_an_appointment_lies_within_a_year(scene: ReferralScene) -> None:
    referral = await scene.refers()
    now = scene.clock.now()
    async with scene.work() as work:
        for slip in (now + LONGEST_AHEAD + timedelta(seconds=1), now.replace(year=9999)):
            with pytest.raises(Invalid, match="within a year"):
                await accept(work, scene.of_receiver(), referral, slip)
        await accept(work, scene.of_receiver(), referral, now + LONGEST_AHEAD)

    assert (await scene.referral(referral)).state == "accepted"


async def test_what_is_declined_is_at_once_the_turn_of_whoever_referred(
    scene: ReferralScene,
) -> None:
    referral = await scene.refers()
    async with scene.work() as work:
        await decline(work, scene.of_receiver(), referral, DeclineReason.FULL, "come in May")

    assert await scene.state(referral) == ("declined", 2)
    async with scene.work() as work:
        query = select(CaseEntry).where(CaseEntry.kind == "referral.declined")
        entry = (await work.exec(query)).one()
    assert entry.facts["referral_decline"] == "full"
    assert "May" not in str(entry.facts)
    assert entry.actor == "receiver:clinic"


async def test_who_did_not_come_is_asked_by_whoever_referred_and_may_come_after_all(
    scene: ReferralScene,
) -> None:
    referral = await scene.refers()
    async with scene.work() as work:
        await accept(work, scene.of_receiver(), referral, None)
        await note_not_come(work, scene.of_receiver(), referral)
    assert await scene.state(referral) == ("not_come", 2)

    async with scene.work() as work:
        await note_came(work, scene.of_receiver(), referral)
    assert await scene.state(referral) == ("came", 0)


async def test_a_result_ends_it_and_a_proposal_changes_nothing(scene: ReferralScene) -> None:
    referral = await scene.refers()
    outcome = ReferralOutcome(
        result=ReferralResult.ADMITTED, words="stays a week", proposal=ReferralProposal.VISIT
    )
    async with scene.work() as work:
        await accept(work, scene.of_receiver(), referral, None)
        await bring_result(work, scene.of_receiver(), referral, outcome)

    row = await scene.referral(referral)
    assert (row.state, row.result, row.proposal) == ("resulted", "admitted", "visit")
    assert (row.due_at, row.in_time) == (None, True)
    assert open_cell(scene.vault, row, "result_sealed") == "stays a week"
    assert (await scene.told())[-1] == "referral.resulted"


async def test_a_result_after_its_time_is_known_as_late(scene: ReferralScene) -> None:
    referral = await scene.refers()
    async with scene.work() as work:
        await accept(work, scene.of_receiver(), referral, None)
    scene.later(days=30, seconds=1)
    async with scene.work() as work:
        outcome = ReferralOutcome(result=ReferralResult.SEEN)
        await bring_result(work, scene.of_receiver(), referral, outcome)

    assert (await scene.referral(referral)).in_time is False


@pytest.mark.parametrize(
    ("may_tell", "outcome"),
    [
        (MayTell.CAME_ONLY, ReferralOutcome(result=ReferralResult.TREATED)),
        (MayTell.CODES, ReferralOutcome(result=ReferralResult.TREATED, words="a diagnosis")),
    ],
)
async def test_a_hospital_tells_nothing_beyond_the_consent(
    scene: ReferralScene, may_tell: MayTell, outcome: ReferralOutcome
) -> None:
    referral = await scene.refers(may_tell=may_tell)
    async with scene.work() as work:
        await accept(work, scene.of_receiver(), referral, None)
        with pytest.raises(Invalid, match="consent does not cover"):
            await bring_result(work, scene.of_receiver(), referral, outcome)

    assert (await scene.referral(referral)).state == "accepted"


async def test_what_is_taken_back_needs_a_reason_and_is_over(scene: ReferralScene) -> None:
    referral = await scene.refers()
    async with scene.work() as work:
        with pytest.raises(Invalid, match="Write why"):
            await withdraw(work, scene.act, referral, " ")
        await withdraw(work, scene.act, referral, "moved away")
        with pytest.raises(IllegalMove):
            await accept(work, scene.of_receiver(), referral, None)

    assert await scene.state(referral) == ("withdrawn", 0)
