"""Many open streams ask together whether their sessions go on."""

import asyncio

import pytest
from anyio.lowlevel import checkpoint
from sqlalchemy.exc import SQLAlchemyError

from hotline.errors import DatabaseAway, NotSignedIn
from hotline.staff.sign_in import SignedIn
from hotline.storage.session import Database
from hotline.web.session_looks import SessionLooks
from tests.hotline.counting import counted_statements
from tests.hotline.web.api.conftest import ApiScene, token_of

pytestmark = pytest.mark.anyio

STEPS = 5
NOBODY_ANSWERS = "postgresql://hotline@127.0.0.1:1/hotline"


async def test_a_hundred_streams_ask_for_their_sessions_in_one_statement(scene: ApiScene) -> None:
    looks = SessionLooks()
    await who(looks, scene, "li", "he", "root")  # from now on they have been seen this minute

    with counted_statements(scene.house.database) as statements:
        found = await who(looks, scene, *["li", "he", "nobody", "root"] * 25)

    assert [one and one.staff_id for one in found] == ["li", "he", None, "root"] * 25
    assert len(statements) == 1


async def test_who_asks_while_a_question_is_on_its_way_gets_an_answer_of_their_own(
    scene: ApiScene,
) -> None:
    looks = SessionLooks()
    first = asyncio.create_task(who(looks, scene, "li"))
    for _ in range(STEPS):  # it is on its way by then
        await checkpoint()

    assert [one and one.staff_id for one in await who(looks, scene, "he", "li")] == ["he", "li"]
    assert [one and one.staff_id for one in await first] == ["li"]


async def test_a_browser_that_goes_while_it_asks_leaves_the_others_their_answer(
    scene: ApiScene,
) -> None:
    looks = SessionLooks()
    gone = asyncio.create_task(who(looks, scene, "li"))
    stays = asyncio.create_task(who(looks, scene, "li", "he"))
    await checkpoint()

    gone.cancel()

    assert [one and one.staff_id for one in await stays] == ["li", "he"]


async def test_a_database_that_is_away_is_told_to_whoever_asks_and_asked_again_the_next_time(
    scene: ApiScene,
) -> None:
    looks, away = SessionLooks(), Database(NOBODY_ANSWERS)

    for _ in range(2):
        with pytest.raises((SQLAlchemyError, DatabaseAway, OSError)):
            await looks.who(away, scene.house.clock, token_of("li"))

    assert [one and one.staff_id for one in await who(looks, scene, "li")] == ["li"]


async def who(looks: SessionLooks, scene: ApiScene, *names: str) -> list[SignedIn | None]:
    """Each as a stream of its own would ask; None for whoever is not signed in."""

    async def one(name: str) -> SignedIn | None:
        try:
            return await looks.who(scene.house.database, scene.house.clock, token_of(name))
        except NotSignedIn:
            return None

    return list(await asyncio.gather(*(one(name) for name in names)))
