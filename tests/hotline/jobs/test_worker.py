"""The receiving end: runs what is listed, refuses the rest, survives a missing Redis."""

import asyncio
import logging
import os
import signal
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from redis import Redis
from rq import Queue
from rq.registry import FailedJobRegistry
from rq.serializers import JSONSerializer
from structlog.testing import capture_logs

from hotline.jobs.functions import job_functions
from hotline.jobs.rq_queue import QUEUE, RqQueue
from hotline.jobs.worker_process import keep_working, work_for_ever, work_while_it_lasts, worker
from hotline.onemachine import Running, start_valkey


class Recorder:
    """What the house was asked to do, and in which event loop."""

    def __init__(self) -> None:
        self.sent: list[str] = []
        self.loops: set[int] = set()

    async def deliver(self, delivery_id: str) -> None:
        self.sent.append(delivery_id)
        self.loops.add(id(asyncio.get_running_loop()))

    async def keep_recording(self, recording_id: str) -> None:
        self.sent.append(f"sound of {recording_id}")


class Stopper(Recorder):
    """Asks for the end of the process with its first job, as a deployment does."""

    async def deliver(self, delivery_id: str) -> None:
        await super().deliver(delivery_id)
        os.kill(os.getpid(), signal.SIGTERM)


class RedisIsLost(Recorder):
    """Loses Redis in the middle of each job."""

    def __init__(self, redis: Running) -> None:
        super().__init__()
        self._redis = redis

    async def deliver(self, delivery_id: str) -> None:
        await super().deliver(delivery_id)
        self._redis.kill()


class NotedPauses(threading.Event):
    """Notes for how long it is waited on, lets no time pass, and is set after so many times."""

    def __init__(self, *, most: int) -> None:
        super().__init__()
        self.pauses: list[float | None] = []
        self._most = most

    def wait(self, timeout: float | None = None) -> bool:
        self.pauses.append(timeout)
        if len(self.pauses) >= self._most:
            self.set()
        return self.is_set()


class SignalledWhileWaiting(threading.Event):
    """The process is told to end whenever somebody waits."""

    def wait(self, timeout: float | None = None) -> bool:
        os.kill(os.getpid(), signal.SIGTERM)
        return super().wait(timeout)


@pytest.fixture
def own_valkey(tmp_path: Path) -> Iterator[Running]:
    """A server that the test may kill."""
    running = start_valkey(tmp_path / "valkey")
    yield running
    running.kill()


@pytest.fixture
def redis(valkey_url: str) -> Iterator[Redis]:
    """An empty Redis."""
    connection = Redis.from_url(valkey_url)
    connection.flushall()
    yield connection
    connection.close()


@pytest.fixture(autouse=True)
def own_signals_and_logging() -> Iterator[None]:
    """A worker takes over both; give them back."""
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)
    for name in ("rq.worker", "rq.job"):
        logging.getLogger(name).handlers.clear()
        logging.getLogger(name).setLevel(logging.CRITICAL)  # a lost Redis is looked for a while yet


def wake(valkey_url: str, *rows: str) -> None:
    """Wake a worker for these rows."""
    queue = RqQueue(valkey_url)

    async def all_of_them() -> None:
        for row in rows:
            assert await queue.wake("deliver", row)

    asyncio.run(all_of_them())
    queue.close()


def works_off(valkey_url: str, sender: Recorder) -> None:
    """A worker does everything that is queued."""
    with asyncio.Runner() as loop:
        functions = job_functions(loop.run, sender)
        one = worker(valkey_url, functions, threading.Event())
        one.work(burst=True, logging_level="CRITICAL")
        one.connection.close()


def works_while_it_lasts(
    valkey_url: str, sender: Recorder, stop: threading.Event
) -> tuple[bool, list[str]]:
    """A worker works until it is stopped or Redis is lost: whether it did anything, and its log."""
    with asyncio.Runner() as loop, capture_logs() as logs:
        did = work_while_it_lasts(valkey_url, job_functions(loop.run, sender), stop)
    return did, [entry["event"] for entry in logs]


