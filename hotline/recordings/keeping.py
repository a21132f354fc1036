"""The sound of a recording: fetched and sealed, deleted at the carrier with proof, erased in time.

Each step is claimed in the row before it begins and written down after it, so that it is taken
again where its process died, and each may be taken twice. The carrier is told to delete only what
was read again from our disk and is whole.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import structlog
from sqlmodel import select

from hotline.calls.service import add_call_entry
from hotline.errors import CarrierError, CarrierRefused, HotlineError
from hotline.lines.recording import recording_rule
from hotline.ports import Clock
from hotline.recordings.carrier import AtCarrier, RecordingCarrier, RecordingReport
from hotline.recordings.model import CopyEvent, CopyState, RecordingState, RecordingWish
from hotline.recordings.policy import (
    CASE_LOOKED_AT_EVERY,
    GIVE_UP_LOOKING_AFTER,
    KEEP_LEASE,
    KEEP_WITHIN_S,
    back_off,
)
from hotline.recordings.sealing import SealedFile, SealingFile
from hotline.recordings.service import hold_recording, move_copy, recordings_of
from hotline.storage.held import is_call_held, is_case_open
from hotline.storage.session import Database, Work
from hotline.storage.tables import Call, CallRecording, Escalation, Line
from hotline.storage.vault import SealBroken, Vault
from hotline.supervision import tell_supervisor

log = structlog.get_logger()

FAULTS = (CarrierError, TimeoutError, OSError)
OPEN = (CopyState.WANTED, CopyState.FETCHED, CopyState.DELETED)


class NotReady(HotlineError):
    """The carrier is not so far yet, or what came is not whole: later once more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Errand:
    """One step, and the right to write down what came of it."""

    recording_id: str
    fence: int
    tries: int
    step: CopyState
    leg_sid: str
    sid: str
    path: Path


@dataclass(frozen=True, slots=True)
class StepDone:
    """What came of a step, and what is written into the row with it."""

    event: CopyEvent
    kind: str
    values: Mapping[str, object]


