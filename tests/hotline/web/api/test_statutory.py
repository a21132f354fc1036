"""A report from code to answer through the API, and what no station ever sees of it."""

import re
from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import select

from hotline.calls.model import CallState
from hotline.i18n.catalog import ENGLISH
from hotline.records.forms.known import default_version
from hotline.statutory.deadlines import ReportLook
from hotline.statutory.phones import LATE_REPORT
from hotline.storage.news import Change
from hotline.storage.sealed import seal_cell
from hotline.storage.tables import (
    AuditEntry,
    Call,
    Case,
    CaseEntry,
    Delivery,
    Staff,
    StaffSession,
    StatutoryReport,
)
from tests.hotline.web.api.conftest import ApiScene, Person

pytestmark = pytest.mark.anyio

NUMBER, DESK, RECEIPT = "15400007788", "Sergeant Canary", "CANARY-4711"
ANSWER, WISH, WHY = "canary: a case was opened", "canary: text her", "canary: she agrees"
CANARIES = (NUMBER, DESK, RECEIPT, ANSWER, WISH, WHY)


async def save_record(li: Person, *codes: str, **answers: Any) -> None:
    """Li writes that it is about a child who is somebody else's."""
    said = {
        "contact_type": "about_another",
        "person_minor": "yes",
        "person_age_band": "10_13",
        "reportable": list(codes),
        **answers,
    }
    body = {"form": default_version(), "answers": said, "narrative": "what was said"}
    await li.does("PUT", "/calls/call/record", body)


async def the_report(scene: ApiScene) -> StatutoryReport:
    """The only one."""
    [report] = await scene.all(StatutoryReport)
    found: StatutoryReport = report
    return found


async def passes(scene: ApiScene, **time: float) -> None:
    """Time passes, with a look at its end."""
    scene.clock.advance(timedelta(**time).total_seconds())
    await ReportLook(database=scene.house.database, clock=scene.clock).tick()


async def becomes_late(scene: ApiScene, li: Person) -> StatutoryReport:
    """A code in the record, a warning, and half an hour later a supervisor's phone."""
    await scene.change(Staff, "he", own_phone="15400000011")
    await save_record(li, "violence")
    report = await the_report(scene)
    assert (report.codes, report.state) == (["violence"], "open")
    assert "强制报告" in (await scene.http.get("/desk/statutory", headers=li.headers)).text
    await passes(scene, minutes=15)
    assert (await the_report(scene)).warned_at is not None
    await passes(scene, minutes=15)
    rung = [one for one in await scene.all(Delivery) if one.purpose == LATE_REPORT]
    assert [one.address for one in rung] == ["15400000011"]
    return report


async def test_from_the_code_in_the_record_to_the_answer_of_the_police(
    scene: ApiScene, li: Person, he: Person
) -> None:
    """Requirements 34 and 35 as one story, with a moved clock."""
    report = await becomes_late(scene, li)
    floor = await scene.http.get("/floor", headers=he.headers)
    assert report.number in floor.text

    made = {"agency": "police", "how": "phone", "person": DESK, "receipt": RECEIPT,
            "to_tell": WISH, "at": "2026-03-01T20:20"}  # fmt: skip
    told = await li.does("POST", f"/statutory/{report.id}/reported", made)
    assert told["state"] == "reported"
    reported = (await the_report(scene)).reported_at
    assert reported is not None
    assert reported.isoformat() == "2026-03-01T12:20:00+00:00"
    assert report.number not in (await scene.http.get("/floor", headers=he.headers)).text

    await passes(scene, days=3)
    assert (await the_report(scene)).reminded == 1
    await signs_in_again(scene)
    desk = await scene.http.get("/statutory?tab=feedback", headers=li.headers)
    assert report.number in desk.text
    await he.does("POST", f"/statutory/{report.id}/feedback", {"text": ANSWER})

    unread = await scene.http.get("/statutory?tab=ended", headers=li.headers)
    assert report.number in unread.text
    assert ANSWER not in unread.text
    words = await scene.http.get(f"/statutory/{report.id}/words", headers=li.headers)
    assert all(one in words.text for one in (ANSWER, DESK, RECEIPT, WISH))
    assert (await the_report(scene)).answer_read_at is not None


