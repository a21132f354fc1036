"""`JobQueue` on rq. A Redis that is away costs a third of a second once, then nothing for a while."""

import re
from time import monotonic

import structlog
from anyio import to_thread
from redis import Redis
from redis.exceptions import RedisError
from rq import Queue
from rq.exceptions import DuplicateJobError
from rq.serializers import JSONSerializer

log = structlog.get_logger()

QUEUE = "hotline"
FUNCTIONS = "hotline.jobs.functions"
CONNECT_WITHIN_S = 0.3
LEAVE_ALONE_S = 5.0  # after a failure nobody waits for Redis for this long
KEEP_FAILED_S = 24 * 3600

_NOT_FOR_JOB_IDS = re.compile(r"[^A-Za-z0-9_-]")


class RqQueue:
    """Puts jobs into one queue; never raises, never blocks the event loop."""

    def __init__(self, url: str) -> None:
        """`url` empty: there is no Redis, and every wake says so."""
        self._url = url
        self._leave_alone_until = 0.0

    async def wake(self, job: str, row_id: str) -> bool:
        """Ask a worker to look at a row. False where the queue could not be reached."""
        if not self._url or monotonic() < self._leave_alone_until:
            return False
        try:
            await to_thread.run_sync(self._enqueue, job, row_id)
        except (RedisError, OSError) as fault:
            self._leave_alone_until = monotonic() + LEAVE_ALONE_S
            log.warning("queue.unreachable", error=type(fault).__name__)
            return False
        return True

    def _enqueue(self, job: str, row_id: str) -> None:
        connection = Redis.from_url(
            self._url,
            socket_connect_timeout=CONNECT_WITHIN_S,
            socket_timeout=CONNECT_WITHIN_S * 3,
        )
        try:
            queue = Queue(QUEUE, connection=connection, serializer=JSONSerializer)
            queue.enqueue_call(
                f"{FUNCTIONS}.{job}",
                args=(row_id,),
                job_id=_NOT_FOR_JOB_IDS.sub("-", f"{job}-{row_id}"),
                result_ttl=0,
                failure_ttl=KEEP_FAILED_S,
            )
        except DuplicateJobError:
            log.info("job.already_queued", job=job, row_id=row_id)
        finally:
            connection.close()
