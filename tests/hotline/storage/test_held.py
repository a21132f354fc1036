"""What a hold holds: the call itself, or every call of the case and of those merged with it."""

from typing import Any

import pytest
from sqlalchemy import text
from sqlmodel import col, select

from hotline.storage.held import HELD_CALLS, is_call_held
from hotline.storage.session import Database
from hotline.storage.tables import Call, Case, CaseLink, Escalation, LegalHold, Line, Staff, Station
from tests.fakes import NOON
from tests.hotline.rows import StoredScene

pytestmark = pytest.mark.anyio

CASES = ("oldest", "older", "newest", "other")


class HeldScene(StoredScene):
    """Four cases with a call each, of which `oldest` went into `older`, and that into `newest`."""

    def __init__(self, database: Database) -> None:
        self.database = database

    async def furnish(self) -> None:
        await self.add(
            Line(id="youth", name="青少年", name_en="Youth", number_shown="1"),
            Staff(id="he", username="he", name="He", password_hash=""),
            Station(id="tianhe", name="天河", name_en="Tianhe", division="440106", phone="1"),
        )
        for number, key in enumerate(CASES):
            await self.add(
                Call(id=f"of_{key}", carrier_sid=key, line_id="youth", state="ended",
                     arrived_at=NOON, heard_at=NOON),
                Case(id=key, number=str(number), line_id="youth", opened_as="high",
                     opened_by="system", opened_at=NOON),
                CaseLink(id=key, case_id=key, kind="call", subject_id=f"of_{key}", by="system",
                         at=NOON),
            )  # fmt: skip
        await self.change(Case, "oldest", merged_into_id="older")
        await self.change(Case, "older", merged_into_id="newest")

    async def holds(self, kind: str, key: str, **values: Any) -> None:
        await self.add(
            LegalHold(line_id="youth", subject_kind=kind, subject_id=key, by="he", at=NOON,
                      review_on=NOON.date(), **values)
        )  # fmt: skip

    async def held(self) -> set[str]:
        """By the list; and each call asked for by itself says the same."""
        async with self.database.work() as work:
            listed = select(Call.id).where(col(Call.id).in_(HELD_CALLS))
            found = set((await work.exec(listed)).all())
            for key in CASES:
                assert await is_call_held(work, f"of_{key}") == (f"of_{key}" in found)
        return found


@pytest.fixture
async def scene(database: Database) -> HeldScene:
    made = HeldScene(database)
    await made.furnish()
    return made


async def test_a_hold_of_a_call_holds_this_call_alone(scene: HeldScene) -> None:
    await scene.holds("call", "of_older")

    assert await scene.held() == {"of_older"}


@pytest.mark.parametrize("case", ["oldest", "older", "newest"])
async def test_a_hold_of_a_case_holds_the_calls_of_all_that_are_one_with_it(
    scene: HeldScene, case: str
) -> None:
    await scene.holds("case", case)

    assert await scene.held() == {"of_oldest", "of_older", "of_newest"}


async def test_a_hold_that_was_lifted_holds_nothing(scene: HeldScene) -> None:
    await scene.holds("call", "of_older", lifted_at=NOON)
    await scene.holds("case", "newest", lifted_at=NOON)

    assert await scene.held() == set()


async def test_a_call_that_was_taken_out_of_a_held_case_is_held_no_longer(
    scene: HeldScene,
) -> None:
    await scene.holds("case", "newest")
    await scene.change(CaseLink, "older", ended_at=NOON)

    assert await scene.held() == {"of_oldest", "of_newest"}


async def test_a_call_whose_flag_belongs_to_a_held_case_is_held(scene: HeldScene) -> None:
    await scene.holds("case", "newest")
    await scene.add(
        Escalation(id="flag", number="1", call_id="of_other", station_id="tianhe", level="high",
                   next_due_at=NOON, created_at=NOON),
        CaseLink(case_id="older", kind="escalation", subject_id="flag", by="system", at=NOON),
    )  # fmt: skip

    assert "of_other" in await scene.held()


async def test_a_ring_of_merged_cases_does_not_go_on_for_ever(scene: HeldScene) -> None:
    await scene.holds("case", "older")
    async with scene.database.work() as work:
        ring = text("update care_case set merged_into_id = 'oldest' where id = 'newest'")
        await work.sql(ring, {})

    assert await scene.held() == {"of_oldest", "of_older", "of_newest"}
