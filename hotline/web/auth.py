"""Who is asking, whether they may, and what every answer carries.

A browser signs in with a cookie, other software with a bearer token. One browser may hold several
log-ins at once in the demo: a leading `/seat/NAME` in the path has a cookie of its own.
"""

import re
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Annotated
from urllib.parse import urlsplit

from fastapi import Depends, Request
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from hotline.errors import ConfirmIdentity, Forbidden, NotSignedIn
from hotline.settings import Settings
from hotline.staff.permissions import Permission, may_anywhere
from hotline.staff.sign_in import SignedIn, who_is
from hotline.web.deps import BackendDep

COOKIE = "hotline_session"
HOST_ONLY = "__Host-"  # browsers take it only over https, for the whole host and for no other
YEAR_S = 365 * 24 * 3600
CONFIRMED_FOR = timedelta(minutes=10)
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
TWILIO_EVENTS = "https://eventgw.twilio.com"
_SEAT = re.compile(r"/seat/([a-z0-9-]{1,20})(/.*|)")


class SeatMiddleware:
    """`/seat/desk/floor` is `/floor` with the log-in of the seat "desk"."""

    def __init__(self, app: ASGIApp) -> None:
        """Wraps the application."""
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Take the seat off the path and keep it as the root path."""
        found = _SEAT.fullmatch(scope.get("path", "")) if scope["type"] == "http" else None
        if found is not None:
            seat, rest = found.groups()
            root = f"{scope.get('root_path', '')}/seat/{seat}"
            state = {**scope.get("state", {}), "seat": seat}
            scope = {**scope, "root_path": root, "state": state, "path": f"{root}{rest or '/'}"}
        await self._app(scope, receive, send)


class SecurityHeaders:
    """What every answer carries."""

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        """The simulator's address, where there is one, is let in by name."""
        self._app = app
        self._headers = {
            "Content-Security-Policy": content_policy(settings),
            "X-Content-Type-Options": "nosniff",
            "Referrer-Policy": "no-referrer",
            "Cross-Origin-Opener-Policy": "same-origin",
        }
        if over_https(settings):
            self._headers["Strict-Transport-Security"] = f"max-age={YEAR_S}"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Add them to the start of the answer."""

        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in self._headers.items():
                    headers.setdefault(name, value)
                if not scope["path"].endswith((".css", ".js", ".svg", ".png", ".wav")):
                    headers.setdefault("Cache-Control", "no-store")
            await send(message)

        await self._app(scope, receive, sending)


def content_policy(settings: Settings) -> str:
    """No script inline, nothing from elsewhere but the carrier's."""
    parts = urlsplit(settings.simulator_url)
    edges = [f"wss://voice-js.{edge}.twilio.com" for edge in settings.softphone_edges]
    carrier = f"{parts.scheme}://{parts.netloc}" if parts.netloc else ""
    sources = {
        "default-src": ["'self'"],
        "script-src": ["'self'", carrier],
        "connect-src": [
            "'self'",
            carrier,
            carrier.replace("http", "ws", 1),
            TWILIO_EVENTS,
            *edges,
        ],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "media-src": ["'self'", "mediastream:", "blob:", carrier],
        "frame-src": ["'self'", carrier],
        "frame-ancestors": ["'self'", carrier],
        "object-src": ["'none'"],
        "base-uri": ["'none'"],
        "form-action": ["'self'"],
    }
    return "; ".join(" ".join(filter(None, [name, *of])) for name, of in sources.items())


def cookie_name(request: Request, settings: Settings) -> str:
    """The cookie of this seat, or of the whole site."""
    seat = getattr(request.state, "seat", None)
    if seat:
        return f"{COOKIE}_{seat}"
    return f"{HOST_ONLY}{COOKIE}" if over_https(settings) else COOKIE


def over_https(settings: Settings) -> bool:
    """Whether browsers reach us encrypted."""
    return settings.base_url.startswith("https:")


def token_of(request: Request, settings: Settings) -> tuple[str, bool]:
    """The token, and whether a browser sent it by itself. Raises `NotSignedIn`."""
    scheme, _, bearer = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() == "bearer" and bearer:
        return bearer, False
    cookie = request.cookies.get(cookie_name(request, settings))
    if cookie is None:
        raise NotSignedIn
    return cookie, True


async def signed_in(request: Request, backend: BackendDep) -> SignedIn:
    """Who is asking. A browser must show that the page was ours. Raises `NotSignedIn`."""
    known: SignedIn | None = getattr(request.state, "who", None)
    if known is not None:
        return known
    token, by_cookie = token_of(request, backend.settings)
    if by_cookie and request.method not in SAFE:
        check_origin(request, backend.settings)
    async with backend.database.work() as work:
        return await who_is(work, token, at=backend.clock.now())


