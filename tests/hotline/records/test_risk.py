"""The level of a risk: up at once, down only by a supervisor, and every step is kept."""

from datetime import timedelta

import pytest
from sqlmodel import col, select

from hotline.errors import Forbidden, IllegalMove, Invalid
from hotline.records import risk as levels
from hotline.records.risk import LevelDown, LoweringAnswer
from hotline.records.risk_queries import standing_of, steps_of
from hotline.risk.instruments import instrument_of
from hotline.risk.levels import Risk
from hotline.risk.scoring import Answers
from hotline.storage.tables import RiskAssessment, RiskLowering, Staff
from tests.fakes import NOON
from tests.hotline.records.conftest import RecordsScene, draft

pytestmark = pytest.mark.anyio


@pytest.fixture(autouse=True)
async def he(scene: RecordsScene) -> None:
    """A supervisor."""
    await scene.add(Staff(id="he", username="he", name="He", password_hash=""))


LOW: Answers = {"q1": "yes", "q2": "no", "q6": "never"}
HIGH: Answers = {"q1": "yes", "q2": "no", "q6": "past_3_months"}


async def chooses(scene: RecordsScene, level: Risk, by: str = "li", *, later_s: float = 0) -> None:
    at = NOON + timedelta(seconds=later_s)
    async with scene.work() as work:
        await levels.raise_level(work, "c1", level, by=by, at=at)


async def fills_in(scene: RecordsScene, answers: Answers, *, later_s: float = 0) -> None:
    filled, at = (instrument_of("c_ssrs_screener", 1), answers), NOON + timedelta(seconds=later_s)
    async with scene.work() as work:
        await levels.keep_assessment(work, scene.vault, "c1", filled, by="li", at=at)


async def lowers(
    scene: RecordsScene, level: Risk, by: str = "li", *, reason: str = "他睡了", boss: bool = False
) -> bool:
    """Whether it is lower by now, and nobody has to be asked."""
    down = LevelDown(level=level, reason=reason, by=by, as_supervisor=boss)
    async with scene.work() as work:
        return await levels.lower_level(work, scene.vault, "c1", down, at=NOON) is not None


async def answers_it(scene: RecordsScene, by: str, *, yes: bool) -> None:
    said = LoweringAnswer(granted=yes, words="听过录音", by=by)
    async with scene.work() as work:
        await levels.answer_lowering(work, scene.vault, "c1", said, at=NOON)


async def takes_back(scene: RecordsScene, by: str = "li", *, later_s: float) -> None:
    async with scene.work() as work:
        await levels.take_back(work, "c1", by=by, at=NOON + timedelta(seconds=later_s))


async def level_now(scene: RecordsScene) -> str:
    async with scene.work() as work:
        return (await standing_of(work, "c1")).level


async def test_the_record_raises_the_level_and_never_lowers_it(scene: RecordsScene) -> None:
    await scene.saves(draft(risk=Risk.HIGH))

    saved = await scene.saves(draft("另一段。", risk=Risk.NOT_ASSESSED), by="chen")

    assert (saved.risk, saved.narrative) == ("high", "另一段。"), "the words are kept all the same"
    assert await level_now(scene) == "high"


async def test_a_level_that_rose_elsewhere_is_in_the_record_without_a_new_version(
    scene: RecordsScene,
) -> None:
    await scene.saves(draft(risk=Risk.LOW))

    await chooses(scene, Risk.HIGH, by="he")

    assert ((await scene.kept()).risk, (await scene.kept()).version) == ("high", 1)


async def test_an_instrument_raises_the_level_and_does_not_lower_it(scene: RecordsScene) -> None:
    await fills_in(scene, HIGH)
    await fills_in(scene, LOW)

    assert await level_now(scene) == "high"
    async with scene.work() as work:
        steps = await steps_of(work, scene.vault, "c1")
        rows = (await work.exec(select(RiskAssessment))).all()
    assert [(step.found, step.level, dict(step.answers)) for step in steps] == [
        ("low", "high", LOW),
        ("high", "high", HIGH),
    ]
    assert not any("past_3_months" in row.answers_sealed for row in rows)