async def signs_in_again(scene: ApiScene) -> None:
    """Nobody's session lasts for days."""
    later = scene.clock.now() + timedelta(hours=12)
    async with scene.house.database.work() as work:
        for session in (await work.exec(select(StaffSession))).all():
            session.expires_at, session.seen_at = later, scene.clock.now()
            session.confirmed_at = scene.clock.now()


async def test_a_flag_of_this_kind_makes_one_due_in_the_same_answer(
    scene: ApiScene, li: Person
) -> None:
    flag = {"level": "high", "kind": "no_caregiver", "client_key": "k"}
    for _ in range(2):
        await li.does("POST", "/calls/call/flags", flag)

    assert (await the_report(scene)).codes == ["abandoned"]
    [case] = await scene.all(Case)
    assert (case.opened_as, (await the_report(scene)).case_id) == ("high", case.id)


async def test_one_click_and_again_with_the_same_key_is_one_report(
    scene: ApiScene, li: Person
) -> None:
    told = [
        await li.asks("POST", "/calls/call/mandatory-report", {"code": "begging"}, key="once")
        for _ in range(2)
    ]

    assert [one.status_code for one in told] == [201, 201]
    assert told[0].json() == told[1].json()
    assert (await li.asks("POST", "/calls/call/mandatory-report", {"code": "x"})).status_code == 422


async def test_a_supervisor_who_alone_suspects_it_may_not_waive_it(
    scene: ApiScene, he: Person
) -> None:
    told = await he.does("POST", "/calls/call/mandatory-report", {"code": "missing"})

    refused = await he.asks("POST", f"/statutory/{told['id']}/not-reportable", {"reason": "no"})

    assert refused.status_code == 409
    assert (await the_report(scene)).state == "open"
    page = await scene.http.get("/statutory", headers=he.headers)
    assert 'data-testid="only-mine"' in page.text


async def test_a_receipt_is_for_who_has_just_proved_who_they_are(
    scene: ApiScene, li: Person
) -> None:
    told = await li.does("POST", "/calls/call/mandatory-report", {"code": "missing"})
    assert (await li.asks("GET", f"/statutory/{told['id']}/receipt.pdf")).status_code == 409
    await li.does("POST", f"/statutory/{told['id']}/reported",
                  {"agency": "civil_affairs", "how": "in_person", "person": DESK})  # fmt: skip

    for language in ("zh", ENGLISH):
        page = await li.asks("GET", f"/statutory/{told['id']}/receipt.pdf?lang={language}")
        assert page.status_code == 200
        assert page.content.startswith(b"%PDF")
        assert told["number"] in page.headers["content-disposition"]
    kinds = [one.kind for one in await scene.all(CaseEntry)]
    assert kinds.count("statutory.receipt_exported") == 2

    scene.clock.advance(11 * 60)
    unproved = await li.asks("GET", f"/statutory/{told['id']}/receipt.pdf")
    assert unproved.status_code == 403


async def test_a_case_that_ends_with_a_death_must_be_told_to_the_manager(
    scene: ApiScene, he: Person
) -> None:
    told = await he.does("POST", "/calls/call/mandatory-report", {"code": "missing"})
    end = {"result": "died", "text": "found dead"}
    await he.does("POST", f"/cases/{told['case_id']}/close", end)

    events = [one for one in await scene.all(StatutoryReport) if one.kind == "emergency"]
    assert [one.codes for one in events] == [["death"]]
    manager = {"agency": "manager", "how": "phone", "person": "Director Zhong"}
    await he.does("POST", f"/statutory/{events[0].id}/reported", manager)
    assert (await scene.get(StatutoryReport, events[0].id)).next_due_at is None


