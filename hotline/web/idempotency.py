"""`Idempotency-Key`: the same POST again gets the same answer and has no second effect.

The key is claimed in a unit of work of its own, which stays open until the answer is there: a
repeat that comes meanwhile waits for it. The effect commits in its own unit, before the answer is
kept: a crash between the two means that the repeat is carried out afresh, so the commands below
are idempotent by themselves as well (a flag by its client key, the others by state).
"""

import hashlib
from collections.abc import Awaitable, Callable

from fastapi import Request, Response
from fastapi.routing import APIRoute
from sqlalchemy import text

from hotline.errors import KeyReused
from hotline.web.house import House

HEADER = "Idempotency-Key"
CLAIM = text("""
    insert into idempotent_answer (key, body_hash, status, answer, created_at)
    values (:key, :hash, 0, '', :at) on conflict do nothing returning key
""")
READ = text("select body_hash, status, answer from idempotent_answer where key = :key")
KEEP = text("update idempotent_answer set status = :status, answer = :answer where key = :key")

Handler = Callable[[Request], Awaitable[Response]]


class IdempotentRoute(APIRoute):
    """An endpoint whose POSTs take the header."""

    def get_route_handler(self) -> Handler:  # type: ignore[override]
        """Wrap the endpoint."""
        handle = super().get_route_handler()

        async def once(request: Request) -> Response:
            key = request.headers.get(HEADER)
            if request.method != "POST" or not key:
                return await handle(request)
            return await _answer_once(request, key, handle)

        return once


async def _answer_once(request: Request, key: str, handle: Handler) -> Response:
    house: House = request.app.state.house
    who = request.headers.get("Authorization") or request.headers.get("Cookie", "")
    scoped = hashlib.sha256(f"{who}\0{request.url.path}\0{key}".encode()).hexdigest()
    body_hash = hashlib.sha256(await request.body()).hexdigest()
    async with house.database.work() as work:
        claim = {"key": scoped, "hash": body_hash, "at": house.clock.now()}
        if (await work.sql(CLAIM, claim)).first() is None:
            kept = (await work.sql(READ, {"key": scoped})).one()
            if kept.body_hash != body_hash:
                raise KeyReused
            return Response(kept.answer, status_code=kept.status, media_type="application/json")
        answer = await handle(request)
        kept_answer = {"key": scoped, "status": answer.status_code}
        await work.sql(KEEP, {**kept_answer, "answer": bytes(answer.body).decode()})
        return answer
