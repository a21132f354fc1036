"""Whom a call of ours is to reach, and what is known of them."""

from dataclasses import asdict, dataclass
from typing import Any

from hotline.callbacks.service import lock_callback
from hotline.calls.returning import hold_number, number_of, opened_number
from hotline.storage.session import Work
from hotline.storage.tables import Call, Callback
from hotline.storage.vault import Vault


@dataclass(frozen=True, slots=True, kw_only=True)
class Whom:
    """`number`: in one form; None where it is withheld. `returns_id`: the call that is returned."""

    number: str | None
    line_id: str
    from_masked: str
    from_index: str
    language: str
    urgency: str
    topic: str | None = None
    age_group: str | None = None
    wished_gender: str | None = None
    also_speaks: list[str] | None = None
    returns_id: str | None = None

    def known(self) -> dict[str, Any]:
        """The columns of a call to them."""
        return {name: value for name, value in asdict(self).items() if name != "number"}


def whom_of_call(call: Call, vault: Vault, *, urgency: str | None = None) -> Whom:
    """Whoever made it; their number is opened."""
    return Whom(
        number=number_of(vault, call),
        line_id=call.line_id,
        from_masked=call.from_masked,
        from_index=call.from_index,
        language=call.language,
        urgency=urgency or call.urgency,
        topic=call.topic,
        age_group=call.age_group,
        wished_gender=call.wished_gender,
        also_speaks=call.also_speaks,
        returns_id=call.returns_id or call.id,
    )


async def whom_of_callback(work: Work, callback: Callback, vault: Vault) -> Whom:
    """Whoever is owed it: who called, or who wrote to us."""
    if callback.call_id is not None:
        call = await work.get_one(Call, callback.call_id)
        return whom_of_call(call, vault, urgency=callback.urgency)
    return Whom(
        number=opened_number(vault, callback, "number_sealed"),
        line_id=callback.line_id,
        from_masked=callback.from_masked,
        from_index=callback.from_index,
        language=callback.language,
        urgency=callback.urgency,
        topic=callback.topic,
    )


async def hold_owed(work: Work, callback_id: str) -> Callback:
    """The callback and its number, both held. Raises `NotFound`."""
    found = await work.get(Callback, callback_id)
    if found is not None:
        await hold_number(work, found.from_index)
    return await lock_callback(work, callback_id)
