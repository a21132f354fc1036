"""A process of the house as production starts it, except that its clock can be moved.

The clock's file is named by TEST_CLOCK.
"""

import asyncio
import os
from pathlib import Path

from hotline.bootstrap import backend_of_settings, run_switchboard, run_worker
from hotline.bootstrap_watch import run_auditor
from hotline.commands.serve import run_web
from hotline.log import set_up_logging
from hotline.settings import read_settings
from tests.harness import crash_points
from tests.harness.clock import MovedClock

AUDITOR_EVERY_S = 0.5  # time is moved, and looked at often
PATIENCE_S = 14.0  # the carrier waits for fifteen seconds


def main(what: str, fd: int | None) -> None:
    """Run one process until it is told to stop. `fd`: what the web answers at."""
    set_up_logging(what)
    crash_points.arm()
    clock, settings = MovedClock(Path(os.environ["TEST_CLOCK"])), read_settings()
    if what == "serve":
        backend = backend_of_settings(settings, clock=clock)
        if os.environ.get("TEST_PATIENT"):
            backend.webhook_budget_s = backend.answer_within_s = PATIENCE_S
        run_web(backend, fd)
    elif what == "auditor":
        asyncio.run(run_auditor(settings, clock=clock, every_s=AUDITOR_EVERY_S))
    elif what == "switchboard":
        asyncio.run(run_switchboard(settings, clock=clock))
    else:
        run_worker(settings, clock=clock)
