"""Recordings of single legs: begun, paused, stopped, listed, fetched with real sound, deleted.

The sound is a tone for each side, as long as the simulator's clock says, and silence while it was
paused. A recording ends with its leg, and is kept until it is deleted.
"""

import asyncio
import io
import math
import wave
from array import array
from dataclasses import dataclass, field
from datetime import datetime
from email.utils import format_datetime
from typing import Annotated, Any

from fastapi import Depends, Request
from fastapi.responses import Response

from hotline.carrier.exchange import Exchange
from hotline.carrier.model import CarrierLeg, new_sid, rfc2822
from hotline.carrier.rest import (
    API,
    ExchangeDep,
    FormDep,
    Refused,
    one,
    rest_router,
)
from hotline.carrier.rest_lists import page

CURRENT = "Twilio.CURRENT"
CHANNELS = {"": 2, "mono": 1, "dual": 2}
NOT_ELIGIBLE = (400, 21220, "Requested resource is not eligible for recording")
RATE, LOUD = 8000, 6000
CALLER_HZ, OTHERS_HZ = 440, 660


@dataclass(eq=False)
class CarrierRecording:
    """One recording of a leg. `changes`: from when on it was running, paused or skipping."""

    leg: CarrierLeg
    channels: int
    began: datetime
    source: str = "StartCallRecordingAPI"
    callback: str = ""
    events: tuple[str, ...] = ("completed",)
    sid: str = field(default_factory=lambda: new_sid("RE"))
    changes: list[tuple[datetime, str]] = field(default_factory=list)
    stopped: datetime | None = None
    told: set[str] = field(default_factory=set)

    @property
    def ended(self) -> datetime | None:
        """When it was stopped, or its leg ended."""
        return self.stopped or self.leg.ended

    @property
    def status(self) -> str:
        """In the carrier's words. It needs no time to process anything."""
        if self.ended is not None:
            return "completed"
        return "in-progress" if self.changes[-1][1] == "running" else "paused"

    def stretches(self, now: datetime) -> list[tuple[bool, float]]:
        """Whether there is sound, and for how many seconds; what was skipped is left out."""
        end = self.ended or now
        moments = [*(at for at, _ in self.changes), end]
        spans = zip(self.changes, moments[1:], strict=True)
        return [
            (what == "running", max(0.0, (after - at).total_seconds()))
            for (at, what), after in spans
            if what != "skip"
        ]

    def seconds(self, now: datetime) -> int:
        """Its length."""
        return round(sum(length for _, length in self.stretches(now)))


