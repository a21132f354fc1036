"""What makes a consent one, and how it ends."""

from datetime import timedelta
from typing import Any

import pytest

from hotline.errors import HandOverRefused, IllegalMove, Invalid, NotFound
from hotline.handovers.consents import live_consents, withdraw
from hotline.handovers.guardians import block
from hotline.handovers.model import (
    ConsentAge,
    GivenHow,
    GiverRelation,
    Opinion,
    Scope,
    WithdrawnWho,
)
from hotline.handovers.queries import consents_of
from hotline.storage.sealed import open_cell
from hotline.storage.tables import DataConsent
from tests.hotline.handovers.conftest import LI, WORDS, HandoverScene

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        ({"said_in_id": None}, "which_call"),
        ({"scope": Scope.of([], ["support"], ["risk"])}, "no_scope"),
        ({"scope": Scope.of(["school"], [], ["risk"])}, "no_scope"),
        ({"scope": Scope.of(["school"], ["support"], [])}, "no_scope"),
        ({"relation": GiverRelation.MOTHER}, "wrong_self"),
    ],
)
async def test_a_consent_says_how_and_how_far(
    scene: HandoverScene, wrong: dict[str, Any], why: str
) -> None:
    with pytest.raises(HandOverRefused) as fault:
        await scene.given(scene.said(**wrong))
    assert fault.value.facts == {"reason": why}
    assert await scene.all(DataConsent) == []


async def test_nobody_has_consented_in_the_future(scene: HandoverScene) -> None:
    with pytest.raises(Invalid):
        await scene.given(scene.said(given_at=scene.clock.now() + timedelta(seconds=1)))


async def test_the_childs_own_opinion_is_recorded_beside_a_guardians_consent(
    scene: HandoverScene,
) -> None:
    """未成年人保护法 §4: hear the minor's opinion; it is sealed."""
    with pytest.raises(HandOverRefused) as fault:
        await scene.given(scene.by_mother(opinion=None))
    assert fault.value.facts == {"reason": "not_heard"}
    with pytest.raises(HandOverRefused) as fault:
        await scene.given(scene.by_mother(opinion=Opinion.NOT_ASKED, opinion_words=" "))
    assert fault.value.facts == {"reason": "why_not_asked"}

    kept = await scene.given(scene.by_mother(opinion=Opinion.OBJECTS))
    assert WORDS not in kept.opinion_sealed
    assert open_cell(scene.vault, kept, "opinion_sealed") == WORDS
    assert kept.opinion == "objects"


async def test_a_consent_in_writing_needs_no_call(scene: HandoverScene) -> None:
    kept = await scene.given(scene.said(how=GivenHow.WRITTEN, said_in_id=None))
    assert kept.said_in_id is None


async def test_a_consent_ends_once_and_by_somebody(scene: HandoverScene) -> None:
    consent = await scene.given(scene.by_mother())
    at, when = scene.clock.now(), scene.clock.now()

    async def taken_back(key: str, said_at: Any) -> None:
        async with scene.work() as work:
            await withdraw(
                work, key, who=WithdrawnWho.OTHER_GUARDIAN, withdrawn_at=said_at, by=LI, at=at
            )

    with pytest.raises(NotFound):
        await taken_back("none", when)
    with pytest.raises(Invalid):
        await taken_back(consent.id, when + timedelta(seconds=1))
    with pytest.raises(Invalid):
        await taken_back(consent.id, when - timedelta(seconds=1))
    await taken_back(consent.id, when)
    with pytest.raises(IllegalMove):
        await taken_back(consent.id, when)
    [kept] = await scene.all(DataConsent)
    assert (kept.withdrawn_who, kept.withdrawn_by) == ("other_guardian", "staff:li")


async def test_what_lives_leaves_out_what_carries_nothing(scene: HandoverScene) -> None:
    lives = await scene.given(scene.by_mother())
    await scene.given(scene.said(age=ConsentAge.UNDER_14))
    of_call = await scene.given(scene.said(case_id=None, call_id="call"))
    of_father = scene.by_mother(person_id=None, giver_index="index of father")
    suspected = await scene.given(of_father)
    async with scene.work() as work:
        await block(
            work, case_id=scene.case_id, person_id="father", number_index="index of father", by=LI,
            at=scene.clock.now(),
        )  # fmt: skip

    async with scene.work() as work:
        assert [one.id for one in await live_consents(work, scene.case_id)] == [lives.id]
        found = await live_consents(work, scene.case_id, calls=["call"])
        assert {one.id for one in found} == {lives.id, of_call.id}
        everything = await consents_of(work, [scene.case_id], ["call"])
        assert suspected.id in {one.id for one in everything}
