"""Every page as axe sees it: names, contrast, landmarks, headings, a way past the navigation."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page

from hotline.web.pages import page_paths
from tests.browser.people import Demo, Duty, flagged_talk, signs_in

pytestmark = pytest.mark.browser

AXE = Path(__file__).parents[1] / "javascript/node_modules/axe-core/axe.min.js"
RUN = """async () => (await axe.run(document, {
    iframes: false,
    resultTypes: ["violations"],
    rules: {"label-content-name-mismatch": {enabled: true}, "target-size": {enabled: true}},
})).violations.flatMap((one) => one.nodes.map((node) => `${one.id} ${node.html.slice(0, 160)}`))"""
LANGUAGES = ("zh", "en")
PAGES = {
    None: ["/login", "/demo", "/no/such/page"],
    "li": ["/desk", "/desk/calls/{call_id}", "/escalations"],
    "he": ["/floor", "/wall", "/calls/{call_id}", "/escalations/{escalation_id}"],
    "tianhe": ["/station", "/escalations/{escalation_id}"],
}
PARTS = {
    "/",  # leads to the first page of one's role
    "/calls/{call_id}/live",
    "/desk/bar",
    "/desk/break",
    "/desk/calls/{call_id}/facts",
    "/desk/danger",
    "/desk/due",
    "/desk/presence",
    "/escalations/live",
    "/escalations/{escalation_id}/acts",
    "/escalations/{escalation_id}/live",
    "/escalations/{escalation_id}/story",
    "/floor/live",
    "/station/live",
}

Faults = list[str]


def faults_of(page: Page) -> Faults:
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found: Any = page.evaluate(RUN)
    return [f"{page.url}: {fault}" for fault in found]


def looks_at(page: Page, address: str) -> Faults:
    page.goto(address)
    return faults_of(page)


def test_every_page_can_be_read_and_used_by_everybody(
    demo: Demo, duty: Duty, somebody: Callable[[], Page]
) -> None:
    desk = somebody()
    ids = flagged_talk(desk, duty)

    faults = faults_of(desk)
    for who, paths in PAGES.items():
        page = somebody()
        if who is not None:
            signs_in(page, demo, who)
        for address in [demo.url + path.format(**ids) for path in paths]:
            for language in LANGUAGES:
                faults += looks_at(page, f"{address}?lang={language}")
    for language in LANGUAGES:
        faults += looks_at(somebody(), f"{demo.phone}?lang={language}")

    assert faults == []


def test_no_page_was_left_out_of_those_looked_at() -> None:
    looked_at = {path for paths in PAGES.values() for path in paths}

    assert page_paths() - looked_at - PARTS == set()
