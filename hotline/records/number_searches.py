"""A caller's number as something to search by: sealed for one person, and for one shift.

The number itself never stands in an address, where histories and logs would keep it.
"""

from datetime import datetime, timedelta

from hotline.errors import Invalid
from hotline.numbers import OF_A_PERSON, normalised
from hotline.storage.tables import Call
from hotline.storage.vault import SealBroken, Vault

LASTS = timedelta(hours=12)
NO_NUMBER = "This is no telephone number that we know."
NOBODYS = "This call's number stands for no single caller, so nothing is found by it."
OVER = "This search is over. Enter the number again."


def index_of_number(vault: Vault, number: str) -> str:
    """By which calls from this number are found. Raises `Invalid`."""
    known = normalised(number)
    if known is None:
        raise Invalid(NO_NUMBER)
    return vault.index(known)


def index_of_caller(call: Call) -> str:
    """By which other calls of the same caller are found. Raises `Invalid`."""
    if not call.from_index or call.number_kind not in OF_A_PERSON:
        raise Invalid(NOBODYS)
    return call.from_index


def seal_search(vault: Vault, index: str, *, by: str, at: datetime) -> str:
    """What this person may search by until the shift is over."""
    return vault.seal(f"{index} {(at + LASTS).isoformat()}", place=_place(by))


def open_search(vault: Vault, sealed: str, *, by: str, at: datetime) -> str:
    """The index again. Raises `Invalid` where it is somebody else's, old, or made up."""
    try:
        index, _, over_at = vault.open(sealed, place=_place(by)).partition(" ")
    except SealBroken as fault:
        raise Invalid(OVER) from fault
    if not index or at >= datetime.fromisoformat(over_at):
        raise Invalid(OVER)
    return index


def _place(staff_id: str) -> str:
    return f"record.number_search.{staff_id}"
