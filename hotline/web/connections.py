"""A connection that brings no request is closed: thousands of open ones would keep callers out."""

import asyncio

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

HEAD_WITHIN_S = 10.0
MOST_HEAD_BYTES = 64 * 1024


class PromptRequests(HttpToolsProtocol):
    """Uvicorn's own, with bounds on what comes before a body; for the body see `bodies`."""

    head_within_s = HEAD_WITHIN_S
    _head_bytes = 0
    _deadline: asyncio.TimerHandle | None = None

    def connection_made(  # type: ignore[override] # as its own
        self, transport: asyncio.Transport
    ) -> None:
        """From now on a request is awaited."""
        super().connection_made(transport)
        self._deadline = self.loop.call_later(self.head_within_s, transport.abort)

    def data_received(self, data: bytes) -> None:
        """Part of a request."""
        if self._deadline is not None:
            self._head_bytes += len(data)
        super().data_received(data)
        if self._deadline is not None and self._head_bytes > MOST_HEAD_BYTES:
            self.transport.abort()

    def on_headers_complete(self) -> None:
        """The head of the request is there."""
        self._stop_waiting()
        super().on_headers_complete()

    def connection_lost(self, exc: Exception | None) -> None:
        """Nothing more comes."""
        self._stop_waiting()
        super().connection_lost(exc)

    def _stop_waiting(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None
