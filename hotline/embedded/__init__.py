"""PostgreSQL and Valkey from wheels, under a supervisor of our own.

For the demo, for tests, and for one machine without a database administrator. Production names
its own servers with `HOTLINE_DATABASE_URL` and `HOTLINE_REDIS_URL`.
"""

from hotline.embedded.postgres import start_postgres
from hotline.embedded.process import EmbeddedServerError, Running, start_process
from hotline.embedded.valkey import start_valkey

__all__ = [
    "EmbeddedServerError",
    "Running",
    "start_postgres",
    "start_process",
    "start_valkey",
]