SignedInDep = Annotated[SignedIn, Depends(signed_in)]


def check_origin(request: Request, settings: Settings) -> None:
    """Refuse what another site made a browser send. Raises `Forbidden`."""
    if request.headers.get("X-Hotline") != "1":
        raise Forbidden
    site = request.headers.get("Sec-Fetch-Site")
    origin = request.headers.get("Origin", "")
    ours = {request.headers.get("host", ""), urlsplit(settings.base_url).netloc} - {""}
    if site != "same-origin" and urlsplit(origin).netloc not in ours:
        raise Forbidden


def gate(wanted: Permission) -> Callable[[SignedIn], Awaitable[SignedIn]]:
    """A dependency: somebody who may do this to anything at all, or `Forbidden`."""

    async def check(who: SignedInDep) -> SignedIn:
        if not may_anywhere(who.roles, wanted):
            raise Forbidden
        return who

    return check


async def recently_confirmed(who: SignedInDep, backend: BackendDep) -> SignedIn:
    """Somebody who has proved within ten minutes, in this session, that it is them.

    For acts that reach far, of which an open browser nobody sits at would be enough otherwise.
    Raises `ConfirmIdentity`.
    """
    at = who.confirmed_at
    if at is None or not timedelta() <= backend.clock.now() - at <= CONFIRMED_FOR:
        raise ConfirmIdentity(provider=backend.settings.has_provider)
    return who


async def confirmed_administrator(
    who: Annotated[SignedIn, Depends(gate(Permission.SET_UP))], backend: BackendDep
) -> SignedIn:
    """Whoever may not do it at all is told so first."""
    return await recently_confirmed(who, backend)


ConfirmedDep = Annotated[SignedIn, Depends(recently_confirmed)]
ConfirmedAdministrator = Annotated[SignedIn, Depends(confirmed_administrator)]
CallTaker = Annotated[SignedIn, Depends(gate(Permission.TAKE_CALLS))]
Speaker = Annotated[SignedIn, Depends(gate(Permission.SPEAK_IN_TALKS))]
CallReader = Annotated[SignedIn, Depends(gate(Permission.SEE_CALL))]
TurnGiver = Annotated[SignedIn, Depends(gate(Permission.GIVE_TURN))]
Debriefer = Annotated[SignedIn, Depends(gate(Permission.DEBRIEF))]
CallbackKeeper = Annotated[SignedIn, Depends(gate(Permission.CALL_BACK))]
FloorReader = Annotated[SignedIn, Depends(gate(Permission.SEE_FLOOR))]
FloorWatcher = Annotated[SignedIn, Depends(gate(Permission.WATCH_FLOOR))]
FloorDirector = Annotated[SignedIn, Depends(gate(Permission.DIRECT_FLOOR))]
RosterPlanner = Annotated[SignedIn, Depends(gate(Permission.PLAN_ROSTER))]
PromptKeeper = Annotated[SignedIn, Depends(gate(Permission.KEEP_PROMPTS))]
EscalationReader = Annotated[SignedIn, Depends(gate(Permission.SEE_ESCALATION))]
StoryReader = Annotated[SignedIn, Depends(gate(Permission.READ_STORY))]
EscalationAnswerer = Annotated[SignedIn, Depends(gate(Permission.ANSWER_ESCALATION))]
IncidentReader = Annotated[SignedIn, Depends(gate(Permission.SEE_INCIDENTS))]
RecordFinder = Annotated[SignedIn, Depends(gate(Permission.FIND_RECORD))]
Administrator = Annotated[SignedIn, Depends(gate(Permission.SET_UP))]
CaseReader = Annotated[SignedIn, Depends(gate(Permission.SEE_CASE))]
CaseAdder = Annotated[SignedIn, Depends(gate(Permission.ADD_TO_CASE))]
CaseWorker = Annotated[SignedIn, Depends(gate(Permission.WORK_CASE))]
CaseReleaser = Annotated[SignedIn, Depends(gate(Permission.RELEASE_REPORTER))]
CaseMerger = Annotated[SignedIn, Depends(gate(Permission.MERGE_CASE))]
ColourConfirmer = Annotated[SignedIn, Depends(gate(Permission.CONFIRM_COLOUR))]
QualityKeeper = Annotated[SignedIn, Depends(gate(Permission.KEEP_QUALITY))]
CaseCloser = Annotated[SignedIn, Depends(gate(Permission.CLOSE_CASE))]
