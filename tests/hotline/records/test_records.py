"""A record is sealed, replaced by saving again, and whoever writes or reads it leaves a trace."""

from datetime import timedelta

import pytest
from sqlmodel import col, select

from hotline.calls.model import CallState
from hotline.records.model import ContactType, Disposition, Draft, Opened, Risk, Topic
from hotline.records.queries import narrative_place, opened, read_record
from hotline.records.service import save_record
from hotline.storage.session import Database
from hotline.storage.tables import CallEntry, Record
from hotline.storage.vault import SealBroken, Vault, make_key
from tests.fakes import NOON
from tests.hotline.calls.conftest import CallsScene

pytestmark = pytest.mark.anyio

STORY = "他说家里很吵。"
VAULT = Vault(make_key())


def draft(narrative: str = STORY, *, risk: Risk = Risk.LOW) -> Draft:
    """What li writes."""
    return Draft(
        contact_type=ContactType.SELF,
        topics=(Topic.FAMILY, Topic.STUDY),
        risk=risk,
        disposition=Disposition.LISTENED,
        follow_up=True,
        narrative=narrative,
    )


@pytest.fixture
async def scene(database: Database) -> CallsScene:
    """A call that is over."""
    made = CallsScene(database)
    await made.furnish()
    await made.call(CallState.ENDED, counselor_id="li")
    return made


async def save(scene: CallsScene, what: Draft, by: str = "li", *, later_s: float = 0) -> None:
    async with scene.work() as work:
        await save_record(work, VAULT, "c1", by, what, at=NOON + timedelta(seconds=later_s))


async def traces(scene: CallsScene) -> list[tuple[str, str | None]]:
    """Who did what with the record, in order."""
    async with scene.work() as work:
        query = select(CallEntry.kind, CallEntry.staff_id).order_by(col(CallEntry.id))
        return list((await work.exec(query)).all())


async def read(scene: CallsScene, reader: str) -> Opened | None:
    async with scene.work() as work:
        return await read_record(work, VAULT, "c1", reader=reader, at=NOON)


async def kept(scene: CallsScene) -> Record:
    async with scene.work() as work:
        return await work.get_one(Record, "c1")


async def test_the_narrative_is_sealed_for_its_own_call_only(scene: CallsScene) -> None:
    await save(scene, draft())

    row = await kept(scene)
    assert STORY not in row.narrative_sealed
    assert VAULT.open(row.narrative_sealed, place=narrative_place("c1")) == STORY
    with pytest.raises(SealBroken):
        VAULT.open(row.narrative_sealed, place=narrative_place("c2"))


async def test_what_was_saved_is_what_is_read(scene: CallsScene) -> None:
    await save(scene, draft())

    assert await read(scene, "he") == Opened(
        contact_type="self",
        topics=("family", "study"),
        risk="low",
        disposition="listened",
        follow_up=True,
        narrative=STORY,
        saved_at=NOON,
    )


async def test_saving_again_replaces_it_and_keeps_who_wrote_it_first(scene: CallsScene) -> None:
    await save(scene, draft())

    await save(scene, draft("另一段。", risk=Risk.HIGH), by="chen", later_s=60)

    row = await kept(scene)
    assert (row.staff_id, row.risk) == ("li", "high")
    assert opened(row, VAULT).narrative == "另一段。"
    assert row.saved_at == NOON + timedelta(seconds=60)


async def test_writing_changing_by_another_and_reading_leave_a_trace(scene: CallsScene) -> None:
    await save(scene, draft())
    await save(scene, draft("还是我。"))
    await save(scene, draft("换了人。"), by="chen")
    await read(scene, "he")

    assert await traces(scene) == [
        ("record.written", "li"),
        ("record.changed", "chen"),
        ("record.read", "he"),
    ]


async def test_where_nobody_wrote_one_there_is_nothing_to_read_and_no_trace(
    scene: CallsScene,
) -> None:
    assert await read(scene, "he") is None
    assert await traces(scene) == []
