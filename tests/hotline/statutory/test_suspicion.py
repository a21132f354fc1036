"""A suspicion makes a report due at once, in the unit of work in which it came (requirement 34)."""

from contextlib import suppress

import pytest

from hotline.calls.service import lock_call
from hotline.cases.reporters import reporter_of
from hotline.errors import Invalid
from hotline.records.forms.known import default_version
from hotline.records.model import ContactType, Draft
from hotline.records.service import save_record
from hotline.risk.levels import Risk
from hotline.statutory.sources import is_possible_minor, suspect_from_flag, suspect_from_record
from hotline.storage.tables import (
    Case,
    CaseLink,
    ReportSuspicion,
    StatutoryReport,
)
from tests.hotline.statutory.conftest import HE, LI, ReportScene

pytestmark = pytest.mark.anyio


async def writes(
    scene: ReportScene, *codes: str, save: str = "1", of: str = "call", **answers: object
) -> None:
    """Li saves the record with these situations, as the page does."""
    said = {"age_band": "10_13", "minor": "yes", **answers}
    contact = ContactType(str(said.pop("contact_type", "self")))
    draft = Draft(contact_type=contact, topics=(), risk=Risk.NONE, disposition=None,
                  follow_up=False, narrative=f"what was said {save}", form=default_version(),
                  answers={**said, "reportable": list(codes)})  # fmt: skip
    async with scene.work() as work:
        call = await lock_call(work, of)
        await save_record(work, scene.vault, of, "li", draft, at=scene.now())
        await suspect_from_record(work, scene.act(), call, scene.settings)


async def calls_again(scene: ReportScene) -> None:
    """Another call of the same case."""
    [case] = await scene.all(Case)
    again = CaseLink(case_id=case.id, kind="call", subject_id="again", by=str(LI), at=scene.now())
    await scene.add(scene.call("again"), again)


async def test_a_suspicion_opens_a_case_and_a_report_that_is_due_at_once(
    scene: ReportScene,
) -> None:
    report = await scene.suspects("abandoned")

    [case] = await scene.all(Case)
    assert (case.opened_as, report.case_id, report.state) == ("mandatory_report", case.id, "open")
    assert (report.warn_at - scene.now()).total_seconds() == 15 * 60
    assert (report.breach_at - scene.now()).total_seconds() == 30 * 60
    assert report.next_due_at == report.warn_at
    assert len(report.number) == 8
    assert await scene.told() == ["statutory.opened"]


async def test_another_situation_of_the_same_case_is_added_to_what_is_open(
    scene: ReportScene,
) -> None:
    first = await scene.suspects("abandoned")
    second = await scene.suspects("missing", "abandoned", by=HE)

    assert first.id == second.id
    assert second.codes == ["abandoned", "missing"]
    assert await scene.told() == ["statutory.opened", "statutory.code_added"]
    authors = {(one.by, one.code) for one in await scene.all(ReportSuspicion)}
    assert authors == {(str(LI), "abandoned"), (str(HE), "missing"), (str(HE), "abandoned")}


async def test_the_same_again_by_the_same_is_told_once(scene: ReportScene) -> None:
    await scene.suspects("abandoned")
    await scene.suspects("abandoned")

    assert len(await scene.all(ReportSuspicion)) == 1
    assert await scene.told() == ["statutory.opened"]


async def test_what_is_suspected_after_a_report_was_made_is_another_report(
    scene: ReportScene,
) -> None:
    first = await scene.suspects("abandoned")
    await scene.reports(first.id)
    second = await scene.suspects("abandoned")

    assert first.id != second.id
    assert (await scene.report(second.id)).state == "open"


@pytest.mark.parametrize("code", ["", "no_such_code", "death"])
async def test_a_code_that_is_not_on_the_list_is_refused(scene: ReportScene, code: str) -> None:
    with pytest.raises(Invalid):
        await scene.suspects(code)

    assert await scene.all(StatutoryReport) == []
    assert await scene.all(Case) == []


@pytest.mark.parametrize(
    ("answers", "possible"),
    [
        ({}, True),
        ({"minor": "yes"}, True),
        ({"minor": "unknown"}, True),
        ({"minor": "no"}, False),
        ({"age_band": "14_15"}, True),
        ({"age_band": "14_17"}, True),
        ({"age_band": "unknown"}, True),
        ({"age_band": "26_up"}, False),
        ({"age_band": "18_59", "minor": "no"}, False),
        ({"age_band": "26_up", "minor": "unknown"}, True),
        ({"age_band": "unknown", "minor": "no"}, True),
        ({"age_band": "7_9", "minor": "no"}, True),
        ({"person_minor": "yes", "minor": "no"}, False),
    ],
)
def test_a_possible_minor_is_anybody_but_who_was_said_to_be_grown_up(
    answers: dict[str, str], *, possible: bool
) -> None:
    assert is_possible_minor(answers, "self") is possible


