"""The sending end: ids only, and no time lost when Redis is away."""

import json

import pytest
from redis import Redis
from rq import Queue
from rq.job import Job
from rq.serializers import JSONSerializer
from structlog.testing import capture_logs

from hotline.jobs.rq_queue import BREAK_S, QUEUE, RqQueue

pytestmark = pytest.mark.anyio


class Stopwatch:
    """Seconds that pass only when told to."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def redis(valkey_url: str) -> Redis:
    """An empty Redis."""
    connection = Redis.from_url(valkey_url)
    connection.flushall()
    return connection


async def test_a_wake_becomes_a_job_that_holds_a_name_and_an_id(
    valkey_url: str, redis: Redis
) -> None:
    queue = RqQueue(valkey_url)

    assert await queue.wake("deliver", "a" * 24)

    [job_id] = Queue(QUEUE, connection=redis).job_ids
    job = Job.fetch(job_id, connection=redis, serializer=JSONSerializer)
    assert json.loads(job.data) == ["deliver", None, ["a" * 24], {}]
    queue.close()
    redis.close()


async def test_the_same_row_can_be_woken_again(valkey_url: str, redis: Redis) -> None:
    queue = RqQueue(valkey_url)

    await queue.wake("deliver", "a" * 24)
    await queue.wake("deliver", "a" * 24)

    assert redis.llen(f"rq:queue:{QUEUE}") == 2
    queue.close()
    redis.close()


async def test_a_redis_that_is_away_is_reported_not_raised(nowhere: str) -> None:
    with capture_logs() as logs:
        assert not await RqQueue(nowhere).wake("deliver", "a" * 24)

    assert [entry["event"] for entry in logs] == ["queue.unreachable"]


async def test_while_the_breaker_is_open_nothing_is_tried(nowhere: str) -> None:
    clock = Stopwatch()
    queue = RqQueue(nowhere, monotonic=clock)
    with capture_logs() as logs:
        await queue.wake("deliver", "a")
        clock.seconds = BREAK_S - 0.1
        assert not await queue.wake("deliver", "a")
        assert len(logs) == 1
        clock.seconds = BREAK_S
        assert not await queue.wake("deliver", "a")

    assert len(logs) == 2


async def test_a_house_without_redis_has_a_queue_that_never_reaches_anybody() -> None:
    with capture_logs() as logs:
        assert not await RqQueue("").wake("deliver", "a" * 24)

    assert logs == []
