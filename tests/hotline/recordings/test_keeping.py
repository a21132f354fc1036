"""From the end of a recording to the day it is erased: each step once, whatever breaks between."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from hotline.errors import CarrierRefused, CarrierUnclear
from hotline.recordings.carrier import AtCarrier, RecordingReport
from hotline.recordings.collector import KEEP, Collector
from hotline.recordings.keeping import Keeper
from hotline.recordings.sealing import SealedFile
from hotline.storage.tables import CallRecording, Case, CaseLink, Escalation, LegalHold, Station
from hotline.storage.vault import Vault, make_key
from tests.fakes import FakeJobs, Fault
from tests.hotline.recordings.conftest import RecordingScene

pytestmark = pytest.mark.anyio

SOUND = b"RIFF" + bytes(range(256)) * 1000
DAY = timedelta(days=1).total_seconds()


@dataclass
class SoundShelf:
    """A recording that is over, whose sound lies at the carrier."""

    scene: RecordingScene
    vault: Vault
    jobs: FakeJobs
    keeper: Keeper
    collector: Collector

    @property
    def files(self) -> list[Path]:
        """All that lies in the folder."""
        return [one for one in self.scene.folder.rglob("*") if one.is_file()]

    def sound_of(self, one: CallRecording) -> bytes:
        """As it is opened again."""
        file = SealedFile(self.scene.folder / one.path, one.id, key_id=one.key_id, size=one.size)
        return b"".join(file.read(self.vault, 0, one.size))

    async def works(self) -> CallRecording:
        """A worker was woken."""
        await self.keeper.keep((await self.scene.rows())[0].id)
        return (await self.scene.rows())[0]

    async def passes(self, seconds: float) -> CallRecording:
        """Time passes; the collector looks, and does itself what nobody else did."""
        self.scene.clock.advance(seconds)
        await self.collector.tick()
        await self.collector.working.settled()
        return (await self.scene.rows())[0]


@pytest.fixture
async def shelf(scene: RecordingScene) -> AsyncIterator[SoundShelf]:
    """Recorded for a minute; the child hung up."""
    await scene.begins()
    scene.clock.advance(60)
    scene.carrier.leg_ends()
    scene.carrier.sounds["RE1"] = SOUND
    await scene.talk_ends()
    await scene.is_looked_at()
    vault, jobs = Vault(make_key()), FakeJobs()
    keeper = Keeper(
        database=scene.database,
        carrier=scene.carrier,
        clock=scene.clock,
        vault=vault,
        folder=scene.folder,
    )
    made = Collector(database=scene.database, keeper=keeper, jobs=jobs, clock=scene.clock)
    yield SoundShelf(scene, vault, jobs, keeper, made)
    await made.stop()


async def test_it_is_fetched_sealed_and_then_deleted_at_the_carrier_with_proof(
    shelf: SoundShelf,
) -> None:
    now = shelf.scene.clock.now()

    kept = await shelf.works()

    assert (kept.copy_state, kept.seconds, kept.size) == ("deleted", 60, len(SOUND))
    assert (kept.fetched_at, kept.gone_at) == (now, now)
    assert shelf.sound_of(kept) == SOUND
    assert SOUND[:50] not in shelf.files[0].read_bytes()
    assert shelf.scene.carrier.kept == {}
    assert [what for what, _ in shelf.scene.carrier.journal[-3:]] == ["sound", "delete", "report"]
    kinds = ["recording.started", "recording.ended", "recording.kept"]
    assert await shelf.scene.kinds() == [*kinds, "recording.deleted_at_carrier"]


async def test_it_is_erased_when_the_lines_days_are_over_and_not_before(shelf: SoundShelf) -> None:
    kept = await shelf.works()
    shelf.jobs.reachable = False

    before = await shelf.passes(30 * DAY - 1)
    there = len(shelf.files)
    after = await shelf.passes(1)

    assert kept.ended_at is not None
    assert kept.keep_until == kept.ended_at + timedelta(days=30)
    assert (before.copy_state, there) == ("deleted", 1)
    assert (after.copy_state, after.erased_at) == ("erased", shelf.scene.clock.now())
    assert shelf.files == []
    assert (await shelf.scene.kinds())[-1] == "recording.erased"


async def test_it_is_not_erased_while_a_station_still_answers_for_the_child(
    shelf: SoundShelf,
) -> None:
    now = shelf.scene.clock.now()
    await shelf.scene.add(
        Station(id="tianhe", name="天河", name_en="Tianhe", division="440106", phone="1"),
        Escalation(id="e", number="1", call_id="c1", station_id="tianhe", level="high",
                   next_due_at=now, created_at=now),
    )  # fmt: skip
    await shelf.works()
    shelf.jobs.reachable = False

    open_case = await shelf.passes(31 * DAY)
    there = len(shelf.files)
    await shelf.scene.change(Escalation, "e", state="closed")
    closed = await shelf.passes(DAY)

    assert (open_case.copy_state, there) == ("deleted", 1)
    assert closed.copy_state == "erased"


async def test_it_is_not_erased_while_the_case_is_open_that_its_case_went_into(
    shelf: SoundShelf,
) -> None:
    now = shelf.scene.clock.now()
    case: dict[str, Any] = {
        "line_id": "youth",
        "opened_as": "by_hand",
        "opened_by": "system",
        "opened_at": now,
    }
    await shelf.scene.add(
        Case(id="stands", number="1", **case),
        Case(id="went", number="2", merged_into_id="stands", **case),
        CaseLink(case_id="went", kind="call", subject_id="c1", by="system", at=now),
    )
    await shelf.works()
    shelf.jobs.reachable = False

    looked_after = await shelf.passes(31 * DAY)
    there = len(shelf.files)
    await shelf.scene.change(Case, "stands", state="closed", closed_at=shelf.scene.clock.now())
    closed = await shelf.passes(DAY)

    assert (looked_after.copy_state, there) == ("deleted", 1)
    assert (closed.copy_state, shelf.files) == ("erased", [])


async def test_it_is_not_erased_while_a_court_needs_its_call(shelf: SoundShelf) -> None:
    now = shelf.scene.clock.now()
    await shelf.scene.add(
        LegalHold(id="court", line_id="youth", subject_kind="call", subject_id="c1", by="li",
                  at=now, review_on=now.date())
    )  # fmt: skip
    await shelf.works()
    shelf.jobs.reachable = False

    held = await shelf.passes(31 * DAY)
    there = len(shelf.files)
    await shelf.scene.change(LegalHold, "court", lifted_at=shelf.scene.clock.now())
    lifted = await shelf.passes(DAY)

    assert (held.copy_state, there) == ("deleted", 1)
    assert (lifted.copy_state, shelf.files) == ("erased", [])


@pytest.mark.parametrize("fault", ["breaks_off", "length"])
async def test_what_did_not_come_whole_is_not_kept_and_stays_at_the_carrier(
    shelf: SoundShelf, fault: str
) -> None:
    setattr(shelf.scene.carrier, fault, True if fault == "breaks_off" else 7)

    broken = await shelf.works()
    left, there = shelf.files, list(shelf.scene.carrier.kept)
    shelf.scene.carrier.breaks_off, shelf.scene.carrier.length = False, None
    shelf.scene.clock.advance(2)
    kept = await shelf.works()

    assert (broken.copy_state, left, there) == ("wanted", [], ["RE1"])
    assert kept.copy_state == "deleted"
    assert shelf.sound_of(kept) == SOUND


async def test_without_proof_it_counts_as_not_deleted_and_is_deleted_again(
    shelf: SoundShelf,
) -> None:
    shelf.scene.carrier.keeps_what_it_deletes = True

    doubtful = await shelf.works()
    shelf.scene.carrier.keeps_what_it_deletes = False
    shelf.scene.clock.advance(2)
    kept = await shelf.works()

    assert (doubtful.copy_state, doubtful.gone_at) == ("fetched", None)
    assert (kept.copy_state, kept.gone_at) == ("deleted", shelf.scene.clock.now())


async def test_a_deletion_that_had_its_effect_though_it_failed_is_proven_at_the_next_try(
    shelf: SoundShelf,
) -> None:
    shelf.scene.carrier.faults.append(Fault(CarrierUnclear(), after_effect=True))

    doubtful = await shelf.works()
    shelf.scene.clock.advance(2)
    kept = await shelf.works()

    assert (doubtful.copy_state, kept.copy_state) == ("fetched", "deleted")


async def test_a_worker_that_died_is_followed_when_its_claim_is_over(shelf: SoundShelf) -> None:
    lease = shelf.scene.clock.now() + timedelta(seconds=660)
    row = (await shelf.scene.rows())[0]
    await shelf.scene.change(CallRecording, row.id, lease_until=lease, fence=9)

    early = await shelf.passes(659)
    late = await shelf.passes(1)

    assert (early.copy_state, late.copy_state) == ("wanted", "deleted")


async def test_what_another_has_claimed_meanwhile_is_not_written_down(shelf: SoundShelf) -> None:
    row = (await shelf.scene.rows())[0]
    shelf.scene.carrier.faults.append(Fault(CarrierRefused(1)))
    await shelf.works()
    await shelf.scene.change(CallRecording, row.id, copy_state="fetched", due_at=row.created_at)
    carrier = shelf.scene.carrier

    async def lose_claim(sid: str) -> RecordingReport | None:
        await shelf.scene.change(CallRecording, row.id, fence=99)
        return None

    carrier.report = lose_claim  # type: ignore[method-assign]  # another process is faster
    late = await shelf.works()

    assert (late.copy_state, late.fence) == ("fetched", 99)


async def test_while_the_carrier_still_works_on_it_it_is_asked_for_less_and_less(
    shelf: SoundShelf,
) -> None:
    carrier = shelf.scene.carrier
    done = carrier.kept["RE1"]
    carrier.kept["RE1"] = replace(done, status=AtCarrier.PROCESSING)
    shelf.jobs.reachable = False

    for _ in range(20):
        early = await shelf.passes(1)
    asked = carrier.journal.count(("report", "RE1"))
    carrier.kept["RE1"] = done
    kept = await shelf.passes(60)

    assert (early.copy_state, asked) == ("wanted", 4)
    assert kept.copy_state == "deleted"


async def test_what_the_carrier_has_no_sound_of_is_missing_and_said_so(shelf: SoundShelf) -> None:
    failed = replace(shelf.scene.carrier.kept["RE1"], status=AtCarrier.FAILED)
    shelf.scene.carrier.kept["RE1"] = failed

    missing = await shelf.works()

    assert missing.copy_state == "missing"
    assert (await shelf.scene.kinds())[-1] == "recording.missing"


async def test_a_second_one_that_nobody_knew_of_is_fetched_and_deleted_as_well(
    shelf: SoundShelf,
) -> None:
    carrier = shelf.scene.carrier
    carrier.kept["RE2"] = replace(carrier.kept["RE1"], sid="RE2")
    carrier.sounds["RE2"] = SOUND
    shelf.jobs.reachable = False

    await shelf.passes(1)
    await shelf.passes(1)

    assert [one.copy_state for one in await shelf.scene.rows()] == ["deleted", "deleted"]
    assert carrier.kept == {}
    assert len(shelf.files) == 2


async def test_one_whose_start_was_never_answered_is_looked_for_until_it_is_given_up(
    shelf: SoundShelf,
) -> None:
    row = (await shelf.scene.rows())[0]
    await shelf.scene.change(CallRecording, row.id, carrier_sid=None)
    shelf.scene.carrier.kept.clear()
    shelf.jobs.reachable = False

    states = [(await shelf.passes(300)).copy_state for _ in range(5)]

    assert states == ["wanted"] * 4 + ["missing"]


async def test_a_worker_is_woken_once_and_its_absence_is_made_good(shelf: SoundShelf) -> None:
    for _ in range(3):
        waiting = await shelf.passes(1)
    woken = list(shelf.jobs.woken)

    kept = await shelf.passes(30)

    assert (waiting.copy_state, kept.copy_state) == ("wanted", "deleted")
    assert woken == [(KEEP, kept.id)]
