"""A part as a browser holds it, in rows of text, and what to send it of the next one. Pure.

Of a change most rows stay, or stand elsewhere: these are named by their places in what the browser
has, and only new ones are sent. What the browser counts by itself makes no row another one.
"""

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

COUNTED = re.compile(r"(<time [^>]*data-(?:since|until)=[^>]*>)[^<]*")  # `rendering.since`, `until`

Piece = str | tuple[int, int]  # a new row, or from where to before where they stay


@dataclass(frozen=True, slots=True)
class PartShown:
    """One part as it was sent last. `at`: ISO, when its values were read; `rows`: what they say."""

    at: str
    event: bytes
    rows: Sequence[str]


def shown(part: str, html: str, *, at: str) -> PartShown:
    """A part whole."""
    return PartShown(at, event("part", part=part, at=at, html=html), _told(html))


def news_of(part: str, before: PartShown | None, now: PartShown, html: str) -> bytes:
    """What makes the one before this one: rows that are new, or all of it where that is less."""
    if before is None:
        return now.event
    pieces = list(_pieces(before.rows, now.rows, html.split("\n")))
    rows = event("rows", part=part, at=now.at, of=before.at, rows=pieces)
    return min(rows, now.event, key=len)


def event(name: str, **told: object) -> bytes:
    """`at`: when its values were read."""
    return f"event: {name}\r\ndata: {json.dumps(told, ensure_ascii=False)}\r\n\r\n".encode()


def _told(html: str) -> list[str]:
    return COUNTED.sub(r"\1", html).split("\n")


def _pieces(before: Sequence[str], now: Sequence[str], as_drawn: Sequence[str]) -> Iterator[Piece]:
    """Where a row stood twice, the one that goes on from the last is meant."""
    places = {row: place for place, row in enumerate(before)}
    at = follows = 0
    while at < len(now):
        is_next = follows < len(before) and before[follows] == now[at]
        first = follows if is_next else places.get(now[at])
        if first is None:
            yield as_drawn[at]
            at += 1
            continue
        follows = first
        while at < len(now) and follows < len(before) and before[follows] == now[at]:
            at, follows = at + 1, follows + 1
        yield first, follows