async def a_caller_who_reports(scene: ApiScene, li: Person) -> StatutoryReport:
    """Her number is known to us; the station of tianhe holds the case."""
    async with scene.house.database.work() as work:
        call = await work.get_one(Call, "call")
        call.from_sealed = seal_cell(scene.house.vault, call, "from_sealed", "+86" + NUMBER)
        call.from_masked = "154****7788"
    await save_record(li, "abandoned")
    flag = {"level": "high", "client_key": "k"}
    await li.does("POST", "/calls/call/flags", flag)
    report = await the_report(scene)
    await scene.change(Case, str(report.case_id), station_id="tianhe")
    made = {"agency": "police", "how": "phone", "person": DESK, "receipt": RECEIPT, "to_tell": WISH}
    await li.does("POST", f"/statutory/{report.id}/reported", made)
    await li.does("POST", f"/statutory/{report.id}/feedback", {"text": ANSWER})
    return report


async def seen_by_the_station(scene: ApiScene, report: StatutoryReport) -> str:
    """Every page, part and answer that an officer of the station can ask for about it."""
    tianhe = scene.person("tianhe")
    case = f"/cases/{report.case_id}"
    pages = ["/station", "/station/live", "/cases", "/cases/live", case, f"{case}/parts/statutory",
             f"{case}/reporter", "/statutory", f"/statutory/{report.id}/words",
             "/api/v1/escalations", f"/api/v1/statutory/{report.id}/receipt.pdf",
             "/api/v1/calls/call", "/calls/call", "/api/v1/calls/call/record"]  # fmt: skip
    found = [await scene.http.get(path, headers=tianhe.headers) for path in pages]
    return "".join(one.text for one in found if one.status_code == 200)


async def test_a_station_knows_that_it_was_reported_and_never_by_whom(
    scene: ApiScene, li: Person, he: Person
) -> None:
    """Requirement 43, with canaries."""
    report = await a_caller_who_reports(scene, li)

    seen = await seen_by_the_station(scene, report)

    assert report.number in seen
    assert "公安机关" in seen
    assert 'data-hidden="true"' in seen
    assert not [one for one in (*CANARIES, "154****7788") if one in seen]

    reporter = f"/cases/{report.case_id}/reporter"
    tianhe = scene.person("tianhe")
    assert (await scene.http.get(reporter, headers=tianhe.headers)).status_code == 403
    await he.does("POST", f"{reporter}/release", {"reason": WHY})
    opened = await scene.http.get(reporter, headers=tianhe.headers)
    assert NUMBER in opened.text
    reads = [one for one in await scene.all(CaseEntry) if one.kind == "case.read"]
    assert (reads[-1].actor, reads[-1].facts["what"]) == ("staff:tianhe", ["reporter"])
    assert WHY not in await seen_by_the_station(scene, report)


async def test_whoever_calls_later_about_the_same_child_is_kept_from_the_station_at_once(
    scene: ApiScene, li: Person, he: Person
) -> None:
    """The first caller was the child; of the second no record says anything yet."""
    await save_record(li, "abandoned", contact_type="self", person_minor="", person_age_band="")
    report = await the_report(scene)
    reporter = f"/cases/{report.case_id}/reporter"
    tianhe = scene.person("tianhe")
    await he.does("POST", f"/cases/{report.case_id}/station", {"text": WHY, "station": "tianhe"})
    before = await scene.http.get(reporter, headers=tianhe.headers)
    talk = {"counselor_id": "li", "joined_at": scene.clock.now(), "ended_at": scene.clock.now()}
    await scene.add(scene.call("second", CallState.ENDED, **talk))

    case = await scene.get(Case, str(report.case_id))
    await li.does("POST", "/calls/second/case", {"number": case.number})

    after = await scene.http.get(reporter, headers=tianhe.headers)
    assert (before.status_code, after.status_code) == (200, 403)


async def a_neighbour_calls(scene: ApiScene, li: Person) -> str:
    """A second call, with a case of its own at tianhe; the number of that case."""
    scene.clock.advance(60)
    talk = {"counselor_id": "li", "joined_at": scene.clock.now(), "ended_at": scene.clock.now()}
    await scene.add(scene.call("second", CallState.ENDED, **talk))
    opened = await li.does("POST", "/calls/second/case")
    await scene.change(Case, opened["id"], station_id="tianhe")
    return str(opened["number"])


