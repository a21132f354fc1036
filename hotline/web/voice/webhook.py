"""One webhook from raw bytes to a checked form: the gate of all carrier addresses.

The URL that was signed is the one the carrier was given: `HOTLINE_PUBLIC_URL` plus path and
query. Host and X-Forwarded-* headers are never looked at.
"""

import hashlib
from dataclasses import dataclass
from functools import cached_property
from typing import Annotated
from urllib.parse import parse_qsl, urlencode

from fastapi import Depends, Request

from hotline.errors import Forbidden
from hotline.telephony.callbacks import ConferenceForm, LegForm, read_conference, read_leg
from hotline.telephony.signature import signed_by_carrier
from hotline.texts import cleaned
from hotline.web.deps import BackendDep


@dataclass(frozen=True)
class Webhook:
    """A request that the carrier signed."""

    path: str
    query: str
    body: bytes
    fields: dict[str, str]

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
    def dedupe_key(self) -> str:
        """Equal for repeats of one request. Every document names a fresh URL for what follows.

        The order of the fields says nothing, and is not signed: a copy may have another one.
        """
        fields = sorted(parse_qsl(self.body.decode("utf-8", "replace"), keep_blank_values=True))
        whole = "\0".join((self.path, self.query, urlencode(fields)))
        return hashlib.sha256(whole.encode()).hexdigest()


async def checked_webhook(request: Request, backend: BackendDep) -> Webhook:
    """Read and check the signature. Raises `Forbidden`: no signature, no word about why."""
    body = await request.body()
    path = request.url.path
    query = request.scope["query_string"].decode("latin-1")
    url = backend.settings.base_url + path + (f"?{query}" if query else "")
    pairs = parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True)
    signature = request.headers.get("X-Twilio-Signature", "")
    if not signed_by_carrier(url, pairs, signature, backend.settings.carrier_tokens):
        raise Forbidden
    fields = dict(reversed(pairs or parse_qsl(query, keep_blank_values=True)))
    fields = {cleaned(name): cleaned(value) for name, value in fields.items()}
    if fields.get("AccountSid") != backend.settings.twilio_account_sid:
        raise Forbidden
    return Webhook(path, query, body, fields)


WebhookDep = Annotated[Webhook, Depends(checked_webhook)]
