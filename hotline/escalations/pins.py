"""The PIN by which a station's contact proves who answers: Argon2, off the event loop.

At most two at a time: each takes a quarter of a second and 64 MB, and calls come first.
"""

import asyncio
from concurrent.futures import ThreadPoolExecutor

from pwdlib import PasswordHash
from pwdlib.exceptions import UnknownHashError
from pwdlib.hashers.argon2 import Argon2Hasher

_hasher = PasswordHash((Argon2Hasher(),))
_threads = ThreadPoolExecutor(max_workers=2, thread_name_prefix="pins")


async def hash_pin(pin: str) -> str:
    """The hash to keep instead of the PIN."""
    return await asyncio.get_running_loop().run_in_executor(_threads, _hasher.hash, pin)


async def pin_fits(pin: str, pin_hash: str) -> bool:
    """Whether this is the PIN. A contact without a usable hash has none that fits."""
    if not pin:
        return False
    return await asyncio.get_running_loop().run_in_executor(_threads, _fits, pin, pin_hash)


def _fits(pin: str, pin_hash: str) -> bool:
    try:
        return _hasher.verify(pin, pin_hash)
    except UnknownHashError:
        return False