class Recordings:
    """All of one exchange. Who empties the exchange has none."""

    def __init__(self, exchange: Exchange) -> None:
        """Nothing is recorded yet."""
        self._exchange = exchange
        self._all: dict[str, CarrierRecording] = {}

    def of(self, leg: CarrierLeg) -> list[CarrierRecording]:
        """Those of a leg, newest first."""
        return [found for found in reversed(self._all.values()) if found.leg is leg]

    def get(self, sid: str) -> CarrierRecording:
        """One that was not deleted."""
        found = self._all.get(sid)
        if found is None or self._exchange.legs.get(found.leg.sid) is not found.leg:
            raise Refused(
                404, 20404, f"The requested resource /Recordings/{sid}.json was not found"
            )
        return found

    def running(self, leg: CarrierLeg, sid: str) -> CarrierRecording:
        """The one to change. `Twilio.CURRENT` names it only where there is no other."""
        alive = [found for found in self.of(leg) if found.ended is None]
        named = alive if sid == CURRENT else [found for found in alive if found.sid == sid]
        if len(named) == 1:
            return named[0]
        if sid != CURRENT:
            self.get(sid)
        raise Refused(*NOT_ELIGIBLE)

    def begin(self, leg: CarrierLeg, recording: CarrierRecording) -> None:
        """From now on it is recorded."""
        recording.changes.append((recording.began, "running"))
        self._all[recording.sid] = recording
        self._note(recording)
        self._exchange.start(self._tell_end(recording))

    def file_message(self, leg: CarrierLeg, began: datetime) -> str:
        """What was just spoken to a recorder. Returns its id; who took it reports it."""
        spoken = CarrierRecording(leg, channels=1, began=began, source="RecordVerb")
        spoken.changes.append((began, "running"))
        spoken.stopped = self._exchange.clock.now()
        self._all[spoken.sid] = spoken
        return spoken.sid

    def change(self, recording: CarrierRecording, what: str) -> None:
        """Pause it, let it go on, or stop it."""
        now = self._exchange.clock.now()
        if what == "stopped":
            recording.stopped = now
        else:
            recording.changes.append((now, what))
        self._note(recording)

    def delete(self, sid: str) -> None:
        """It was never there."""
        recording = self.get(sid)
        del self._all[sid]
        self._exchange.journal.write("recording.deleted", sid=recording.leg.sid, recording=sid)

    def json(self, recording: CarrierRecording) -> dict[str, Any]:
        """A Recording resource."""
        base = f"{API}/{self._exchange.account}"
        over = recording.ended is not None
        return {
            "sid": recording.sid,
            "account_sid": self._exchange.account,
            "call_sid": recording.leg.sid,
            "conference_sid": None,
            "status": recording.status,
            "channels": recording.channels,
            "source": recording.source,
            "track": "both",
            "start_time": rfc2822(recording.began),
            "duration": str(recording.seconds(recording.began)) if over else None,
            "date_created": rfc2822(recording.began),
            "date_updated": rfc2822(recording.ended or recording.changes[-1][0]),
            "api_version": "2010-04-01",
            "error_code": None,
            "encryption_details": None,
            "price": None,
            "price_unit": "USD",
            "uri": f"{base}/Calls/{recording.leg.sid}/Recordings/{recording.sid}.json",
        }

    def sound(self, recording: CarrierRecording, channels: int) -> bytes:
        """What was recorded, as a WAV file."""
        pieces = recording.stretches(recording.began)
        tones = (CALLER_HZ, OTHERS_HZ)[: min(channels, recording.channels)]
        return wav_of(pieces, tones)

    def _note(self, recording: CarrierRecording) -> None:
        self._exchange.journal.write(
            "recorded", sid=recording.leg.sid, recording=recording.sid, status=recording.status
        )
        self._tell(recording)

    async def _tell_end(self, recording: CarrierRecording) -> None:
        await self._exchange.until(lambda: recording.ended is not None)
        self._tell(recording)

    def _tell(self, recording: CarrierRecording) -> None:
        """To whom asked for it: its beginning and its end, each once."""
        status = recording.status
        if status not in recording.events or status in recording.told:
            return
        recording.told.add(status)
        base = f"{API}/{self._exchange.account}/Recordings/{recording.sid}"
        fields = {
            "CallSid": recording.leg.sid,
            "RecordingSid": recording.sid,
            "RecordingStatus": status,
            "RecordingChannels": str(recording.channels),
            "RecordingSource": recording.source,
            "RecordingStartTime": format_datetime(recording.began),
            "RecordingUrl": base,
        }
        if status == "completed":
            fields["RecordingDuration"] = str(recording.seconds(recording.began))
        self._exchange.webhooks.report("status", recording.callback, fields, sid=recording.leg.sid)


def wav_of(pieces: list[tuple[bool, float]], tones: tuple[int, ...]) -> bytes:
    """A tone for each channel where there is sound, else silence."""
    second = array("h")
    for at in range(RATE):
        for hertz in tones:
            second.append(round(LOUD * math.sin(2 * math.pi * hertz * at / RATE)))
    made, frame = io.BytesIO(), 2 * len(tones)
    with wave.open(made, "wb") as file:
        file.setnchannels(len(tones))
        file.setsampwidth(2)
        file.setframerate(RATE)
        for sounding, length in pieces:
            whole, rest = divmod(round(length * RATE), RATE)
            played = second.tobytes() if sounding else bytes(len(second) * 2)
            file.writeframes(played * whole + played[: rest * frame])
    return made.getvalue()


