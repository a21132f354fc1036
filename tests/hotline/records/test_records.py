"""A record is sealed, replaced by saving again, and whoever writes or reads it leaves a trace."""

import asyncio
from datetime import timedelta

import pytest
from sqlmodel import col, select

from hotline.calls.service import lock_call
from hotline.errors import RecordChanged
from hotline.records.model import ContactType, Disposition, Opened
from hotline.records.queries import opened, read_version, versions_of
from hotline.records.service import save_record
from hotline.risk.levels import Risk
from hotline.storage.news import Change, changes_on, listen
from hotline.storage.sealed import place_in
from hotline.storage.tables import Call, CallEntry, Record, RecordVersion
from hotline.storage.vault import SealBroken, Vault, make_key
from tests.fakes import NOON
from tests.hotline.locks import somebody_waits_for_a_lock
from tests.hotline.records.conftest import STORY, RecordsScene, draft

pytestmark = pytest.mark.anyio


# ── what is kept ────────────────────────────────────────────────────────────────────────────────


async def test_the_narrative_is_sealed_for_its_own_call_only(scene: RecordsScene) -> None:
    await scene.saves(draft())

    row = await scene.kept()
    assert STORY not in row.narrative_sealed
    assert (
        scene.vault.open(
            row.narrative_sealed, place=place_in(Record, "narrative_sealed", call_id="c1")
        )
        == STORY
    )
    with pytest.raises(SealBroken):
        scene.vault.open(
            row.narrative_sealed, place=place_in(Record, "narrative_sealed", call_id="c2")
        )


async def test_a_narrative_that_was_put_into_another_call_does_not_open(
    scene: RecordsScene,
) -> None:
    other = Call(
        id="c2", carrier_sid="CA2", line_id="youth", state="ended", arrived_at=NOON, heard_at=NOON
    )
    await scene.add(other)
    await scene.saves(draft(), call="c2")
    await scene.saves(draft("整段故事。"))
    async with scene.work() as work:
        row = await scene.kept()
        row.narrative_sealed = (await scene.kept("c2")).narrative_sealed
        await work.merge(row)

    with pytest.raises(SealBroken):
        await scene.reads("he")

    assert await scene.traces() == [("record.written", "li"), ("record.written", "li")]


async def test_a_record_that_an_older_key_sealed_still_opens_and_a_stranger_s_key_opens_none(
    scene: RecordsScene,
) -> None:
    old, new = make_key(), make_key()
    scene.vault = Vault(old)
    await scene.saves(draft())

    scene.vault = Vault(f"{new},{old}")
    read = await scene.reads("li")
    scene.vault = Vault(new)

    assert read is not None
    assert read.narrative == STORY
    with pytest.raises(SealBroken):
        await scene.reads("li")


async def test_what_was_saved_is_what_is_read(scene: RecordsScene) -> None:
    saved = await scene.saves(draft())

    read = await scene.reads("he", later_s=60)

    assert read == saved
    assert read == Opened(
        contact_type="self",
        topics=("family", "study"),
        risk="low",
        disposition="listened",
        follow_up=True,
        narrative=STORY,
        saved_at=NOON,
        version=1,
    )


async def test_a_record_without_a_story_is_kept_as_one(scene: RecordsScene) -> None:
    silent = draft("", contact_type=ContactType.SILENT, topics=())

    saved = await scene.saves(silent)

    assert (saved.contact_type, saved.topics, saved.narrative) == ("silent", (), "")
    assert (await scene.kept()).narrative_sealed == ""


async def test_saving_again_replaces_it_and_keeps_who_wrote_it_first(scene: RecordsScene) -> None:
    await scene.saves(draft())

    await scene.saves(draft("另一段。", risk=Risk.HIGH), by="chen", later_s=60)

    row = await scene.kept()
    assert (row.staff_id, row.risk) == ("li", "high")
    assert opened(row, scene.vault).narrative == "另一段。"
    assert row.saved_at == NOON + timedelta(seconds=60)


async def test_nothing_of_what_was_saved_before_is_left_over(scene: RecordsScene) -> None:
    await scene.saves(draft())

    await scene.saves(
        draft(
            "",
            contact_type=ContactType.TEST,
            topics=(),
            risk=Risk.NONE,  # only a supervisor lowers it: see test_risk
            disposition=Disposition.NO_COUNSELLING,
            follow_up=False,
        )
    )

    assert await scene.reads("li") == Opened(
        contact_type="test",
        topics=(),
        risk="low",
        disposition="no_counselling",
        follow_up=False,
        narrative="",
        saved_at=NOON,
        version=2,
    )


async def test_two_who_save_at_once_make_one_record_and_the_later_one_stands(
    scene: RecordsScene,
) -> None:
    async def saves_holding_the_call(what: str, by: str) -> None:
        async with scene.work() as work:
            await lock_call(work, "c1")
            await save_record(work, scene.vault, "c1", by, draft(what), at=NOON)

    async with scene.work() as work:
        await lock_call(work, "c1")
        later = asyncio.create_task(saves_holding_the_call("后写的。", "chen"))
        await somebody_waits_for_a_lock(scene.database)
        await save_record(work, scene.vault, "c1", "li", draft("先写的。"), at=NOON)
    await later

    row = await scene.kept()
    assert (row.staff_id, opened(row, scene.vault).narrative) == ("li", "后写的。")
    assert await scene.traces() == [("record.written", "li"), ("record.changed", "chen")]


