"""Pages, commands and files are compressed; streams and the carrier's documents are not."""

from starlette.middleware.gzip import GZipMiddleware
from starlette.types import ASGIApp, Receive, Scope, Send

from hotline.web.addresses import WEBHOOKS

LEVEL = 5  # nearly as small as the highest, in a third of the time


class Compressed:
    """Starlette's own, beside the webhooks: a carrier is given what every carrier can read."""

    def __init__(self, app: ASGIApp) -> None:
        """Wraps the application. Event streams are left out by the middleware itself."""
        self._plain, self._compressing = app, GZipMiddleware(app, compresslevel=LEVEL)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Compress where the reader takes it."""
        webhook = scope.get("path", "").startswith(WEBHOOKS)
        await (self._plain if webhook else self._compressing)(scope, receive, send)
