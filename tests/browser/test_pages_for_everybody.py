"""Every page as axe sees it: names, contrast, landmarks, headings, a way past the navigation."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from hotline.web.pages import page_paths
from tests.browser.people import Demo, Duty, flagged_talk, refused_request, signs_in

pytestmark = pytest.mark.browser

AXE = Path(__file__).parents[1] / "javascript/node_modules/axe-core/axe.min.js"
RUN = """async () => (await axe.run(document, {
    iframes: false,
    resultTypes: ["violations"],
    rules: {"label-content-name-mismatch": {enabled: true}, "target-size": {enabled: true}},
})).violations.flatMap((one) => one.nodes.map((node) => `${one.id} ${node.html.slice(0, 160)}`))"""
AT_REST = """() => Promise.all(document.getAnimations()
    .filter((one) => Number.isFinite(one.effect?.getComputedTiming().endTime))
    .map((one) => one.finished.catch(() => {})))"""  # those that never end fade nothing in
LANGUAGES = ("zh", "en")
PAGES = {
    None: [
        "/login",
        "/away",
        "/station/away",
        "/demo",
        "/no/such/page",
        "/invitation",
        "/a/{token}",
        "/g/{token}",
        "/f/{token}",
    ],
    "li": [
        "/desk",
        "/desk/calls/{call_id}",
        "/escalations",
        "/callbacks",
        "/follow-ups",
        "/messages",
        "/texts",
        "/records",
        "/statutory",
        "/account",
        "/cases",
        "/cases/{case_id}",
        "/referrals",
        "/referrals/places",
        "/roster",
    ],
    "he": [
        "/floor",
        "/roster",
        "/roster?view=month",
        "/floor/past",
        "/floor/alerts/over",
        "/statutory",
        "/callers",
        "/records",
        "/floor/acts",
        "/floor/people?state=talking",
        "/floor/talks",
        "/floor/danger",
        "/floor/waiting",
        "/incidents",
        "/incidents/drills",
        "/wall",
        "/calls/{call_id}",
        "/escalations/{escalation_id}",
        "/cases",
        "/cases/{case_id}",
        "/cases/{case_id}/group/invite",
        "/referrals/measures",
        "/roster/what-if",
        "/reports",
        "/reports?kind=month",
        "/reports/behind",
        "/reports/mails",
        "/provisions",
        "/visits",
        "/visits?view=calendar",
        "/visits?view=grid",
        "/rights",
        "/rights/{request_id}",
        "/rights/{request_id}/letter",
        "/quality",
    ],
    "admin": [
        "/reports",
        "/referrals/places",
        "/visits",
        "/accounts",
        "/prompts",
        "/administration",
        "/administration/lines/youth-12355",
        "/administration/lines/youth-12355/edit",
        "/administration/staff/edit",
        "/administration/stations/edit",
        "/administration/staff",
        "/administration/stations",
        "/administration/files",
        "/administration/forms",
        "/administration/chains",
        "/administration/history",
        "/administration/history/1",
    ],
    "tianhe": ["/station", "/station/{escalation_id}", "/cases", "/cases/{case_id}", "/visits"],
}
PARTS = {
    "/cases/{case_id}/group/members/{member_id}",  # looked at in its own story
    "/",  # leads to the first page of one's role
    "/calls/{call_id}/live",
    "/quality/live",
    "/quality/reviews/{review_id}",  # behind a lot that was drawn: looked at in its own story
    "/account/feedback/{review_id}",
    "/calls/{call_id}/rights",
    "/calls/{call_id}/risk",
    "/calls/{call_id}/record",
    "/calls/{call_id}/readings",
    "/records/readings",
    "/calls/{call_id}/additions",
    "/desk/calls/{call_id}/risk",
    "/callbacks/live",
    "/texts/live",
    "/texts/{text_id}/words",
    "/desk/bar",
    "/desk/now",
    "/desk/calls/{call_id}/ask",
    "/desk/calls/{call_id}/call-back",
    "/desk/calls/{call_id}/facts",
    "/desk/calls/{call_id}/follow-up",
    "/desk/calls/{call_id}/places",
    "/desk/danger",
    "/desk/due",
    "/desk/notices",
    "/desk/presence",
    "/cases/live",
    "/cases/{case_id}/beside",
    "/cases/{case_id}/head",
    "/cases/{case_id}/parts/{name}",
    "/cases/{case_id}/reporter",
    "/desk/statutory",
    "/statutory/live",
    "/statutory/{report_id}/words",
    "/cases/{case_id}/handed",
    "/desk/calls/{call_id}/refer",
    "/referrals/live",
    "/roster/live",
    "/floor/alerts/{alert_id}/acts",
    "/roster/what-if/answer",  # of a question that was begun
    "/roster/new",
    "/roster/shifts/{shift_id}",
    "/r/{token}.ics",  # for a calendar program: no page
    "/referrals/measures.csv",
    "/reports/figures",
    "/reports/changes",
    "/referrals/{referral_id}",  # of an officer whose station was sent one: the forms of a case
    "/cases/{case_id}/consents/{consent_id}/words",
    "/calls/{call_id}/consents/{consent_id}/words",
    "/cases/{case_id}/visits/words",
    "/visits/live",
    "/escalations/live",
    "/escalations/untaken",
    "/escalations/{escalation_id}/files",
    "/station/shift",
    "/station/shift/{handover_id}/note",
    "/station/push",
    "/escalations/{escalation_id}/acts",
    "/escalations/{escalation_id}/live",
    "/escalations/{escalation_id}/stations",
    "/escalations/{escalation_id}/story",
    "/floor/acts/recent",
    "/follow-ups/live",
    "/floor/callers/{call_id}/acts",
    "/floor/due",
    "/floor/lines/{line_id}/acts",
    "/floor/message",
    "/floor/people",  # looked at with a state
    "/floor/past/then",
    "/floor/people/acts",
    "/floor/stream",  # the parts of the floor, as they change
    "/floor/watch",
    "/away-worker.js",
    "/messages/count",
    "/messages/live",
    "/incidents/list",
    "/prompts/list",
    "/sign-in/return",  # whence people come back from the identity provider
    "/station/live",
    "/station/{escalation_id}/live",
    "/station.webmanifest",
    "/station-worker.js",
}

Faults = list[str]


def faults_of(page: Page) -> Faults:
    """Looked at when nothing fades any more: a colour on its way is nobody's choice."""
    page.evaluate(AXE.read_text(encoding="utf-8"))
    page.evaluate(AT_REST)
    found: Any = page.evaluate(RUN)
    return [f"{page.url}: {fault}" for fault in found]


