"""Lists of referrals: whose they are, and what stands at the top."""

import pytest

from hotline.referrals.acts import decline
from hotline.referrals.model import DeclineReason
from hotline.referrals.queries import due_from, referrals_of, sent_by
from hotline.staff.model import Role
from hotline.staff.sign_in import SignedIn
from hotline.storage.tables import Referral
from tests.hotline.referrals.conftest import HOUR, ReferralScene

pytestmark = pytest.mark.anyio


def signed_in(name: str, role: Role, *lines: str, station: str | None = None) -> SignedIn:
    return SignedIn(
        staff_id=name, username=name, name=name, roles=(role,), lines=lines, station_id=station
    )


LI = signed_in("li", Role.COUNSELOR, "12355")


async def sent(scene: ReferralScene, who: SignedIn) -> list[str]:
    async with scene.work() as work:
        return [row.referral.id for row in await sent_by(work, who)]


async def test_what_is_due_first_stands_above_what_is_newer_and_what_is_over_below(
    scene: ReferralScene,
) -> None:
    old = await scene.refers()
    scene.clock.advance(HOUR)
    new = await scene.refers()
    scene.clock.advance(HOUR)
    over = await scene.refers()
    await scene.change(Referral, over, state="resulted", due_at=None, ended_at=scene.clock.now())

    assert await sent(scene, LI) == [old, new, over]
    async with scene.work() as work:
        of_case = [row.referral.id for row in await referrals_of(work, [scene.case_id])]
    assert of_case == [over, new, old]


async def test_the_most_pressing_is_due_first(scene: ReferralScene) -> None:
    first, second = await scene.refers(), await scene.refers()
    async with scene.work() as work:
        await decline(work, scene.of_receiver(), second, DeclineReason.FULL)
    scene.clock.advance(HOUR)
    async with scene.work() as work:
        await decline(work, scene.of_receiver(), first, DeclineReason.FULL)
        due = [row.referral.id for row in await due_from(work, LI)]

    assert due == [second, first]


@pytest.mark.parametrize(
    ("who", "sees"),
    [
        (LI, True),
        (signed_in("wong", Role.COUNSELOR, "12355"), False),
        (signed_in("he", Role.SUPERVISOR, "12355"), True),
        (signed_in("sun", Role.SUPERVISOR, "other"), False),
        (signed_in("tian", Role.OFFICER, station="district"), True),
        (signed_in("hai", Role.OFFICER, station="elsewhere"), False),
    ],
)
async def test_who_sent_it_a_supervisor_of_its_line_and_its_station_see_what_was_sent(
    scene: ReferralScene, who: SignedIn, *, sees: bool
) -> None:
    referral = await scene.refers()

    assert await sent(scene, who) == [referral] * sees
