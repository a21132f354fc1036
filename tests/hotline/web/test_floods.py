"""What is too large, too slow or too much is refused, and a call is answered meanwhile."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack

import httpx
import pytest
from starlette.responses import Response
from starlette.routing import Mount
from starlette.types import Message, Receive, Scope, Send

from hotline.bootstrap import backend_of_settings
from hotline.settings import Settings
from hotline.storage.session import Database
from hotline.storage.vault import make_key
from hotline.web.app import create_app
from hotline.web.bodies import MOST_BYTES, MOST_WEBHOOK_BYTES, BodyLimits
from hotline.web.lanes import Lanes
from tests.fakes import FakeClock
from tests.hotline.web.api.conftest import SITE, client_of, house_on
from tests.hotline.web.voice.conftest import ACCOUNT, TOKEN, VoiceScene, leads_to

pytestmark = pytest.mark.anyio

PART = b"x" * 1024
Inner = Callable[[Scope, Receive, Send], Awaitable[None]]


def request(path: str, method: str = "GET", **headers: str) -> Scope:
    """What a server says of a request before its body."""
    raw = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    return {"type": "http", "path": path, "method": method, "headers": raw, "root_path": "",
            "client": ("203.0.113.7", 40000)}  # fmt: skip


class Sender:
    """Sends a body in parts, and keeps what it is answered. `parts` None: nothing ever comes."""

    def __init__(self, parts: int | None) -> None:
        self.parts, self.sent, self.status = parts, 0, 0

    async def receive(self) -> Message:
        if self.parts is None:
            await asyncio.Event().wait()
        self.sent += 1
        return {"type": "http.request", "body": PART, "more_body": self.sent != self.parts}

    async def hear(self, message: Message) -> None:
        self.status = message.get("status", self.status)


async def fine(scope: Scope, receive: Receive, send: Send) -> None:
    """An application that answers everything."""
    await receive()
    await Response(b"fine")(scope, receive, send)


@pytest.mark.parametrize(
    ("path", "most"), [("/voice/incoming", MOST_WEBHOOK_BYTES), ("/api/v1/tokens", MOST_BYTES)]
)
async def test_a_length_that_is_too_large_is_refused_before_anything_is_read(
    path: str, most: int
) -> None:
    sender = Sender(parts=10)

    scope = request(path, "POST", content_length=str(most + 1))
    await BodyLimits(fine)(scope, sender.receive, sender.hear)

    assert (sender.status, sender.sent) == (413, 0)


async def test_a_body_without_a_length_is_cut_when_it_becomes_too_large() -> None:
    sender = Sender(parts=10**9)

    await BodyLimits(fine)(request("/voice/status", "POST"), sender.receive, sender.hear)

    assert (sender.status, sender.sent) == (413, MOST_WEBHOOK_BYTES // len(PART) + 1)


async def test_a_body_that_does_not_come_is_given_up() -> None:
    sender = Sender(parts=None)

    limits = BodyLimits(fine, whole_within_s=0.01)
    await limits(request("/api/v1/tokens", "POST"), sender.receive, sender.hear)

    assert sender.status == 408


async def test_a_body_that_fits_arrives_whole() -> None:
    sender, read = Sender(parts=3), list[Message]()

    async def reading(_scope: Scope, receive: Receive, _send: Send) -> None:
        read.append(await receive())

    await BodyLimits(reading)(request("/voice/status", "POST"), sender.receive, sender.hear)

    assert [(one["body"], one["more_body"]) for one in read] == [(PART * 3, False)]


async def test_the_whole_application_refuses_what_is_too_large() -> None:
    settings = Settings(
        database_url="postgresql+psycopg://nobody@127.0.0.1:1/none",
        twilio_account_sid=ACCOUNT,
        twilio_auth_token=TOKEN,
        encryption_keys=make_key(),
    )
    app = create_app(backend_of_settings(settings))

    async with client_of(app, "http://127.0.0.1:8000") as http:
        form = await http.post("/voice/incoming", content=b"x" * (MOST_WEBHOOK_BYTES + 1))
        json = await http.post("/api/v1/tokens", content=b"x" * (MOST_BYTES + 1))

    assert (form.status_code, json.status_code) == (413, 413)
    assert form.headers["connection"] == "close"


# ── who goes first ──────────────────────────────────────────────────────────────────────────────


class Held:
    """An application that answers only when it is let go."""

    def __init__(self) -> None:
        self.inside: list[str] = []
        self.let_go = asyncio.Event()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.inside.append(scope["path"])
        await self.let_go.wait()
        await Response(b"fine")(scope, receive, send)


@pytest.fixture
async def flooded() -> AsyncIterator[tuple[Lanes, Held]]:
    """Many readers and strangers of other addresses, none of whom is answered."""
    held = Held()
    lanes = Lanes(held)
    sender = Sender(parts=1)
    scopes = [request("/floor", cookie="x") for _ in range(50)]
    scopes += [request("/login") for _ in range(50)]
    tasks = [asyncio.create_task(lanes(it, sender.receive, sender.hear)) for it in scopes]
    while len(held.inside) < 3:
        await asyncio.get_running_loop().run_in_executor(None, int)
    yield lanes, held
    held.let_go.set()
    await asyncio.gather(*tasks)


@pytest.mark.parametrize(
    ("path", "method", "headers"),
    [
        ("/voice/incoming", "POST", {}),
        ("/voice/fallback", "POST", {}),
        ("/healthz", "GET", {}),
        ("/api/v1/calls/c/flags", "POST", {"authorization": "Bearer x"}),
        ("/api/v1/sessions", "POST", {}),
    ],
)
async def test_a_flood_of_pages_keeps_no_webhook_flag_or_sign_in_outside(
    flooded: tuple[Lanes, Held], path: str, method: str, headers: dict[str, str]
) -> None:
    lanes, held = flooded
    sender, waiting = Sender(parts=1), len(held.inside)

    asked = asyncio.create_task(
        lanes(request(path, method, **headers), sender.receive, sender.hear)
    )
    while path not in held.inside:
        await asyncio.get_running_loop().run_in_executor(None, int)
    held.let_go.set()
    await asked

    assert (sender.status, waiting) == (200, 3)


class Gate(Held):
    """Refuses webhooks without a signature; holds back the others of the forger."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["path"] == "/voice/forged":
            await Response(status_code=403)(scope, receive, send)
        elif scope["client"][0] == "203.0.113.7":
            await super().__call__(scope, receive, send)
        else:
            await Response(b"fine")(scope, receive, send)


