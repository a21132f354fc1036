"""What cannot work is said in a sentence with what to do, not in a stack trace."""

import os
import socket
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from hotline.onemachine import EmbeddedServerError, Running, start_postgres, start_valkey
from hotline.onemachine.failure import refuse_windows
from hotline.onemachine.folder import hold, kept_password
from hotline.onemachine.postgres import _forget_dead_server
from hotline.onemachine.process import start_process, wait_until
from hotline.onemachine.reach import account_for, copied_out

UNKNOWN_USER = 54321


def fast_postgres(data: Path, port: int | None = None) -> Running:
    return start_postgres(data, durable=False, port=port)


STARTERS = pytest.mark.parametrize("start", [fast_postgres, start_valkey], ids=["pg", "valkey"])


@pytest.fixture
def taken_port() -> Iterator[int]:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        yield listener.getsockname()[1]


@STARTERS
def test_a_busy_port_is_named(data: Path, taken_port: int, start: Callable[..., Running]) -> None:
    with pytest.raises(EmbeddedServerError, match=f"Port {taken_port} .* taken .* set HOTLINE_"):
        start(data / "server", port=taken_port)


@STARTERS
def test_a_folder_that_cannot_be_written_is_named(
    tmp_path: Path, start: Callable[[Path], Running]
) -> None:
    (tmp_path / "file").touch()

    with pytest.raises(EmbeddedServerError, match=r"cannot be written .* HOTLINE_DATA_DIR"):
        start(tmp_path / "file" / "below" / "server")


def test_a_second_server_on_the_same_data_is_refused(data: Path) -> None:
    data.mkdir()
    first = hold(data / "server", "HOTLINE_X", within_s=0)

    with pytest.raises(EmbeddedServerError, match="Another Hotline already works on"):
        hold(data / "server", "HOTLINE_X", within_s=0)

    os.close(first)
    os.close(hold(data / "server", "HOTLINE_X", within_s=0))


def test_a_postgres_that_somebody_else_started_on_our_data_is_named(
    data: Path, ends: Callable[[Running], Running]
) -> None:
    running = ends(fast_postgres(data / "server"))

    with pytest.raises(EmbeddedServerError, match=rf"Another PostgreSQL \(process {running.pid}\)"):
        _forget_dead_server((data / "server").resolve() / "cluster")


def test_a_user_without_a_name_is_told_what_postgres_wants(data: Path) -> None:
    with pytest.raises(
        EmbeddedServerError, match=r"entry in /etc/passwd.* set HOTLINE_DATABASE_URL"
    ):
        account_for(UNKNOWN_USER, data)


def test_windows_is_told_to_bring_servers_of_its_own() -> None:
    with pytest.raises(EmbeddedServerError, match=r"no built-in servers on Windows.* HOTLINE_X"):
        refuse_windows("win32", "HOTLINE_X")


def test_a_program_that_ends_at_once_is_quoted(tmp_path: Path) -> None:
    log = tmp_path / "server.log"
    running = start_process(["/bin/sh", "-c", "echo no room; exit 3"], env={}, log=log)

    with pytest.raises(EmbeddedServerError, match=r"did not start .it ended with 3.*\n.*no room"):
        wait_until(lambda: False, running, log, within_s=30)


def test_programs_are_copied_out_once_with_the_libraries_beside_them(tmp_path: Path) -> None:
    package, libraries = tmp_path / "private" / "pg", tmp_path / "private" / "pg.libs"
    for folder in (package, libraries):
        folder.mkdir(parents=True)
        (folder / "part").touch()

    copies = [copied_out(package, tmp_path / "public" / "pg-1") for _ in range(2)]

    assert copies == [tmp_path / "public" / "pg-1" / "pg"] * 2
    assert sorted(file.parent.name for file in (tmp_path / "public").rglob("part")) == [
        "pg",
        "pg.libs",
    ]


def test_a_password_is_made_once(tmp_path: Path) -> None:
    first, second = (kept_password(tmp_path / "password") for _ in range(2))

    assert first == second
    assert len(first) == 32


def test_a_log_is_read_by_its_owner_only_also_one_of_an_earlier_version(tmp_path: Path) -> None:
    fresh, former = tmp_path / "fresh.log", tmp_path / "former.log"
    former.touch(mode=0o644)

    for log in (fresh, former):
        start_process(["/bin/true"], env={}, log=log).stop()

    assert [oct(log.stat().st_mode)[-3:] for log in (fresh, former)] == ["600", "600"]
