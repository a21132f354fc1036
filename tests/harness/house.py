"""The house as its own processes, on a database of its own, ready to be killed and started."""

import asyncio
import os
import select
import signal
import socket
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import psycopg

from hotline.switchboard.process import BEGAN
from tests.harness.clock import MovedClock
from tests.harness.crash_points import CRASH_AT
from tests.harness.forking import Forked, mother

ROOT = Path(__file__).parents[2]
PASSWORD = "hotline-demo"
PATIENCE_S = 120.0  # only a failure is waited for this long
DECIDES = f"select 1 from routing_event where kind = '{BEGAN}'"


@dataclass
class Staff:
    """One signed-in member of staff, over the public API."""

    http: httpx.AsyncClient
    username: str
    token: str

    async def get(self, path: str) -> Any:
        """Read something. Fails the test on any error."""
        answer = await self.http.get(f"/api/v1{path}", headers=self._headers())
        assert answer.status_code == httpx.codes.OK, answer.text
        return answer.json()

    async def does(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> Any:
        """Command something. Fails the test on any error."""
        answer = await self.tries(method, path, body)
        assert answer.is_success, f"{answer.status_code}: {answer.text}"
        return answer.json() if answer.content else None

    async def tries(
        self, method: str, path: str, body: Mapping[str, Any] | None = None
    ) -> httpx.Response:
        """Command something that may be refused."""
        return await self.http.request(method, f"/api/v1{path}", json=body, headers=self._headers())

    async def is_ready(self) -> None:
        """Take calls from now on."""
        await self.does("PUT", "/me/presence", {"state": "ready", "finish_later": True})

    def _headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}


@dataclass
class House:
    """The processes of one test. `env` is the public contract and nothing else.

    `touched`: a process was ended, frozen or added, so that no other story may have this house.
    """

    env: dict[str, str]
    clock: MovedClock
    logs: Path
    listener: socket.socket | None
    http: httpx.AsyncClient
    running: dict[str, subprocess.Popen[bytes] | Forked] = field(default_factory=dict)
    touched: bool = False

    @property
    def database_url(self) -> str:
        """For a test that looks into the rows."""
        return self.env["HOTLINE_DATABASE_URL"].replace("+psycopg", "")

    def start(self, name: str, *, database_url: str | None = None) -> None:
        """Start `web`, `switchboard`, `worker`, `auditor`; a second of a kind: `switchboard-2`."""
        assert self.listener is not None, "a machine starts its processes itself"
        self.touched = True
        what = "serve" if name == "web" else name.partition("-")[0]
        env = self.env | ({"HOTLINE_DATABASE_URL": database_url} if database_url else {})
        with (self.logs / f"{name}.log").open("ab") as log:
            self.running[name] = mother().start(
                what,
                env={**os.environ, **env},
                output=log.fileno(),
                listener=self.listener.fileno() if name == "web" else None,
            )

    async def is_up(self) -> None:
        """It answers and decides. No story is about how long a start takes on a busy machine."""
        await self.http.get("/healthz", timeout=PATIENCE_S)
        await self.until(DECIDES)

    async def is_led_anew(self, after: int = 1) -> None:
        """A switchboard leads that began later than this epoch, however long its start took."""
        query = "select 1 from leadership where epoch > %s"
        await self.until(query, after)

    def kill(self, name: str) -> None:
        """As a crash would: nothing is said, nothing is finished."""
        self._end(name, signal.SIGKILL)

    async def dies(self, *names: str) -> str:
        """The first of these that is over by itself (`crash_points`). None is armed any more."""
        self.touched = True
        self.env.pop(CRASH_AT, None)
        lives = {self._forked(name).lives: name for name in names}
        over = await asyncio.to_thread(_over, list(lives))
        assert over, await self._story(f"{names} do not die")
        name = lives[over[0]]
        del self.running[name]
        return name

    def _forked(self, name: str) -> Forked:
        process = self.running[name]
        assert isinstance(process, Forked)
        return process

    def stop(self, name: str) -> None:
        """As a deployment would."""
        self._end(name, signal.SIGTERM)

    def goes_dark(self) -> None:
        """Every process is dead, and nothing listens at our address."""
        assert self.listener is not None
        for name in list(self.running):
            self.kill(name)
        self.listener.close()

    def comes_back(self) -> None:
        """At the same address."""
        port = int(self.env["HOTLINE_PUBLIC_URL"].rpartition(":")[2])
        self.listener = socket.create_server(("127.0.0.1", port), backlog=512)
        self.listener.set_inheritable(True)
        for name in ("web", "switchboard"):
            self.start(name)

    def hangs(self, name: str) -> None:
        """It lives, keeps its connections, and does nothing."""
        self.touched = True
        self.running[name].send_signal(signal.SIGSTOP)

    def goes_on(self, name: str) -> None:
        """As if nothing had been."""
        self.running[name].send_signal(signal.SIGCONT)

    def _end(self, name: str, number: signal.Signals) -> None:
        self.touched = True
        process = self.running.pop(name)
        process.send_signal(number)
        process.wait(timeout=PATIENCE_S)

    def end(self) -> None:
        """End everything in order: only then a process writes down which lines it ran."""
        for process in self.running.values():
            process.send_signal(signal.SIGCONT)
            process.terminate()  # all at once, so that they are waited for together
        for name in list(self.running):
            self.stop(name)
        if self.listener is not None:
            self.listener.close()

    async def signs_in(self, username: str) -> Staff:
        """A bearer token for one of the training accounts. Who is told to try again does so."""
        body = {"username": username, "password": PASSWORD}
        async with asyncio.timeout(PATIENCE_S):
            answer = await self.http.post("/api/v1/tokens", json=body)
            while answer.status_code == httpx.codes.SERVICE_UNAVAILABLE:
                answer = await self.http.post("/api/v1/tokens", json=body)
        assert answer.is_success, answer.text
        return Staff(self.http, username, answer.json()["token"])

    async def rows(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        """Look into the database."""
        async with await psycopg.AsyncConnection.connect(self.database_url) as connection:
            cursor = await connection.execute(query.encode(), values)
            return await cursor.fetchall()

    async def until(self, query: str, *values: object, patience_s: float = PATIENCE_S) -> None:
        """Wait until a query answers true. Looks again with every change that is announced."""
        connection = await psycopg.AsyncConnection.connect(self.database_url, autocommit=True)
        async with connection:
            await connection.execute("listen hotline")
            try:
                async with asyncio.timeout(patience_s):
                    while not await self._holds(query, *values):
                        async for _ in connection.notifies(timeout=1.0, stop_after=1):
                            break
            except TimeoutError:
                raise AssertionError(await self._story(query)) from None

    async def _holds(self, query: str, *values: object) -> bool:
        return bool((await self.rows(f"select exists ({query})", *values))[0][0])

    async def _story(self, query: str) -> str:
        calls = await self.rows("select id, state, urgency, outcome, turn from call")
        offers = await self.rows("select staff_id, state, reason from offer order by offered_at")
        people = await self.rows(
            "select username, state, reason from presence join staff on staff.id = staff_id"
            " where state <> 'offline'"
        )
        tails = {
            file.name: file.read_text(errors="replace")[-3000:] for file in self.logs.glob("*.log")
        }
        told = "\n".join(f"--- {name}\n{tail}" for name, tail in tails.items() if tail)
        return f"never held: {query}\n{calls=}\n{offers=}\n{people=}\n{told}"


def _over(lives: list[int]) -> list[int]:
    """Whose process is over, as soon as one is."""
    return select.select(lives, [], [], PATIENCE_S)[0]
