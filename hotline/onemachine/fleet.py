"""The servers and processes of one machine, each started again when it ends.

The fleet binds the web's address itself and hands it down, so that connections wait in line
while the web process is started afresh. A child that ends is started again, later each time.
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
from pathlib import Path
from threading import Event

import httpx
import structlog

from hotline.clock import SystemClock
from hotline.configuration.apply import apply
from hotline.configuration.load import load_folder
from hotline.errors import SettingsError
from hotline.onemachine import Running, start_postgres, start_process, start_valkey
from hotline.settings import Settings
from hotline.storage.migrations import migrate
from hotline.storage.session import Database
from hotline.storage.vault import make_key

log = structlog.get_logger()

Tell = Callable[[str], None]

LOOK_EVERY_S = 0.5
FIRST_PAUSE_S, LONGEST_PAUSE_S = 0.5, 15.0
READY_WITHIN_S = 45.0


@dataclass
class Child:
    """One process of ours and how to start it again."""

    name: str
    argv: list[str]
    env: dict[str, str]
    log_file: Path
    keep: tuple[int, ...] = ()
    running: Running | None = None
    pause_s: float = FIRST_PAUSE_S
    start_at: float = 0.0

    def start(self) -> None:
        """Start, or start again."""
        self.running = start_process(self.argv, env=self.env, log=self.log_file, pass_fds=self.keep)

    def look_after(self, now: float) -> None:
        """Start again what has ended, after a pause that grows."""
        if self.running is not None and self.running.alive():
            return
        if self.running is not None:
            log.warning("child.ended", name=self.name, again_in_s=self.pause_s)
            self.running, self.start_at = None, now + self.pause_s
            self.pause_s = min(self.pause_s * 2, LONGEST_PAUSE_S)
        if now >= self.start_at:
            self.start()


@dataclass
class Fleet:
    """The servers and children of one installation on one machine."""

    data: Path
    env: dict[str, str]
    servers: list[Running] = field(default_factory=list)
    children: list[Child] = field(default_factory=list)

    def add(self, name: str, *command: str, keep: tuple[int, ...] = ()) -> Child:
        """Start `python -m hotline …` as a child."""
        child = Child(
            name=name,
            argv=[sys.executable, "-m", *command],
            env=self.env,
            log_file=self.data / f"{name}.log",
            keep=keep,
        )
        child.start()
        self.children.append(child)
        return child

    def look_after_children(self, stop: Event) -> None:
        """Until told to stop."""
        while not stop.wait(LOOK_EVERY_S):
            for child in self.children:
                child.look_after(time.monotonic())

    def stop(self) -> None:
        """End the children, then the servers; each in the reverse order of its start."""
        for child in reversed(self.children):
            if child.running is not None:
                child.running.stop()
        for server in reversed(self.servers):
            server.stop()


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
        postgres = start_postgres(ours.data / "postgres", durable=True)
        ours.servers.append(postgres)
        ours.env["HOTLINE_DATABASE_URL"] = postgres.url
    if settings.redis_url is None:
        say("starting Valkey")
        valkey = start_valkey(ours.data / "valkey")
        ours.servers.append(valkey)
        ours.env["HOTLINE_REDIS_URL"] = valkey.url


def prepare_database(ours: Fleet, folder: Path | None) -> None:
    """The newest schema, and what the folder says. Here, since a process of its own costs a second.

    Raises `ConfigError`.
    """
    url = ours.env["HOTLINE_DATABASE_URL"]
    migrate(url)
    if folder is not None:
        asyncio.run(_apply(url, folder))


async def _apply(url: str, folder: Path) -> None:
    database = Database(url)
    try:
        async with database.work() as work:
            await apply(work, load_folder(folder), at=SystemClock().now())
    finally:
        await database.close()


def add_web(ours: Fleet, listener: socket.socket) -> None:
    """The web process, with the socket that waits for it."""
    fd = listener.fileno()
    ours.add("web", "hotline", "serve", "--fd", str(fd), keep=(fd,))


def add_the_rest(ours: Fleet) -> None:
    """Two switchboards, of which one stands by, and a worker."""
    ours.add("switchboard", "hotline", "switchboard")
    ours.add("switchboard-2", "hotline", "switchboard")
    ours.add("worker", "hotline", "worker")


def free_address() -> str:
    """A loopback address that nobody listens on now."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return f"127.0.0.1:{probe.getsockname()[1]}"


def wait_until_ready(url: str, ours: Fleet) -> None:
    """Wait for the first page. Raises `SettingsError` with where to look when it does not come."""
    until, pause = time.monotonic() + READY_WITHIN_S, Event()
    while time.monotonic() < until:
        try:
            if httpx.get(url, timeout=2).status_code < httpx.codes.BAD_REQUEST:
                return
        except httpx.TransportError:
            pass
        pause.wait(LOOK_EVERY_S / 5)
    logs = ", ".join(str(child.log_file) for child in ours.children)
    raise SettingsError(f"{url} did not answer within {READY_WITHIN_S:.0f} s. See {logs}.")


def stop_on_signals() -> Event:
    """An event that Ctrl-C or SIGTERM sets."""
    stop = Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    return stop
