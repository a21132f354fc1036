"""Both servers for real: opened, used, closed, opened again, and orphaned."""

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest
import redis

from hotline.onemachine import Running, Servers, embedded, start_postgres, start_valkey

PARENT = Path(__file__).with_name("parent.py")
ROOT = Path(__file__).parents[3]
# As root, the same program once more as somebody who is not. The one privilege that is left lets
# it read this checkout wherever it lies.
ORDINARY = ["setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups"]
ORDINARY += ["--inh-caps=-all,+dac_override", "--ambient-caps=-all,+dac_override"]
BECOME = ORDINARY if os.geteuid() == 0 else []


def ask(running: Running, query: str) -> object:
    url = running.url.replace("+psycopg", "")
    with psycopg.connect(url, autocommit=True) as connection:
        cursor = connection.execute(query.encode())
        row = cursor.fetchone() if cursor.description else None
        return row and row[0]


def redis_of(servers: Servers) -> redis.Redis:
    return redis.Redis.from_url(servers.valkey.url)


def start_parent(data: Path, prefix: list[str]) -> tuple[subprocess.Popen[str], list[int]]:
    parent = subprocess.Popen(  # noqa: S603 – our own program
        [*prefix, sys.executable, str(PARENT), str(data)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
    )
    assert parent.stdout is not None
    return parent, [int(pid) for pid in parent.stdout.readline().split()]


def finish(parent: subprocess.Popen[str]) -> int:
    parent.communicate(timeout=30)
    return parent.returncode


def test_a_second_start_finds_what_the_first_one_kept(data: Path) -> None:
    with embedded(data, durable=False) as first:
        ask(first.postgres, "create table kept as select 7 as number")
        redis_of(first).set("kept", 7)

    with embedded(data, durable=False) as second:
        number, text = ask(second.postgres, "select number from kept"), redis_of(second).get("kept")

    assert (number, text) == (7, b"7")


def test_data_below_a_private_folder_is_found_again(data: Path) -> None:
    data.mkdir(mode=0o700)

    with embedded(data, durable=False) as first:
        ask(first.postgres, "create table kept as select 7 as number")
    with embedded(data, durable=False) as second:
        number = ask(second.postgres, "select number from kept")

    if (data / "postgres").is_symlink():  # as root: outside, where the server can enter
        shutil.rmtree((data / "postgres").resolve().parent)
    assert number == 7


def test_the_servers_are_as_the_house_needs_them(data: Path) -> None:
    with embedded(data) as servers:
        names = ("timezone", "max_connections", "fsync", "server_encoding", "listen_addresses")
        settings = [ask(servers.postgres, f"show {name}") for name in names]
        postgres, valkey = urlsplit(servers.postgres.url), urlsplit(servers.valkey.url)

    assert settings == ["UTC", "120", "on", "UTF8", "127.0.0.1"]
    assert (postgres.scheme, postgres.path) == ("postgresql+psycopg", "/hotline")
    assert (valkey.scheme, valkey.path) == ("redis", "/0")


def test_nobody_gets_in_without_the_password(data: Path) -> None:
    with embedded(data, durable=False) as servers:
        postgres, valkey = urlsplit(servers.postgres.url), urlsplit(servers.valkey.url)

        with pytest.raises(psycopg.OperationalError, match="no password"):
            psycopg.connect(f"postgresql://hotline@127.0.0.1:{postgres.port}/hotline")
        with pytest.raises(redis.AuthenticationError):
            redis.Redis.from_url(f"redis://127.0.0.1:{valkey.port}/0").ping()


def test_only_their_owner_can_read_the_passwords(data: Path) -> None:
    with embedded(data, durable=False):
        modes = {
            file.parent.name: oct(file.stat().st_mode & 0o777)
            for file in (data / "postgres/password", data / "valkey/password")
        }

    assert modes == {"postgres": "0o600", "valkey": "0o600"}


def test_nothing_runs_after_the_block(data: Path, gone: Callable[[int], bool]) -> None:
    with embedded(data, durable=False) as servers:
        pids = [server.pid for server in servers]

    assert all(gone(pid) for pid in pids)
    assert not any(server.alive() for server in servers)


@pytest.mark.parametrize("prefix", [[], BECOME], ids=["as we are", "as an ordinary user"])
def test_both_servers_die_with_a_parent_that_is_killed(
    data: Path, gone: Callable[[int], bool], prefix: list[str]
) -> None:
    parent, pids = start_parent(data, prefix)

    parent.send_signal(signal.SIGKILL)
    ended = [gone(pid) for pid in pids]

    assert finish(parent) == -signal.SIGKILL
    assert ended == [True, True]


def test_after_a_crash_the_next_start_waits_for_the_old_servers(data: Path) -> None:
    parent, pids = start_parent(data, [])

    parent.send_signal(signal.SIGKILL)
    with embedded(data, durable=False) as servers:
        answer = ask(servers.postgres, "select 1")
        new = {servers.postgres.pid, servers.valkey.pid}

    assert finish(parent) == -signal.SIGKILL
    assert answer == 1
    assert len(pids) == 2
    assert new.isdisjoint(pids)


def test_a_server_that_was_killed_starts_again_at_its_old_address(
    data: Path, ends: Callable[[Running], Running]
) -> None:
    first = ends(start_valkey(data / "valkey"))
    first.kill()

    second = ends(start_valkey(data / "valkey", port=urlsplit(first.url).port))

    assert second.url == first.url


def test_a_pid_file_whose_number_is_somebody_elses_now_is_forgotten(
    data: Path, ends: Callable[[Running], Running]
) -> None:
    ends(start_postgres(data / "postgres", durable=False)).stop()
    bystander = os.getppid()  # alive, and not PostgreSQL
    stale = f"{bystander}\n{data / 'postgres/cluster'}\n1\n5432\n\n127.0.0.1\n"
    (data / "postgres/cluster/postmaster.pid").write_text(stale)

    again = ends(start_postgres(data / "postgres", durable=False))

    assert ask(again, "select 1") == 1
