"""Fixtures for every test."""

import logging
from collections.abc import Iterator
from functools import partial

import pytest
import structlog
from hypothesis import settings

from tests.golden import WRITE, GoldenCheck, check_golden

# How long an example takes says something of the machine, and nothing of the product.
settings.register_profile("any machine", deadline=None)
settings.load_profile("any machine")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Golden files are written anew on purpose only, and read in the difference of the commit."""
    parser.addoption(WRITE, action="store_true", help="write golden files anew")


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> GoldenCheck:
    """Compare a text with its golden file."""
    return partial(check_golden, write=bool(request.config.getoption(WRITE)))


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
