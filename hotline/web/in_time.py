"""Nobody waits for ever: a request that is not answered in time is given up, and that is said.

What hangs is left to end by itself: ending it may take as long as its answer. The voice addresses
have a budget of their own (`hotline.web.voice.answering`), and a stream only has to begin.
"""

import asyncio

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from hotline.background import abandon
from hotline.web.addresses import WEBHOOKS
from hotline.web.errors import no_answer


class AnswerInTime:
    """Around everything that people and other software ask for."""

    def __init__(self, app: ASGIApp, within_s: float) -> None:
        """`within_s`: until the answer begins."""
        self._app = app
        self._within_s = within_s

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, and answer in its place where nothing came."""
        if scope["type"] != "http" or scope["path"].startswith(WEBHOOKS):
            await self._app(scope, receive, send)
            return
        answer = Answer(send)
        asked = asyncio.ensure_future(self._app(scope, receive, answer.send))
        asked.add_done_callback(answer.end)
        try:
            await asyncio.wait({answer.begun}, timeout=self._within_s)
            if answer.give_up():
                await no_answer(scope)(scope, receive, send)
            else:
                await asked
        finally:
            if not asked.done():
                abandon(asked)


class Answer:
    """Who answers: the application once it has begun, or we once it is given up. Never both."""

    def __init__(self, send: Send) -> None:
        """Nobody yet."""
        self._send = send
        self._given_up = False
        self.begun: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    async def send(self, message: Message) -> None:
        """What the application says; nothing of it where it comes too late."""
        if not self._given_up:
            self.end()
            await self._send(message)

    def end(self, *_: object) -> None:
        """There is nothing more to wait for."""
        if not self.begun.done():
            self.begun.set_result(None)

    def give_up(self) -> bool:
        """True where the application has not begun: from now on it is not heard any more."""
        self._given_up = not self.begun.done()
        return self._given_up
