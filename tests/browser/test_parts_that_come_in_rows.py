"""A page that is sent rows of a part shows the part; one that missed something begins anew."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.people import Demo, signs_in

pytestmark = pytest.mark.browser

PEOPLE = ["<ul>", "<li>Li</li>", '<li>Bao <time data-since="2020-01-01T00:00:00Z">0:05</time></li>']
WHOLE = {"part": "people", "at": "first", "html": "\n".join(PEOPLE)}
ROWS = {"part": "people", "at": "second", "of": "first", "rows": [[0, 1], [2, 3], "<li>Chen</li>"]}
MISSED = {"part": "people", "at": "fourth", "of": "third", "rows": ["<li>nobody</li>"]}
ANEW = {"part": "people", "at": "fifth", "html": "<p>all anew</p>"}


def event(name: str, told: dict[str, Any]) -> str:
    return f"event: {name}\r\ndata: {json.dumps(told)}\r\n\r\n"


def follows(page: Page, demo: Demo, streams: list[str]) -> None:
    """The floor with these streams, one after the other; the last one again and again."""

    def answers(route: Route) -> None:
        body = streams.pop(0) if len(streams) > 1 else streams[0]
        route.fulfill(body=f"retry: 600000\r\n\r\n{body}", content_type="text/event-stream")

    page.route("**/floor/stream", answers)
    page.goto(f"{demo.url}/floor")


def test_rows_that_stay_and_rows_that_are_new_make_the_part(
    demo: Demo, somebody: Callable[[], Page]
) -> None:
    page = somebody()
    signs_in(page, demo, "he")

    follows(page, demo, [event("part", WHOLE) + event("rows", ROWS)])

    items = page.locator("#floor-people li")
    expect(items).to_have_count(2)
    expect(items.last).to_have_text("Chen")
    expect(items.first).not_to_contain_text("0:05")


def test_a_page_that_missed_something_begins_anew(demo: Demo, somebody: Callable[[], Page]) -> None:
    page = somebody()
    signs_in(page, demo, "he")

    follows(page, demo, [event("part", WHOLE) + event("rows", MISSED), event("part", ANEW)])

    expect(page.locator("#floor-people")).to_have_text("all anew")
