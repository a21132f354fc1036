"""Somebody is referred with what carries it, or only advised; and nothing goes out without."""

import pytest
from sqlmodel import select

from hotline.cases.model import CaseResult
from hotline.cases.service import CaseEnd, close_case
from hotline.errors import HandOverRefused, IllegalMove, Invalid
from hotline.handovers.model import Basis, ConsentAge, DataKind, Giver, GiverRelation, Opinion
from hotline.referrals.acts import decline, settle
from hotline.referrals.handing import Grounds, compose, open_document
from hotline.referrals.model import DeclineReason
from hotline.referrals.service import advise
from hotline.storage.tables import (
    Case,
    CaseEntry,
    CasePerson,
    Delivery,
    Provision,
    Referral,
    ReferralPlace,
)
from tests.hotline.referrals.conftest import NAME, NUMBER, STREET, WORDS, ReferralScene

pytestmark = pytest.mark.anyio


async def test_a_referral_hands_over_what_was_chosen_and_stands_in_the_ledger(
    scene: ReferralScene,
) -> None:
    grounds = await scene.consents()

    referral = await scene.referral(await scene.refers(grounds))

    [ledger] = await scene.all(Provision)
    assert (ledger.recipient_kind, ledger.purpose, ledger.basis) == (
        "hospital",
        "treatment",
        "consent",
    )
    assert set(ledger.kinds) == {"identity", "story", "risk"} == set(referral.kinds)
    assert (ledger.recipient, ledger.recipient_id) == ("clinic 医院", "clinic")
    assert referral.provision_id == ledger.id
    handed = open_document(scene.vault, referral)
    assert [(one.kind, one.said) for one in handed] == [("identity", NAME), ("story", WORDS)]


async def test_the_ledger_names_nothing_of_which_the_case_holds_nothing(
    scene: ReferralScene,
) -> None:
    await scene.change(CasePerson, "child", address_sealed="", phone_sealed="")
    kinds = {DataKind.IDENTITY, DataKind.CONTACT, DataKind.WHEREABOUTS}

    referral = await scene.referral(await scene.refers(kinds=kinds))

    [ledger] = await scene.all(Provision)
    assert set(ledger.kinds) == {"identity", "risk"} == set(referral.kinds)


async def test_the_receiver_reads_what_the_preview_showed_though_the_case_changes(
    scene: ReferralScene,
) -> None:
    kinds = {DataKind.IDENTITY, DataKind.CONTACT, DataKind.WHEREABOUTS, DataKind.FAMILY}
    async with scene.work() as work:
        preview = await compose(work, scene.vault, [scene.case_id], kinds, "")
    referral_id = await scene.refers(kinds=kinds)
    await scene.change(CasePerson, "child", name_sealed="", phone_sealed="")

    handed = open_document(scene.vault, await scene.referral(referral_id))
    assert handed == preview
    assert [one.said for one in handed] == [NAME, NUMBER, STREET, "canary mother"]


async def test_what_nothing_carries_leaves_no_trace_of_a_referral(scene: ReferralScene) -> None:
    with pytest.raises(HandOverRefused, match="Name the consent"):
        await scene.refers(Grounds(basis=Basis.CONSENT))

    assert await scene.all(Referral) == []
    assert await scene.all(Provision) == []
    assert await scene.told() == []


async def test_under_14_a_guardian_is_needed(scene: ReferralScene) -> None:
    own = await scene.consents(age=ConsentAge.UNDER_14)
    with pytest.raises(HandOverRefused, match="guardian's consent is needed"):
        await scene.refers(own)

    mothers = await scene.consents(
        age=ConsentAge.UNDER_14,
        given_by=Giver.GUARDIAN,
        relation=GiverRelation.MOTHER,
        person_id="mother",
        opinion=Opinion.AGREES,
    )
    assert await scene.refers(mothers)


async def test_nothing_of_a_guardian_who_is_suspected_is_handed_over(scene: ReferralScene) -> None:
    await scene.change(CasePerson, "mother", suspected_abuser=True)

    with pytest.raises(Invalid, match="suspected of the harm"):
        await scene.refers(kinds={DataKind.FAMILY})


async def test_words_are_handed_over_only_where_there_are_some(scene: ReferralScene) -> None:
    with pytest.raises(Invalid, match="Write the reason"):
        await scene.refers(words=" ")


