"""The plan of a case: what is next, what is late, what is over."""

from datetime import date, timedelta

import pytest

from hotline.cases.plan import (
    StepChange,
    StepSeen,
    add_step,
    change_step,
    drop_step,
    finish_step,
    plan_of,
)
from hotline.cases.queries import together
from hotline.errors import CaseRefused, Invalid, NotFound
from hotline.i18n.catalog import HERE
from hotline.storage.tables import CaseStep
from tests.hotline.cases.conftest import Casework

pytestmark = pytest.mark.anyio


def in_days(casework: Casework, days: int) -> date:
    return (casework.scene.clock.now().astimezone(HERE) + timedelta(days=days)).date()


async def step(casework: Casework, words: str, days: int | None = None) -> str:
    due = None if days is None else in_days(casework, days)
    async with casework.scene.work() as work:
        return (await add_step(work, casework.act(), casework.case_id, words, due)).id


async def plan(casework: Casework, *, opened: bool = True) -> list[StepSeen]:
    async with casework.scene.work() as work:
        ids = await together(work, casework.case_id)
        vault = casework.scene.vault if opened else None
        return list(await plan_of(work, ids, at=casework.scene.clock.now(), vault=vault))


async def test_what_is_due_first_stands_first_and_what_is_late_is_marked(
    casework: Casework,
) -> None:
    await step(casework, "some day")
    await step(casework, "next week", 7)
    await step(casework, "yesterday", -1)
    await step(casework, "today", 0)

    assert [(one.words, one.late) for one in await plan(casework)] == [
        ("yesterday", True),
        ("today", False),
        ("next week", False),
        ("some day", False),
    ]


async def test_its_words_are_sealed_and_shown_only_to_who_opens_them(casework: Casework) -> None:
    key = await step(casework, "visit 王小明", 1)

    assert "王小明" not in str((await casework.get(CaseStep, key)).model_dump())
    assert "王小明" not in await casework.written()
    [closed] = await plan(casework, opened=False)
    assert (closed.words, closed.due_on) == (None, in_days(casework, 1))


async def test_what_is_done_or_dropped_comes_after_what_is_to_do_the_last_first(
    casework: Casework,
) -> None:
    first, second, third = [await step(casework, word, 1) for word in ("a", "b", "c")]
    async with casework.scene.work() as work:
        await finish_step(work, casework.act(), (casework.case_id, first), "went well")
    casework.scene.clock.advance(60)
    async with casework.scene.work() as work:
        await drop_step(work, casework.act(), (casework.case_id, third), "not needed")

    seen = await plan(casework)
    assert [(one.words, one.is_open) for one in seen] == [("b", True), ("c", False), ("a", False)]
    assert seen[0].id == second
    assert seen[2].done_by == "staff:li"
    assert "went well" not in await casework.written()


async def test_done_twice_is_done_once_and_what_was_dropped_is_not_done(casework: Casework) -> None:
    done, dropped = await step(casework, "a"), await step(casework, "b")
    for _ in range(2):
        async with casework.scene.work() as work:
            await finish_step(work, casework.act(), (casework.case_id, done), "")
    async with casework.scene.work() as work:
        await drop_step(work, casework.act(), (casework.case_id, dropped), "no")

    assert len(await casework.told("case.step_done")) == 1
    async with casework.scene.work() as work:
        with pytest.raises(CaseRefused):
            await finish_step(work, casework.act(), (casework.case_id, dropped), "")
        with pytest.raises(CaseRefused):
            await drop_step(work, casework.act(), (casework.case_id, done), "no")


async def test_another_day_or_other_words_are_told_as_fields(casework: Casework) -> None:
    key = await step(casework, "a", 1)
    later = in_days(casework, 3)

    async with casework.scene.work() as work:
        change = StepChange(words="b", due_on=later, based_on=0)
        await change_step(work, casework.act(), (casework.case_id, key), change)

    [told] = await casework.told("case.step_changed")
    assert (told["fields"], told["due_on"]) == (["words", "due_on"], later.isoformat())
    async with casework.scene.work() as work:
        old = StepChange(words="c", due_on=later, based_on=0)
        with pytest.raises(CaseRefused):
            await change_step(work, casework.act(), (casework.case_id, key), old)
    async with casework.scene.work() as work:
        same = StepChange(words=None, due_on=later, based_on=0)
        assert (await change_step(work, casework.act(), (casework.case_id, key), same)).version == 1


async def test_a_step_says_what_is_to_be_done_and_is_of_this_case(casework: Casework) -> None:
    key, other = await step(casework, "a"), await casework.another("other")

    async with casework.scene.work() as work:
        with pytest.raises(Invalid):
            await add_step(work, casework.act(), casework.case_id, " ", None)
        with pytest.raises(Invalid):
            await drop_step(work, casework.act(), (casework.case_id, key), " ")
        with pytest.raises(NotFound):
            await finish_step(work, casework.act(), (other, key), "")
