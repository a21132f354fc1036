"""Fixtures for every test."""

import logging
from collections.abc import Iterator

import pytest
import structlog


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    """All asynchronous tests run on asyncio, as the house does."""
    return "asyncio"


@pytest.fixture(autouse=True)
def no_log_of_another() -> Iterator[None]:
    """A command that a test runs sets up logging for its process: here, into a stream that ends."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    structlog.reset_defaults()
    structlog.contextvars.clear_contextvars()
    root.handlers, root.level = handlers, level
