"""One machine: PostgreSQL and Valkey from wheels, and every process under a supervisor of our own.

For the demo, for tests, and for one machine without a database administrator. Production names
its own servers with `HOTLINE_DATABASE_URL` and `HOTLINE_REDIS_URL`.
"""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import NamedTuple

from hotline.onemachine.failure import EmbeddedServerError
from hotline.onemachine.postgres import start_postgres
from hotline.onemachine.process import Running, start_process
from hotline.onemachine.valkey import start_valkey

__all__ = [
    "EmbeddedServerError",
    "Running",
    "Servers",
    "embedded",
    "start_postgres",
    "start_process",
    "start_valkey",
]


class Servers(NamedTuple):
    """Both servers of one data folder."""

    postgres: Running
    valkey: Running


@contextmanager
def embedded(data: Path, *, durable: bool = True) -> Iterator[Servers]:
    """Both servers below `data`, for as long as the block runs."""
    with ExitStack() as stack:
        postgres = start_postgres(data / "postgres", durable=durable)
        stack.callback(postgres.stop)
        valkey = start_valkey(data / "valkey")
        stack.callback(valkey.stop)
        yield Servers(postgres, valkey)
