"""One referral: not answered, told again, accepted by link, an appointment, the result."""

from datetime import datetime

import pytest

from hotline.referrals.acts import ReferralOutcome, accept, bring_result, note_came
from hotline.referrals.links import ask_for_code, open_with_code, proven
from hotline.referrals.model import ReferralProposal, ReferralResult
from hotline.referrals.queries import due_from
from hotline.staff.model import Role
from hotline.staff.sign_in import SignedIn
from tests.hotline.referrals.conftest import (
    CLINIC_CODES,
    CLINIC_TEXT,
    DAY,
    HOUR,
    NAME,
    WORDS,
    ReferralScene,
)

pytestmark = pytest.mark.anyio


def signed_in(name: str, role: Role) -> SignedIn:
    return SignedIn(
        staff_id=name, username=name, name=name, roles=(role,), lines=("12355",), station_id=None
    )


STORY = [
    "referral.sent",
    *["referral.late"] * 3,
    "referral.read",
    "referral.accepted",
    "referral.came",
    *["referral.late"] * 2,
    "referral.resulted",
]
LI = signed_in("li", Role.COUNSELOR)
HE = signed_in("he", Role.SUPERVISOR)


async def is_due(scene: ReferralScene) -> tuple[bool, bool]:
    """From whoever referred, from a supervisor."""
    async with scene.work() as work:
        return bool(await due_from(work, LI)), bool(await due_from(work, HE))


async def nobody_answers(scene: ReferralScene) -> str:
    """The receiver is told, and told again; then whoever referred, and a supervisor."""
    referral = await scene.refers(await scene.consents())
    await scene.looks()
    assert [one.to for one in scene.texts.sent] == [CLINIC_TEXT]
    assert await is_due(scene) == (False, False)
    await scene.goes_by(24 * HOUR)
    assert [one.to for one in scene.texts.sent] == [CLINIC_TEXT] * 2
    await scene.goes_by(DAY)
    assert await is_due(scene) == (True, False)
    await scene.goes_by(DAY)
    assert await is_due(scene) == (True, True)
    return referral


async def accepted_by_link(scene: ReferralScene) -> datetime:
    """With the code, for the twentieth. Returns the appointment."""
    token = await scene.link()
    async with scene.work() as work:
        await ask_for_code(work, token, at=scene.clock.now())
    code = await scene.code()
    assert scene.texts.sent[-1].to == CLINIC_CODES
    async with scene.work() as work:
        view = await open_with_code(work, scene.vault, token, code, at=scene.clock.now())
        assert [one.said for one in view.handed] == [NAME, WORDS]
        opened = await proven(work, scene.vault, token, view.proof, at=scene.clock.now())
        assert opened is not None
        ahead = scene.clock.now().replace(day=20)
        await accept(work, opened.act, opened.referral_id, ahead)
    return ahead


async def test_a_child_is_referred_and_the_result_comes_back(scene: ReferralScene) -> None:
    referral = await nobody_answers(scene)
    scene.clock.time = await accepted_by_link(scene)
    assert await is_due(scene) == (False, False)

    async with scene.work() as work:
        await note_came(work, scene.of_receiver(), referral)
    await scene.goes_by(30 * DAY)  # the result is late: told again, and then due from li
    await scene.goes_by(DAY)
    assert await is_due(scene) == (True, False)
    async with scene.work() as work:
        outcome = ReferralOutcome(
            result=ReferralResult.TREATED, proposal=ReferralProposal.FOLLOW_UP
        )
        await bring_result(work, scene.of_receiver(), referral, outcome)

    assert await is_due(scene) == (False, False)
    row = await scene.referral(referral)
    assert (row.result, row.proposal, row.in_time) == ("treated", "follow_up", False)
    assert await scene.told() == STORY
