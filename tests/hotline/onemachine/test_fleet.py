"""Whatever ends or hangs is started again; what merely is busy is left alone."""

import os
import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest
from structlog.testing import capture_logs

from hotline.onemachine import EmbeddedServerError, Running, start_postgres, start_valkey
from hotline.onemachine.fleet import (
    UNANSWERED,
    UNANSWERED_WHILE_IT_STARTS,
    Child,
    Fleet,
    wait_until_ready,
    web_lets_us_wait,
)
from hotline.onemachine.postgres import begin_postgres, postgres_lets_us_wait
from hotline.onemachine.process import start_process, wait_until
from hotline.onemachine.valkey import begin_valkey, valkey_lets_us_wait
from hotline.settings import Settings

ELSEWHERE = "https://hotline.example"  # no machine of ours is called that


@pytest.fixture
def sleeper(tmp_path: Path, ends: Callable[[Running], Running]) -> Callable[[], Running]:
    """Starts a process that does nothing for a long time."""
    log = tmp_path / "log"
    return lambda: ends(start_process(["/bin/sleep", "600"], env={}, log=log))


def child(begin: Callable[[], Running], waits_for: Sequence[bool] = ()) -> Child:
    """A child that lets us wait as it is told here, then answers for ever."""
    waits = iter(waits_for)
    made = Child("web", begin, lambda _: next(waits, False))
    made.start(0.0)
    return made


def running(one: Child) -> Running:
    assert one.running is not None
    return one.running


def end(one: Child) -> None:
    running(one).process.kill()
    running(one).process.wait()


def test_what_ended_is_started_again_and_the_log_says_who_and_how(
    sleeper: Callable[[], Running],
) -> None:
    one = child(sleeper)
    first = running(one).pid
    end(one)

    with capture_logs() as lines:
        one.look_after(1.0)
        one.look_after(2.0)

    assert running(one).pid != first
    assert [(line["child"], line["how"]) for line in lines] == [("web", "killed by SIGKILL")]


def test_pauses_grow_and_are_forgiven_after_a_healthy_minute(
    sleeper: Callable[[], Running],
) -> None:
    one, pauses = child(sleeper), list[float]()
    for now in (1.0, 3.0, 6.0, 80.0):
        end(one)
        with capture_logs() as lines:
            one.look_after(now)
        pauses.append(lines[0]["again_in_s"])
        one.look_after(now + pauses[-1])

    assert pauses == [0.5, 1.0, 2.0, 0.5]


def test_what_says_nothing_any_more_is_ended_and_started_again(
    sleeper: Callable[[], Running],
) -> None:
    one = child(sleeper, [False, *[True] * UNANSWERED])
    first = running(one).pid

    for now in range(UNANSWERED + 3):
        one.look_after(float(now))

    assert running(one).pid != first


def test_what_was_slow_for_a_while_is_left_alone(sleeper: Callable[[], Running]) -> None:
    slow = [*[True] * (UNANSWERED - 1), False]
    one = child(sleeper, [False, *slow, *slow])
    first = running(one).pid

    for now in range(2 * UNANSWERED + 1):
        one.look_after(float(now))

    assert running(one).pid == first


def test_what_has_only_just_started_may_take_its_time(sleeper: Callable[[], Running]) -> None:
    one = child(sleeper, [True] * (UNANSWERED_WHILE_IT_STARTS + UNANSWERED - 1))
    first = running(one).pid

    for now in range(UNANSWERED_WHILE_IT_STARTS + UNANSWERED):
        one.look_after(float(now))

    assert running(one).pid == first


def test_what_cannot_be_started_is_tried_again(sleeper: Callable[[], Running]) -> None:
    tries = iter([EmbeddedServerError("The disk is full."), None])

    def begin() -> Running:
        fault = next(tries)
        if fault is not None:
            raise fault
        return sleeper()

    with capture_logs() as lines:
        one = child(begin)
    one.look_after(10.0)

    assert [(line["child"], line["why"]) for line in lines] == [("web", "The disk is full.")]
    assert running(one).alive()


# ── servers of ours ─────────────────────────────────────────────────────────────────────────────