# ── versions ────────────────────────────────────────────────────────────────────────────────────


async def test_each_version_is_kept_sealed_with_its_author_and_its_time(
    scene: RecordsScene,
) -> None:
    await scene.saves(draft("第一段。"))
    await scene.saves(draft("第二段。", risk=Risk.HIGH), by="chen", later_s=60)

    async with scene.work() as work:
        kept = (await work.exec(select(RecordVersion).order_by(col(RecordVersion.version)))).all()
        first = await read_version(work, scene.vault, ("c1", 1), reader="he", at=NOON)
        listed = await versions_of(work, "c1")

    assert first is not None
    assert (first.narrative, first.risk, first.saved_at) == ("第一段。", "low", NOON)
    assert [(one.version, one.saved_by) for one in listed] == [(2, "Chen"), (1, "Li")]
    assert [one.saved_at - NOON for one in kept] == [timedelta(), timedelta(seconds=60)]
    assert not any("段" in one.narrative_sealed for one in kept)
    assert (await scene.traces())[-1] == ("record.read", "he")


async def test_the_same_words_again_are_no_version_and_no_change(scene: RecordsScene) -> None:
    await scene.saves(draft())

    again = await scene.saves(draft(based_on=0), later_s=60)

    assert (again.version, again.saved_at) == (1, NOON), "an answer that was lost may be asked for"
    assert await scene.traces() == [("record.written", "li")]


async def test_of_two_windows_the_second_overwrites_nothing_and_is_told_whose_it_was(
    scene: RecordsScene,
) -> None:
    first = await scene.saves(draft())
    await scene.saves(draft("一个窗口。", based_on=first.version), by="chen", later_s=60)

    with pytest.raises(RecordChanged) as refused:
        await scene.saves(draft("另一个窗口。", based_on=first.version), later_s=90)

    at = NOON + timedelta(seconds=60)
    assert refused.value.facts == {"version": 2, "saved_by": "Chen", "saved_at": at.isoformat()}
    assert opened(await scene.kept(), scene.vault).narrative == "一个窗口。"
    assert len(await scene.traces()) == 2


async def test_who_has_seen_the_newest_version_saves_on_top_of_it(scene: RecordsScene) -> None:
    await scene.saves(draft())
    second = await scene.saves(draft("一个窗口。", based_on=1), by="chen")

    third = await scene.saves(draft("另一个窗口。", based_on=second.version))

    assert third.version == 3
    async with scene.work() as work:
        between = await read_version(work, scene.vault, ("c1", 2), reader="he", at=NOON)
    assert between is not None
    assert between.narrative == "一个窗口。", "what was saved over is still there"


async def test_of_two_windows_that_begin_the_record_one_is_told_of_the_other(
    scene: RecordsScene,
) -> None:
    await scene.saves(draft("一个窗口。", based_on=0))

    with pytest.raises(RecordChanged):
        await scene.saves(draft("另一个窗口。", based_on=0))


# ── traces ──────────────────────────────────────────────────────────────────────────────────────


async def test_writing_changing_and_reading_leave_a_trace_of_whoever(
    scene: RecordsScene,
) -> None:
    await scene.saves(draft())
    await scene.saves(draft("还是我。"))
    await scene.saves(draft("换了人。"), by="chen")
    await scene.reads("he")

    assert await scene.traces() == [
        ("record.written", "li"),
        ("record.changed", "li"),
        ("record.changed", "chen"),
        ("record.read", "he"),
    ]


async def test_every_single_reading_is_kept_also_by_who_wrote_it(scene: RecordsScene) -> None:
    await scene.saves(draft())

    for later_s, reader in ((10, "li"), (20, "he"), (30, "he")):
        await scene.reads(reader, later_s=later_s)

    assert (await scene.traces())[1:] == [("record.read", who) for who in ("li", "he", "he")]
    async with scene.work() as work:
        moments = (await work.exec(select(CallEntry.at).order_by(col(CallEntry.id)))).all()
    assert [(at - NOON).total_seconds() for at in moments] == [0, 10, 20, 30]


async def test_what_the_record_says_is_in_none_of_its_traces(scene: RecordsScene) -> None:
    await scene.saves(draft())
    await scene.saves(draft("换了人。"), by="chen")
    await scene.reads("he")

    assert [facts for _, facts in await scene.told()] == [{}, {}, {}]


async def test_where_nobody_wrote_one_there_is_nothing_to_read_and_no_trace(
    scene: RecordsScene,
) -> None:
    assert await scene.reads("he") is None
    assert await scene.traces() == []


async def test_a_page_that_looks_again_at_every_change_is_not_told_of_its_own_look(
    scene: RecordsScene,
) -> None:
    await scene.saves(draft())  # that its level rose is news
    connection = await scene.database.connect()

    async with connection:
        await listen(connection)
        await scene.saves(draft("还有一句。"))
        await scene.reads("he")
        async with scene.work() as work:
            work.announce("end", "")
        heard = await anext(changes_on(connection))

    assert heard == Change("end", "")
