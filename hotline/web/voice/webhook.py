"""One webhook from raw bytes to a checked form: the gate of all carrier addresses.

The URL that was signed is the one the carrier was given: `HOTLINE_PUBLIC_URL` plus path and
query. Host and X-Forwarded-* headers are never looked at.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Annotated
from urllib.parse import parse_qsl, urlencode

from fastapi import Depends, Request

from hotline.errors import Forbidden
from hotline.settings import Settings
from hotline.telephony.callbacks import ConferenceForm, LegForm, read_conference, read_leg
from hotline.telephony.signature import signed_by_carrier
from hotline.texts import cleaned
from hotline.web.deps import BackendDep
from hotline.web.replaying import REPLAY, Replay
from hotline.web.spool import SpoolEntry


@dataclass(frozen=True)
class Webhook:
    """A request that the carrier signed. `again`: from our own spool, handled once more."""

    path: str
    query: str
    body: bytes
    fields: dict[str, str]
    again: Replay | None = None

    @property
    def address(self) -> str:
        """Path and query, as they were given out."""
        return f"{self.path}?{self.query}" if self.query else self.path

    @cached_property
    def leg(self) -> LegForm:
        """Read as a form about a leg."""
        return read_leg(self.fields)

    @cached_property
    def conference(self) -> ConferenceForm:
        """Read as a form about a conference."""
        return read_conference(self.fields)

    @property
    def text_report(self) -> tuple[str, str]:
        """Of a text of ours: the carrier's word, and its name for the text."""
        return self.fields.get("MessageStatus", ""), self.fields.get("MessageSid", "")

    @property
    def dedupe_key(self) -> str:
        """Equal for repeats of one request. Every document names a fresh URL for what follows.

        The order of the fields says nothing, and is not signed: a copy may have another one.
        """
        fields = sorted(parse_qsl(self.body.decode("utf-8", "replace"), keep_blank_values=True))
        whole = "\0".join((self.path, self.query, urlencode(fields)))
        return hashlib.sha256(whole.encode()).hexdigest()

    def entry(self, name: str, *, at: datetime, danger: bool = False) -> SpoolEntry:
        """As it is kept until it can be stored."""
        return SpoolEntry(
            name=name, at=at, danger=danger, path=self.path, query=self.query, body=self.body
        )


async def checked_webhook(request: Request, backend: BackendDep) -> Webhook:
    """Read and check the signature. Raises `Forbidden`: no signature, no word about why.

    What comes from our own spool was checked when it came.
    """
    again: Replay | None = request.scope.get(REPLAY)
    if again is not None:
        one = again.entry
        return Webhook(one.path, one.query, one.body, _fields(one.body, one.query), again)
    query = request.scope["query_string"].decode("latin-1")
    signature = request.headers.get("X-Twilio-Signature", "")
    body = await request.body()
    return read_webhook(backend.settings, request.url.path, query, body, signature)


def read_webhook(settings: Settings, path: str, query: str, body: bytes, signature: str) -> Webhook:
    """One request of the carrier's. Raises `Forbidden`."""
    url = settings.base_url + path + (f"?{query}" if query else "")
    pairs = parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True)
    if not signed_by_carrier(url, pairs, signature, settings.carrier_tokens):
        raise Forbidden
    fields = _fields(body, query)
    if fields.get("AccountSid") != settings.twilio_account_sid:
        raise Forbidden
    return Webhook(path, query, body, fields)


def _fields(body: bytes, query: str) -> dict[str, str]:
    """Of a form, or of the query of a request without one. The first of a name counts."""
    pairs = parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True)
    fields = dict(reversed(pairs or parse_qsl(query, keep_blank_values=True)))
    return {cleaned(name): cleaned(value) for name, value in fields.items()}


WebhookDep = Annotated[Webhook, Depends(checked_webhook)]
