"""Colours and visits by the API: what each answer leaves behind, and no word anywhere else."""

from typing import Any

import pytest
from sqlalchemy import text

from hotline.storage.tables import (
    CaseColour,
    CaseEntry,
    CaseVisit,
    Escalation,
    StationContact,
    VisitPlan,
)
from tests.hotline.web.api.case_rights import a_case
from tests.hotline.web.api.conftest import ApiScene, Person

pytestmark = pytest.mark.anyio

CHILD, FATHER, SENTENCE = "marker-mingming", "marker-father", "marker: bruises on both arms"
VISIT: dict[str, Any] = {
    "client_key": "key-of-a-visit",
    "visited_at": "2026-03-01T19:30",
    "place": "home",
    "seen": "yes",
}


@pytest.fixture
async def officer(scene: ApiScene) -> Person:
    await scene.add(*a_case(scene.clock.now()))
    return scene.person("tianhe")


async def does(who: Person, what: str, body: dict[str, Any]) -> dict[str, Any]:
    answer: dict[str, Any] = await who.does("POST", f"/cases/case/{what}", body)
    return answer


async def test_the_hotline_proposes_and_the_station_confirms(
    scene: ApiScene, officer: Person, li: Person
) -> None:
    proposed = await does(li, "colour-proposals", {"colour": "red", "reason": "cuts herself"})
    confirmed = await does(officer, "colour", {"colour": "red"})

    assert (proposed["due_for"], confirmed["due_for"]) == ("confirmation", "visit")
    assert [row.act for row in await scene.all(CaseColour)] == ["proposed", "confirmed"]


async def test_another_colour_than_proposed_asks_for_a_reason(officer: Person, li: Person) -> None:
    await does(li, "colour-proposals", {"colour": "red", "reason": "cuts herself"})

    answer = await officer.asks("POST", "/cases/case/colour", {"colour": "green"})

    assert answer.status_code == 422
    assert (answer.json()["type"], answer.json()["reason"]) == ("VisitRefused", "another_colour")


async def test_a_time_without_a_zone_is_the_time_of_the_place(
    scene: ApiScene, officer: Person
) -> None:
    await does(officer, "visits", VISIT)
    await does(officer, "visits", {**VISIT, "visited_at": "2026-03-01T11:30:00Z"})

    [visit] = await scene.all(CaseVisit)
    assert visit.visited_at.isoformat() == "2026-03-01T11:30:00+00:00"


async def test_a_case_that_goes_into_another_one_takes_its_colour_along_as_a_proposal(
    scene: ApiScene, officer: Person, he: Person
) -> None:
    await does(officer, "colour", {"colour": "green", "reason": "seen"})
    await officer.does("POST", "/cases/other/colour", {"colour": "red", "reason": "seen"})

    await does(he, "merge", {"number": "7654321", "text": "one child"})

    plan = await scene.get(VisitPlan, "case")
    assert (plan.colour, plan.due_for) == ("green", "confirmation")
    [proposed] = [one for one in await scene.all(CaseColour) if one.act == "proposed"]
    assert (proposed.case_id, proposed.colour, proposed.by) == ("case", "red", "system")


async def test_a_visit_may_change_the_colour_with_a_reason(
    scene: ApiScene, officer: Person
) -> None:
    told = {**VISIT, "colour": "yellow"}
    refused = await officer.asks("POST", "/cases/case/visits", told)
    done = await does(officer, "visits", {**told, "reason": "an uncle moved in"})

    assert refused.status_code == 422
    assert done["due_for"] == "visit"
    assert (await scene.get(VisitPlan, "case")).colour == "yellow"
    assert len(await scene.all(CaseVisit)) == 1


async def test_a_visit_that_arrives_again_sets_no_colour_back(
    scene: ApiScene, officer: Person
) -> None:
    told = {**VISIT, "colour": "red", "reason": "an uncle moved in"}
    await does(officer, "visits", told)
    scene.clock.advance(60)
    await does(officer, "colour", {"colour": "green", "reason": "he moved out"})
    scene.clock.advance(60)

    await does(officer, "visits", told)

    assert (await scene.get(VisitPlan, "case")).colour == "green"
    assert [row.colour for row in await scene.all(CaseColour)] == ["red", "green"]


async def test_a_supervisors_visit_only_proposes_a_colour(
    scene: ApiScene, officer: Person, he: Person
) -> None:
    assert officer.username == "tianhe"
    await does(he, "visits", {**VISIT, "colour": "yellow", "reason": "heard by phone"})

    assert [row.act for row in await scene.all(CaseColour)] == ["proposed"]


async def test_only_the_head_of_the_station_or_a_supervisor_goes_less_often(
    scene: ApiScene, officer: Person, he: Person
) -> None:
    await does(officer, "colour", {"colour": "red", "reason": "seen"})
    looser = {"every_days": 20, "reason": "at boarding school"}

    refused = await officer.asks("POST", "/cases/case/visit-plan", looser)
    await does(he, "visit-plan", looser)
    await scene.change(StationContact, "duty", account="tianhe")
    await does(officer, "visit-plan", {**looser, "every_days": 25})

    assert refused.status_code == 403
    assert (await scene.get(VisitPlan, "case")).every_days == 25