# ── over the wire ───────────────────────────────────────────────────────────────────────────────


def recordings_of(request: Request) -> Recordings:
    """Those of this application's exchange."""
    kept: Recordings = request.app.state.recordings
    return kept


RecordingsDep = Annotated[Recordings, Depends(recordings_of)]
recordings = rest_router()


def leg_named(exchange: ExchangeDep, call: str) -> CarrierLeg:
    """The leg in the path."""
    leg = exchange.legs.get(call)
    if leg is None:
        raise Refused(404, 20404, f"The requested resource /Calls/{call}.json was not found")
    return leg


LegDep = Annotated[CarrierLeg, Depends(leg_named)]


@recordings.post("/Calls/{call}/Recordings.json", status_code=201)
async def start_recording(
    exchange: ExchangeDep, kept: RecordingsDep, leg: LegDep, form: FormDep
) -> dict[str, Any]:
    """Record a leg that is in progress, from now on."""
    channels = CHANNELS.get(one(form, "RecordingChannels"))
    if channels is None:
        raise Refused(400, 21235, "RecordingChannels is invalid")
    if leg.status != "in-progress":
        raise Refused(*NOT_ELIGIBLE)
    recording = CarrierRecording(
        leg,
        channels,
        exchange.clock.now(),
        callback=one(form, "RecordingStatusCallback"),
        events=tuple(one(form, "RecordingStatusCallbackEvent", "completed").split()),
    )
    kept.begin(leg, recording)
    return kept.json(recording)


@recordings.get("/Calls/{call}/Recordings.json")
async def list_recordings(kept: RecordingsDep, leg: LegDep, request: Request) -> dict[str, Any]:
    """Those of a leg, newest first."""
    return page("recordings", map(kept.json, kept.of(leg)), request)


@recordings.get("/Calls/{call}/Recordings/{sid}.json")
@recordings.get("/Recordings/{sid}.json")
async def fetch_recording(kept: RecordingsDep, sid: str) -> dict[str, Any]:
    """One of them."""
    return kept.json(kept.get(sid))


@recordings.post("/Calls/{call}/Recordings/{sid}.json")
async def update_recording(
    exchange: ExchangeDep, kept: RecordingsDep, leg: LegDep, sid: str, form: FormDep
) -> dict[str, Any]:
    """Pause, go on, or stop. Asked for once more, nothing changes."""
    wanted, skips = one(form, "Status"), one(form, "PauseBehavior", "silence") == "skip"
    if wanted not in ("paused", "in-progress", "stopped"):
        raise Refused(400, 20001, "Status is invalid")
    recording = kept.running(leg, sid)
    if recording.status != wanted:
        words = {"paused": "skip" if skips else "silence", "in-progress": "running"}
        kept.change(recording, words.get(wanted, wanted))
    return kept.json(recording) | ({"status": "stopped"} if wanted == "stopped" else {})


@recordings.delete("/Calls/{call}/Recordings/{sid}.json", status_code=204)
@recordings.delete("/Recordings/{sid}.json", status_code=204)
async def delete_recording(exchange: ExchangeDep, kept: RecordingsDep, sid: str) -> Response:
    """Sound and resource are gone."""
    kept.delete(sid)
    return Response(status_code=204)


@recordings.get("/Recordings/{sid}.wav")
@recordings.get("/Recordings/{sid}.mp3")
async def recorded_sound(kept: RecordingsDep, sid: str, request: Request) -> Response:
    """The sound of one that is over. Nothing here encodes MP3: both addresses give a WAV file."""
    recording = kept.get(sid)
    if recording.ended is None:
        raise Refused(404, 20404, f"The requested resource /Recordings/{sid} was not found")
    asked = request.query_params.get("RequestedChannels", str(recording.channels))
    if asked not in ("1", "2"):
        raise Refused(400, 20001, "RequestedChannels is invalid")
    sound = await asyncio.to_thread(kept.sound, recording, int(asked))
    return Response(sound, media_type="audio/x-wav")
