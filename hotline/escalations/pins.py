"""Station contacts' PINs: four to eight digits, kept as Argon2 hashes.

So few digits can be tried out by whoever has the hash; what protects them is that a wrong PIN ends
the call after three tries and the attempt after five. Hashing takes a fifth of a second of CPU, so
it runs in a thread.
"""

from anyio import to_thread
from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher

_HASHER = PasswordHash((Argon2Hasher(),))


async def hash_pin(pin: str) -> str:
    """For the contact's row."""
    return await to_thread.run_sync(_HASHER.hash, pin)


async def pin_fits(pin: str, pin_hash: str) -> bool:
    """Whether this is the PIN. An unset PIN fits nothing."""
    if not pin or not pin_hash:
        return False
    return await to_thread.run_sync(_HASHER.verify, pin, pin_hash)
