"""A request that comes again is told what it was told the first time."""

import asyncio
from contextlib import suppress

import pytest

from hotline.errors import Conflict
from hotline.storage.repeats import KeptAnswer, claim_request, keep_answer
from hotline.storage.session import Database
from tests.fakes import NOON

pytestmark = pytest.mark.anyio


async def answer(database: Database, said: str, *, asked: str = "") -> KeptAnswer | None:
    """Answer the request `key`, or find that it was answered."""
    async with database.work() as work:
        kept = await claim_request(work, "key", at=NOON, asked_hash=asked)
        if kept is None:
            await keep_answer(work, "key", said, status=201)
        return kept


async def test_the_second_time_the_first_answer_is_given(database: Database) -> None:
    first = await answer(database, "first", asked="hash")

    second = await answer(database, "second", asked="other")

    assert (first, second) == (None, KeptAnswer("hash", 201, "first"))


async def test_two_at_once_are_answered_once(database: Database) -> None:
    answers = await asyncio.gather(answer(database, "a"), answer(database, "b"))

    assert sorted(kept is None for kept in answers) == [False, True]


async def test_a_refusal_keeps_nothing_and_the_next_try_counts(database: Database) -> None:
    with suppress(Conflict):
        async with database.work() as work:
            await claim_request(work, "key", at=NOON)
            raise Conflict

    assert await answer(database, "now") is None
