"""What a server finds at home: a folder to write to, one lock, one password, one port."""

import os
import secrets
import socket
import sys
from pathlib import Path
from threading import Event
from time import monotonic

from hotline.onemachine.failure import EmbeddedServerError

if sys.platform != "win32":
    import fcntl

LOOK_EVERY_S = 0.05
FIRST_PORT, PORTS = 20_000, 12_000  # below the range from which systems take outgoing ports


def make_folder(folder: Path, setting: str) -> None:
    """A data folder we can write to. Raises `EmbeddedServerError`."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        probe = folder / f".probe-{secrets.token_hex(4)}"
        probe.touch()
        probe.unlink()
    except OSError as fault:
        raise _unwritable(folder, fault, setting) from fault


def _unwritable(folder: Path, fault: OSError, setting: str) -> EmbeddedServerError:
    return EmbeddedServerError(
        f"{folder} cannot be written ({fault.strerror}). Set HOTLINE_DATA_DIR to a folder of"
        f" your own, or {setting} to a server that runs elsewhere."
    )


def hold(folder: Path, setting: str, *, within_s: float) -> int:
    """The lock of a data folder, as a descriptor for the server to inherit.

    It is free again when the last process that inherited it is gone, not when we are: after a
    crash of ours the next start waits here until the old server has finished its shutdown.
    """
    try:
        descriptor = os.open(folder.with_name(f"{folder.name}.lock"), os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as fault:
        raise _unwritable(folder, fault, setting) from fault
    until, pause = monotonic() + within_s, Event()
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as fault:
            if monotonic() > until:
                os.close(descriptor)
                raise EmbeddedServerError(
                    f"Another Hotline already works on {folder}. Stop that one, or set"
                    " HOTLINE_DATA_DIR to a different folder for this one."
                ) from fault
            pause.wait(LOOK_EVERY_S)
        else:
            return descriptor


def kept_password(file: Path) -> str:
    """A password made once and kept with the data, readable by its owner only."""
    if not file.exists():
        unfinished = file.with_name(f".{file.name}-{secrets.token_hex(4)}")
        unfinished.touch(mode=0o600, exist_ok=False)
        unfinished.write_text(secrets.token_hex(16))
        unfinished.rename(file)
    return file.read_text().strip()


def usable_port(asked: int | None, setting: str) -> int:
    """The port that was asked for, or a free one. Raises `EmbeddedServerError` where it is busy."""
    if asked is None:
        return free_port()
    if not _can_listen(asked):
        raise EmbeddedServerError(
            f"Port {asked} of this machine is taken by another program. Stop that program, or set"
            f" {setting} to a server that runs elsewhere."
        )
    return asked


def free_port() -> int:
    """A loopback port that nobody listens on and that no outgoing connection can be given."""
    while True:
        port = FIRST_PORT + secrets.randbelow(PORTS)
        if _can_listen(port):
            return port


def _can_listen(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # as the servers do
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True