def test_a_postgresql_that_was_killed_is_back_at_its_address_with_what_it_kept(
    data: Path, ends: Callable[[Running], Running]
) -> None:
    first = ends(start_postgres(data / "pg", durable=True))
    ask(first, "create table kept as select 7 as number")
    port = urlsplit(first.url).port
    begin = partial(begin_postgres, data / "pg", durable=True, port=port)
    one = Child("postgresql", lambda: ends(begin()), postgres_lets_us_wait, first)

    os.kill(first.pid, signal.SIGKILL)
    first.process.wait()
    one.look_after(0.0)
    one.look_after(1.0)
    answering(one, data / "pg.log")

    assert running(one).url == first.url
    assert ask(running(one), "select number from kept") == 7


def test_a_postgresql_that_hangs_with_all_its_processes_is_replaced(
    data: Path, ends: Callable[[Running], Running]
) -> None:
    first = ends(start_postgres(data / "pg", durable=False))
    below = Path(f"/proc/{first.pid}/task/{first.pid}/children").read_text().split()
    port = urlsplit(first.url).port
    begin = partial(begin_postgres, data / "pg", durable=False, port=port)
    one = Child("postgresql", lambda: ends(begin()), postgres_lets_us_wait, first)
    one.unanswered = UNANSWERED - 1

    for pid in (first.pid, *map(int, below)):
        os.kill(pid, signal.SIGSTOP)
    one.look_after(0.0)
    one.look_after(1.0)
    answering(one, data / "pg.log")

    assert running(one).pid != first.pid
    assert ask(running(one), "select 1") == 1


def test_a_valkey_that_hangs_is_replaced_at_its_address(
    data: Path, ends: Callable[[Running], Running]
) -> None:
    first = ends(start_valkey(data / "valkey"))
    port = urlsplit(first.url).port
    begin = partial(begin_valkey, data / "valkey", port=port)
    one = Child("redis", lambda: ends(begin()), valkey_lets_us_wait, first)
    one.unanswered = UNANSWERED - 1

    os.kill(first.pid, signal.SIGSTOP)
    one.look_after(0.0)
    one.look_after(1.0)

    assert running(one).pid != first.pid
    assert running(one).url == first.url


def test_a_server_that_refuses_is_not_taken_for_one_that_hangs(tmp_path: Path) -> None:
    gone = start_process(["/bin/true"], env={}, log=tmp_path / "log")
    gone.url = "postgresql+psycopg://nobody@127.0.0.1:1/none"

    assert not postgres_lets_us_wait(gone)
    gone.stop()


def answering(one: Child, log: Path) -> Running:
    """The server that was started again, once it takes questions."""
    server = running(one)
    wait_until(lambda: not refuses(server), server, log, within_s=60)
    return server


def refuses(server: Running) -> bool:
    try:
        ask(server, "select 1")
    except psycopg.OperationalError:
        return True
    return False


def ask(server: Running, query: str) -> object:
    with psycopg.connect(server.url.replace("+psycopg", ""), autocommit=True) as connection:
        cursor = connection.execute(query.encode())
        row = cursor.fetchone() if cursor.description else None
        return row and row[0]


# ── our own web process ─────────────────────────────────────────────────────────────────────────


@pytest.fixture
def asked() -> Iterator[tuple[int, list[tuple[str, str]]]]:
    """A web process of this machine: its port, and what it is asked as whom."""
    seen: list[tuple[str, str]] = []

    class Answers(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            seen.append((self.path, self.headers["Host"]))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Not to the terminal."""

    with HTTPServer(("127.0.0.1", 0), Answers) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server.server_port, seen
        server.shutdown()
        thread.join()


@pytest.mark.parametrize("host", ["127.0.0.1", "0.0.0.0"])  # noqa: S104 – named, not bound
def test_its_own_health_is_asked_at_the_bound_address_under_the_public_name(
    asked: tuple[int, list[tuple[str, str]]], tmp_path: Path, host: str
) -> None:
    port, seen = asked
    settings = Settings(bind=f"{host}:{port}", public_url=ELSEWHERE)

    wait_until_ready(settings, "/healthz", Fleet(tmp_path, {}))

    assert seen == [("/healthz", "hotline.example")]


def test_a_proxy_of_the_environment_is_not_asked_for_our_own_health(
    asked: tuple[int, list[tuple[str, str]]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    port, seen = asked

    wait_until_ready(Settings(bind=f"127.0.0.1:{port}"), "/login", Fleet(tmp_path, {}))

    assert [path for path, _ in seen] == ["/login"]


def test_a_web_process_that_refuses_is_not_taken_for_one_that_hangs() -> None:
    assert not web_lets_us_wait(Settings(bind="127.0.0.1:1"))
