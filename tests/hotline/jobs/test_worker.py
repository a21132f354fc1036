"""The receiving end: runs what is listed, refuses the rest, survives a missing Redis."""

import asyncio
import logging
import os
import signal
import threading
from collections.abc import Iterator

import pytest
from redis import Redis
from redis.exceptions import ConnectionError as NoRedis
from rq import Queue
from rq.registry import FailedJobRegistry
from rq.serializers import JSONSerializer
from structlog.testing import capture_logs

from hotline.jobs import worker_process
from hotline.jobs.functions import job_functions
from hotline.jobs.rq_queue import QUEUE, RqQueue
from hotline.jobs.worker_process import work_for_ever, worker


class Recorder:
    """What the house was asked to do, and in which event loop."""

    def __init__(self) -> None:
        self.sent: list[str] = []
        self.loops: set[int] = set()

    async def send_attempt(self, attempt_id: str) -> None:
        self.sent.append(attempt_id)
        self.loops.add(id(asyncio.get_running_loop()))


class Stopper(Recorder):
    """Asks for the end of the process with its first job, as a deployment does."""

    async def send_attempt(self, attempt_id: str) -> None:
        await super().send_attempt(attempt_id)
        os.kill(os.getpid(), signal.SIGTERM)


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


def wake(valkey_url: str, *rows: str) -> None:
    """Wake a worker for these rows."""
    queue = RqQueue(valkey_url)

    async def all_of_them() -> None:
        for row in rows:
            assert await queue.wake("send_attempt", row)

    asyncio.run(all_of_them())
    queue.close()


def works_off(valkey_url: str, sender: Recorder) -> None:
    """A worker does everything that is queued."""
    with asyncio.Runner() as loop:
        functions = job_functions(loop.run, sender)
        one = worker(valkey_url, functions, threading.Event())
        one.work(burst=True, logging_level="CRITICAL")
        one.connection.close()


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


def test_a_worker_waits_for_a_redis_that_is_away(
    nowhere: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    pauses: list[float] = []
    monkeypatch.setattr(worker_process, "threading", _Impatient(pauses, gives_up_after=5))

    with capture_logs() as logs:
        work_for_ever(nowhere, Recorder)

    assert pauses == [0.5, 1.0, 2.0, 4.0, 5.0]
    assert {entry["event"] for entry in logs} == {"worker.queue_lost"}


def test_a_worker_that_did_something_tries_again_soon(
    nowhere: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    pauses: list[float] = []
    monkeypatch.setattr(worker_process, "threading", _Impatient(pauses, gives_up_after=3))
    outcomes = iter([False, True, False])
    monkeypatch.setattr(worker_process, "_work_while_it_lasts", lambda *_: next(outcomes))

    work_for_ever(nowhere, Recorder)

    assert pauses == [0.5, 0.5, 1.0]


def test_a_signal_ends_the_waiting_for_redis(nowhere: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def killed(*_: object) -> bool:
        os.kill(os.getpid(), signal.SIGTERM)
        return False

    monkeypatch.setattr(worker_process, "_work_while_it_lasts", killed)

    work_for_ever(nowhere, Recorder)


def test_losing_redis_in_the_middle_is_no_reason_to_end(
    valkey_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def lost(*_: object, **__: object) -> bool:
        raise NoRedis

    monkeypatch.setattr(worker_process.Worker, "work", lost)

    with capture_logs() as logs:
        did = worker_process._work_while_it_lasts(valkey_url, {}, threading.Event())

    assert not did
    assert [entry["event"] for entry in logs] == ["worker.queue_lost"]


def test_a_signal_that_comes_while_the_worker_is_set_up_is_heard(
    valkey_url: str, redis: Redis
) -> None:
    stop = threading.Event()
    wake(valkey_url, "row-1")
    stop.set()

    did = worker_process._work_while_it_lasts(valkey_url, {"send_attempt": print}, stop)

    assert not did
    assert Queue(QUEUE, connection=redis).count == 1


def test_after_losing_redis_a_signal_is_ours_again(
    valkey_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def lost(self: worker_process.Worker, **_: object) -> bool:
        self._install_signal_handlers()
        raise NoRedis

    monkeypatch.setattr(worker_process.Worker, "work", lost)
    stop = threading.Event()
    with capture_logs():
        worker_process._work_while_it_lasts(valkey_url, {}, stop)

    os.kill(os.getpid(), signal.SIGTERM)

    assert stop.is_set()


class _Impatient:
    """Stands in for `threading`: its event notes how long it was waited for, then gives up."""

    def __init__(self, pauses: list[float], *, gives_up_after: int) -> None:
        self._pauses = pauses
        self._most = gives_up_after

    def Event(self) -> "_Impatient":  # noqa: N802 – the name of what it stands in for
        return self

    def is_set(self) -> bool:
        return len(self._pauses) >= self._most

    def wait(self, timeout: float) -> bool:
        self._pauses.append(timeout)
        return self.is_set()

    def set(self) -> None:
        self._most = 0
