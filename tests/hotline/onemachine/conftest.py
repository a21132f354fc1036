"""A data folder of its own for each test, and ways to wait without a clock."""

import os
import select
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from hotline.onemachine import Running

PATIENCE_MS = 30_000


@pytest.fixture
def data() -> Iterator[Path]:
    """Not made yet: the first start makes it. Others may pass, unlike below pytest's own folder."""
    with tempfile.TemporaryDirectory(prefix="hotline-test-") as made:
        Path(made).chmod(0o755)
        yield Path(made) / "data"


@pytest.fixture
def ends() -> Iterator[Callable[[Running], Running]]:
    """Stops what a test hands over, however the test ends."""
    with ExitStack() as stack:

        def remember(running: Running) -> Running:
            stack.callback(running.stop)
            return running

        yield remember


@pytest.fixture
def gone() -> Callable[[int], bool]:
    """Waits for the end of a process that is no child of ours; True when it has ended."""

    def wait_for(pid: int) -> bool:
        try:
            descriptor = os.pidfd_open(pid)
        except ProcessLookupError:
            return True
        poll = select.poll()
        poll.register(descriptor, select.POLLIN)
        ended = bool(poll.poll(PATIENCE_MS))
        os.close(descriptor)
        return ended

    return wait_for