class Keeper:
    """Brings one recording as far as it goes now. Any number may run."""

    def __init__(
        self,
        *,
        database: Database,
        carrier: RecordingCarrier,
        clock: Clock,
        vault: Vault,
        folder: Path,
    ) -> None:
        """`folder`: below it lie all recordings."""
        self._database = database
        self._carrier = carrier
        self._clock = clock
        self._vault = vault
        self._folder = folder
        self._steps: Mapping[CopyState, Callable[[Errand], Awaitable[StepDone]]] = {
            CopyState.WANTED: self._fetch,
            CopyState.FETCHED: self._delete_at_carrier,
            CopyState.DELETED: self._erase,
        }

    async def keep(self, recording_id: str) -> None:
        """Step after step, until nothing is due or one fails."""
        while (errand := await self._claim(recording_id)) is not None:
            try:
                async with asyncio.timeout(KEEP_WITHIN_S):
                    done = await self._steps[errand.step](errand)
            except (*FAULTS, NotReady, SealBroken) as fault:
                await self._put_off(errand, fault)
                return
            if not await self._settle(errand, done):
                return

    # ── the steps ───────────────────────────────────────────────────────────────────────────

    async def _fetch(self, errand: Errand) -> StepDone:
        sid = await self._look_for(errand)
        report = await self._carrier.report(sid) if sid else None
        if report is None and not sid and errand.tries < GIVE_UP_LOOKING_AFTER:
            raise NotReady
        if report is None or report.status is AtCarrier.FAILED:
            return StepDone(CopyEvent.NOT_THERE, "recording.missing", {})
        if report.status is not AtCarrier.COMPLETED:
            raise NotReady
        stored = await self._store(errand, sid)
        values = {"seconds": report.seconds, "fetched_at": self._clock.now(), **stored}
        return StepDone(CopyEvent.STORED, "recording.kept", values)

    async def _store(self, errand: Errand, sid: str) -> Mapping[str, object]:
        """Stream it to the disk, read it again, and only then give it its name."""
        part = errand.path.with_suffix(f".{errand.fence}.part")
        try:
            size, sha256 = await self._stream(errand, sid, part)
            key_id = self._vault.newest_key
            kept = SealedFile(part, errand.recording_id, key_id=key_id, size=size)
            if await asyncio.to_thread(kept.sha256, self._vault) != sha256:
                raise NotReady
            part.replace(errand.path)
        finally:
            for left in errand.path.parent.glob(f"{errand.path.stem}.*.part"):
                left.unlink(missing_ok=True)
        path = errand.path.relative_to(self._folder).as_posix()
        return {"path": path, "size": size, "sha256": sha256, "key_id": key_id}

    async def _stream(self, errand: Errand, sid: str, part: Path) -> tuple[int, str]:
        with SealingFile(part, errand.recording_id, self._vault) as file:
            async with self._carrier.sound(sid) as media:
                async for piece in media.chunks:
                    file.write(piece)
                    tell_supervisor("WATCHDOG=1")  # this may take minutes
                if media.length not in (None, file.size):
                    raise NotReady
            return file.size, file.finish()

    async def _delete_at_carrier(self, errand: Errand) -> StepDone:
        """The proof is the carrier's own word, asked for after it was told."""
        await self._carrier.delete(errand.sid)
        if await self._carrier.report(errand.sid) is not None:
            raise NotReady
        return StepDone(
            CopyEvent.GONE, "recording.deleted_at_carrier", {"gone_at": self._clock.now()}
        )

    async def _erase(self, errand: Errand) -> StepDone:
        for file in errand.path.parent.glob(f"{errand.recording_id}.*sealed"):
            file.unlink(missing_ok=True)
        return StepDone(CopyEvent.EXPIRED, "recording.erased", {"erased_at": self._clock.now()})

    async def _look_for(self, errand: Errand) -> str:
        """The carrier's id. A start that was never answered may have had its effect as well."""
        try:
            reports = await self._carrier.of_leg(errand.leg_sid)
        except CarrierRefused:  # what we know of can be fetched all the same
            if not errand.sid:
                raise
            return errand.sid
        async with self._database.work() as work:
            held = await hold_recording(work, errand.recording_id, fence=errand.fence)
            if held is None:
                return ""
            call, one = held
            await adopt_strays(work, call, one, reports, at=self._clock.now())
            return one.carrier_sid or ""

    # ── in the rows ─────────────────────────────────────────────────────────────────────────

    async def _claim(self, recording_id: str) -> Errand | None:
        now = self._clock.now()
        async with self._database.work() as work:
            held = await hold_recording(work, recording_id)
            if held is None:
                return None
            one = held[1]
            leased = one.lease_until is not None and one.lease_until > now
            if one.copy_state not in OPEN or leased or one.due_at > now:
                return None
            if one.copy_state == CopyState.DELETED and await _is_needed(work, one):
                one.due_at = now + CASE_LOOKED_AT_EVERY
                return None
            one.fence, one.tries, one.lease_until = one.fence + 1, one.tries + 1, now + KEEP_LEASE
            return Errand(
                recording_id=one.id,
                fence=one.fence,
                tries=one.tries,
                step=CopyState(one.copy_state),
                leg_sid=one.leg_sid,
                sid=one.carrier_sid or "",
                path=self._folder / one.id[:2] / f"{one.id}.sealed",
            )

    async def _settle(self, errand: Errand, done: StepDone) -> bool:
        """False where somebody else has taken it meanwhile."""
        now = self._clock.now()
        async with self._database.work() as work:
            held = await hold_recording(work, errand.recording_id, fence=errand.fence)
            if held is None or not move_copy(held[1], done.event):
                return False
            call, one = held
            for name, value in done.values.items():
                setattr(one, name, value)
            rule = recording_rule(await work.get_one(Line, call.line_id))
            one.keep_until = one.keep_until or (one.ended_at or now) + rule.kept_for
            one.lease_until, one.tries = None, 0
            one.due_at = one.keep_until if one.copy_state == CopyState.DELETED else now
            add_call_entry(work, call, done.kind, at=now, facts={"recording": one.id})
        return True

    async def _put_off(self, errand: Errand, fault: Exception) -> None:
        now = self._clock.now()
        log.warning("recording.not_kept", step=errand.step, error=type(fault).__name__)
        async with self._database.work() as work:
            held = await hold_recording(work, errand.recording_id, fence=errand.fence)
            if held is not None:
                one = held[1]
                one.lease_until, one.due_at = None, now + back_off(one.tries, in_talk=False)


async def _is_needed(work: Work, one: CallRecording) -> bool:
    """What may be proof is kept: somebody still answers for this child, or it is held."""
    query = select(Escalation.id).where(
        Escalation.call_id == one.call_id, Escalation.state != "closed"
    )
    if (await work.exec(query.limit(1))).first() is not None:
        return True
    return await is_call_held(work, one.call_id) or await is_case_open(work, one.call_id)


async def adopt_strays(
    work: Work,
    call: Call,
    one: CallRecording,
    reports: Iterable[RecordingReport],
    *,
    at: datetime,
) -> None:
    """What records the same leg and is nobody's: begun by requests that were never answered.

    The first is this recording's, where it has none; the others are fetched and deleted as well.
    """
    rows = await recordings_of(work, call.id)
    beginning = (RecordingState.NONE, RecordingState.ASKED)
    if any(row.carrier_sid is None and row.state in beginning for row in rows):
        return  # one that begins just now may be among them
    known = {row.carrier_sid for row in rows}
    for report in reports:
        if report.sid in known:
            continue
        if one.carrier_sid is None:
            one.carrier_sid = report.sid
        else:
            work.add(_stray(call, one, report, at=at))


def _stray(
    call: Call, one: CallRecording, report: RecordingReport, *, at: datetime
) -> CallRecording:
    alive = {AtCarrier.RUNNING: RecordingState.ON, AtCarrier.PAUSED: RecordingState.PAUSED}
    state = alive.get(report.status, RecordingState.OVER)
    over = state is RecordingState.OVER
    return CallRecording(
        call_id=call.id,
        leg_sid=one.leg_sid,
        carrier_sid=report.sid,
        wanted=RecordingWish.OFF,
        state=state,
        copy_state=CopyState.WANTED if over else CopyState.NONE,
        due_at=at,
        created_at=at,
        ended_at=at if over else None,
    )
