"""`RecordingCarrier` on the Twilio SDK. The sound itself is streamed past the SDK.

When to record what is left to those who ask.
"""

import asyncio
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from typing import Any
from urllib.parse import quote

import httpx
import structlog
from twilio.base.exceptions import TwilioException, TwilioRestException, TwilioServiceException
from twilio.rest import Client

from hotline.errors import CarrierRefused, CarrierUnclear, CarrierUnreachable, LegGone
from hotline.recordings.carrier import AtCarrier, Media, RecordingReport
from hotline.telephony.wire import HttpxWire, Sleep

log = structlog.get_logger()

OURS, MESSAGE = "StartCallRecordingAPI", "RecordVerb"  # what a document records on the same leg
TWILIO = "https://api.twilio.com"
CHUNK_BYTES = 64 * 1024
NOT_ELIGIBLE, NOT_FOUND = 21220, 404
STATUS = {
    "in-progress": AtCarrier.RUNNING,
    "paused": AtCarrier.PAUSED,
    "stopped": AtCarrier.PROCESSING,
    "processing": AtCarrier.PROCESSING,
    "completed": AtCarrier.COMPLETED,
    "absent": AtCarrier.FAILED,
    "failed": AtCarrier.FAILED,
    "deleted": AtCarrier.FAILED,
}


class TwilioRecordings:
    """Recordings of single legs at Twilio, or at any carrier that speaks its REST API."""

    def __init__(
        self,
        *,
        account_sid: str,
        auth_token: str,
        api_url: str | None = None,
        timeout: float = 8.0,
        sleep: Sleep = asyncio.sleep,
    ) -> None:
        """`timeout`: seconds to wait for an answer, and for each next piece of a sound."""
        self._wire = HttpxWire(api_url=api_url, timeout=timeout, sleep=sleep)
        self._client: Any = Client(account_sid, auth_token, http_client=self._wire)
        self._http = httpx.AsyncClient(
            auth=(account_sid, auth_token), timeout=timeout, follow_redirects=True
        )
        base = (api_url or TWILIO).rstrip("/")
        self._media = f"{base}/2010-04-01/Accounts/{quote(account_sid, safe='')}/Recordings"

    async def aclose(self) -> None:
        """Close the connections to the carrier."""
        await self._wire.aclose()
        await self._http.aclose()

    async def start(self, leg_sid: str) -> str:
        """Record a leg, each side in a channel of its own. The recording's sid."""
        with _in_our_words():
            made = await self._of(leg_sid).create_async(recording_channels="dual")
        if not isinstance(made.sid, str) or not made.sid:
            raise CarrierUnclear
        return made.sid

    async def pause(self, leg_sid: str, sid: str) -> None:
        """Silence takes the place of what is said, so that the times in it stay right."""
        await self._set(leg_sid, sid, status="paused", pause_behavior="silence")

    async def resume(self, leg_sid: str, sid: str) -> None:
        """What is said is recorded again."""
        await self._set(leg_sid, sid, status="in-progress")

    async def stop(self, leg_sid: str, sid: str) -> None:
        """The end."""
        await self._set(leg_sid, sid, status="stopped")

    async def _set(self, leg_sid: str, sid: str, **how: str) -> None:
        with _in_our_words():
            await self._of(leg_sid)(quote(sid, safe="")).update_async(**how)

    async def of_leg(self, leg_sid: str) -> Sequence[RecordingReport]:
        """All that `start` ever made of a leg and that were not deleted."""
        return await self._list(leg_sid, OURS)

    async def messages_of_leg(self, leg_sid: str) -> Sequence[RecordingReport]:
        """All that a recorder, into which a document led, took of a leg and was not deleted."""
        return await self._list(leg_sid, MESSAGE)

    async def _list(self, leg_sid: str, source: str) -> Sequence[RecordingReport]:
        with _in_our_words():
            found = await self._of(leg_sid).list_async()
        return [_report(one) for one in found if one.source == source]

    async def report(self, sid: str) -> RecordingReport | None:
        """One of them; None where the carrier has it no more."""
        try:
            with _in_our_words():
                return _report(await self._client.recordings(quote(sid, safe="")).fetch_async())
        except LegGone:
            return None

    @asynccontextmanager
    async def sound(self, sid: str) -> AsyncIterator[Media]:
        """The sound of a completed one, as WAV with both channels."""
        where = f"{self._media}/{quote(sid, safe='')}.wav"
        try:
            asked = self._http.stream("GET", where, params={"RequestedChannels": "2"})
            async with asked as answer:
                if not answer.is_success:
                    log.warning("carrier.sound_refused", status=answer.status_code)
                    raise CarrierRefused(answer.status_code)
                length = answer.headers.get("Content-Length")
                plain = length is not None and "Content-Encoding" not in answer.headers
                yield Media(int(length) if plain else None, answer.aiter_bytes(CHUNK_BYTES))
        except httpx.HTTPError as fault:
            log.warning("carrier.sound_broke_off", fault=type(fault).__name__)
            raise CarrierUnreachable from fault

    async def delete(self, sid: str) -> None:
        """Delete it. One that is not there is fine."""
        try:
            with _in_our_words():
                await self._client.recordings(quote(sid, safe="")).delete_async()
        except LegGone:
            log.info("recording.already_deleted")

    def _of(self, leg_sid: str) -> Any:
        return self._client.calls(quote(leg_sid, safe="")).recordings


@contextmanager
def _in_our_words() -> Iterator[None]:
    """Turn the SDK's errors into ours. `from None`: their text may say whose leg it is."""
    try:
        yield
    except (TwilioRestException, TwilioServiceException) as no:
        if no.status == NOT_FOUND or no.code == NOT_ELIGIBLE:
            raise LegGone from None
        log.warning("carrier.refused", status=no.status, code=no.code)
        raise CarrierRefused(no.code if isinstance(no.code, int) else 0) from None
    except TwilioException:  # a list that could not be read: the SDK keeps no code
        log.warning("carrier.list_refused")
        raise CarrierRefused from None


def _report(one: Any) -> RecordingReport:
    status = STATUS.get(one.status or "", AtCarrier.PROCESSING)  # an unknown word decides nothing
    seconds = str(one.duration or "")
    known = int(seconds) if seconds.isdecimal() else None
    return RecordingReport(sid=one.sid, status=status, seconds=known)