async def test_a_name_is_handed_over_only_where_the_case_has_one(scene: ReferralScene) -> None:
    await scene.change(CasePerson, "child", name_sealed="")

    with pytest.raises(Invalid, match="names nobody"):
        await scene.refers(kinds={DataKind.IDENTITY})


async def test_who_is_advised_goes_alone_and_nobody_is_told(scene: ReferralScene) -> None:
    async with scene.work() as work:
        referral = await advise(work, scene.act, scene.case_id, scene.new(place_id="advice"))

    row = await scene.referral(referral.id)
    assert (row.state, row.due_at, row.kinds, row.handed_sealed) == ("advised", None, [], "")
    assert await scene.all(Provision) == []
    await scene.looks()
    assert scene.texts.sent == []
    assert await scene.told() == ["referral.advised"]


async def test_a_place_that_takes_no_referrals_can_only_be_advised(scene: ReferralScene) -> None:
    with pytest.raises(Invalid, match="takes no referrals"):
        await scene.refers(place_id="advice")


async def test_a_place_that_left_the_directory_is_none(scene: ReferralScene) -> None:
    await scene.change(ReferralPlace, "clinic", active=False)

    with pytest.raises(Invalid, match="not in the directory"):
        await scene.refers()


async def test_nobody_is_referred_from_a_closed_case(scene: ReferralScene) -> None:
    async with scene.work() as work:
        await close_case(work, scene.act, scene.case_id, CaseEnd(CaseResult.SAFE, "safe"), looks=())

    with pytest.raises(IllegalMove):
        await scene.refers()


async def test_no_row_log_line_or_letter_of_it_holds_the_child(
    scene: ReferralScene, capsys: pytest.CaptureFixture[str]
) -> None:
    kinds = {DataKind.IDENTITY, DataKind.CONTACT, DataKind.WHEREABOUTS, DataKind.STORY}
    await scene.refers(kinds=kinds)
    await scene.looks()

    kept = [await scene.all(table) for table in (Referral, CaseEntry, Delivery, Provision)]
    logged = capsys.readouterr()
    everything = repr(kept) + repr(scene.texts.sent) + logged.out + logged.err
    for secret in (NAME, NUMBER, STREET, WORDS):
        assert secret not in everything


async def test_what_is_referred_in_place_of_a_declined_one_settles_that(
    scene: ReferralScene,
) -> None:
    first = await scene.refers()
    async with scene.work() as work:
        await decline(work, scene.of_receiver(), first, DeclineReason.FULL)

    second = await scene.refers(place_id="ward", instead_of=first)

    assert await scene.state(first) == ("settled", 2)
    assert (await scene.referral(second)).instead_of_id == first


async def test_only_what_was_declined_in_the_same_case_is_replaced(scene: ReferralScene) -> None:
    waiting = await scene.refers()
    with pytest.raises(Invalid, match="Only what a receiver declined"):
        await scene.refers(instead_of=waiting)

    async with scene.work() as work:
        await decline(work, scene.of_receiver(), waiting, DeclineReason.FULL)
    other = Case(number="7654321", line_id="12355", opened_as="by_hand", opened_by="system",
                 opened_at=scene.clock.now())  # fmt: skip
    await scene.add(other)
    await scene.change(Referral, waiting, case_id=other.id)
    with pytest.raises(Invalid, match="Only what a receiver declined"):
        await scene.refers(instead_of=waiting)


async def test_somebody_may_decide_that_no_other_place_is_needed(scene: ReferralScene) -> None:
    referral = await scene.refers()
    async with scene.work() as work:
        await decline(work, scene.of_receiver(), referral, DeclineReason.NOT_OURS, "x")
        await settle(work, scene.act, referral)

    row = await scene.referral(referral)
    assert (row.state, row.due_at, row.decline) == ("settled", None, "not_ours")


async def test_a_merged_case_is_told_in_the_one_that_stands(scene: ReferralScene) -> None:
    referral = await scene.refers()
    other = Case(number="7654321", line_id="12355", opened_as="by_hand", opened_by="system",
                 opened_at=scene.clock.now())  # fmt: skip
    await scene.add(other)
    await scene.change(Case, scene.case_id, merged_into_id=other.id)

    async with scene.work() as work:
        await decline(work, scene.of_receiver(), referral, DeclineReason.CLOSED)
        query = select(CaseEntry.case_id).where(CaseEntry.kind == "referral.declined")
        assert (await work.exec(query)).one() == other.id
