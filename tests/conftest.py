"""Fixtures for every test."""

import pytest


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    """All asynchronous tests run on asyncio, as the house does."""
    return "asyncio"
