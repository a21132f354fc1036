"""The two ways in which a mandatory report ends, and what came back (requirements 34, 35, 43)."""

from collections.abc import Awaitable, Callable
from datetime import date, timedelta
from typing import Any

import pytest
from sqlmodel import select

from hotline.cases.reporters import (
    ask_who_called,
    number_of_reporter,
    release_caller,
    reporter_of,
    say_who_called,
)
from hotline.errors import IllegalMove, Invalid, NotFound
from hotline.statutory.acts import accepted, answered, none_yet, not_reportable, report_made
from hotline.statutory.counts import count_month
from hotline.statutory.model import AGENCIES, How, ReportAgency, Source
from hotline.statutory.queries import open_words
from hotline.statutory.receipts import take_receipt
from hotline.statutory.service import Suspicion, died, open_emergency
from hotline.storage.sealed import open_cell, open_sealed, seal_cell
from hotline.storage.session import Work
from hotline.storage.tables import Call, Case, CaseEntry, Provision, StatutoryReport
from tests.fakes import NOON
from tests.hotline.statutory.conftest import HE, LI, SUN, ReportScene

pytestmark = pytest.mark.anyio


async def done(scene: ReportScene, act: Callable[[Work], Awaitable[Any]]) -> Any:
    """In a unit of work."""
    async with scene.work() as work:
        return await act(work)


async def test_a_report_says_to_whom_how_and_when_and_seals_the_rest(scene: ReportScene) -> None:
    report = await scene.suspects()
    made = scene.made(receipt="A-77", to_tell="wants a text after school")

    await done(scene, lambda work: report_made(work, scene.act(), report.id, made))

    found = await scene.report()
    assert (found.state, found.agency, found.how) == ("reported", "police", "phone")
    assert (found.reported_by, found.reported_at) == (str(LI), scene.now())
    assert found.next_due_at == found.feedback_due_at == scene.now() + timedelta(days=3)
    for column, words in (
        ("person_sealed", "desk 3"),
        ("receipt_sealed", "A-77"),
        ("to_tell_sealed", "wants a text after school"),
    ):
        assert words not in getattr(found, column)
        assert open_cell(scene.vault, found, column) == words


@pytest.mark.parametrize("agency", AGENCIES)
async def test_a_report_is_a_hand_over_that_the_law_commands(
    scene: ReportScene, agency: ReportAgency
) -> None:
    report = await scene.suspects()

    await done(scene, lambda w: report_made(w, scene.act(), report.id, scene.made(agency=agency)))

    [provision] = await scene.all(Provision)
    assert (provision.basis, provision.article) == ("statutory_duty", "minors_11")
    assert (provision.case_id, provision.call_id) == (report.case_id, "call")
    assert (provision.purpose, provision.by) == ("report", str(LI))
    assert provision.recipient


@pytest.mark.parametrize(
    "wrong",
    [
        {"person": " "},
        {"agency": ReportAgency.MANAGER},
        {"at": NOON + timedelta(hours=1)},
        {"at": NOON - timedelta(days=2)},
    ],
)
async def test_a_report_that_makes_no_sense_is_refused_and_stays_due(
    scene: ReportScene, wrong: dict[str, Any]
) -> None:
    report = await scene.suspects()

    with pytest.raises(Invalid):
        await done(scene, lambda w: report_made(w, scene.act(), report.id, scene.made(**wrong)))

    assert (await scene.report()).state == "open"


async def test_who_rang_first_and_pressed_the_button_afterwards_writes_the_true_time(
    scene: ReportScene,
) -> None:
    report = await scene.suspects()
    made = scene.made(at=NOON - timedelta(minutes=20))

    await done(scene, lambda work: report_made(work, scene.act(), report.id, made))

    assert (await scene.report()).reported_at == NOON - timedelta(minutes=20)


async def test_twice_reported_is_refused(scene: ReportScene) -> None:
    report = await scene.suspects()
    await scene.reports(report.id)

    with pytest.raises(IllegalMove):
        await scene.reports(report.id, by=HE)
    assert (await scene.report()).reported_by == str(LI)


async def test_a_supervisor_says_why_it_need_not_be_reported(scene: ReportScene) -> None:
    report = await scene.suspects()
    reason = "the number was of a grown-up who joked"

    await done(scene, lambda work: not_reportable(work, scene.act(HE), report.id, reason))

    found = await scene.report()
    assert (found.state, found.next_due_at, found.ended_by) == ("not_reportable", None, str(HE))
    async with scene.work() as work:
        query = select(CaseEntry).where(CaseEntry.kind == "statutory.not_reportable")
        entry = (await work.exec(query)).one()
    assert "joked" not in str(entry.facts) + found.reason_sealed
    assert open_sealed(scene.vault, entry, "facts", entry.facts["note"]) == reason


