"""A machine that cannot keep up is told as a result: it must not end the measurement."""

import httpx
import pytest
from bench_webhook import Load, Server, incoming_request, open_loop, steady, told

pytestmark = pytest.mark.anyio
SERVER = Server(0, "http://backend.test")


def answers(request: httpx.Request) -> httpx.Response:
    """Of four requests, one finds no connection, one no answer, one a fault."""
    number = int(request.content.decode().partition("CallSid=CA")[2].partition("&")[0])
    if number % 4 == 1:
        raise httpx.PoolTimeout("", request=request)
    if number % 4 == 2:
        raise httpx.ReadTimeout("", request=request)
    return httpx.Response(503 if number % 4 == 3 else 200)


async def test_requests_that_find_no_answer_are_counted_by_their_kind() -> None:
    async with httpx.AsyncClient(transport=httpx.MockTransport(answers)) as client:
        load = await steady(client, SERVER, incoming_request, 0, 8)

    assert load.unanswered == {"PoolTimeout": 2, "ReadTimeout": 2, "HTTPStatusError": 2}
    assert len(load.took_ms) == 2


async def test_late_answers_and_lost_ones_stand_in_the_report() -> None:
    load = Load([5.0, 7.0, 16_000.0])
    load.unanswered["ReadTimeout"] = 3

    assert told(load).splitlines()[1] == (
        "3 answered, 1 of them after 15 s; not answered: 3 ReadTimeout"
    )


async def test_no_answer_at_all_is_a_report_too() -> None:
    assert told(Load()) == "0 answered, 0 of them after 15 s; not answered: none"


async def test_no_request_waits_for_the_connection_of_another() -> None:
    async with open_loop() as client:
        assert client.timeout.pool is None