async def test_below_what_was_computed_a_supervisor_is_asked_and_the_level_stays(
    scene: RecordsScene,
) -> None:
    await fills_in(scene, HIGH)

    assert not await lowers(scene, Risk.MODERATE)
    assert await level_now(scene) == "high"
    await answers_it(scene, "he", yes=True)

    assert await level_now(scene) == "moderate"
    async with scene.work() as work:
        newest = (await steps_of(work, scene.vault, "c1"))[0]
    assert (newest.kind, newest.by, newest.approved_by, newest.reason) == (
        "lowered", "Li", "He", "他睡了",
    )  # fmt: skip


async def test_a_level_chosen_by_ear_holds_as_long_as_nothing_was_computed(
    scene: RecordsScene,
) -> None:
    await chooses(scene, Risk.MODERATE)

    assert not await lowers(scene, Risk.LOW)


async def test_down_to_what_was_computed_one_goes_oneself_with_a_reason(
    scene: RecordsScene,
) -> None:
    await fills_in(scene, LOW)
    await chooses(scene, Risk.MODERATE)

    assert await lowers(scene, Risk.LOW)
    assert not await lowers(scene, Risk.NONE)
    assert await level_now(scene) == "low"


async def test_half_an_instrument_is_no_proof_that_a_level_was_too_high(
    scene: RecordsScene,
) -> None:
    await chooses(scene, Risk.MODERATE)
    await fills_in(scene, {"q1": "yes"})

    assert not await lowers(scene, Risk.LOW)


async def test_a_supervisor_lowers_at_once_and_says_why(scene: RecordsScene) -> None:
    await fills_in(scene, HIGH)

    with pytest.raises(Invalid):
        await lowers(scene, Risk.LOW, "he", reason=" ", boss=True)
    assert await lowers(scene, Risk.LOW, "he", boss=True)

    assert await level_now(scene) == "low"


async def test_nobody_answers_what_they_asked_for_themselves(scene: RecordsScene) -> None:
    await fills_in(scene, HIGH)
    await lowers(scene, Risk.LOW, "he")

    with pytest.raises(Forbidden):
        await answers_it(scene, "he", yes=True)

    assert await level_now(scene) == "high"


async def test_a_no_leaves_the_level_and_a_rise_overtakes_the_request(
    scene: RecordsScene,
) -> None:
    await fills_in(scene, HIGH)
    await lowers(scene, Risk.LOW)
    await answers_it(scene, "he", yes=False)
    await lowers(scene, Risk.NONE)
    await chooses(scene, Risk.IMMINENT)

    async with scene.work() as work:
        query = select(RiskLowering.state).order_by(col(RiskLowering.level))
        assert (await work.exec(query)).all() == ["refused", "overtaken"]
    assert await level_now(scene) == "imminent"


async def test_a_mis_click_is_taken_back_by_the_same_person_within_ten_seconds(
    scene: RecordsScene,
) -> None:
    await scene.saves(draft(risk=Risk.LOW))
    await chooses(scene, Risk.IMMINENT, later_s=60)

    await takes_back(scene, later_s=70)

    assert (await level_now(scene), (await scene.kept()).risk) == ("low", "low")
    assert ("risk.taken_back", "li") in await scene.traces()


@pytest.mark.parametrize(("by", "later_s"), [("li", 11), ("he", 5)])
async def test_it_is_not_taken_back_later_or_by_another(
    scene: RecordsScene, by: str, later_s: float
) -> None:
    await chooses(scene, Risk.IMMINENT)

    with pytest.raises(IllegalMove):
        await takes_back(scene, by, later_s=later_s)

    assert await level_now(scene) == "imminent"


async def test_what_a_flag_said_holds_like_what_was_computed(scene: RecordsScene) -> None:
    await fills_in(scene, LOW)
    async with scene.work() as work:
        await levels.raise_level(work, "c1", Risk.HIGH, by="li", kind="flagged", at=NOON)

    assert not await lowers(scene, Risk.MODERATE)