async def test_whoever_comes_with_a_merged_case_is_kept_from_the_station(
    scene: ApiScene, li: Person, he: Person
) -> None:
    """Demand 43, also after a release: it was about those who had called by then."""
    report = await a_caller_who_reports(scene, li)
    case, tianhe = f"/cases/{report.case_id}", scene.person("tianhe")
    await he.does("POST", f"{case}/reporter/release", {"reason": WHY})
    await scene.change(Case, str(report.case_id), station_id="tianhe")
    number = await a_neighbour_calls(scene, li)
    before = await scene.http.get(f"{case}/reporter", headers=tianhe.headers)

    await he.does("POST", f"{case}/merge", {"number": number, "text": WHY})

    after = await scene.http.get(f"{case}/reporter", headers=tianhe.headers)
    assert (before.status_code, after.status_code) == (200, 403)
    scene.clock.advance(1)
    await he.does("POST", f"{case}/reporter/release", {"reason": WHY})
    released = await scene.http.get(f"{case}/reporter", headers=tianhe.headers)
    assert released.status_code == 200


@pytest.mark.parametrize(
    ("act", "body"),
    [("reporter/release", {"reason": WHY}), ("reporter", {"is_reporter": False})],
    ids=["released", "said to be the child"],
)
async def test_what_was_decided_of_one_caller_is_not_about_whoever_calls_later(
    scene: ApiScene, li: Person, he: Person, act: str, body: dict[str, Any]
) -> None:
    """Demand 43."""
    report = await a_caller_who_reports(scene, li)
    path, tianhe = f"/cases/{report.case_id}", scene.person("tianhe")
    await scene.change(Case, str(report.case_id), station_id="tianhe")
    await he.does("POST", f"{path}/{act}", body)
    before = await scene.http.get(f"{path}/reporter", headers=tianhe.headers)
    scene.clock.advance(60)
    talk = {"counselor_id": "li", "joined_at": scene.clock.now(), "ended_at": scene.clock.now()}
    await scene.add(scene.call("second", CallState.ENDED, **talk))

    case = await scene.get(Case, str(report.case_id))
    await li.does("POST", "/calls/second/case", {"number": case.number})

    after = await scene.http.get(f"{path}/reporter", headers=tianhe.headers)
    assert (before.status_code, after.status_code) == (200, 403)


async def test_a_kept_reporters_number_opens_through_no_alarm(
    scene: ApiScene, li: Person, he: Person
) -> None:
    """Demand 43: whoever holds the alarm asks the hotline, until a supervisor releases it."""
    report = await a_caller_who_reports(scene, li)
    told = await li.does("POST", "/calls/call/flags", {"level": "high"})
    alarm, tianhe = f"/escalations/{told['escalation_id']}", scene.person("tianhe")
    await tianhe.does("POST", f"{alarm}/acknowledge")
    page = await scene.http.get(f"/station/{told['escalation_id']}", headers=tianhe.headers)

    refused = await tianhe.asks("POST", f"{alarm}/number", {"reason": "to ring them back"})
    await he.does("POST", f"/cases/{report.case_id}/reporter/release", {"reason": WHY})
    opened = await tianhe.asks("POST", f"{alarm}/number", {"reason": "to ring them back"})

    assert (refused.status_code, opened.status_code) == (409, 200)
    assert "154****7788" not in page.text
    assert "来电号码对接收方保密" in page.text


async def test_no_row_or_news_holds_what_was_said_in_clear(scene: ApiScene, li: Person) -> None:
    report = await a_caller_who_reports(scene, li)

    kept = [
        *await scene.all(StatutoryReport), *await scene.all(CaseEntry),
        *await scene.all(AuditEntry), *await scene.all(Case),
    ]  # fmt: skip

    told = re.sub(r"\s", " ", " ".join(map(str, kept)))
    assert report.number in told
    assert not [one for one in CANARIES if one in told]


async def test_a_counselor_of_another_line_and_a_station_hear_nothing_of_it(
    scene: ApiScene, li: Person
) -> None:
    report = await a_caller_who_reports(scene, li)

    audience = await scene.house.live.audience_of(
        scene.house.database, Change("statutory", report.id)
    )

    assert (audience.lines, audience.stations) == (frozenset({"youth"}), frozenset())
    assert audience.people == frozenset({"li"})
