"""What people do with a call that is owed: take it, close it with a note, say it is not safe."""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import select

from hotline.callbacks.attempts import close
from hotline.callbacks.model import ClosedAs
from hotline.callbacks.service import lock_callback, note_in_call
from hotline.calls.returning import mark_number
from hotline.errors import Invalid
from hotline.storage.sealed import seal_cell
from hotline.storage.session import Work
from hotline.storage.tables import Call, Callback
from hotline.storage.vault import Vault

NOT_FOR_PEOPLE = "Only the system says that it was tried often enough."
NO_CALL = "They never called us from this number. Close it as not safe instead."


async def take(work: Work, callback_id: str, staff_id: str, *, at: datetime) -> Callback:
    """Somebody answers for it from now on, instead of the supervisors, or of who did before."""
    callback = await lock_callback(work, callback_id)
    if callback.owner_id != staff_id:
        callback.owner_id = staff_id
        await _note(work, callback, "callback.taken", staff_id, at=at)
    return callback


@dataclass(frozen=True, slots=True, kw_only=True)
class Closing:
    """Why somebody closes it, in a word and perhaps a note, which is sealed."""

    closed_as: ClosedAs
    note: str
    by_id: str
    at: datetime


async def close_with_note(work: Work, vault: Vault, callback_id: str, closing: Closing) -> None:
    """Nobody is called any more. Raises `Invalid`, `IllegalMove`."""
    if closing.closed_as is ClosedAs.TRIED_ENOUGH:
        raise Invalid(NOT_FOR_PEOPLE)
    callback = await lock_callback(work, callback_id)
    close(work, callback, closing.closed_as, at=closing.at, by_id=closing.by_id)
    if closing.note:
        callback.note_sealed = seal_cell(vault, callback, "note_sealed", closing.note)
    why, by = closing.closed_as, closing.by_id
    await _note(work, callback, "callback.closed", by, at=closing.at, why=why)


async def mark_not_safe(work: Work, callback_id: str, staff_id: str, *, at: datetime) -> None:
    """Nobody rings this number again, for this or for any other call. Raises `IllegalMove`."""
    callback = await lock_callback(work, callback_id)
    if callback.call_id is None:
        raise Invalid(NO_CALL)
    call = (await work.exec(select(Call).where(Call.id == callback.call_id))).one()
    close(work, callback, ClosedAs.NOT_SAFE, at=at, by_id=staff_id)
    await mark_number(work, call, no_callback=True)
    await _note(work, callback, "call.no_callback", staff_id, at=at)


async def _note(
    work: Work, callback: Callback, kind: str, staff_id: str, *, at: datetime, **facts: str
) -> None:
    work.announce("callback", callback.id)
    if callback.call_id is not None:
        call = await work.get_one(Call, callback.call_id)
        note_in_call(work, call, kind, at=at, callback=callback, staff_id=staff_id, **facts)