async def test_who_suspected_it_alone_may_not_take_it_back(scene: ReportScene) -> None:
    report = await scene.suspects(by=HE)

    with pytest.raises(IllegalMove):
        await done(scene, lambda work: not_reportable(work, scene.act(HE), report.id, "no"))
    await done(scene, lambda work: not_reportable(work, scene.act(SUN), report.id, "no"))
    assert (await scene.report()).state == "not_reportable"


async def test_without_a_reason_it_stays_due(scene: ReportScene) -> None:
    report = await scene.suspects()

    with pytest.raises(Invalid):
        await done(scene, lambda work: not_reportable(work, scene.act(HE), report.id, "  "))
    assert (await scene.report()).state == "open"


async def test_the_three_days_count_from_the_end_of_the_day_on_which_it_was_taken_up(
    scene: ReportScene,
) -> None:
    report = await scene.suspects()
    await scene.reports(report.id)
    scene.clock.advance(86400)

    await done(scene, lambda work: accepted(work, scene.act(), report.id, date(2026, 3, 2)))

    found = await scene.report()
    assert found.accepted_on == date(2026, 3, 2)
    assert found.feedback_due_at is not None
    assert found.feedback_due_at.isoformat().startswith("2026-03-05T16:00")  # midnight in Guangdong


@pytest.mark.parametrize("day", [date(2026, 2, 28), date(2026, 3, 2)])
async def test_it_was_not_taken_up_before_it_was_reported_nor_tomorrow(
    scene: ReportScene, day: date
) -> None:
    report = await scene.suspects()
    await scene.reports(report.id)

    with pytest.raises(Invalid):
        await done(scene, lambda work: accepted(work, scene.act(), report.id, day))


async def test_before_it_was_reported_there_is_no_answer(scene: ReportScene) -> None:
    report = await scene.suspects()
    on = scene.now().date()

    ways: list[Callable[[Work], Awaitable[object]]] = [
        lambda work: none_yet(work, scene.act(), report.id),
        lambda work: answered(work, scene.act(), report.id, "x"),
        lambda work: accepted(work, scene.act(), report.id, on),
        lambda work: take_receipt(work, scene.vault, report.id, by=LI, at=scene.now()),
    ]
    for way in ways:
        with pytest.raises(IllegalMove):
            await done(scene, way)


async def test_the_answer_waits_until_whoever_reported_has_read_it(scene: ReportScene) -> None:
    report = await scene.suspects()
    await scene.reports(report.id)
    await done(scene, lambda work: answered(work, scene.act(HE), report.id, "a case was opened"))

    for by, read in ((HE, False), (LI, True)):
        async with scene.work() as work:
            words = await open_words(work, scene.vault, report.id, by=by, at=scene.now())
        assert words.feedback == "a case was opened"
        assert ((await scene.report()).answer_read_at is not None) is read
    assert [one.kind for one in await scene.all(CaseEntry)].count("case.read") == 2


async def test_an_answer_without_words_is_none(scene: ReportScene) -> None:
    report = await scene.suspects()
    await scene.reports(report.id)

    with pytest.raises(Invalid):
        await done(scene, lambda work: answered(work, scene.act(), report.id, " "))


async def test_a_report_that_is_not_there_is_not_found(scene: ReportScene) -> None:
    with pytest.raises(NotFound):
        await scene.reports("nobody's")


async def test_the_receipt_names_the_role_and_nobody(scene: ReportScene) -> None:
    report = await scene.suspects("abandoned", "missing")
    await scene.reports(report.id)

    receipt = await done(
        scene, lambda work: take_receipt(work, scene.vault, report.id, by=LI, at=scene.now())
    )

    assert (receipt.number, receipt.codes) == (report.number, ("abandoned", "missing"))
    assert (receipt.person, receipt.role) == ("desk 3", "counselor")
    assert "Li" not in str(receipt)
    assert (await scene.told())[-1] == "statutory.receipt_exported"


# ── emergency events ────────────────────────────────────────────────────────────────────────────


async def an_event(scene: ReportScene) -> StatutoryReport:
    """The press has heard of it."""
    suspicion = Suspicion(
        codes=("media",), source=Source.BUTTON, by=LI, at=scene.now(), settings=scene.settings
    )
    report: StatutoryReport = await done(
        scene, lambda work: open_emergency(work, "youth", suspicion)
    )
    return report


async def test_an_event_is_due_to_the_manager_within_a_day_and_ends_when_told(
    scene: ReportScene,
) -> None:
    report = await an_event(scene)
    assert report.breach_at == scene.now() + timedelta(hours=24)

    with pytest.raises(Invalid):
        await scene.reports(report.id)
    made = scene.made(agency=ReportAgency.MANAGER, how=How.IN_PERSON, person="Director Zhong")
    await done(scene, lambda work: report_made(work, scene.act(), report.id, made))

    found = await scene.report()
    assert (found.state, found.next_due_at, found.ended_at) == ("reported", None, scene.now())
    assert "Zhong" not in found.person_sealed


