"""What `bench_floor.py` compares with: a page out of a bare template, and a stream that hands
events to all its browsers, from nothing: no database, nobody to look up, nothing to draw.
"""

import asyncio
import json
from collections.abc import AsyncIterator

from jinja2 import Environment
from sse_starlette import EventSourceResponse
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from hotline.clock import SystemClock

FILLING = "x" * 120  # with its time about 200 bytes

TABLE = Environment(autoescape=True).from_string("""<!doctype html><title>Bare</title><table>
{% for row in rows %}<tr class="row" id="row-{{ row.id }}"><td>{{ row.name }}</td>
<td class="number">{{ row.since }}</td><td>{{ row.state }}</td></tr>
{% endfor %}</table>""")

browsers: set[asyncio.Queue[bytes]] = set()
under_way: set[asyncio.Task[None]] = set()


async def page(request: Request) -> Response:
    """So many rows."""
    count = int(request.path_params["rows"])
    rows = [{"id": n, "name": f"name {n}", "since": n, "state": "ready"} for n in range(count)]
    return HTMLResponse(TABLE.render(rows=rows))


async def stream(_request: Request) -> Response:
    """Everything that is told from now on."""
    return EventSourceResponse(_events())


async def _events() -> AsyncIterator[bytes]:
    queue: asyncio.Queue[bytes] = asyncio.Queue()
    browsers.add(queue)
    try:
        while True:
            yield await queue.get()
    finally:
        browsers.discard(queue)


async def tell(request: Request) -> Response:
    """So many events to all, so many a second, from now on."""
    telling = asyncio.create_task(_tell(request.path_params["count"], request.path_params["rate"]))
    under_way.add(telling)
    telling.add_done_callback(under_way.discard)
    return Response(status_code=202)


async def _tell(count: int, rate: int) -> None:
    time = asyncio.get_running_loop().time
    begun = time()
    for number in range(count):
        await asyncio.sleep(begun + number / rate - time())
        told = {"part": "bare", "at": SystemClock().now().isoformat(), "html": FILLING}
        event = f"event: part\r\ndata: {json.dumps(told)}\r\n\r\n".encode()
        for queue in browsers:
            queue.put_nowait(event)


app = Starlette(
    routes=[
        Route("/page/{rows:int}", page),
        Route("/stream", stream),
        Route("/tell/{count:int}/{rate:int}", tell, methods=["POST"]),
    ]
)
