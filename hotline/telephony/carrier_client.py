"""`Carrier` on the Twilio SDK: what we ask of the telephone company.

Settles an unclear dial by looking, never by repeating. When to dial whom, and what to do about an
error, is left to those who ask.
"""

import asyncio
from collections import Counter, deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote

import structlog
from twilio.base.exceptions import TwilioException, TwilioRestException, TwilioServiceException
from twilio.rest import Client

from hotline.errors import CarrierError, CarrierRefused, CarrierUnclear, LegGone
from hotline.numbers import normalised
from hotline.ports import (
    Clock,
    Dial,
    LegReport,
    LegStatus,
    ListedCall,
    ListedText,
    PlaceChange,
)
from hotline.telephony.status import leg_status
from hotline.telephony.wire import HttpxWire, Sleep

STATUS_EVENTS = ("initiated", "ringing", "answered", "completed")
LOOKS_AFTER_S = (0.3, 0.7, 1.5)  # the list of calls lags: look again, 2.5 s while a child waits
_CLOCK_SLACK = timedelta(seconds=2)  # its clock is not ours, and it writes whole seconds
_NOT_IN_PROGRESS = 21220
_NOT_FOUND = 404
_PAGE = 50
_LARGEST_PAGE = 1000
_REMEMBERED = 1000

log = structlog.get_logger()


class TwilioCarrier:
    """Twilio, or any carrier that speaks its REST API at `api_url`. Ids are free text."""

    def __init__(
        self,
        *,
        account_sid: str,
        auth_token: str,
        clock: Clock,
        api_url: str | None = None,
        timeout: float = 8.0,
        sleep: Sleep = asyncio.sleep,
    ) -> None:
        """`timeout`: seconds to wait for an answer. `sleep`: how back-off passes the time."""
        self._wire = HttpxWire(api_url=api_url, timeout=timeout, sleep=sleep)
        self._client: Any = Client(account_sid, auth_token, http_client=self._wire)
        self._clock = clock
        self._sleep = sleep
        self._known: deque[str] = deque(maxlen=_REMEMBERED)
        self._dialling: Counter[str] = Counter()

    def repeats_nothing(self) -> "TwilioCarrier":
        """Itself, which from now on passes "not now" on at once: whoever asked may find, before
        they ask again, that it is not wanted any more."""
        self._wire.tries = 1
        return self

    def warm_up(self) -> None:
        """Load the SDK's modules now (half a second), not within the first real call."""
        for resource in ("calls", "conferences", "messages"):
            getattr(self._client, resource)

    async def aclose(self) -> None:
        """Close the connections to the carrier."""
        await self._wire.aclose()

    async def dial(self, dial: Dial) -> str:
        """Start a leg and return its sid. An unclear answer is settled by looking for the leg."""
        since = self._clock.now()
        with self._counted(dial.to):
            try:
                sid = await self._place(dial)
            except CarrierUnclear:
                sid = await self._look_for_leg(dial.to, since)
        self._known.append(sid)
        return sid

    async def redirect(self, sid: str, url: str) -> None:
        """Make a live leg ask `url` what to do."""
        with _in_our_words(leg=True):
            await self._call(sid).update_async(url=url, method="POST")

    async def hang_up(self, sid: str) -> None:
        """End a leg, ringing or talking. A leg that has ended already is fine."""
        await self._end(sid, "completed")

    async def stop_ringing(self, sid: str) -> None:
        """End a leg that nobody has answered. One that was answered, or has ended, is fine."""
        await self._end(sid, "canceled")

    async def _end(self, sid: str, status: str) -> None:
        try:
            with _in_our_words(leg=True):
                await self._call(sid).update_async(status=status)
        except LegGone:
            log.info("leg.already_ended", leg_sid=sid)

    async def change(self, conference: str, sid: str, change: PlaceChange) -> None:
        """Change one participant of the conference of that name."""
        found = await self._conference_sid(conference)
        with _in_our_words(leg=True):
            participants = self._client.conferences(_in_path(found)).participants
            await participants(_in_path(sid)).update_async(**_fields(change))

    async def leg(self, sid: str) -> LegReport | None:
        """What the carrier knows of a leg; None where it knows none of that sid."""
        try:
            with _in_our_words(leg=True):
                return _report(await self._call(sid).fetch_async())
        except LegGone:
            return None

    async def find_legs(self, *, to: str, since: datetime) -> Sequence[LegReport]:
        """Legs dialled to `to` since then (two seconds of grace), newest first.

        No StartTime filter is sent: a leg still queued has no start and could fall through it.
        """
        address = _without_parameters(to)
        with _in_our_words():
            calls = await self._client.calls.list_async(to=address, limit=_PAGE)
        begun = [(_begun(call), call) for call in calls if _same_address(call.to or "", address)]
        recent = [pair for pair in begun if pair[0] is None or pair[0] >= since - _CLOCK_SLACK]
        newest = datetime.max.replace(tzinfo=UTC)  # without any date it has only just come
        recent.sort(key=lambda pair: pair[0] or newest, reverse=True)
        return [_report(call) for _, call in recent]

    async def calls_since(self, since: datetime, *, at_most: int) -> Sequence[ListedCall]:
        """Calls that began since then, the newest first, whoever dialled whom."""
        with _in_our_words():
            calls = await self._client.calls.list_async(
                start_time_after=since, limit=at_most, page_size=_LARGEST_PAGE
            )
        return [_listed(call) for call in calls]

    async def send_message(self, *, to: str, from_: str, body: str, status_url: str) -> str:
        """Send a text message and return its sid."""
        with _in_our_words():
            message = await self._client.messages.create_async(
                to=to, from_=from_, body=body, status_callback=status_url
            )
        return _sid(message)

    async def find_messages(self, *, to: str, since: datetime) -> Sequence[ListedText]:
        """Texts of ours to this number since then (two seconds of grace).

        No DateSent filter is sent: a text still queued has none and would fall through it.
        """
        with _in_our_words():
            messages = await self._client.messages.list_async(to=to, limit=_PAGE)
        least = since - _CLOCK_SLACK
        recent = [one for one in messages if (one.date_created or since) >= least]
        return [_listed_text(one) for one in recent if one.direction != "inbound"]

    async def _place(self, dial: Dial) -> str:
        with _in_our_words():
            call = await self._client.calls.create_async(
                to=dial.to,
                from_=dial.from_,
                **_what_is_heard(dial),
                status_callback=dial.status_url,
                status_callback_event=list(STATUS_EVENTS),
                timeout=dial.ring_s,
            )
        return _sid(call)

    async def _look_for_leg(self, to: str, since: datetime) -> str:
        """Adopt the one new leg. Of several, none can be told to be ours."""
        for pause in LOOKS_AFTER_S:
            await self._sleep(pause)
            new = await self._unknown_legs(to, since)
            if len(new) == 1 and self._dialling[to] == 1:
                log.info("leg.adopted", leg_sid=new[0])
                return new[0]
        log.warning("dial.unclear")
        raise CarrierUnclear

    async def _unknown_legs(self, to: str, since: datetime) -> list[str]:
        try:
            legs = await self.find_legs(to=to, since=since)
        except CarrierError:
            return []
        return [leg.sid for leg in legs if leg.sid not in self._known]

    async def _conference_sid(self, name: str) -> str:
        with _in_our_words():
            conferences = await self._client.conferences.list_async(
                friendly_name=name, status="in-progress", limit=_PAGE
            )
        for found in conferences:
            if found.friendly_name == name:
                return _sid(found)
        raise LegGone

    def _call(self, sid: str) -> Any:
        return self._client.calls(_in_path(sid))

    @contextmanager
    def _counted(self, to: str) -> Iterator[None]:
        """Count the dials to one address: while there are two, looking cannot tell them apart."""
        self._dialling[to] += 1
        try:
            yield
        finally:
            self._dialling -= Counter((to,))  # forgets an address at zero


