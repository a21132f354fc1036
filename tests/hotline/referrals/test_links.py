"""A receiver's link, attacked: guessed, forwarded, replayed, opened by programs, kept too long."""

import pytest
from sqlmodel import select

from hotline.deliveries.model import Channel
from hotline.handovers.consents import withdraw as take_back
from hotline.handovers.model import WithdrawnWho
from hotline.referrals.acts import accept, withdraw
from hotline.referrals.codes import CODE_LASTS, LINK_LASTS, PROOF_LASTS
from hotline.referrals.links import (
    CODES_AN_HOUR,
    WRONG_CODES,
    ReferralLinkState,
    ReferralLinkView,
    ask_for_code,
    look_at_referral,
    open_with_code,
    proven,
    shown_again,
)
from hotline.storage.tables import Case, Delivery, ReferralLink, ReferralPlace
from tests.hotline.referrals.conftest import (
    CLINIC_CODES,
    LI,
    NAME,
    WORDS,
    ReferralScene,
    a_place,
    receives,
)

pytestmark = pytest.mark.anyio
S = ReferralLinkState


async def looks(scene: ReferralScene, token: str) -> ReferralLinkView:
    async with scene.work() as work:
        return await look_at_referral(work, token, at=scene.clock.now())


async def asks(scene: ReferralScene, token: str) -> ReferralLinkState:
    async with scene.work() as work:
        return (await ask_for_code(work, token, at=scene.clock.now())).state


async def opens(scene: ReferralScene, token: str, code: str) -> ReferralLinkView:
    async with scene.work() as work:
        return await open_with_code(work, scene.vault, token, code, at=scene.clock.now())


async def may_act(scene: ReferralScene, token: str, proof: str) -> bool:
    async with scene.work() as work:
        return await proven(work, scene.vault, token, proof, at=scene.clock.now()) is not None


async def opened(scene: ReferralScene) -> tuple[str, ReferralLinkView]:
    """The clinic has opened its link with the code."""
    await scene.refers()
    token = await scene.link()
    await asks(scene, token)
    return token, await opens(scene, token, await scene.code())


async def test_a_link_alone_shows_a_number_and_how_soon(scene: ReferralScene) -> None:
    await scene.refers()
    token = await scene.link()

    for _ in range(3):
        view = await looks(scene, token)

    assert (view.state, view.urgency, view.line_name) == (S.FRESH, "planned", "青少年热线")
    assert NAME not in repr(view)
    assert (view.referral, view.handed) == (None, ())
    assert await scene.told() == ["referral.sent"]


async def test_a_link_is_long_and_only_its_hash_is_kept(scene: ReferralScene) -> None:
    await scene.refers()
    token = await scene.link()

    [kept] = await scene.all(ReferralLink)
    assert len(token) >= 22  # 128 bits in base64
    assert token not in repr(kept)
    assert token not in repr(await scene.all(Delivery))


async def test_the_code_goes_to_another_telephone_and_opens_it_once(scene: ReferralScene) -> None:
    token, view = await opened(scene)

    assert scene.texts.sent[-1].to == CLINIC_CODES
    assert view.state is S.OPENED
    assert [one.said for one in view.handed] == [NAME, WORDS]
    assert (await scene.told())[-1] == "referral.read"
    again = await opens(scene, token, await scene.code())
    assert (again.state, again.handed) == (S.WRONG_CODE, ())


async def test_digits_may_be_typed_as_people_type_them(scene: ReferralScene) -> None:
    await scene.refers()
    token = await scene.link()
    await asks(scene, token)
    wide = "".join(chr(ord(digit) + 0xFEE0) for digit in await scene.code())

    assert (await opens(scene, token, f" {wide[:3]} {wide[3:]} ")).state is S.OPENED


async def test_a_guess_opens_nothing_and_five_lock_the_link(scene: ReferralScene) -> None:
    await scene.refers()
    token = await scene.link()
    await asks(scene, token)
    right = await scene.code()
    wrong = "000000" if right != "000000" else "000001"

    states = [(await opens(scene, token, wrong)).state for _ in range(WRONG_CODES)]

    assert states == [S.WRONG_CODE] * (WRONG_CODES - 1) + [S.LOCKED]
    assert (await opens(scene, token, right)).state is S.LOCKED
    assert await asks(scene, token) is S.LOCKED


async def test_an_empty_code_is_no_try(scene: ReferralScene) -> None:
    await scene.refers()
    token = await scene.link()

    for _ in range(WRONG_CODES + 1):
        await opens(scene, token, "  ")

    assert (await looks(scene, token)).state is S.FRESH


async def test_a_code_is_too_old_after_ten_minutes_and_the_newest_counts(
    scene: ReferralScene,
) -> None:
    await scene.refers()
    token = await scene.link()
    await asks(scene, token)
    first = await scene.code()
    scene.clock.advance(CODE_LASTS.total_seconds())
    assert (await opens(scene, token, first)).state is S.WRONG_CODE

    await asks(scene, token)
    second = await scene.code()
    if first != second:
        assert (await opens(scene, token, first)).state is S.WRONG_CODE
    assert (await opens(scene, token, second)).state is S.OPENED


