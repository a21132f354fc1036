"""`JobQueue` on rq: a job is a name and a row's id, in JSON, and means "look at that row".

Redis may be away at any time. A wake then takes a third of a second once, and nothing for as long
as the breaker is open; whoever asked does the work itself.
"""

import secrets
import time
from collections.abc import Callable

import structlog
from anyio import to_thread
from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry
from rq import Queue
from rq.serializers import JSONSerializer

from hotline.recordings.collector import KEEP

log = structlog.get_logger()

QUEUE = "hotline"
CONNECT_WITHIN_S = 0.3  # reliability research F1
ANSWER_WITHIN_S = 1.0
BREAK_S = 5.0
JOB_MAY_TAKE_S = 30
MAY_TAKE_LONGER_S = {KEEP: 630}  # an hour of sound is fetched in minutes
WORTHLESS_AFTER_S = 60  # by then the dispatcher has long done it
FAILED_KEPT_S = 3600


class RqQueue:
    """The sending end. `redis_url` may be empty: then nothing can be reached, which is allowed."""

    def __init__(self, redis_url: str, *, monotonic: Callable[[], float] = time.monotonic) -> None:
        """`monotonic`: seconds that never go back, for the breaker."""
        self._queue = Queue(QUEUE, connection=connect(redis_url), serializer=JSONSerializer)
        self._reachable = bool(redis_url)
        self._monotonic = monotonic
        self._closed_until = float("-inf")

    async def wake(self, job: str, row_id: str) -> bool:
        """Ask a worker to look at a row. False where the queue could not be reached."""
        if not self._reachable or self._monotonic() < self._closed_until:
            return False
        try:
            await to_thread.run_sync(self._enqueue, job, row_id)
        except (RedisError, OSError) as fault:
            self._closed_until = self._monotonic() + BREAK_S
            log.warning("queue.unreachable", error=type(fault).__name__)
            return False
        return True

    def close(self) -> None:
        """Give the connections back."""
        self._queue.connection.close()

    def _enqueue(self, job: str, row_id: str) -> None:
        self._queue.enqueue(
            job,
            row_id,
            job_id=f"{job}-{row_id}-{secrets.token_hex(4)}",
            job_timeout=MAY_TAKE_LONGER_S.get(job, JOB_MAY_TAKE_S),
            ttl=WORTHLESS_AFTER_S,
            result_ttl=0,
            failure_ttl=FAILED_KEPT_S,
        )


def connect(redis_url: str) -> Redis:
    """A connection that gives up soon and repeats nothing. Opened with its first command."""
    return Redis.from_url(
        redis_url or "redis://",
        socket_connect_timeout=CONNECT_WITHIN_S,
        socket_timeout=ANSWER_WITHIN_S,
        retry=Retry(NoBackoff(), 0),
    )


async def redis_answers(redis_url: str) -> bool:
    """Whether Redis is there at this moment; known after a second."""
    connection = connect(redis_url)
    try:
        return bool(await to_thread.run_sync(connection.ping))
    except (RedisError, OSError):
        return False
    finally:
        connection.close()
