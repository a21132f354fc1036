"""The servers and processes of one machine, each started again when it ends or hangs.

The fleet binds the web's address itself and hands it down, so that connections wait in line
while the web process is started afresh. A child that ends is started again, later each time; a
server of ours comes back at its old address, where the processes find it again by themselves.
"""

import asyncio
import json
import os
import secrets
import signal
import socket
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from threading import Event
from urllib.parse import urlsplit

import httpx
import structlog

from hotline.clock import SystemClock
from hotline.configuration.versions import apply_at_start
from hotline.errors import HotlineError, SettingsError
from hotline.onemachine import Running, start_postgres, start_process, start_valkey
from hotline.onemachine.postgres import begin_postgres, postgres_lets_us_wait
from hotline.onemachine.valkey import begin_valkey, valkey_lets_us_wait
from hotline.settings import Settings
from hotline.staff.training import (
    give_training_secrets,
    look_at_secrets,
    refuse_training_secrets,
)
from hotline.storage.migrations import migrate
from hotline.storage.opening import patient_database
from hotline.storage.vault import make_key
from hotline.supervision import BackOff

log = structlog.get_logger()

Tell = Callable[[str], None]

LOOK_EVERY_S = 0.5
UNANSWERED, UNANSWERED_WHILE_IT_STARTS = 4, 30  # questions, of two seconds each
ANOTHER_LOOK_S = 1.0  # for the last processes of a server that died: then it is tried again
READY_WITHIN_S = 120.0  # a small machine takes a minute where it has much else to do


@dataclass
class Child:
    """One process or server of ours and how to start it again.

    `begin` does not wait until it answers: the others are looked after meanwhile. `lets_us_wait`
    asks it something and is true where nothing at all came back in two seconds.
    """

    name: str
    begin: Callable[[], Running]
    lets_us_wait: Callable[[Running], bool] | None = None
    running: Running | None = None
    back_off: BackOff = field(default_factory=BackOff)
    lives_since: float = 0.0
    start_at: float = 0.0
    unanswered: int = -UNANSWERED_WHILE_IT_STARTS

    def look_after(self, now: float) -> None:
        """Start again what has ended, after a pause that grows; end what hangs."""
        if self.running is None:
            if now >= self.start_at:
                self.start(now)
        elif not self.running.alive():
            self._ended(self.running, now)
        elif self._hangs(self.running):
            log.error("child.hangs", child=self.name, pid=self.running.pid)
            self.running.kill()
            self._ended(self.running, now)

    def start(self, now: float) -> None:
        """Start, or start again. What cannot be started is tried again later."""
        self.lives_since, self.unanswered = now, -UNANSWERED_WHILE_IT_STARTS
        try:
            self.running = self.begin()
        except HotlineError as fault:
            log.error("child.not_started", child=self.name, why=fault.public)  # noqa: TRY400 – its sentence says all
            self._pause(now)

    def stop(self) -> None:
        """End it in order."""
        if self.running is not None:
            self.running.stop()

    def _hangs(self, running: Running) -> bool:
        """Counted, not timed: it is no fault of theirs when it was we who were held up."""
        waited = self.lets_us_wait is not None and self.lets_us_wait(running)
        self.unanswered = self.unanswered + 1 if waited else 0
        return self.unanswered >= UNANSWERED

    def _ended(self, running: Running, now: float) -> None:
        self.running = None
        pause_s = self._pause(now)
        log.warning("child.ended", child=self.name, how=running.how_it_ended(), again_in_s=pause_s)

    def _pause(self, now: float) -> float:
        pause_s = self.back_off.pause_s(now - self.lives_since)
        self.start_at = now + pause_s
        return pause_s


@dataclass
class Fleet:
    """The servers and children of one installation on one machine."""

    data: Path
    env: dict[str, str]
    servers: list[Child] = field(default_factory=list)
    children: list[Child] = field(default_factory=list)

    def add(
        self,
        name: str,
        *command: str,
        keep: tuple[int, ...] = (),
        lets_us_wait: Callable[[Running], bool] | None = None,
    ) -> Child:
        """Start `python -m hotline …` as a child. `keep`: descriptors that it inherits."""
        argv, log_file = [sys.executable, "-m", *command], self.data / f"{name}.log"
        begin = partial(start_process, argv, env=self.env, log=log_file, pass_fds=keep)
        child = Child(name, begin, lets_us_wait)
        child.start(time.monotonic())
        self.children.append(child)
        return child

    def keep_server(
        self,
        running: Running,
        begin: Callable[[int], Running],
        lets_us_wait: Callable[[Running], bool],
    ) -> None:
        """A server that has started. `begin`: start it again at this port."""
        at = urlsplit(running.url)
        begin_again, name = partial(begin, at.port or 0), at.scheme.partition("+")[0]
        now = time.monotonic()
        self.servers.append(Child(name, begin_again, lets_us_wait, running, lives_since=now))

    def look_after_children(self, stop: Event) -> None:
        """Until told to stop. Servers first: the processes need them."""
        while not stop.wait(LOOK_EVERY_S):
            for child in [*self.servers, *self.children]:
                child.look_after(time.monotonic())

    def stop(self) -> None:
        """End the children, then the servers; each in the reverse order of its start."""
        for child in [*reversed(self.children), *reversed(self.servers)]:
            child.stop()


def bound_socket(settings: Settings) -> socket.socket:
    """The web's listening socket. Raises `SettingsError` where the address is taken."""
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((settings.host, settings.port))
    except OSError as fault:
        raise SettingsError(
            f"{settings.bind} cannot be used: {fault.strerror}. Another program holds it, or it is"
            " not ours: set HOTLINE_BIND to a free address."
        ) from fault
    listener.listen(1024)
    listener.set_inheritable(True)
    return listener