@contextmanager
def _in_our_words(*, leg: bool = False) -> Iterator[None]:
    """Turn the SDK's errors into ours. `from None`: their text holds telephone numbers."""
    try:
        yield
    except (TwilioRestException, TwilioServiceException) as no:
        if leg and (no.status == _NOT_FOUND or no.code == _NOT_IN_PROGRESS):
            raise LegGone from None
        log.warning("carrier.refused", status=no.status, code=no.code)
        raise CarrierRefused(_number(no.code)) from None
    except TwilioException:  # a list that could not be read: the SDK keeps no code
        log.warning("carrier.list_refused")
        raise CarrierRefused from None


def _what_is_heard(dial: Dial) -> dict[str, str]:
    """One process of ours may answer where another fails."""
    if dial.document:
        return {"twiml": dial.document}
    return {"url": dial.answer_url, "fallback_url": dial.answer_url}


def _fields(change: PlaceChange) -> dict[str, Any]:
    """As the SDK names them. The document that somebody hears is asked for as a form."""
    fields: dict[str, Any] = {}
    if change.held is not None:
        fields |= {"hold": True, "hold_url": change.music_url} if change.held else {"hold": False}
    if change.muted is not None:
        fields["muted"] = change.muted
    if change.coaches is not None:
        fields["coaching"] = change.coaches != ""
        fields |= {"call_sid_to_coach": change.coaches} if change.coaches else {}
    if change.ends_talk is not None:
        fields["end_conference_on_exit"] = change.ends_talk
    if change.say_url:
        fields |= {"announce_url": change.say_url, "announce_method": "POST"}
    return fields


def _number(code: object) -> int:
    return code if isinstance(code, int) else 0


def _sid(resource: Any) -> str:
    """The sid of what was just made. A success without one may have been anything."""
    if not isinstance(resource.sid, str) or not resource.sid:
        raise CarrierUnclear
    return resource.sid


def _in_path(sid: str) -> str:
    return quote(sid, safe="")


def _report(call: Any) -> LegReport:
    status = leg_status(call.status or "") or LegStatus.DIALING  # an unknown word decides nothing
    return LegReport(sid=call.sid, to=call.to or "", status=status, started_at=call.start_time)


def _listed(call: Any) -> ListedCall:
    report = _report(call)
    return ListedCall(
        sid=report.sid,
        to=report.to,
        from_=getattr(call, "_from", None) or "",  # the SDK's own name: "from" is a keyword
        came_in=call.direction == "inbound",
        over=report.status.over,
        began_at=_begun(call),
        ended_at=call.end_time,
        parent=call.parent_call_sid or "",
        talked_s=int(call.duration or 0),
        forwarded_from=call.forwarded_from or "",
    )


def _listed_text(message: Any) -> ListedText:
    return ListedText(
        sid=message.sid,
        from_=message.from_ or "",
        body=message.body or "",
        status=message.status or "",
        error=_number(message.error_code),
    )


def _begun(call: Any) -> datetime | None:
    begun: datetime | None = call.start_time or call.date_created
    return begun


def _without_parameters(to: str) -> str:
    """`client:li?case=7` is reported as `client:li`."""
    return to.partition("?")[0] if to.startswith("client:") else to


def _same_address(reported: str, asked: str) -> bool:
    return reported == asked or (normalised(asked) or asked) == normalised(reported)