def looks_at(page: Page, address: str) -> Faults:
    page.goto(address)
    return faults_of(page)


def test_every_page_can_be_read_and_used_by_everybody(
    demo: Demo, duty: Duty, somebody: Callable[[], Page]
) -> None:
    desk = somebody()
    ids = {**flagged_talk(desk, duty), "token": "0" * 24}
    ids["request_id"] = refused_request(duty, ids["call_id"])

    faults = faults_of(desk)
    for who, paths in PAGES.items():
        page = somebody()
        if who is not None:
            signs_in(page, demo, who)
        for address in [demo.url + path.format(**ids) for path in paths]:
            for language in LANGUAGES:
                joined = "&" if "?" in address else "?"
                faults += looks_at(page, f"{address}{joined}lang={language}")
    for language in LANGUAGES:
        phone = somebody()
        phone.goto(f"{demo.phone}?lang={language}")
        expect(phone.get_by_test_id("state")).to_have_attribute("data-state", "idle")
        faults += faults_of(phone)

    assert faults == []


def test_no_page_was_left_out_of_those_looked_at() -> None:
    looked_at = {path for paths in PAGES.values() for path in paths}
    of_one = ("lines/{line_id}", "lines/{line_id}/edit", "history/{number}")
    looked_at |= {f"/administration/{path}" for path in of_one}

    assert page_paths() - looked_at - PARTS == set()
