"""The legal basis of each hand-over; demands of the law are named in the docstrings."""

from typing import Any

import pytest

from hotline.errors import HandOverRefused, Invalid
from hotline.handovers import provision
from hotline.handovers.consents import is_live, withdraw
from hotline.handovers.guardians import block, lift
from hotline.handovers.model import (
    Article,
    Basis,
    ConsentAge,
    DataKind,
    Purpose,
    RecipientKind,
    WithdrawnWho,
)
from hotline.handovers.queries import still_stands
from hotline.storage.tables import Provision, Staff
from tests.hotline.handovers.conftest import LI, HandoverScene

pytestmark = pytest.mark.anyio
B = Basis


async def refused(scene: HandoverScene, why: str, *what: Any, **other: Any) -> None:
    with pytest.raises(HandOverRefused) as fault:
        await scene.hand_over(*what, **other)
    assert fault.value.facts == {"reason": why}
    assert await scene.all(Provision) == []


async def test_a_consent_carries_what_it_names_and_stands_in_the_ledger(
    scene: HandoverScene,
) -> None:
    """PIPL §23: recipient, purpose and kinds; 网络数据安全管理条例 §12: written down."""
    consent = await scene.given(scene.said())

    await scene.hand_over(B.CONSENT, consent)

    [kept] = await scene.all(Provision)
    assert (kept.recipient, kept.purpose, kept.kinds) == ("第一中学", "support", ["identity"])
    assert (kept.basis, kept.consent_id, kept.tell_due_at) == ("consent", consent.id, None)


@pytest.mark.parametrize(
    "beyond",
    [
        {"to": RecipientKind.HOSPITAL},
        {"purpose": Purpose.TREATMENT},
        {"kinds": [DataKind.IDENTITY, DataKind.STORY]},
    ],
)
async def test_another_body_purpose_or_kind_than_was_agreed_to_is_refused(
    scene: HandoverScene, beyond: dict[str, Any]
) -> None:
    """PIPL §23."""
    consent = await scene.given(scene.said())
    await refused(scene, "too_far", B.CONSENT, consent, **beyond)


async def test_a_hand_over_without_what_its_basis_needs_is_refused(scene: HandoverScene) -> None:
    await refused(scene, "no_consent", B.CONSENT)
    await refused(scene, "no_consent", B.GUARDIAN_CONSENT)
    await refused(scene, "no_article", B.STATUTORY_DUTY)
    await refused(scene, "no_emergency", B.EMERGENCY)
    await refused(scene, "no_data", B.STATUTORY_DUTY, kinds=[])
    await refused(scene, "no_body", B.STATUTORY_DUTY, recipient=" ")


@pytest.mark.parametrize("age", [ConsentAge.UNDER_14, ConsentAge.UNKNOWN])
async def test_the_consent_of_a_child_under_14_or_of_unknown_age_needs_a_guardians(
    scene: HandoverScene, age: ConsentAge
) -> None:
    """PIPL §28–31."""
    consent = await scene.given(scene.said(age=age))
    await refused(scene, "guardian_first", B.CONSENT, consent)
    await refused(scene, "guardian_first", B.GUARDIAN_CONSENT, consent)


async def test_a_guardians_consent_carries_it_for_a_child_under_14(scene: HandoverScene) -> None:
    """PIPL §28–31."""
    consent = await scene.given(scene.by_mother())
    await refused(scene, "not_the_persons", B.CONSENT, consent)
    assert (await scene.hand_over(B.GUARDIAN_CONSENT, consent)).basis == "guardian_consent"


async def test_a_statutory_duty_needs_no_consent(scene: HandoverScene) -> None:
    """PIPL §13(3)."""
    made = await scene.hand_over(B.STATUTORY_DUTY, article=Article.MINORS_11)
    assert (made.article, made.tell_due_at, made.consent_id) == ("minors_11", None, None)