async def test_a_fear_for_the_child_alarms_the_hotline_in_one_act(
    scene: ApiScene, officer: Person
) -> None:
    await does(officer, "visits", {**VISIT, "concern": SENTENCE, "level": "imminent"})

    [escalation] = [one for one in await scene.all(Escalation) if one.id != "alarm"]
    assert (escalation.call_id, escalation.level) == ("call", "imminent")


async def test_reading_what_was_written_leaves_a_trace(scene: ApiScene, officer: Person) -> None:
    await does(officer, "visits", {**VISIT, "note": SENTENCE, "along": "school counselor"})

    [words] = await officer.gets("/cases/case/visits")

    assert (words["words"], words["along"]) == (SENTENCE, "school counselor")
    reads = [one for one in await scene.all(CaseEntry) if one.kind == "case.read"]
    assert [one.actor for one in reads] == ["staff:tianhe"]


async def test_marked_words_of_a_visit_are_nowhere_in_the_clear(
    scene: ApiScene, officer: Person, li: Person, capsys: pytest.CaptureFixture[str]
) -> None:
    words = f"{CHILD} {FATHER} {SENTENCE}"
    await does(li, "colour-proposals", {"colour": "red", "reason": words})
    await does(officer, "colour", {"colour": "yellow", "reason": words})
    await does(officer, "visits", {**VISIT, "note": words, "along": words, "concern": words})
    await does(officer, "visit-plan", {"every_days": 2, "reason": words})
    await does(
        officer, "family-return", {"returned_on": "2026-02-01", "months": 3, "reason": words}
    )
    odd = await officer.asks("POST", "/cases/case/visits", {**VISIT, "seen": SENTENCE})
    pages = [await page_of(scene, path) for path in ("/visits", "/visits?view=grid", "/cases/case")]

    assert odd.status_code == 422
    assert "marker" not in odd.text + "".join(pages)
    assert "marker" not in "".join(capsys.readouterr())
    assert await tables_with(scene, "marker") == []


async def page_of(scene: ApiScene, path: str) -> str:
    headers = scene.person("tianhe").headers
    answer = await scene.http.get(path, headers=headers)
    assert answer.status_code == 200, path
    return answer.text


async def tables_with(scene: ApiScene, mark: str) -> list[str]:
    """Every table in which the mark can be read, in whatever column."""
    named = text("select tablename from pg_tables where schemaname = 'public'")
    found: list[str] = []
    async with scene.house.database.work() as work:
        for table in list((await work.sql(named, {})).scalars()):
            marked = text(f'select count(*) from "{table}" t where t::text like :mark')
            if (await work.sql(marked, {"mark": f"%{mark}%"})).scalar_one():
                found.append(table)
    return found


# ── pages ───────────────────────────────────────────────────────────────────────────────────────


async def test_the_page_lists_what_is_due_by_colour_date_and_division(
    scene: ApiScene, officer: Person
) -> None:
    await does(officer, "colour", {"colour": "red", "reason": "seen"})

    assert "1234567" in await page_of(scene, "/visits")
    assert "1234567" in await page_of(scene, "/visits?colour=red&due=month")
    assert "1234567" not in await page_of(scene, "/visits?colour=green")
    assert "1234567" not in await page_of(scene, "/visits?due=overdue")
    assert "1234567" in await page_of(scene, "/visits?view=calendar&month=2026-03")
    assert "1234567" not in await page_of(scene, "/visits?view=calendar&month=2026-05")
    assert 'data-testid="visits-grid"' in await page_of(scene, "/visits?view=grid")
    assert "1234567" in await page_of(scene, "/visits?due=nonsense&month=2026-99")


async def test_whoever_only_counts_sees_no_case_and_no_small_number(
    scene: ApiScene, officer: Person
) -> None:
    await does(officer, "colour", {"colour": "red", "reason": "seen"})

    answer = await scene.http.get("/visits?view=list", headers=scene.person("root").headers)

    assert answer.status_code == 200
    assert "1234567" not in answer.text
    assert "不显示" in answer.text


async def test_the_part_of_the_page_shows_forms_to_those_who_may(
    scene: ApiScene, officer: Person, li: Person
) -> None:
    assert officer.username == "tianhe"
    await does(li, "colour-proposals", {"colour": "red", "reason": "cuts herself"})
    shown = {}
    for who in ("li", "he", "tianhe"):
        answer = await scene.http.get("/cases/case/parts/visits", headers=scene.person(who).headers)
        shown[who] = {
            name
            for name in ("confirm-proposed", "confirm", "propose", "visit-form", "open-words")
            if f'data-testid="{name}"' in answer.text
        }

    assert shown == {
        "li": {"propose", "open-words"},
        "he": {"propose", "visit-form", "open-words"},
        "tianhe": {"confirm-proposed", "confirm", "visit-form", "open-words"},
    }


async def test_words_are_opened_on_a_page_of_their_own(scene: ApiScene, officer: Person) -> None:
    await does(officer, "visits", {**VISIT, "note": SENTENCE})

    assert SENTENCE in await page_of(scene, "/cases/case/visits/words")
