"""Scripts, styles and pictures: read and compressed once, then served from memory.

They are half a megabyte together. A file that is read for each request costs threads and
compression while a caller waits.
"""

import gzip
import hashlib
import mimetypes
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from hotline.web.pages.rendering import VERSION, asset_version

FOR_EVER = "public, max-age=31536000, immutable"
LEVEL = 9


@dataclass(frozen=True, slots=True)
class Asset:
    """One file. `mark`: the same for the same content (ETag)."""

    plain: bytes
    small: bytes
    media_type: str
    mark: str

    def answer(self, asked: Headers, kept: str) -> Response:
        """What a reader gets who may have it already. `kept`: for how long it may be kept."""
        headers = {"ETag": self.mark, "Cache-Control": kept, "Vary": "Accept-Encoding"}
        if self.mark in asked.get("If-None-Match", ""):
            return Response(status_code=304, headers=headers)
        if "gzip" not in asked.get("Accept-Encoding", ""):
            return Response(self.plain, headers=headers, media_type=self.media_type)
        return Response(
            self.small, headers=headers | {"Content-Encoding": "gzip"}, media_type=self.media_type
        )


class Assets:
    """Kept for ever by browsers under the name of their version, else asked for again.

    A page that was open before a new version finds the new files under the old names.
    """

    def __init__(self, folder: Path, made: Mapping[str, bytes]) -> None:
        """Reads the folder: what is neither in it now nor in `made` does not exist."""
        files = (file for file in folder.rglob("*") if file.is_file())
        read = {file.relative_to(folder).as_posix(): file.read_bytes() for file in files}
        self._assets = {name: _asset(name, plain) for name, plain in {**read, **made}.items()}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Raises `HTTPException` for what is not there, and for anything but reading."""
        if scope["method"] not in ("GET", "HEAD"):
            raise HTTPException(405, headers={"Allow": "GET, HEAD"})
        path = scope["path"].removeprefix(scope.get("root_path", "")).removeprefix("/")
        version, _, name = path.partition("/")
        versioned = bool(VERSION.fullmatch(version)) and bool(name)
        asset = self._assets.get(name if versioned else path)
        if asset is None:
            raise HTTPException(404)
        ours = versioned and version == asset_version()
        answer = asset.answer(Headers(scope=scope), FOR_EVER if ours else "no-cache")
        await answer(scope, receive, send)


@cache
def _asset(name: str, plain: bytes) -> Asset:
    """Kept by its content: another application of this process compresses nothing again."""
    return Asset(
        plain=plain,
        small=gzip.compress(plain, LEVEL, mtime=0),
        media_type=mimetypes.guess_type(name)[0] or "application/octet-stream",
        mark=f'"{hashlib.sha256(plain).hexdigest()[:20]}"',
    )
