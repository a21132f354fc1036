"""What in `bench_floor.py` does not depend on time: its judges, and how a stream is read."""

import asyncio
from math import inf

import pytest
from bench_floor import Latency, PageCost, latencies, percentile, report_page, report_streams
from bench_floor_listeners import BareBrowser, Draws, HeardDraw, HeardPart

from hotline.web.pages.floor_parts import PARTS, moved

pytestmark = pytest.mark.anyio

NINE, TEN = b"2026-11-30T09:00:00+00:00", b"2026-11-30T10:00:00+00:00"
HEAD = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n\r\n"


def event(part: bytes, at: bytes, html: bytes = b"<p>somebody waits</p>") -> bytes:
    told = b'{"part": "%b", "at": "%b", "html": "%b"}' % (part, at, html)
    return b"event: part\r\ndata: " + told + b"\r\n\r\n"


def sent_after(*topics: str) -> dict[str, dict[str, int]]:
    return {topic: dict.fromkeys(moved([topic], PARTS), 100) for topic in topics}


def a_round(first_ms: float) -> Latency:
    return Latency([first_ms] * 100, [2 * first_ms] * 100, cpu=0.5, parts=10, kilobytes=20, ended=0)


def test_an_event_is_seen_with_the_first_part_that_was_read_after_it() -> None:
    draws = [HeardDraw(1.0, 1.1, 1.2, 4, 900), HeardDraw(2.0, 2.5, 3.0, 4, 900)]

    first, last = latencies([0.5, 1.5], draws)

    assert first == pytest.approx([600, 1000])
    assert last == pytest.approx([700, 1500])


def test_a_part_that_was_read_before_an_event_does_not_tell_of_it() -> None:
    assert latencies([1.5], [HeardDraw(1.0, 2.0, 2.1, 1, 10)]) == ([inf], [inf])


def test_a_percentile_is_a_figure_that_was_seen() -> None:
    values = list(range(200, 0, -1))

    assert percentile(values, 50) == 101
    assert percentile(values, 99) == 199
    assert percentile([7.0], 99) == 7.0


@pytest.mark.parametrize("piece", [1, 7, 64, 10_000])
async def test_parts_are_heard_in_whatever_pieces_they_come(piece: int) -> None:
    heard: list[HeardPart] = []
    listener = BareBrowser(b"", heard.append)
    stream = HEAD + b"retry: 1000\r\n\r\n" + event(b"danger", NINE) + event(b"people", TEN)

    for begins in range(0, len(stream), piece):
        listener.data_received(stream[begins : begins + piece])

    assert [(one.name, one.at) for one in heard] == [("danger", NINE), ("people", TEN)]
    assert (await listener.opened).startswith(b"HTTP/1.1 200 OK")
    assert sum(one.size for one in heard) == len(event(b"danger", NINE) + event(b"people", TEN)) - 8


async def test_who_is_not_let_in_is_not_left_waiting() -> None:
    listener = BareBrowser(b"", lambda _: None)

    listener.connection_lost(None)

    assert await asyncio.wait_for(listener.opened, 1) == b""


def test_the_parts_of_one_moment_are_one_draw() -> None:
    draws = Draws()

    for at, received in ((NINE, 1.0), (NINE, 2.0), (TEN, 5.0)):
        draws.hear(HeardPart("danger", at, 100, received))

    nine, ten = [HeardDraw(*one) for one in draws.told()]  # type: ignore[arg-type] # counts, as JSON
    assert (nine.first, nine.last, nine.parts, nine.size) == (1.0, 2.0, 2, 200)
    assert (ten.first, ten.last, ten.parts, ten.size) == (5.0, 5.0, 1, 100)
    assert ten.read - nine.read == 3600


def test_a_page_within_its_targets_misses_none() -> None:
    cost = PageCost([90.0], [5.0], 399_000, 399_000, sent_after("presence", "call"))

    assert report_page(cost) == []


def test_a_page_too_dear_too_large_and_a_part_too_many_are_named() -> None:
    sent = sent_after("presence", "call")
    sent["presence"]["talks"] = 100
    cost = PageCost([101.0], [5.0], 401_000, 401_000, sent)

    assert report_page(cost) == [
        "CPU of a page",
        "size of a page",
        "parts sent after a change of a presence",
    ]


def test_a_stream_much_slower_than_a_bare_one_is_named() -> None:
    bare = [a_round(10.0)] * 3

    assert report_streams({"ours": [a_round(14.0)] * 3, "bare": bare}) == []
    assert report_streams({"ours": [a_round(16.0)] * 3, "bare": bare}) == [
        "p99 of an event beside a bare stream"
    ]