async def test_an_emergency_needs_a_flag_of_danger_and_somebody_owes_the_telling(
    scene: HandoverScene,
) -> None:
    """PIPL §13(4) and §18."""
    escalation = await scene.escalation()
    made = await scene.hand_over(B.EMERGENCY, escalation_id=escalation.id, supervisor_id="su")
    assert (made.urgency, made.supervisor_id) == ("imminent", None)
    assert made.tell_due_at == scene.clock.now() + provision.TELL_WITHIN


async def test_an_emergency_may_stand_on_the_word_of_a_supervisor_and_of_nobody_else(
    scene: HandoverScene,
) -> None:
    await refused(scene, "no_emergency", B.EMERGENCY, supervisor_id="li")
    await refused(scene, "no_emergency", B.EMERGENCY, supervisor_id="nobody")
    made = await scene.hand_over(B.EMERGENCY, supervisor_id="su")
    assert (made.urgency, made.supervisor_id) == ("supervisor", "su")

    await scene.change(Staff, "su", active=False)
    with pytest.raises(Invalid):
        await scene.hand_over(B.EMERGENCY, supervisor_id="su")


async def test_what_stood_on_a_consent_ends_when_it_is_withdrawn_and_stays_in_the_ledger(
    scene: HandoverScene,
) -> None:
    """PIPL §15 with §23: withdrawal does not reach back."""
    consent = await scene.given(scene.said())
    made = await scene.hand_over(B.CONSENT, consent)
    async with scene.work() as work:
        assert await still_stands(work, made.id)
        scene.later(days=1)
        now = scene.clock.now()
        await withdraw(work, consent.id, who=WithdrawnWho.GIVER, withdrawn_at=now, by=LI, at=now)

    async with scene.work() as work:
        assert not await still_stands(work, made.id)
        assert not await is_live(work, consent.id)
    assert len(await scene.all(Provision)) == 1
    with pytest.raises(Invalid, match="withdrawn"):
        await scene.hand_over(B.CONSENT, consent)


async def test_a_guardian_who_is_suspected_cannot_consent_and_the_other_one_can(
    scene: HandoverScene,
) -> None:
    fathers = scene.by_mother(person_id="father", relation="father", giver_index="index of father")
    by_father, by_mother = await scene.given(fathers), await scene.given(scene.by_mother())
    made = await scene.hand_over(B.GUARDIAN_CONSENT, by_father)
    async with scene.work() as work:
        await block(
            work, case_id=scene.case_id, person_id="father", number_index="", by=LI,
            at=scene.clock.now(),
        )  # fmt: skip

    with pytest.raises(HandOverRefused) as fault:
        await scene.hand_over(B.GUARDIAN_CONSENT, by_father)
    assert fault.value.facts == {"reason": "suspected"}
    async with scene.work() as work:
        assert not await still_stands(work, made.id)
    await scene.hand_over(B.GUARDIAN_CONSENT, by_mother)

    async with scene.work() as work:
        await lift(work, "father", by=LI, at=scene.clock.now())
    await scene.hand_over(B.GUARDIAN_CONSENT, by_father)


async def test_the_consent_of_another_case_carries_nothing_unless_both_are_read_together(
    scene: HandoverScene,
) -> None:
    consent = await scene.given(scene.said(case_id=None, call_id="call"))
    await refused(scene, "another_case", B.CONSENT, consent)
    await scene.hand_over(B.CONSENT, consent, together=[scene.case_id, "call"])


async def test_what_is_handed_over_twice_under_one_key_stands_there_once(
    scene: HandoverScene,
) -> None:
    first = await scene.hand_over(B.STATUTORY_DUTY, article=Article.MINORS_11, once="station of it")
    again = await scene.hand_over(B.STATUTORY_DUTY, article=Article.MINORS_11, once="station of it")
    assert first.id == again.id
    assert len(await scene.all(Provision)) == 1


async def test_a_hand_over_that_nothing_carries_leaves_no_row_even_next_to_one_that_stands(
    scene: HandoverScene,
) -> None:
    await scene.hand_over(B.STATUTORY_DUTY, article=Article.ONLINE_38)
    with pytest.raises(Invalid):
        await scene.hand_over(B.CONSENT)
    assert len(await scene.all(Provision)) == 1
