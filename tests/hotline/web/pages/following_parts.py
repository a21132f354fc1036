"""A page that follows the floor's stream, as its script does: it keeps what it was sent."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from tests.hotline.web.api.listening import Heard


@dataclass
class FollowingPage:
    """`held`: of each part when it was read, and its rows."""

    held: dict[str, tuple[str, list[str]]] = field(default_factory=dict)

    def hears(self, kind: str, data: str) -> str:
        """One event of a part; which. Raises `LookupError` where it has missed something."""
        told = json.loads(data)
        name = str(told["part"])
        if kind == "part":
            rows = str(told["html"]).split("\n")
        else:
            of, before = self.held[name]
            if told["of"] != of:
                raise LookupError(name)
            rows = list(made_of(told["rows"], before))
        self.held[name] = told["at"], rows
        return name

    def hears_all(self, draw: bytes) -> list[str]:
        """The events of one draw; of which parts."""
        events = [one.split("\r\n") for one in draw.decode().split("\r\n\r\n") if one]
        told = [
            (kind.removeprefix("event: "), data.removeprefix("data: ")) for kind, data in events
        ]
        return [self.hears(kind, data) for kind, data in told if kind != "now"]

    def shows(self, part: str) -> str:
        """Its HTML."""
        return "\n".join(self.held[part][1])

    async def next(self, heard: Heard, part: str) -> str:
        """The next one of this name."""
        while (found := await heard.event()) is not None:
            if found[0] in ("part", "rows") and self.hears(*found) == part:
                return self.shows(part)
        raise AssertionError(f"the stream ended without {part}")


def made_of(pieces: list[Any], before: list[str]) -> Iterator[str]:
    """Of what it has, and what is new."""
    for piece in pieces:
        yield from [piece] if isinstance(piece, str) else before[slice(*piece)]
