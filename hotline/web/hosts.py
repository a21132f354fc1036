"""Under which names this process answers: those it was given, whatever a request says of itself."""

from urllib.parse import urlsplit

from starlette.types import ASGIApp, Receive, Scope, Send

from hotline.settings import Settings
from hotline.web.addresses import WEBHOOKS
from hotline.web.errors import problem

LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
# The carrier's signature names the address; a monitor asks by whatever address a machine has.
UNDER_ANY_NAME = (*WEBHOOKS, "/healthz", "/readyz", "/metrics")
MISDIRECTED = (
    "This hotline is not reached under this name. Use the address you were given; whoever runs it"
    " sets HOTLINE_PUBLIC_URL to that address."
)


class KnownHosts:
    """Refuses made-up names, and shows the application its public address in place of others.

    So no redirect and no comparison of origins can be led elsewhere by a header.
    """

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        """The public address, the bound one and this machine's own names are known."""
        self._app, self._base = app, urlsplit(settings.base_url)
        self._names = {(self._base.hostname or "").lower(), settings.host.lower(), *LOOPBACK}
        self._public = self._base.hostname not in LOOPBACK and bool(settings.public_url)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let the request in under the public address, or answer that it came astray."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        anywhere = scope["path"].startswith(UNDER_ANY_NAME)
        if not anywhere and _name_of(scope) not in self._names:
            await problem(421, MISDIRECTED)(scope, receive, send)
            return
        if self._public or anywhere:
            others = [(name, value) for name, value in scope["headers"] if name != b"host"]
            host = (b"host", self._base.netloc.encode())
            scope = {**scope, "scheme": self._base.scheme, "headers": [host, *others]}
        await self._app(scope, receive, send)


def _name_of(scope: Scope) -> str:
    """The name in the Host header, without a port; empty where there is none to make out."""
    host = dict(scope["headers"]).get(b"host", b"").decode("latin-1")
    try:
        return (urlsplit(f"//{host}").hostname or "").lower()
    except ValueError:
        return ""