async def test_who_has_just_forged_a_webhook_waits_in_line_and_the_carrier_does_not() -> None:
    gate, forger, carrier = Gate(), Sender(parts=1), Sender(parts=1)
    lanes = Lanes(gate)
    await lanes(request("/voice/forged", "POST"), forger.receive, forger.hear)

    flood = [
        asyncio.create_task(lanes(request("/voice/status", "POST"), forger.receive, forger.hear))
        for _ in range(20)
    ]
    while not gate.inside:
        await asyncio.get_running_loop().run_in_executor(None, int)
    own = {**request("/voice/status", "POST"), "client": ("203.0.113.8", 1)}
    await lanes(own, carrier.receive, carrier.hear)
    inside = len(gate.inside)
    gate.let_go.set()
    await asyncio.gather(*flood)

    assert (inside, carrier.status) == (1, 200)
    assert len(gate.inside) == 20


async def test_a_sender_with_too_many_requests_is_told_so() -> None:
    held = Held()
    lanes, senders = Lanes(held), [Sender(parts=1) for _ in range(100)]
    asked = [
        asyncio.create_task(lanes(request("/login"), one.receive, one.hear)) for one in senders
    ]
    while not any(one.status for one in senders):
        await asyncio.get_running_loop().run_in_executor(None, int)

    held.let_go.set()
    await asyncio.gather(*asked)

    assert {one.status for one in senders} == {200, 429}


# ── connections ─────────────────────────────────────────────────────────────────────────────────


def test_webhooks_and_pages_have_pools_of_their_own() -> None:
    settings = Settings(
        database_url="postgresql+psycopg://nobody@127.0.0.1:1/none",
        twilio_account_sid=ACCOUNT,
        twilio_auth_token=TOKEN,
        encryption_keys=make_key(),
    )

    backend = backend_of_settings(settings)

    assert backend.voice_database.engine.pool is not backend.database.engine.pool


async def test_a_child_is_answered_while_pages_hold_every_connection_of_theirs(
    database: Database, clock: FakeClock
) -> None:
    pages = Database(database.url, pool_size=1)
    settings = Settings(public_url=SITE, twilio_account_sid=ACCOUNT, twilio_auth_token=TOKEN)
    backend = house_on(database, clock, settings)
    async with client_of(create_app(backend)) as http, AsyncExitStack() as held:
        scene = VoiceScene(backend, clock, http)
        await scene.furnish()
        backend.database = pages
        for _ in range(2):  # the pool, and what it may have in a rush
            await held.enter_async_context(pages.engine.connect())

        said = await scene.child_calls()

    assert "/flow?" in leads_to(said)
    await pages.close()