def kept_secrets(data: Path) -> dict[str, str]:
    """The secrets of this data folder, made once and readable by its owner only."""
    file = data / "secrets.json"
    if not file.exists():
        made = {
            "HOTLINE_SECRET_KEY": secrets.token_urlsafe(32),
            "HOTLINE_ENCRYPTION_KEYS": make_key(),
        }
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as written:
            json.dump(made, written)
    kept: dict[str, str] = json.loads(file.read_text())
    return kept


@contextmanager
def fleet(settings: Settings, extra: Mapping[str, str], say: Tell) -> Iterator[Fleet]:
    """Servers first (those that the settings do not name), then whatever the caller adds."""
    data = settings.data_dir.resolve()
    data.mkdir(parents=True, exist_ok=True)
    env = {**os.environ, **kept_secrets(data), **_given(settings), **extra}
    env["HOTLINE_DATA_DIR"] = str(data)
    ours = Fleet(data, env)
    try:
        _start_servers(ours, settings, say)
        yield ours
    finally:
        say("stopping")
        ours.stop()


def _given(settings: Settings) -> dict[str, str]:
    names = {"HOTLINE_SECRET_KEY": settings.secret_key}
    names["HOTLINE_ENCRYPTION_KEYS"] = settings.encryption_keys
    return {name: value for name, value in names.items() if value}


def _start_servers(ours: Fleet, settings: Settings, say: Tell) -> None:
    if settings.database_url is None:
        say("starting PostgreSQL")
        data = ours.data / "postgres"
        postgres = start_postgres(data, durable=True)
        again = partial(begin_postgres, data, durable=True, within_s=ANOTHER_LOOK_S)
        ours.keep_server(postgres, lambda port: again(port=port), postgres_lets_us_wait)
        ours.env["HOTLINE_DATABASE_URL"] = postgres.url
    if settings.redis_url is None:
        say("starting Valkey")
        folder = ours.data / "valkey"
        valkey = start_valkey(folder)
        begin = partial(begin_valkey, folder, within_s=ANOTHER_LOOK_S)
        ours.keep_server(valkey, lambda port: begin(port=port), valkey_lets_us_wait)
        ours.env["HOTLINE_REDIS_URL"] = valkey.url


def prepare_database(ours: Fleet, folder: Path | None) -> None:
    """The newest schema, and what the folder says. Here, since a process of its own costs a second.

    Secrets: the demo's own in the demo, and nowhere else. Raises `ConfigError`, `SettingsError`.
    """
    url, demo = ours.env["HOTLINE_DATABASE_URL"], ours.env.get("HOTLINE_DEMO") == "true"
    migrate(url)
    asyncio.run(_furnish(url, folder, demo=demo))


async def _furnish(url: str, folder: Path | None, *, demo: bool) -> None:
    database = patient_database(url)
    try:
        async with database.work() as work:
            if folder is not None:
                await apply_at_start(work, folder, at=SystemClock().now())
            await (give_training_secrets if demo else look_at_secrets)(work)
        if not demo:
            async with database.work() as work:
                await refuse_training_secrets(work)
    finally:
        await database.close()


def add_web(ours: Fleet, listener: socket.socket, settings: Settings) -> None:
    """The web process, with the socket that waits for it."""
    fd = listener.fileno()
    command = ("hotline", "serve", "--fd", str(fd))
    ours.add("web", *command, keep=(fd,), lets_us_wait=lambda _: web_lets_us_wait(settings))


def web_lets_us_wait(settings: Settings) -> bool:
    """Whether it takes a question and says nothing at all."""
    try:
        ask_web(settings, "/healthz")
    except httpx.TimeoutException:
        return True
    except httpx.TransportError:
        return False
    return False


def ask_web(settings: Settings, path: str) -> httpx.Response:
    """Ask our own web process at the address it is bound to.

    Not at the public one: that is the carrier's and the browsers' way to us, through a proxy and
    a name which this machine may not know. The public name stands in the request, as from there.
    """
    url = f"http://{settings.local_address}{path}"
    with httpx.Client(trust_env=False, timeout=2) as client:
        return client.get(url, headers={"Host": urlsplit(settings.base_url).netloc})


def add_the_rest(ours: Fleet) -> None:
    """Two switchboards, of which one stands by, a worker, and the auditor of them all."""
    ours.add("switchboard", "hotline", "switchboard")
    ours.add("switchboard-2", "hotline", "switchboard")
    ours.add("worker", "hotline", "worker")
    ours.add("auditor", "hotline", "auditor")


def free_address() -> str:
    """A loopback address that nobody listens on now."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return f"127.0.0.1:{probe.getsockname()[1]}"


def wait_until_ready(settings: Settings, path: str, ours: Fleet) -> None:
    """Wait for the first page. Raises `SettingsError` with where to look when it does not come."""
    until, pause = time.monotonic() + READY_WITHIN_S, Event()
    while time.monotonic() < until:
        try:
            if ask_web(settings, path).status_code < httpx.codes.BAD_REQUEST:
                return
        except httpx.TransportError:
            pass
        pause.wait(LOOK_EVERY_S / 5)
    logs = ", ".join(str(ours.data / f"{child.name}.log") for child in ours.children)
    place = f"{settings.local_address}{path}"
    raise SettingsError(f"{place} did not answer within {READY_WITHIN_S:.0f} s. See {logs}.")


def stop_on_signals() -> Event:
    """An event that Ctrl-C or SIGTERM sets."""
    stop = Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    return stop