async def test_nobody_floods_the_telephone_with_codes(scene: ReferralScene) -> None:
    await scene.refers()
    token = await scene.link()
    for _ in range(CODES_AN_HOUR):
        assert await asks(scene, token) is S.CODE_SENT
        scene.clock.advance(60)

    assert await asks(scene, token) is S.TOO_MANY
    scene.clock.advance(3600)
    assert await asks(scene, token) is S.CODE_SENT


async def test_a_code_of_one_link_does_not_open_another(scene: ReferralScene) -> None:
    await scene.refers()
    first = await scene.link()
    await scene.refers()
    second = await scene.link()
    await asks(scene, first)

    assert (await opens(scene, second, await scene.code())).state is S.WRONG_CODE


async def test_a_proof_acts_for_half_an_hour_on_its_own_link_alone(scene: ReferralScene) -> None:
    token, view = await opened(scene)
    await scene.refers()
    other = await scene.link()

    assert await may_act(scene, token, view.proof)
    assert not await may_act(scene, other, view.proof)
    assert not await may_act(scene, token, "")
    assert not await may_act(scene, token, "0" * 24)
    scene.clock.advance(PROOF_LASTS.total_seconds())
    assert not await may_act(scene, token, view.proof)


async def test_a_link_that_nobody_made_is_unknown_to_everything(scene: ReferralScene) -> None:
    for token in ("", "0" * 24, "x" * 4000):
        assert (await looks(scene, token)).state is S.UNKNOWN
        assert await asks(scene, token) is S.UNKNOWN
        assert (await opens(scene, token, "123456")).state is S.UNKNOWN
        assert not await may_act(scene, token, "x")
        async with scene.work() as work:
            at = scene.clock.now()
            assert (await shown_again(work, scene.vault, token, "x", at=at)).state is S.UNKNOWN


async def test_a_link_is_worth_nothing_after_thirty_days(scene: ReferralScene) -> None:
    await scene.refers()
    token = await scene.link()
    scene.clock.advance(LINK_LASTS.total_seconds())

    assert (await looks(scene, token)).state is S.EXPIRED
    assert await asks(scene, token) is S.EXPIRED


async def test_once_it_is_over_an_opened_page_shows_and_does_nothing(scene: ReferralScene) -> None:
    token, view = await opened(scene)
    assert view.referral is not None
    async with scene.work() as work:
        await withdraw(work, scene.act, view.referral.id, "x")

    assert not await may_act(scene, token, view.proof)
    async with scene.work() as work:
        again = await shown_again(work, scene.vault, token, view.proof, at=scene.clock.now())
    assert (again.state, again.handed, again.referral) == (S.ENDED, (), None)
    assert await asks(scene, token) is S.ENDED


async def test_once_the_consent_is_withdrawn_nothing_is_shown_though_nobody_looked_yet(
    scene: ReferralScene,
) -> None:
    grounds = await scene.consents()
    await scene.refers(grounds)
    token = await scene.link()
    assert grounds.consent_id is not None
    async with scene.work() as work:
        await take_back(work, grounds.consent_id, who=WithdrawnWho.PERSON,
                        withdrawn_at=scene.clock.now(), by=LI, at=scene.clock.now())  # fmt: skip

    assert (await looks(scene, token)).state is S.ENDED


async def test_a_case_that_was_merged_keeps_its_links_under_the_number_that_stands(
    scene: ReferralScene,
) -> None:
    token, view = await opened(scene)
    other = Case(number="7654321", line_id="12355", opened_as="by_hand", opened_by="system",
                 opened_at=scene.clock.now())  # fmt: skip
    await scene.add(other)
    await scene.change(Case, scene.case_id, merged_into_id=other.id)

    assert (await looks(scene, token)).number == "7654321"
    assert await may_act(scene, token, view.proof)


async def test_the_page_is_shown_again_after_an_act(scene: ReferralScene) -> None:
    token, view = await opened(scene)
    assert view.referral is not None
    async with scene.work() as work:
        await accept(work, scene.of_receiver(), view.referral.id, None)
        again = await shown_again(work, scene.vault, token, view.proof, at=scene.clock.now())

    assert again.state is S.OPENED
    assert again.referral is not None
    assert again.referral.state == "accepted"
    async with scene.work() as work:
        forged = await shown_again(work, scene.vault, token, "forged", at=scene.clock.now())
    assert (forged.state, forged.handed) == (S.FRESH, ())


async def test_where_no_telephone_for_codes_is_written_down_nothing_is_sent(
    scene: ReferralScene,
) -> None:
    await scene.add(a_place("mailed", receives=receives()))
    await scene.refers(place_id="mailed")
    token = await scene.link()
    await scene.change(ReferralPlace, "mailed", receives=receives(text="", code_to=""))

    assert await asks(scene, token) is S.NO_PHONE
    async with scene.work() as work:
        query = select(Delivery).where(Delivery.channel == Channel.TEXT)
        assert len((await work.exec(query)).all()) == 1