def test_of_a_call_about_another_the_other_one_counts() -> None:
    grown_up_tells = {"minor": "no", "age_band": "26_up", "person_minor": "unknown"}

    assert is_possible_minor(grown_up_tells, "about_another")


async def test_a_situation_in_the_record_makes_a_report_due_with_the_save(
    scene: ReportScene,
) -> None:
    await writes(scene, "violence", "abandoned")

    report = await scene.report()
    assert report.codes == ["abandoned", "violence"]
    assert {one.source for one in await scene.all(ReportSuspicion)} == {"record"}


async def test_saving_again_makes_no_second_report_also_after_the_first_was_made(
    scene: ReportScene,
) -> None:
    await writes(scene, "violence")
    await writes(scene, "violence", save="2")
    await scene.reports((await scene.report()).id)
    await writes(scene, "violence", save="3")

    assert len(await scene.all(StatutoryReport)) == 1


async def test_what_a_second_call_of_the_case_says_is_known_of_that_call(
    scene: ReportScene,
) -> None:
    report = await scene.suspects("abandoned")
    await calls_again(scene)
    await writes(scene, "abandoned", "violence", of="again")

    kept = {(one.call_id, one.code) for one in await scene.all(ReportSuspicion)}
    assert kept == {("call", "abandoned"), ("again", "abandoned"), ("again", "violence")}
    await scene.reports(report.id)
    await writes(scene, "abandoned", "violence", save="2", of="again")
    assert len(await scene.all(StatutoryReport)) == 1


async def test_what_is_taken_out_of_the_record_stays_suspected(scene: ReportScene) -> None:
    await writes(scene, "violence")
    await writes(scene, save="2")

    assert (await scene.report()).state == "open"


async def test_of_a_grown_up_the_record_makes_none_until_it_says_otherwise(
    scene: ReportScene,
) -> None:
    await writes(scene, "violence", age_band="26_up", minor="no")
    assert await scene.all(StatutoryReport) == []

    await writes(scene, "violence", save="2", age_band="26_up", minor="unknown")
    assert (await scene.report()).codes == ["violence"]


async def test_a_save_that_is_rolled_back_leaves_neither_record_nor_report(
    scene: ReportScene,
) -> None:
    with suppress(RuntimeError):
        async with scene.work() as work:
            call = await lock_call(work, "call")
            draft = Draft(contact_type=ContactType.SELF, topics=(), risk=Risk.NONE,
                          disposition=None, follow_up=False, narrative="x",
                          form=default_version(),
                          answers={"reportable": ["missing"]})  # fmt: skip
            await save_record(work, scene.vault, "call", "li", draft, at=scene.now())
            assert await suspect_from_record(work, scene.act(), call, scene.settings)
            raise RuntimeError

    assert await scene.all(StatutoryReport) == []


@pytest.mark.parametrize(
    ("kind", "codes"),
    [
        ("mandatory_report", ["other_harm"]),
        ("no_caregiver", ["abandoned"]),
        ("missing", ["missing"]),
        ("domestic_violence", []),
        ("medical", []),
        ("", []),
    ],
)
async def test_a_flag_whose_kind_says_so_makes_one_due(
    scene: ReportScene, kind: str, codes: list[str]
) -> None:
    for _ in range(2):
        async with scene.work() as work:
            call = await lock_call(work, "call")
            await suspect_from_flag(work, scene.act(), call, kind, scene.settings)

    assert [one.codes for one in await scene.all(StatutoryReport)] == [codes] * bool(codes)


@pytest.mark.parametrize(
    ("contact_type", "is_reporter"), [("self", False), ("about_another", True), ("emergency", True)]
)
async def test_the_record_says_whether_the_caller_reports_or_is_the_child(
    scene: ReportScene, contact_type: str, *, is_reporter: bool
) -> None:
    await scene.suspects()
    assert await is_reported(scene) is True

    await writes(scene, "violence", contact_type=contact_type, person_minor="yes")

    assert await is_reported(scene) is is_reporter


async def is_reported(scene: ReportScene) -> bool:
    """Whether somebody else than the child called about the only case."""
    [case] = await scene.all(Case)
    async with scene.work() as work:
        seen = await reporter_of(work, case.id)
    assert seen is not None
    return seen.is_caller


async def test_the_child_who_calls_after_a_neighbour_keeps_the_neighbour_secret(
    scene: ReportScene,
) -> None:
    await scene.suspects()
    await writes(scene, "violence", contact_type="about_another", person_minor="yes")
    await calls_again(scene)
    await writes(scene, "violence", of="again")

    assert await is_reported(scene) is True
    await writes(scene, "violence", save="2", contact_type="self")
    assert await is_reported(scene) is False