async def test_nobody_waives_an_event(scene: ReportScene) -> None:
    report = await an_event(scene)

    with pytest.raises(IllegalMove):
        await done(scene, lambda work: not_reportable(work, scene.act(HE), report.id, "no"))


async def test_an_event_that_nobody_tells_rings_the_supervisors(scene: ReportScene) -> None:
    await an_event(scene)

    await scene.passes(20 * 3600)
    assert (await scene.report()).warned_at == scene.now()
    await scene.passes(4 * 3600)

    assert len(await scene.rung()) == 1


async def test_a_case_that_ends_with_a_death_is_an_event_by_rule_and_once(
    scene: ReportScene,
) -> None:
    report = await scene.suspects()
    for _ in range(2):
        async with scene.work() as work:
            case = await work.get_one(Case, report.case_id)
            await died(work, case, by=LI, at=scene.now(), settings=scene.settings)

    events = [one for one in await scene.all(StatutoryReport) if one.kind == "emergency"]
    assert [(one.codes, one.case_id) for one in events] == [(["death"], report.case_id)]


async def test_a_month_is_counted_by_code_and_few_are_not_told(scene: ReportScene) -> None:
    await scene.add(*(scene.call(f"call-{number}") for number in range(5)))
    for number in range(5):
        await scene.suspects("missing", call=f"call-{number}")
    await scene.suspects("begging")
    await an_event(scene)

    async with scene.work() as work:
        told = await count_month(work, ["youth"], 2026, 3, suppress=True)
        known = await count_month(work, ["youth"], 2026, 3, suppress=False)
        before = await count_month(work, ["youth"], 2026, 2, suppress=True)
        elsewhere = await count_month(work, ["legal"], 2026, 3, suppress=False)

    assert (told.mandatory["missing"], told.mandatory["begging"]) == (5, None)
    assert (told.mandatory["abandoned"], told.emergency["media"]) == (0, None)
    assert (known.mandatory["begging"], known.emergency["media"]) == (1, 1)
    assert set(before.mandatory.values()) == {0}
    assert set(elsewhere.mandatory.values()) == {0}


# ── who told us ─────────────────────────────────────────────────────────────────────────────────


async def test_whoever_told_us_is_hidden_until_a_supervisor_says_why_not(
    scene: ReportScene,
) -> None:
    report = await scene.suspects()
    case_id = str(report.case_id)

    async def hidden() -> bool | None:
        async with scene.work() as work:
            seen = await reporter_of(work, case_id)
            return None if seen is None else seen.hidden

    assert await hidden() is True
    with pytest.raises(Invalid):
        await done(scene, lambda work: release_caller(work, scene.act(HE), case_id, " "))
    await done(scene, lambda work: release_caller(work, scene.act(HE), case_id, "she agrees"))
    assert await hidden() is False
    with pytest.raises(IllegalMove):
        await done(scene, lambda work: release_caller(work, scene.act(HE), case_id, "again"))


async def test_a_caller_who_is_the_child_is_no_reporter_and_a_person_said_so_last(
    scene: ReportScene,
) -> None:
    report = await scene.suspects()
    case_id = str(report.case_id)

    await done(scene, lambda work: say_who_called(work, scene.act(), case_id, is_caller=False))
    await done(scene, lambda work: ask_who_called(work, case_id, at=scene.now()))

    async with scene.work() as work:
        seen = await reporter_of(work, case_id)
    assert seen is not None
    assert (seen.is_caller, seen.hidden) == (False, False)
    with pytest.raises(IllegalMove):
        await done(scene, lambda work: release_caller(work, scene.act(HE), case_id, "why not"))


async def test_hidden_in_one_of_two_merged_cases_is_hidden_in_both(scene: ReportScene) -> None:
    await scene.add(scene.call("other"))
    first, second = await scene.suspects(), await scene.suspects(call="other")
    await done(
        scene,
        lambda work: say_who_called(work, scene.act(), str(first.case_id), is_caller=False),
    )
    await scene.change(Case, str(second.case_id), merged_into_id=first.case_id)

    async with scene.work() as work:
        for case_id in (str(first.case_id), str(second.case_id)):
            seen = await reporter_of(work, case_id)
            assert seen is not None
            assert seen.hidden


async def test_reading_the_number_of_a_released_reporter_leaves_a_trace(
    scene: ReportScene,
) -> None:
    async with scene.work() as work:
        call = await work.get_one(Call, "call")
        call.from_sealed = seal_cell(scene.vault, call, "from_sealed", "+8615400000099")
    report = await scene.suspects()

    number = await done(
        scene,
        lambda work: number_of_reporter(
            work, scene.vault, str(report.case_id), by=HE, at=scene.now()
        ),
    )

    assert number == "15400000099"
    [read] = [one for one in await scene.all(CaseEntry) if one.kind == "case.read"]
    assert (read.actor, read.facts["what"]) == (str(HE), ["reporter"])
