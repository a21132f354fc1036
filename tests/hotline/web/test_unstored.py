"""What could not be stored when it came is tried until it is, and nothing keeps the others out."""

import asyncio
from collections import Counter, defaultdict
from datetime import timedelta
from pathlib import Path

import pytest
from psycopg import errors
from sqlalchemy.exc import IntegrityError, InternalError, OperationalError
from structlog.testing import capture_logs

from hotline.errors import NotStored
from hotline.storage.vault import Vault, make_key
from hotline.web.spool import GIVEN_UP, Spool, SpoolEntry
from hotline.web.unstored import Unstored
from tests.fakes import NOON

pytestmark = pytest.mark.anyio


class Shelf:
    """Keeps what is stored, after as many refusals as it was told for that name.

    `is_closed_to`: names that it refuses for as long as they stand there, however often.
    """

    def __init__(self) -> None:
        self.refusals: dict[str, list[Exception]] = defaultdict(list)
        self.is_closed_to: set[str] = set()
        self.tried = Counter[str]()
        self.stored: list[str] = []

    async def store(self, entry: SpoolEntry) -> None:
        self.tried[entry.name] += 1
        if entry.name in self.is_closed_to:
            raise OSError
        if self.refusals[entry.name]:
            raise self.refusals[entry.name].pop(0)
        self.stored.append(entry.name)


@pytest.fixture
def shelf() -> Shelf:
    """Takes everything, unless it is told otherwise."""
    return Shelf()


@pytest.fixture
def vault() -> Vault:
    """One key."""
    return Vault(make_key())


def entry(name: str, *, danger: bool = False, second: int = 0) -> SpoolEntry:
    """A request about a leg."""
    at = NOON + timedelta(seconds=second)
    return SpoolEntry(name=name, at=at, danger=danger, path="/voice/x", query="", body=b"To=1")


def waiting_for(shelf: Shelf, spool: Spool | None = None, *, at_most: int = 100) -> Unstored:
    """What waits for this shelf, without pauses."""
    made = Unstored(spool, pause_s=0, at_most=at_most)
    made.replays_by(shelf.store)
    return made


async def test_it_is_tried_until_it_is_stored_and_then_no_more(shelf: Shelf) -> None:
    waiting = waiting_for(shelf)
    shelf.refusals["a"] = [OperationalError("", None, ValueError()), OSError()]

    await waiting.keep(entry("a"))
    await waiting.settled()
    await waiting.settled()

    assert (shelf.stored, shelf.refusals["a"]) == (["a"], [])


async def test_the_same_thing_twice_is_stored_once(shelf: Shelf) -> None:
    waiting = waiting_for(shelf)
    shelf.refusals["a"] = [OSError()] * 3

    for _ in range(3):
        await waiting.keep(entry("a"))
    await waiting.settled()

    assert shelf.stored == ["a"]


async def test_danger_is_stored_before_all_others_and_they_in_the_order_they_came(
    shelf: Shelf,
) -> None:
    waiting = waiting_for(shelf)
    shelf.refusals = defaultdict(list, {name: [OSError()] * 9 for name in ("b", "a", "danger")})

    await waiting.keep(entry("b", second=2))
    await waiting.keep(entry("a", second=1))
    await waiting.keep(entry("danger", second=3, danger=True))
    await waiting.settled()

    assert shelf.stored == ["danger", "a", "b"]


async def test_one_that_never_fits_does_not_keep_the_others_out(shelf: Shelf) -> None:
    waiting = waiting_for(shelf)
    refused = IntegrityError("", None, ValueError())
    shelf.refusals["poisoned"] = [refused, ValueError()] * 9

    await waiting.keep(entry("poisoned"))
    await waiting.keep(entry("good"))
    await waiting.settled()

    assert shelf.stored == ["good"]
    assert shelf.tried["poisoned"] == 5


