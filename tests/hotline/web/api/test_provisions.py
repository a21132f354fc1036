"""The ledger for supervisors: listed, taken out for audits, and told of afterwards."""

import csv
from io import StringIO

import psycopg
import pytest

from hotline.storage.connection import dsn
from hotline.storage.tables import AuditEntry, CaseEntry, Provision, StaffSession
from tests.hotline.web.api.case_rights import a_case
from tests.hotline.web.api.conftest import ApiScene, Person
from tests.hotline.web.api.consent_rights import a_consent

pytestmark = pytest.mark.anyio

LEDGER = "/provisions"
WHY = "the canary's father would hear of it"


@pytest.fixture
async def handed(scene: ApiScene) -> ApiScene:
    """Handed over in an emergency: somebody is still to be told."""
    at = scene.clock.now()
    await scene.add(*a_case(at), *a_consent(at))
    return scene


async def test_the_ledger_shows_body_purpose_and_basis_and_nobody(
    handed: ApiScene, he: Person
) -> None:
    """网络数据安全管理条例 §12."""
    [line] = await he.gets(LEDGER)

    assert (line["case"], line["line"], line["recipient"]) == ("1234567", "youth", "天河")
    assert (line["basis"], line["urgency"], line["told"]) == ("emergency", "high", "owed")
    assert await he.gets(f"{LEDGER}?basis=consent") == []
    assert await he.gets(f"{LEDGER}?recipient_kind=police") == []
    assert (await he.asks("GET", f"{LEDGER}?basis=anything")).status_code == 422
    assert await he.gets(f"{LEDGER}?since=2020-01-01T00:00Z&until=2020-02-01T00:00Z") == []


@pytest.mark.parametrize(
    "when",
    ["2020-01-01T00:00", "0001-01-01T00:00Z", "9999-12-31T23:59Z", "1999-12-31T23:59Z", "never"],
)
async def test_a_moment_without_a_zone_or_of_no_year_of_ours_is_refused(
    handed: ApiScene, he: Person, when: str
) -> None:
    for part in ("since", "until"):
        for path in (LEDGER, f"{LEDGER}/export.json"):
            assert (await he.asks("GET", f"{path}?{part}={when}")).status_code == 422
    told = await he.asks("POST", f"{LEDGER}/provision/told", {"how": "call", "told_at": when})
    assert told.status_code == 422


async def test_the_table_has_no_formula_and_says_everything_in_words(
    handed: ApiScene, he: Person
) -> None:
    made = (await handed.all(Provision))[0].model_dump()
    await handed.add(
        Provision(**{**made, "id": "second", "recipient": "=1+1", "kinds": ["risk", "story"]})
    )

    answer = await he.asks("GET", f"{LEDGER}/export.csv?lang=en")

    assert answer.headers["Content-Disposition"] == 'attachment; filename="provisions.csv"'
    header, *rows = csv.reader(StringIO(answer.text.removeprefix("\ufeff")))
    assert len(header) == len(rows[0]) == len(rows[1])
    assert {row[4] for row in rows} == {"天河", "'=1+1"}
    assert not [cell for row in rows for cell in row if cell.startswith(("=", "+", "-", "@"))]


async def test_who_takes_the_ledger_has_shown_who_they_are_and_is_in_the_audit(
    handed: ApiScene, he: Person
) -> None:
    assert len((await he.asks("GET", f"{LEDGER}/export.json")).json()) == 1
    assert [one.kind for one in await handed.all(AuditEntry)] == ["act.ledger_exported"]

    for one in await handed.all(StaffSession):
        await handed.change(StaffSession, one.token_hash, confirmed_at=None)
    answer = await he.asks("GET", f"{LEDGER}/export.csv")
    assert (answer.status_code, answer.json()["type"]) == (403, "ConfirmIdentity")
    assert len(await handed.all(AuditEntry)) == 1


async def test_whoever_owes_the_telling_sees_it_due_until_the_person_is_told(
    handed: ApiScene, li: Person
) -> None:
    """PIPL §18."""
    due = await handed.http.get("/desk/due", headers=li.headers)
    assert 'data-kind="handed_over"' in due.text
    body = {"how": "call", "told_at": "2020-01-01T00:00Z"}
    early = await li.asks("POST", f"{LEDGER}/provision/told", body)
    assert early.json()["reason"] == "before_handed"

    await li.does("POST", f"{LEDGER}/provision/told", {"how": "call"})

    due = await handed.http.get("/desk/due", headers=li.headers)
    assert 'data-kind="handed_over"' not in due.text
    kinds = [one.kind for one in await handed.all(CaseEntry)]
    assert kinds == ["case.split_off", "provision.told"]  # the first: how the fixture came about
    again = await li.asks("POST", f"{LEDGER}/provision/told", {"how": "call"})
    assert again.status_code == 409


async def test_not_to_tell_is_a_supervisors_decision_with_sealed_words(
    handed: ApiScene, li: Person, he: Person
) -> None:
    """PIPL §18."""
    path = f"{LEDGER}/provision/not-told"
    assert (await li.asks("POST", path, {"reason": WHY})).status_code == 403

    await he.does("POST", path, {"reason": WHY})

    [kept] = await handed.all(Provision)
    assert (kept.not_told_by, kept.told_at) == ("staff:he", None)
    assert WHY not in kept.not_told_sealed
    [line] = await he.gets(LEDGER)
    assert line["told"] == "not_told"
    assert WHY not in str(line) + str([one.facts for one in await handed.all(CaseEntry)])


async def test_what_stands_in_the_ledger_is_neither_changed_nor_removed_for_three_years(
    handed: ApiScene, postgres_url: str
) -> None:
    """网络数据安全管理条例 §12."""
    with psycopg.connect(dsn(postgres_url), autocommit=True) as connection:
        for statement in (
            "delete from provision",
            "update provision set recipient = 'other'",
            "update provision set at = '2020-01-01'",
        ):
            with pytest.raises(psycopg.errors.RestrictViolation):
                connection.execute(statement.encode())
        connection.execute(b"set session_replication_role = replica")
        connection.execute(b"update provision set at = now() - interval '1097 days'")
        connection.execute(b"set session_replication_role = origin")
        connection.execute(b"delete from provision")
    assert await handed.all(Provision) == []
