"""`Idempotency-Key`: the same POST again gets the same answer and has no second effect.

Claim, effect and answer are one transaction: the wrapper opens the unit of work, the command works
in it (`CommandWork`), the answer is written into it, then it commits and only then the answer
leaves. A repeat that comes meanwhile waits for the claim. What was refused is not kept: a refusal
has no effect, and the next try may well succeed. Keys belong to the person who sent them.

Signing in does not take part: its answer is a secret, of which nothing but a hash may be kept.
"""

import hashlib
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Annotated

from fastapi import Depends, Request, Response
from fastapi.routing import APIRoute

from hotline.errors import KeyReused
from hotline.storage.repeats import KeptAnswer, claim_request, keep_answer
from hotline.storage.session import Work
from hotline.web.auth import signed_in
from hotline.web.deps import Backend, BackendDep

HEADER = "Idempotency-Key"
REPLAYED = "Idempotent-Replayed"

EndpointHandler = Callable[[Request], Awaitable[Response]]


async def open_command_work(request: Request, backend: BackendDep) -> AsyncIterator[Work]:
    """The unit of work of one command: that of its key, where it has one."""
    shared: Work | None = getattr(request.state, "work", None)
    if shared is not None:
        yield shared
        return
    async with backend.database.work() as work:
        request.state.work = work
        yield work


# Every POST below an `IdempotentRoute` takes this one and no other.
CommandWork = Annotated[Work, Depends(open_command_work, scope="function")]


class IdempotentRoute(APIRoute):
    """An endpoint whose POSTs take the header."""

    def get_route_handler(self) -> EndpointHandler:  # type: ignore[override]
        """Wrap the endpoint."""
        handle = super().get_route_handler()

        async def once(request: Request) -> Response:
            key = request.headers.get(HEADER)
            if request.method != "POST" or not key:
                return await handle(request)
            return await _answer_once(request, key, handle)

        return once


async def _answer_once(request: Request, key: str, handle: EndpointHandler) -> Response:
    backend: Backend = request.app.state.backend
    request.state.who = who = await signed_in(request, backend)
    path = request.scope["path"].removeprefix(request.scope.get("root_path", ""))
    asked = f"{path}\0".encode() + await request.body()
    scoped, asked_hash = _hashed(f"{who.staff_id}\0{key}".encode()), _hashed(asked)
    async with backend.database.work() as work:
        at = backend.clock.now()
        kept = await claim_request(work, scoped, at=at, asked_hash=asked_hash)
        if kept is not None:
            return _repeated(kept, asked_hash)
        request.state.work = work
        answer = await handle(request)
        said = bytes(answer.body).decode()
        await keep_answer(work, scoped, said, status=answer.status_code)
    return answer


def _repeated(kept: KeptAnswer, asked_hash: str) -> Response:
    if kept.asked_hash != asked_hash:
        raise KeyReused
    return Response(
        kept.answer or None,
        status_code=kept.status,
        media_type="application/json" if kept.answer else None,
        headers={REPLAYED: "true"},
    )


def _hashed(raw: bytes) -> str:
    return hashlib.sha256(raw).hexdigest()