@pytest.mark.parametrize(
    "said",
    [
        OperationalError("", None, errors.LockNotAvailable()),
        OperationalError("", None, errors.QueryCanceled()),
        InternalError("", None, errors.ReadOnlySqlTransaction()),
    ],
)
async def test_a_database_that_is_slow_or_may_not_write_refuses_nothing_for_good(
    shelf: Shelf, said: Exception
) -> None:
    not_now = NotStored()
    not_now.__cause__ = said
    waiting = waiting_for(shelf)
    shelf.refusals["danger"] = [not_now] * 20

    await waiting.keep(entry("danger"))
    await waiting.settled()

    assert shelf.stored == ["danger"]


async def test_more_than_can_be_kept_is_refused_but_never_danger(shelf: Shelf) -> None:
    waiting = waiting_for(shelf, at_most=1)
    shelf.refusals["a"] = [OSError()] * 9

    await waiting.keep(entry("a"))
    await waiting.keep(entry("b"))
    await waiting.keep(entry("danger", danger=True))
    await waiting.settled()

    assert sorted(shelf.stored) == ["a", "danger"]


async def test_it_can_be_stopped_while_something_waits() -> None:
    waiting, asked = Unstored(), asyncio.Event()

    async def never(_: SpoolEntry) -> None:
        asked.set()
        await asyncio.Event().wait()

    waiting.replays_by(never)
    await waiting.keep(entry("a"))
    await asked.wait()
    with capture_logs() as logged:
        await waiting.stop(patience_s=0)

    assert [line["event"] for line in logged] == ["unstored.left"]


async def test_what_can_be_stored_at_the_last_moment_is(shelf: Shelf) -> None:
    waiting = waiting_for(shelf)
    shelf.refusals["a"] = [OSError(), OSError()]

    await waiting.keep(entry("a"))
    await waiting.stop()

    assert shelf.stored == ["a"]


# ── on disk ─────────────────────────────────────────────────────────────────────────────────────


async def test_the_next_process_stores_what_the_last_one_left(
    shelf: Shelf, vault: Vault, tmp_path: Path
) -> None:
    shelf.is_closed_to.add("a")
    died = waiting_for(shelf, Spool(tmp_path, vault))
    await died.keep(entry("a"))
    await died.keep(entry("danger", second=1, danger=True))
    await died.stop(patience_s=0)
    shelf.is_closed_to.clear()
    shelf.stored.clear()

    next_one = waiting_for(shelf, Spool(tmp_path, vault))
    await next_one.take_over()
    await next_one.settled()

    assert shelf.stored[-1] == "a"
    assert set(shelf.stored) <= {"danger", "a"}


async def test_nothing_is_left_on_disk_once_everything_is_stored(
    shelf: Shelf, vault: Vault, tmp_path: Path
) -> None:
    waiting = waiting_for(shelf, Spool(tmp_path, vault))

    await waiting.keep(entry("a"))
    await waiting.settled()
    await waiting.stop()

    assert Spool(tmp_path, vault).take_over() == []
    assert waiting.warnings == []


async def test_a_disk_that_cannot_be_written_is_told_of_and_nothing_is_lost(
    shelf: Shelf, vault: Vault, tmp_path: Path
) -> None:
    nowhere = tmp_path / "file"
    nowhere.write_text("no folder")
    waiting = waiting_for(shelf, Spool(nowhere, vault))
    shelf.refusals["a"] = [OSError()]

    await waiting.keep(entry("a"))
    warnings = waiting.warnings
    await waiting.settled()

    assert "cannot be kept on disk" in warnings[0]
    assert shelf.stored == ["a"]


async def test_what_is_given_up_is_kept_for_people(
    shelf: Shelf, vault: Vault, tmp_path: Path
) -> None:
    waiting = waiting_for(shelf, Spool(tmp_path, vault))
    shelf.refusals["poisoned"] = [ValueError()] * 9

    await waiting.keep(entry("poisoned"))
    await waiting.settled()

    assert [
        one.name for one in Spool(tmp_path, vault).read((tmp_path / GIVEN_UP).read_bytes())
    ] == ["poisoned"]
    assert "could not be stored" in waiting.warnings[0]
