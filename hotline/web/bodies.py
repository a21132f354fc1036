"""A body is measured and awaited here, before anything else looks at a request.

A length that is said is refused at once; one that is not is counted while it comes and cut. A body
that comes too slowly is given up, and until it is there it holds no turn and no connection to the
database. Of files only a few come at a time. Then its texts are looked at (`texts`).
"""

import asyncio
import re

from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from hotline.web.addresses import WEBHOOKS
from hotline.web.errors import problem
from hotline.web.texts import refusal_of_texts

CREDENTIALS = (b"authorization", b"cookie")
FILES = re.compile(r".*/api/v1/escalations/[^/]+/attachments")
MOST_BYTES = 256 * 1024  # a record of 20,000 characters, each escaped
MOST_WEBHOOK_BYTES = 64 * 1024
SOUNDS = re.compile(r".*/api/v1/prompts/[^/]+/keys/[^/]+/takes")
MOST_SOUND_BYTES = 2 * 1024 * 1024
MOST_FILE_BYTES = 12 * 1024 * 1024  # a telephone's photo as its camera wrote it
FILES_AT_ONCE = 6
WHOLE_WITHIN_S = 20.0
FILE_WITHIN_S = 120.0  # on a bad line
TOO_LARGE = "This request is larger than anything that is needed here. Nothing was stored."
TOO_LARGE_FILE = (
    "This file is larger than 12 MB. Nothing was stored: take the photo with a smaller size, or"
    " send a screenshot of it."
)
FILES_COMING = "Many files are on their way at this moment. Nothing was lost: add it again soon."
TOO_SLOW = "The request did not come in time. Nothing was stored; please send it again."
CLOSE = {"Connection": "close"}  # what is still on its way is nobody's
LATER = {**CLOSE, "Retry-After": "5"}


class _Gone(Exception):
    """The sender hung up before the whole body was there."""


class BodyLimits:
    """Hands on whole bodies of a size that we can hold."""

    def __init__(self, app: ASGIApp, *, whole_within_s: float = WHOLE_WITHIN_S) -> None:
        """Wraps the application."""
        self._app, self._patience_s = app, whole_within_s
        self._files = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Read the body, then let the application have it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        if is_file(scope):
            await self._file(scope, receive, send)
            return
        most = _most_bytes(scope["path"])
        body = await whole_body(scope, receive, most=most, within_s=self._patience_s)
        if isinstance(body, bytes):
            app = refusal_of_texts(scope, body) or self._app
            await app(scope, replayed(body, receive), send)
        elif body is not None:
            await body(scope, receive, send)

    async def _file(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Bytes that nobody reads here."""
        if self._files >= FILES_AT_ONCE:
            await problem(503, FILES_COMING, headers=LATER)(scope, receive, send)
            return
        self._files += 1
        try:
            within_s = max(FILE_WITHIN_S, self._patience_s)
            body = await whole_body(
                scope, receive, most=MOST_FILE_BYTES, within_s=within_s, too_large=TOO_LARGE_FILE
            )
        finally:
            self._files -= 1
        if isinstance(body, bytes):
            app = refusal_of_texts(scope, b"") or self._app
            await app(scope, replayed(body, receive), send)
        elif body is not None:
            await body(scope, receive, send)


def is_file(scope: Scope) -> bool:
    """Whether it brings a file from the field. Whoever sends no credentials sends none."""
    signs_in = any(name in CREDENTIALS for name, _ in scope["headers"])
    return scope["method"] == "POST" and signs_in and bool(FILES.fullmatch(scope["path"]))


async def whole_body(
    scope: Scope,
    receive: Receive,
    *,
    most: int,
    within_s: float = WHOLE_WITHIN_S,
    too_large: str = TOO_LARGE,
) -> bytes | Response | None:
    """The body, or what to answer where it is too large or too slow. None: the sender has gone."""
    try:
        async with asyncio.timeout(within_s):
            return await _whole(scope, receive, most)
    except OverflowError:
        return problem(413, too_large, headers=CLOSE)
    except TimeoutError:
        return problem(408, TOO_SLOW, headers=CLOSE)
    except _Gone:
        return None


def _most_bytes(path: str) -> int:
    if path.startswith(WEBHOOKS):
        return MOST_WEBHOOK_BYTES
    return MOST_SOUND_BYTES if SOUNDS.fullmatch(path) else MOST_BYTES


def _length_said(scope: Scope) -> int:
    said = dict(scope["headers"]).get(b"content-length", b"0")
    return int(said) if said.isdigit() else 0


async def _whole(scope: Scope, receive: Receive, most: int) -> bytes:
    """Raises `OverflowError` as soon as it is known to be more than `most`, or `_Gone`."""
    parts, size, more = list[bytes](), 0, True
    if _length_said(scope) > most:
        raise OverflowError
    while more:
        message = await receive()
        if message["type"] != "http.request":
            raise _Gone
        part, more = message.get("body", b""), message.get("more_body", False)
        size += len(part)
        if size > most:
            raise OverflowError
        parts.append(part)
    return b"".join(parts)


def replayed(body: bytes, receive: Receive) -> Receive:
    """The body once; afterwards whatever the server tells, which is that the sender has gone."""
    messages: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def receiving() -> Message:
        return messages.pop() if messages else await receive()

    return receiving
