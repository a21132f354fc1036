"""A Valkey of its own for the jobs' tests."""

import socket
from collections.abc import Iterator

import pytest

from hotline.onemachine import start_valkey


@pytest.fixture(scope="session")
def valkey_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A running server."""
    running = start_valkey(tmp_path_factory.mktemp("valkey") / "data")
    yield running.url
    running.stop()


@pytest.fixture
def nowhere() -> str:
    """An address at which nothing listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return f"redis://127.0.0.1:{probe.getsockname()[1]}/0"
