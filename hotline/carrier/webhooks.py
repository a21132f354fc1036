"""The carrier's requests, each signed, timed, repeated and lost as they are in life."""

import asyncio
import random
from collections.abc import Mapping
from typing import Literal, Protocol
from urllib.parse import parse_qsl, urldefrag, urlencode
from xml.sax.saxutils import escape

import httpx

from hotline.carrier.clock import CarrierClock
from hotline.carrier.journal import Journal
from hotline.carrier.model import CarrierLeg, Target, new_sid
from hotline.carrier.sounds import FetchedSound, seconds_of
from hotline.telephony.signature import sign

LIMIT_S = 15.0  # the carrier's hard limit for any request, whatever the overrides say
CONNECT_S = 5.0
OVERTAKING_S = 0.05
AGENT = "TwilioProxy/1.1"

WebhookKind = Literal["turn", "status", "conference", "message"]


class Mishaps(Protocol):
    """What goes wrong with requests on purpose; nothing does at a carrier in earnest."""

    @property
    def duplicate(self) -> int:
        """How often each request is sent."""
        ...

    @property
    def reorder(self) -> bool:
        """Whether reports overtake each other."""
        ...

    @property
    def late_s(self) -> float:
        """By how much reports are late."""
        ...

    def spoiled_by_proxy(self) -> bool:
        """Whether the next request of instructions is answered before the application sees it."""
        ...

    def lost(self, kind: WebhookKind, sid: str) -> bool:
        """Whether this request does not arrive."""
        ...


class NoMishaps:
    """Every request is sent once, at once."""

    duplicate, reorder, late_s = 1, False, 0.0

    def spoiled_by_proxy(self) -> bool:
        """Never."""
        return False

    def lost(self, kind: WebhookKind, sid: str) -> bool:
        """Never."""
        return False


class FetchFailed(Exception):
    """No usable answer. `code` is the carrier's error number."""

    def __init__(self, code: int) -> None:
        """`code`: 11200 for an error answer, 11205 for no connection."""
        super().__init__(str(code))
        self.code = code


class Webhooks:
    """Sends requests of instructions (turns) and reports (status and conference callbacks)."""

    def __init__(
        self,
        account: str,
        token: str,
        *,
        clock: CarrierClock,
        journal: Journal,
        limit_s: float = LIMIT_S,
    ) -> None:
        """One account, one token to sign with. An answer that takes longer than `limit_s` fails."""
        self._account, self._token = account, token
        self._clock, self._journal = clock, journal
        self._http = httpx.AsyncClient(
            timeout=httpx.Timeout(limit_s, connect=CONNECT_S), follow_redirects=True
        )
        self._random = random.Random(1)  # noqa: S311 – faults must be the same in every run
        self._reports: set[asyncio.Task[None]] = set()
        self.mishaps: Mishaps = NoMishaps()
        self.under_way = 0

    async def close(self) -> None:
        """Send nothing more."""
        self.drop_reports()
        await self._http.aclose()

    def drop_reports(self) -> None:
        """Forget reports that are still on their way."""
        for task in list(self._reports):
            task.cancel()

    async def ask(
        self, leg: CarrierLeg, target: Target, fields: Mapping[str, str]
    ) -> tuple[str, str]:
        """Ask what to do next. Returns the document and its address. Raises `FetchFailed`.

        A recording in place of a document is one that plays it.
        """
        if self.mishaps.lost("turn", leg.sid):
            raise FetchFailed(11205)
        if self.mishaps.spoiled_by_proxy():
            raise FetchFailed(11200)
        copies = [self._send(target, fields) for _ in range(self.mishaps.duplicate)]
        answers = await asyncio.gather(*copies, return_exceptions=True)
        first = answers[0]
        if isinstance(first, BaseException):
            raise first
        if not first.is_success:
            raise FetchFailed(11200)
        bare = urldefrag(target.url).url
        if first.headers.get("Content-Type", "").startswith("audio/"):
            return f"<Response><Play>{escape(bare)}</Play></Response>", bare
        return first.text, bare

    async def fetch_sound(self, url: str) -> FetchedSound:
        """What a Play names. Nothing is kept: a cache would hide a sound that changed."""
        self.under_way += 1
        try:
            answer = await self._http.get(url)
        except (httpx.HTTPError, httpx.InvalidURL):
            return FetchedSound(0, 0.0)
        finally:
            self.under_way -= 1
        return FetchedSound(answer.status_code, seconds_of(answer.content))

    def report(self, kind: WebhookKind, url: str, fields: Mapping[str, str], *, sid: str) -> None:
        """Tell the application something; nobody waits for the answer."""
        if not url or self.mishaps.lost(kind, sid):
            return
        for _ in range(self.mishaps.duplicate):
            task = asyncio.ensure_future(self._report(url, fields))
            self._reports.add(task)
            task.add_done_callback(self._reports.discard)

    async def _report(self, url: str, fields: Mapping[str, str]) -> None:
        self.under_way += 1
        try:
            if self.mishaps.reorder:
                await asyncio.sleep(self._random.random() * OVERTAKING_S)
            if self.mishaps.late_s:
                self.under_way -= 1
                try:
                    await self._clock.sleep(self.mishaps.late_s)
                finally:
                    self.under_way += 1
            await self._send(Target(url), fields)
        except FetchFailed as fault:
            self._journal.write("webhook.failed", url=url, code=fault.code)
        finally:
            self.under_way -= 1

    async def _send(self, target: Target, fields: Mapping[str, str]) -> httpx.Response:
        bare, fragment = urldefrag(target.url)
        tries = 1 + int(dict(parse_qsl(fragment)).get("rc", "1"))
        token = new_sid("IT")
        self.under_way += 1
        try:
            for last in range(tries):
                try:
                    return await self._once(bare, target.method, fields, token)
                except httpx.ConnectError:
                    if last == tries - 1:
                        raise FetchFailed(11205) from None
                except httpx.HTTPError:
                    raise FetchFailed(11200) from None
        finally:
            self.under_way -= 1
        raise FetchFailed(11205)

    async def _once(
        self, url: str, method: str, fields: Mapping[str, str], token: str
    ) -> httpx.Response:
        pairs = [*fields.items(), ("AccountSid", self._account), ("ApiVersion", "2010-04-01")]
        body = urlencode(pairs)
        if method == "GET":
            url, body, pairs = f"{url}{'&' if '?' in url else '?'}{body}", "", []
        headers = {
            "X-Twilio-Signature": sign(url, pairs, self._token),
            "User-Agent": AGENT,
            "I-Twilio-Idempotency-Token": token,
        }
        if body:
            headers["Content-Type"] = "application/x-www-form-urlencoded; charset=UTF-8"
        answer = await self._http.request(method, url, content=body or None, headers=headers)
        self._journal.write(
            "webhook", url=url, status=answer.status_code, sid=fields.get("CallSid", "")
        )
        return answer
