"""Argon2id: a quarter of a second and 64 MB for each password or PIN.

In processes of its own where nobody on a line waits for it. Not in threads: one of a low priority
that holds Python's lock while it is not let run stops all others for 10 to 30 ms, and one of a
usual priority takes the processor from calls.
"""

import asyncio
import multiprocessing
import os
import signal
import threading
from collections.abc import Callable
from concurrent.futures import BrokenExecutor, ProcessPoolExecutor
from typing import TypeVar, TypeVarTuple

from pwdlib import PasswordHash
from pwdlib.exceptions import UnknownHashError
from pwdlib.hashers.argon2 import Argon2Hasher

Hashed = TypeVar("Hashed")
Given = TypeVarTuple("Given")

BEHIND = 10  # the niceness at which calls go first, and yet a shift can sign in on a busy machine
_HASHER = PasswordHash((Argon2Hasher(),))
# Of no password: checked where there is no account, so that both answers take the same time.
NOBODY = f"$argon2id$v=19$m=65536,t=3,p=4${'A' * 22}${'A' * 43}"


def make_hash(secret: str) -> str:
    """With a salt of its own."""
    return _HASHER.hash(secret)


def hash_fits(secret: str, kept: str) -> bool:
    """Whether the secret is the one of this hash; what is no hash fits nothing."""
    try:
        return _HASHER.verify(secret, kept)
    except UnknownHashError:
        return False


class HashingProcesses:
    """Begun when the first secret comes, begun again should one of them be ended from outside."""

    def __init__(self, most: int) -> None:
        """`most`: how many work at once."""
        self._most = most
        self._pool: ProcessPoolExecutor | None = None

    async def run(self, work: Callable[[*Given], Hashed], *given: *Given) -> Hashed:
        """What one of them makes of this."""
        loop, pool = asyncio.get_running_loop(), self._begun()
        try:
            return await loop.run_in_executor(pool, work, *given)
        except BrokenExecutor:
            if self._pool is pool:  # else another who met the same has begun a new one
                self._pool = None
            return await loop.run_in_executor(self._begun(), work, *given)

    def _begun(self) -> ProcessPoolExecutor:
        if self._pool is None:
            self._pool = processes_behind(self._most)
        return self._pool


def processes_behind(most: int) -> ProcessPoolExecutor:
    """Processes that let calls go first and end with their parent, however that ends."""
    spawn = multiprocessing.get_context("spawn")
    return ProcessPoolExecutor(most, spawn, initializer=_begin)


def _begin() -> None:
    """In the new process. Ctrl-C reaches it as well, and is for its parent alone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    usual = os.getpriority(os.PRIO_PROCESS, 0)
    os.setpriority(os.PRIO_PROCESS, 0, max(BEHIND, usual))
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    """A parent that was killed has told nobody to end."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
    os._exit(0)
