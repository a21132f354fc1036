"""What could not be stored when it came is tried until it is, and nothing keeps the others out."""

import asyncio

import pytest
from psycopg import errors
from sqlalchemy.exc import IntegrityError, InternalError, OperationalError
from structlog.testing import capture_logs

from hotline.errors import NotStored
from hotline.web.unstored import Unstored

pytestmark = pytest.mark.anyio


NOT_THERE_YET = False


class Shelf:
    """Keeps what is stored, after as many refusals as it was told."""

    def __init__(self, *refusals: Exception | bool) -> None:
        self.refusals, self.stored = list(refusals), 0

    async def store(self) -> bool:
        if self.refusals:
            refusal = self.refusals.pop(0)
            if isinstance(refusal, Exception):
                raise refusal
            return False
        self.stored += 1
        return True


async def test_it_is_tried_until_it_is_stored_and_then_no_more() -> None:
    waiting = Unstored(pause_s=0)
    shelf = Shelf(OperationalError("", None, ValueError()), OSError(), NOT_THERE_YET)

    waiting.keep("a", shelf.store)
    await waiting.settled()
    await waiting.settled()

    assert (shelf.stored, shelf.refusals) == (1, [])


async def test_the_same_thing_twice_is_stored_once() -> None:
    waiting, shelf = Unstored(), Shelf()

    for _ in range(3):
        waiting.keep("a", shelf.store)
    await waiting.settled()

    assert shelf.stored == 1


async def test_one_that_never_fits_does_not_keep_the_others_out() -> None:
    waiting, good = Unstored(pause_s=0, tries=3), Shelf()
    refused = IntegrityError("", None, ValueError())
    poisoned = Shelf(refused, ValueError(), TimeoutError(), NOT_THERE_YET)

    waiting.keep("poisoned", poisoned.store)
    waiting.keep("good", good.store)
    await waiting.settled()

    assert (good.stored, poisoned.stored) == (1, 0)
    assert len(poisoned.refusals) == 1


async def test_what_is_refused_again_and_again_is_given_up() -> None:
    waiting, poisoned = Unstored(pause_s=0), Shelf(*[ValueError()] * 9)

    waiting.keep("poisoned", poisoned.store)
    await waiting.settled()

    assert len(poisoned.refusals) == 4


@pytest.mark.parametrize(
    "said",
    [
        OperationalError("", None, errors.LockNotAvailable()),
        OperationalError("", None, errors.QueryCanceled()),
        InternalError("", None, errors.ReadOnlySqlTransaction()),
    ],
)
async def test_a_database_that_is_slow_or_may_not_write_refuses_nothing_for_good(
    said: Exception,
) -> None:
    not_now = NotStored()
    not_now.__cause__ = said
    waiting, shelf = Unstored(pause_s=0), Shelf(*[not_now] * 20)

    waiting.keep("danger", shelf.store)
    await waiting.settled()

    assert shelf.stored == 1


async def test_more_than_can_be_kept_is_refused_and_said() -> None:
    waiting, kept, refused = Unstored(at_most=1), Shelf(), Shelf()

    waiting.keep("a", kept.store)
    waiting.keep("b", refused.store)
    await waiting.settled()

    assert (kept.stored, refused.stored) == (1, 0)


async def test_it_can_be_stopped_while_something_waits() -> None:
    waiting, asked = Unstored(), asyncio.Event()

    async def never() -> bool:
        asked.set()
        return await asyncio.Event().wait()

    waiting.keep("a", never)
    await asked.wait()
    with capture_logs() as logged:
        await waiting.stop(patience_s=0)

    assert logged == [{"event": "unstored.lost", "names": ["a"], "log_level": "error"}]


async def test_what_can_be_stored_at_the_last_moment_is() -> None:
    waiting, shelf = Unstored(pause_s=0), Shelf(OSError(), OSError())

    waiting.keep("a", shelf.store)
    await waiting.stop()

    assert shelf.stored == 1
