"""Consents are written down beside a case or a call, withdrawn, and read with a trace."""

from typing import Any

import pytest

from hotline.storage.tables import AuditEntry, Call, CaseEntry, CasePerson, DataConsent
from tests.hotline.handovers.rows import suspected
from tests.hotline.web.api.case_rights import a_case
from tests.hotline.web.api.conftest import ApiScene, Person
from tests.hotline.web.api.consent_rights import GIVEN

pytestmark = pytest.mark.anyio

WORDS = "the canary says that she is afraid of her uncle"
BY_MOTHER: dict[str, Any] = {
    **GIVEN,
    "given_by": "guardian",
    "relation": "mother",
    "person": "mother",
    "age": "under_14",
    "opinion": "objects",
    "opinion_words": WORDS,
}


@pytest.fixture
async def case(scene: ApiScene) -> ApiScene:
    """The case of li's call, with a mother in it."""
    at = scene.clock.now()
    await scene.add(*a_case(at))
    await scene.change(Call, "call", from_index="home")
    await scene.add(CasePerson(id="mother", case_id="case", role="guardian", by="staff:li", at=at,
                               phone_index="mother's", phone_masked="138****0000"))  # fmt: skip
    return scene


async def story(scene: ApiScene) -> list[str]:
    kinds = [entry.kind for entry in await scene.all(CaseEntry)]
    return [kind for kind in kinds if kind != "case.split_off"]  # how the fixture came about


async def refused(person: Person, path: str, body: dict[str, Any]) -> str:
    answer = await person.asks("POST", path, body)
    assert (answer.status_code, answer.json()["type"]) == (422, "HandOverRefused"), answer.text
    return str(answer.json()["reason"])


async def test_a_guardians_consent_is_kept_with_the_childs_opinion_sealed(
    case: ApiScene, li: Person
) -> None:
    """PIPL §28–31 and 未成年人保护法 §4."""
    assert await refused(li, "/cases/case/consents", {**BY_MOTHER, "opinion": None}) == "not_heard"
    told = await li.does("POST", "/cases/case/consents", BY_MOTHER)

    [kept] = await case.all(DataConsent)
    assert (kept.id, kept.giver_index, kept.opinion) == (told["id"], "mother's", "objects")
    assert WORDS not in kept.opinion_sealed
    [shown] = await li.gets("/cases/case/consents")
    assert (shown["live"], shown["opinion"], shown["has_words"]) == (True, "objects", True)
    assert await story(case) == ["consent.given"]
    assert WORDS not in str([entry.facts for entry in await case.all(CaseEntry)])


async def test_a_child_under_14_is_recorded_and_told_that_a_guardian_is_needed(
    case: ApiScene, li: Person
) -> None:
    """PIPL §28–31."""
    said = {**GIVEN, "how": "said", "age": "unknown"}
    await li.does("POST", "/calls/call/consents", said)

    [shown] = await li.gets("/cases/case/consents")
    assert (shown["live"], shown["needs_guardian"], shown["said_in_id"]) == (False, True, "call")
    assert await story(case) == ["consent.given"]
    assert "consent.given" in await case.kinds()


@pytest.mark.parametrize(
    "when", ["2026-01-01T00:00", "0001-01-01T00:00+14:00", "9999-12-31T23:59Z"]
)
async def test_a_moment_without_a_zone_or_of_no_year_of_ours_is_refused(
    case: ApiScene, li: Person, when: str
) -> None:
    path = "/cases/case/consents"
    assert (await li.asks("POST", path, {**GIVEN, "given_at": when})).status_code == 422
    kept = await li.does("POST", path, GIVEN)
    withdrawn = {"who": "giver", "withdrawn_at": when}
    answer = await li.asks("POST", f"{path}/{kept['id']}/withdraw", withdrawn)
    assert answer.status_code == 422


