"""`Idempotency-Key`: the same again has no second effect; no answer is kept without its effect."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from structlog.testing import capture_logs

from hotline.storage.session import Database
from hotline.storage.tables import AnsweredRequest, Call, CrisisFlag, Escalation, Participant
from hotline.web.app import create_app
from tests.hotline.web.api.conftest import PASSWORD, ApiScene, Person, client_of, house_on

pytestmark = pytest.mark.anyio

FLAG = {"level": "imminent", "summary": "says goodbye"}


async def test_the_same_key_and_body_get_the_same_answer_and_one_effect(
    scene: ApiScene, li: Person
) -> None:
    first = await li.asks("POST", "/calls/call/flags", FLAG, key="k")
    again = await li.asks("POST", "/calls/call/flags", FLAG, key="k")

    assert (first.status_code, first.json()) == (again.status_code, again.json())
    assert "Idempotent-Replayed" not in first.headers
    assert again.headers["Idempotent-Replayed"] == "true"
    assert len(await scene.all(CrisisFlag)) == 1


async def test_an_answer_without_a_body_is_repeated_as_well(scene: ApiScene, li: Person) -> None:
    await li.asks("POST", "/calls/call/hold", key="k")
    await li.does("POST", "/calls/call/resume")

    again = await li.asks("POST", "/calls/call/hold", key="k")

    assert (again.status_code, again.content) == (204, b"")
    assert not (await scene.get(Participant, "caller")).hold_wanted


@pytest.mark.parametrize(
    ("path", "body"),
    [("/calls/call/flags", {**FLAG, "level": "high"}), ("/calls/call/end", FLAG)],
)
async def test_the_same_key_for_something_else_is_refused(
    scene: ApiScene, li: Person, path: str, body: dict[str, str]
) -> None:
    await li.asks("POST", "/calls/call/flags", FLAG, key="k")

    answer = await li.asks("POST", path, body, key="k")

    assert (answer.status_code, answer.json()["type"]) == (409, "KeyReused")
    assert len(await scene.all(Escalation)) == 1


async def test_a_key_belongs_to_the_person_and_not_to_the_log_in(
    scene: ApiScene, li: Person
) -> None:
    await li.asks("POST", "/calls/call/flags", FLAG, key="k")
    credentials = {"username": "li", "password": PASSWORD}
    token = (await scene.http.post("/api/v1/tokens", json=credentials)).json()["token"]

    fresh = {"Authorization": f"Bearer {token}", "Idempotency-Key": "k"}
    again = await scene.http.post("/api/v1/calls/call/flags", json=FLAG, headers=fresh)
    other = await scene.person("he").asks("POST", "/calls/call/flags", FLAG, key="k")

    assert "Idempotent-Replayed" in again.headers
    assert "Idempotent-Replayed" not in other.headers
    assert len(await scene.all(CrisisFlag)) == 2


async def test_what_was_refused_may_be_tried_again_with_the_same_key(
    scene: ApiScene, li: Person
) -> None:
    await scene.change(Call, "call", state="waiting")
    refused = await li.asks("POST", "/calls/call/hold", key="k")
    await scene.change(Call, "call", state="talking")

    again = await li.asks("POST", "/calls/call/hold", key="k")

    assert (refused.status_code, again.status_code) == (409, 204)
    assert (await scene.get(Participant, "caller")).hold_wanted


async def test_two_at_once_have_one_effect(scene: ApiScene, li: Person) -> None:
    answers = await asyncio.gather(
        *(li.asks("POST", "/calls/call/flags", FLAG, key="k") for _ in range(5))
    )

    assert len({answer.text for answer in answers}) == 1
    assert [answer.status_code for answer in answers] == [201] * 5
    assert len(await scene.all(CrisisFlag)) == 1


BREAK = """
    create function refuse() returns trigger language plpgsql
    as $$ begin raise exception 'the commit fails'; end $$;
    create constraint trigger late after insert on escalation
    deferrable initially deferred for each row execute function refuse()
"""


@pytest.fixture
async def broken_commit(database: Database) -> AsyncIterator[None]:
    """Everything goes well until the transaction with a new escalation commits."""
    async with database.work() as work:
        await (await work.connection()).exec_driver_sql(BREAK)
    yield
    async with database.work() as work:
        await (await work.connection()).exec_driver_sql("drop function refuse() cascade")


@pytest.mark.usefixtures("broken_commit")
async def test_an_answer_is_not_kept_without_its_effect(scene: ApiScene, li: Person) -> None:
    with capture_logs() as told:
        answer = await li.asks("POST", "/calls/call/flags", FLAG, key="k")

    assert answer.status_code == 500
    assert [line["event"] for line in told if line["log_level"] == "error"] == ["web.failed"]
    assert await scene.all(Escalation) == []
    assert await scene.all(AnsweredRequest) == []


async def test_no_token_is_ever_kept_to_be_repeated(scene: ApiScene) -> None:
    credentials, key = {"username": "li", "password": PASSWORD}, {"Idempotency-Key": "k"}

    first = await scene.http.post("/api/v1/tokens", json=credentials, headers=key)
    again = await scene.http.post("/api/v1/tokens", json=credentials, headers=key)

    assert first.json()["token"] != again.json()["token"]
    assert await scene.all(AnsweredRequest) == []


async def test_a_crowd_of_commands_takes_one_connection_each(scene: ApiScene, li: Person) -> None:
    narrow = Database(scene.house.database.url, pool_size=1)  # two connections, with its overflow
    app = create_app(house_on(narrow, scene.clock, scene.house.settings))
    async with client_of(app) as http:
        crowd = [Person(http, "li") for _ in range(20)]

        answers = await asyncio.gather(
            *(one.asks("POST", "/calls/call/hold", key=f"k{n}") for n, one in enumerate(crowd))
        )

    await narrow.close()
    assert [answer.status_code for answer in answers] == [204] * 20
    assert (await li.gets("/calls/call"))["held"]
