"""Documents of one kind: one is in force, and each that ever was can be read by its version."""

import asyncio
from collections.abc import Mapping
from typing import Any

import pytest

from hotline.storage.documents import DocumentsByVersion, VersionedDocument
from hotline.storage.session import Database
from hotline.storage.tables import ColourSetVersion
from tests.fakes import NOON

pytestmark = pytest.mark.anyio


class Motto(VersionedDocument):
    """A document with one value."""

    words: str = "good day"


class Mottos(DocumentsByVersion[Motto]):
    """Counts what is parsed."""

    def __init__(self) -> None:
        super().__init__("motto", ColourSetVersion, read=self.parse, shipped=Motto)
        self.parsed: list[str] = []

    def parse(self, document: Mapping[str, Any]) -> Motto:
        self.parsed.append(document["words"])
        return Motto.model_validate(document)


SHIPPED, OTHER = Motto(), Motto(words="good night")


async def test_the_one_that_is_shipped_holds_until_another_is_put_in_force(
    database: Database,
) -> None:
    mottos = Mottos()
    async with database.work() as work:
        before = await mottos.in_force(work)
        told = await mottos.put_in_force(work, OTHER, at=NOON)
        after = await mottos.in_force(work)

    assert (before, after) == (SHIPPED, OTHER)
    assert told == [f"motto {OTHER.version}: put in force"]


async def test_what_changes_nothing_for_anybody_is_not_told(database: Database) -> None:
    mottos = Mottos()
    async with database.work() as work:
        shipped = await mottos.put_in_force(work, SHIPPED, at=NOON)
        again = await mottos.put_in_force(work, SHIPPED, at=NOON)

    assert (shipped, again) == ([], [])


async def test_one_that_was_replaced_is_read_by_its_version_and_parsed_once(
    database: Database,
) -> None:
    mottos = Mottos()
    async with database.work() as work:
        await mottos.put_in_force(work, OTHER, at=NOON)
        await mottos.put_in_force(work, SHIPPED, at=NOON)
        found = await mottos.of(work, {OTHER.version, "never kept"})
        again = await mottos.of(work, [OTHER.version])

    assert found == again == {OTHER.version: OTHER}
    assert mottos.parsed == ["good night"]


async def test_two_may_keep_the_same_one_at_once(database: Database) -> None:
    mottos = Mottos()

    async def keeps() -> None:
        async with database.work() as work:
            await mottos.keep(work, OTHER, at=NOON)

    await asyncio.gather(keeps(), keeps())

    async with database.work() as work:
        assert await mottos.of(work, {OTHER.version}) == {OTHER.version: OTHER}
        assert await mottos.in_force(work) == SHIPPED, "kept is not yet in force"