async def test_only_people_and_calls_of_the_case_give_a_consent(case: ApiScene, li: Person) -> None:
    path = "/cases/case/consents"
    assert await refused(li, path, {**BY_MOTHER, "person": "stranger"}) == "which_person"
    said = {**GIVEN, "how": "said", "said_in": "none"}
    assert await refused(li, path, said) == "which_call"
    assert await refused(li, path, {**GIVEN, "how": "said"}) == "which_call"
    await case.change(CasePerson, "mother", left_at=case.clock.now())
    assert await refused(li, path, BY_MOTHER) == "which_person"
    assert await case.all(DataConsent) == []


async def test_a_withdrawal_is_told_and_ends_the_consent_once(case: ApiScene, li: Person) -> None:
    """PIPL §15."""
    told = await li.does("POST", "/cases/case/consents", BY_MOTHER)
    path = f"/cases/case/consents/{told['id']}/withdraw"
    await li.does("POST", path, {"who": "person"})

    assert (await li.asks("POST", path, {"who": "person"})).status_code == 409
    [shown] = await li.gets("/cases/case/consents")
    assert (shown["live"], shown["withdrawn_who"]) == (False, "person")
    assert await story(case) == ["consent.given", "consent.withdrawn"]
    other = await li.asks("POST", "/calls/call/consents/none/withdraw", {"who": "giver"})
    assert other.status_code == 404


async def test_what_was_said_twice_under_one_key_is_kept_once(case: ApiScene, li: Person) -> None:
    for _ in range(2):
        await li.asks("POST", "/cases/case/consents", GIVEN, key="one key")
    assert len(await case.all(DataConsent)) == 1


async def test_a_call_without_a_case_has_consents_of_its_own(scene: ApiScene, li: Person) -> None:
    told = await li.does("POST", "/calls/call/consents", {**GIVEN, "how": "said"})
    path = f"/calls/call/consents/{told['id']}/withdraw"
    await li.does("POST", path, {"who": "recorder"})

    [shown] = await li.gets("/calls/call/consents")
    assert shown["withdrawn_who"] == "recorder"
    assert await scene.kinds() == ["consent.given", "consent.withdrawn"]


async def test_a_caller_who_is_the_suspected_guardian_carries_nothing(
    scene: ApiScene, li: Person
) -> None:
    await scene.change(Call, "call", from_index="home")
    await scene.add(*suspected("youth", "home", at=scene.clock.now()))
    said = {**BY_MOTHER, "person": "", "relation": "father", "how": "said"}
    await li.does("POST", "/calls/call/consents", said)

    [shown] = await li.gets("/calls/call/consents")
    assert (shown["live"], shown["suspected"]) == (False, True)


async def test_whoever_reads_a_childs_words_is_in_the_story_and_in_the_audit(
    case: ApiScene, li: Person
) -> None:
    told = await li.does("POST", "/cases/case/consents", BY_MOTHER)
    path = f"/cases/case/consents/{told['id']}/words"

    page = await case.http.get(path, headers=li.headers)

    assert WORDS in page.text
    assert await story(case) == ["consent.given", "case.read"]
    assert [one.kind for one in await case.all(AuditEntry)] == ["case.read"]


async def test_a_canary_is_read_on_the_page_of_its_words_and_nowhere_else(
    case: ApiScene, li: Person, he: Person, capsys: pytest.CaptureFixture[str]
) -> None:
    told = await li.does("POST", "/cases/case/consents", BY_MOTHER)
    await he.does("POST", f"/cases/case/consents/{told['id']}/withdraw", {"who": "giver"})
    pages = ["/cases", "/cases/case", "/cases/case/parts/consents", "/provisions", "/calls/call",
             "/desk/due", "/api/v1/cases/case/consents", "/api/v1/calls/call/consents",
             "/api/v1/provisions", "/api/v1/provisions/export.csv",
             "/api/v1/provisions/export.json"]  # fmt: skip
    for who in (li, he):
        for path in pages:
            answer = await case.http.get(path, headers=who.headers)
            assert WORDS not in answer.text, path
            assert "mother's" not in answer.text, path
    said = capsys.readouterr()
    assert WORDS not in said.out + said.err
