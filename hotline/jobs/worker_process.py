"""The worker: takes jobs from the queue one after another, and waits out a Redis that is away.

`SimpleWorker`: a job here is one database row and one carrier request, and a fork a job costs more
than it protects. What a lost job would mean is nothing: the dispatcher finds the row.
"""

from threading import Event

import structlog
from redis import Redis
from redis.exceptions import RedisError
from rq import Queue, SimpleWorker
from rq.serializers import JSONSerializer

from hotline.jobs.functions import Runner, install
from hotline.jobs.rq_queue import QUEUE

log = structlog.get_logger()

WORKER_TTL_S, MAINTENANCE_S = 30, 15  # reliability research §1.3
RETRY_S = 2.0


def work_for_ever(url: str, runner: Runner) -> None:
    """Until the process is told to stop."""
    install(runner)
    pause = Event()
    while True:
        try:
            if _work(url):
                return
        except (RedisError, OSError) as fault:
            log.warning("worker.without_redis", error=type(fault).__name__)
        pause.wait(RETRY_S)


def _work(url: str) -> bool:
    """True where the worker was told to stop."""
    connection = Redis.from_url(url)
    connection.ping()
    worker = SimpleWorker(
        [Queue(QUEUE, connection=connection, serializer=JSONSerializer)],
        connection=connection,
        serializer=JSONSerializer,
        worker_ttl=WORKER_TTL_S,
        maintenance_interval=MAINTENANCE_S,
    )
    log.info("worker.started")
    worker.work(with_scheduler=False, logging_level="WARNING")
    return bool(worker._stop_requested)  # noqa: SLF001 – rq says it nowhere else
