"""Connections that bring no request, or one without an end, are closed."""

import asyncio
import socket
from collections.abc import AsyncIterator

import pytest
import uvicorn
from fastapi import FastAPI
from starlette.responses import Response

from hotline.commands.serve import web_config
from hotline.settings import Settings
from hotline.web.connections import MOST_HEAD_BYTES, PromptRequests
from tests.hotline.locks import PATIENCE_S

pytestmark = pytest.mark.anyio

REQUEST = b"GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n"
Stream = tuple[asyncio.StreamReader, asyncio.StreamWriter]


class Hasty(PromptRequests):
    """Waits no longer than a moment."""

    head_within_s = 0.05


@pytest.fixture
async def stream(request: pytest.FixtureRequest) -> AsyncIterator[Stream]:
    """A connection to a server of this protocol."""
    listener = socket.create_server(("127.0.0.1", 0))
    config = uvicorn.Config(Response(b"fine"), http=request.param, log_config=None, lifespan="off")
    server = uvicorn.Server(config)
    task = asyncio.create_task(server.serve(sockets=[listener]))
    made = await asyncio.open_connection(*listener.getsockname())
    yield made
    made[1].close()
    server.should_exit = True
    await task
    listener.close()


async def heard(stream: Stream) -> bytes:
    """All that comes until the other side closes."""
    async with asyncio.timeout(PATIENCE_S):
        try:
            return await stream[0].read()
        except ConnectionResetError:
            return b""


@pytest.mark.parametrize("stream", [PromptRequests], indirect=True)
async def test_a_request_is_answered(stream: Stream) -> None:
    stream[1].write(REQUEST)

    assert (await heard(stream)).endswith(b"fine")


@pytest.mark.parametrize("stream", [Hasty], indirect=True)
@pytest.mark.parametrize("begin", [b"", b"GET / HT", b"GET / HTTP/1.1\r\nHost: h\r\nX: "])
async def test_a_request_that_does_not_come_is_waited_for_no_longer(
    stream: Stream, begin: bytes
) -> None:
    stream[1].write(begin)

    assert await heard(stream) == b""


@pytest.mark.parametrize("stream", [PromptRequests], indirect=True)
async def test_a_head_without_an_end_is_cut(stream: Stream) -> None:
    stream[1].write(b"GET / HTTP/1.1\r\nX: " + b"x" * (MOST_HEAD_BYTES + 1))

    assert await heard(stream) == b""


async def test_the_web_process_has_these_bounds() -> None:
    config = web_config(FastAPI(), Settings())
    config.load()

    assert config.http_protocol_class is PromptRequests