def test_a_woken_worker_looks_at_the_rows_in_order_and_in_one_loop(
    valkey_url: str, redis: Redis
) -> None:
    sender = Recorder()
    wake(valkey_url, "row-1", "row-2")

    works_off(valkey_url, sender)

    assert sender.sent == ["row-1", "row-2"]
    assert len(sender.loops) == 1


def test_a_function_that_is_not_listed_is_refused(valkey_url: str, redis: Redis) -> None:
    sender = Recorder()
    queue = Queue(QUEUE, connection=redis, serializer=JSONSerializer)
    queue.enqueue("os.getcwd", job_id="stranger")

    works_off(valkey_url, sender)

    failed = FailedJobRegistry(QUEUE, connection=redis, serializer=JSONSerializer)
    assert failed.get_job_ids() == ["stranger"]
    assert sender.sent == []


def test_a_pickled_job_is_refused_unread(valkey_url: str, redis: Redis) -> None:
    sender = Recorder()
    Queue(QUEUE, connection=redis).enqueue("os.getcwd", job_id="pickled")

    works_off(valkey_url, sender)

    assert sender.sent == []
    assert redis.llen(f"rq:queue:{QUEUE}") == 0


def test_a_callback_that_a_job_names_is_not_run(valkey_url: str, redis: Redis) -> None:
    sender = Recorder()
    wake(valkey_url, "row-1")
    [job_id] = Queue(QUEUE, connection=redis).job_ids
    redis.hset(f"rq:job:{job_id}", "success_callback_name", "os.abort")

    works_off(valkey_url, sender)

    assert sender.sent == ["row-1"]


def test_a_worker_that_is_told_to_stop_finishes_its_job_and_ends(
    valkey_url: str, redis: Redis
) -> None:
    sender = Stopper()
    wake(valkey_url, "row-1", "row-2")

    work_for_ever(valkey_url, lambda: sender)

    assert sender.sent == ["row-1"]


def test_a_worker_waits_for_a_redis_that_is_away(nowhere: str) -> None:
    stop = NotedPauses(most=5)

    with capture_logs() as logs:
        work_for_ever(nowhere, Recorder, stop=stop)

    assert stop.pauses == [0.5, 1.0, 2.0, 4.0, 5.0]
    assert {entry["event"] for entry in logs} == {"worker.queue_lost"}


def test_a_worker_that_did_something_tries_again_soon() -> None:
    stop = NotedPauses(most=3)
    did_something = iter([False, True, False])

    keep_working(lambda: next(did_something), stop)

    assert stop.pauses == [0.5, 0.5, 1.0]


def test_a_signal_ends_the_waiting_for_redis(nowhere: str) -> None:
    stop = SignalledWhileWaiting()

    with capture_logs() as logs:
        work_for_ever(nowhere, Recorder, stop=stop)

    assert len(logs) == 1


def test_losing_redis_in_the_middle_of_a_job_is_no_reason_to_end(own_valkey: Running) -> None:
    sender = RedisIsLost(own_valkey)
    wake(own_valkey.url, "row-1")

    did, logs = works_while_it_lasts(own_valkey.url, sender, threading.Event())

    assert sender.sent == ["row-1"]
    assert not did
    assert logs == ["worker.queue_lost"]


def test_after_losing_redis_a_signal_is_ours_again(own_valkey: Running) -> None:
    stop = threading.Event()
    wake(own_valkey.url, "row-1")
    works_while_it_lasts(own_valkey.url, RedisIsLost(own_valkey), stop)

    os.kill(os.getpid(), signal.SIGTERM)

    assert stop.is_set()


def test_a_signal_that_comes_while_the_worker_is_set_up_is_heard(
    valkey_url: str, redis: Redis
) -> None:
    stop = threading.Event()
    wake(valkey_url, "row-1")
    stop.set()

    did, _ = works_while_it_lasts(valkey_url, Recorder(), stop)

    assert not did
    assert Queue(QUEUE, connection=redis).count == 1
