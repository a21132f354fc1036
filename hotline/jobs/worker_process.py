"""The receiving end: one rq worker on one queue, in this very process.

`SimpleWorker`, not the forking one: a forked job outlives a killed parent and overlaps its own
re-run, and each fork would need a database pool of its own. A job here is one row's dial, bounded
in time; should it take the process down, the supervisor starts another and the row is still there.
"""

import asyncio
import signal
import threading
from collections.abc import Callable, Mapping
from types import FrameType
from typing import Any

import structlog
from redis.exceptions import RedisError
from rq import Queue, SimpleWorker
from rq.exceptions import StopRequested
from rq.job import Job
from rq.serializers import JSONSerializer

from hotline.errors import HotlineError
from hotline.jobs.functions import Deliverer, JobFunction, job_functions
from hotline.jobs.rq_queue import QUEUE, connect
from hotline.supervision import tell_supervisor

log = structlog.get_logger()

WORKER_TTL_S = 30  # reliability research §1.3: with these two a killed worker's job is back in 61 s
MAINTENANCE_EVERY_S = 15
SHORTEST_PAUSE_S = 0.5
LONGEST_PAUSE_S = 5.0


class JobNotAllowed(HotlineError):
    """A job names something that is not in the list of `functions`."""


class Worker(SimpleWorker):
    """Comes back quickly when Redis does, and says why it ended."""

    max_connection_wait_time = LONGEST_PAUSE_S

    def __init__(self, *args: Any, stop: threading.Event, **kwargs: Any) -> None:
        """`stop` is set when a signal asks for the end."""
        super().__init__(*args, **kwargs)
        self._stop = stop

    def request_stop(self, signum: int, frame: FrameType | None) -> None:
        """SIGINT or SIGTERM: finish the job, then end."""
        self._stop.set()
        # rq leaves it untyped
        super().request_stop(signum, frame)  # type: ignore[no-untyped-call]

    def heartbeat(self, *args: Any, **kwargs: Any) -> None:
        """Sent while it waits for jobs as well."""
        tell_supervisor("WATCHDOG=1")
        super().heartbeat(*args, **kwargs)

    def _install_signal_handlers(self) -> None:
        super()._install_signal_handlers()  # type: ignore[no-untyped-call]
        if self._stop.is_set():  # before these handlers were there
            raise StopRequested


def work_for_ever(
    redis_url: str, make_deliverer: Callable[[], Deliverer], *, stop: threading.Event | None = None
) -> None:
    """Work until SIGINT or SIGTERM set `stop`, through any absence of Redis. Main thread only."""
    stop = stop or threading.Event()
    tell_supervisor("READY=1")
    with asyncio.Runner() as loop:  # one loop for all jobs: its database connections are kept
        functions = job_functions(loop.run, make_deliverer())
        _stop_on_signals(stop)
        keep_working(lambda: work_while_it_lasts(redis_url, functions, stop), stop)


def keep_working(work: Callable[[], bool], stop: threading.Event) -> None:
    """Work until `stop`, with longer pauses as long as `work` says that it did nothing."""
    pause = SHORTEST_PAUSE_S
    while not stop.is_set():
        tell_supervisor("WATCHDOG=1")
        if work():
            pause = SHORTEST_PAUSE_S
        stop.wait(pause)
        pause = min(pause * 2, LONGEST_PAUSE_S)


def work_while_it_lasts(
    redis_url: str, functions: Mapping[str, JobFunction], stop: threading.Event
) -> bool:
    """Until told to stop or Redis is gone. True where anything was done meanwhile."""
    try:
        return worker(redis_url, functions, stop).work(logging_level="WARNING")
    except (RedisError, OSError) as fault:
        log.warning("worker.queue_lost", error=type(fault).__name__)
        return False
    except StopRequested:  # a signal that came while the worker was being set up or put away
        return False
    finally:
        _stop_on_signals(stop)  # the worker's own handlers are no use without it


def _stop_on_signals(stop: threading.Event) -> None:
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())


def worker(redis_url: str, functions: Mapping[str, JobFunction], stop: threading.Event) -> Worker:
    """A worker that runs these functions and nothing else."""
    connection, job_class = connect(redis_url), _job_class(functions)
    queue = Queue(QUEUE, connection=connection, job_class=job_class, serializer=JSONSerializer)
    return Worker(
        [queue],
        connection=connection,
        job_class=job_class,
        serializer=JSONSerializer,
        worker_ttl=WORKER_TTL_S,
        maintenance_interval=MAINTENANCE_EVERY_S,
        log_job_description=False,
        stop=stop,
    )


def _job_class(functions: Mapping[str, JobFunction]) -> type[Job]:
    class ListedJob(Job):
        """rq imports whatever a job names, callbacks too. This one looks names up in a list."""

        success_callback = failure_callback = stopped_callback = None

        @property
        def func(self) -> JobFunction:
            """The function of that name. Raises `JobNotAllowed`."""
            found = functions.get(self.func_name or "")
            if found is None:
                raise JobNotAllowed
            return found

    return ListedJob