@pytest.fixture
def settings_with_token() -> Settings:
    """Of an installation that a monitor elsewhere watches."""
    return Settings(public_url=SITE, metrics_token="of-the-monitor")


async def scrape(http: httpx.AsyncClient, **headers: str) -> int:
    return (await http.get("/metrics", headers=headers)).status_code


async def test_the_figures_are_for_whoever_has_the_token(
    database: Database, clock: FakeClock, settings_with_token: Settings
) -> None:
    async with client_of(create_app(house_on(database, clock, settings_with_token))) as http:
        bare = await scrape(http)
        wrong = await scrape(http, Authorization="Bearer of-the-monitors")
        right = await scrape(http, Authorization="Bearer of-the-monitor")

    assert (bare, wrong, right) == (403, 403, 200)


async def test_without_a_token_the_figures_are_for_this_machine_only(
    database: Database, clock: FakeClock
) -> None:
    app = create_app(house_on(database, clock, Settings(public_url=SITE)))
    elsewhere = httpx.ASGITransport(app, client=("203.0.113.7", 1))
    async with (
        client_of(app) as here,
        httpx.AsyncClient(transport=elsewhere, base_url=SITE) as there,
    ):
        answers = await scrape(here), await scrape(there)
        through_a_proxy = await scrape(here, **{"X-Forwarded-For": "203.0.113.7"})

    assert (answers, through_a_proxy) == ((200, 403), 403)


class Steps:
    """A page that works in steps, and a webhook that is being answered for as long as it says."""

    def __init__(self) -> None:
        self.log: list[str] = []
        self.answered, self.next_step = asyncio.Event(), asyncio.Event()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["path"].startswith("/voice/"):
            self.log.append("webhook")
            await self.answered.wait()
            self.log.append("answered")
        else:
            self.log.append("page")
            await self.next_step.wait()
            self.log.append("page again")
        await Response(b"fine")(scope, receive, send)


async def test_a_page_that_has_begun_lets_a_webhook_pass_before_its_next_step(
    database: Database, clock: FakeClock
) -> None:
    steps = Steps()
    app = create_app(house_on(database, clock, Settings(public_url=SITE)))
    app.router.routes[:0] = [Mount("/voice/steps", steps), Mount("/steps", steps)]

    async with client_of(app) as http:

        async def asked(path: str, come: str) -> asyncio.Task[httpx.Response]:
            task = asyncio.create_task(http.get(path, headers={"Cookie": "x=y"}))
            while come not in steps.log:
                await asyncio.get_running_loop().run_in_executor(None, int)
            return task

        page = await asked("/steps/x", "page")
        webhook = await asked("/voice/steps/x", "webhook")
        steps.next_step.set()
        steps.answered.set()
        await asyncio.gather(page, webhook)

    assert steps.log == ["page", "webhook", "answered", "page again"]


class Leaver(Sender):
    """Hangs up at once."""

    async def receive(self) -> Message:
        self.sent += 1
        if self.sent == 1:
            return {"type": "http.request", "body": b"", "more_body": False}
        return {"type": "http.disconnect"}


@pytest.mark.parametrize(("method", "served"), [("GET", 0), ("POST", 1)])
async def test_a_reader_who_left_before_their_turn_costs_nothing_and_a_command_is_carried_out(
    method: str, served: int
) -> None:
    held, leaver = Held(), Leaver(parts=1)
    held.let_go.set()

    asked = request("/api/v1/calls/c/flags", method, authorization="Bearer x")
    await Lanes(held)(asked, leaver.receive, leaver.hear)

    assert len(held.inside) == served


async def test_a_page_whose_reader_goes_away_is_ended_and_gives_its_turn_back() -> None:
    held, sender = Held(), Sender(parts=1)
    lanes = Lanes(held)
    gone = [
        asyncio.create_task(lanes(request("/login"), sender.receive, sender.hear)) for _ in range(3)
    ]
    while not held.inside:
        await asyncio.get_running_loop().run_in_executor(None, int)
    for one in gone:
        one.cancel()
    await asyncio.gather(*gone, return_exceptions=True)
    held.let_go.set()

    await lanes(request("/login"), sender.receive, sender.hear)

    assert sender.status == 200
