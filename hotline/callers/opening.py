"""The number behind the mask, opened for one reader and one reason, which leave a trace.

Everybody else of the house goes on seeing the mask. Nothing of a number is in the trace.
"""

import json
from dataclasses import dataclass
from datetime import datetime

from hotline.audit.model import ActKind, NewAct, SubjectKind
from hotline.audit.service import record_act
from hotline.callbacks.queries import answers_for
from hotline.calls.queries import permitted_call
from hotline.calls.service import add_call_entry
from hotline.errors import Forbidden, NotFound
from hotline.numbers import as_people_dial
from hotline.staff.permissions import Permission, Relation, may
from hotline.staff.sign_in import SignedIn
from hotline.storage.sealed import open_cell
from hotline.storage.session import Work
from hotline.storage.tables import Call
from hotline.storage.vault import Vault

OPENED = "number.opened"
REASON_AT_LEAST, REASON_AT_MOST = 5, 200


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenedNumber:
    """What the carrier sent. `number`: as people dial it, or as it came where it is malformed.

    `sent`: all that it sent about the number, by the header's name, where that is more than one.
    """

    number: str
    kind: str
    sent: dict[str, str]


async def call_to_open(work: Work, call: Call | None, who: SignedIn) -> Call:
    """A call whose number they may open: of their lines, theirs, or what is owed for it is.

    Raises `NotFound` or `Forbidden`.
    """
    if call is not None and await _answers_for(work, call, who):
        return call
    return await permitted_call(work, call, who, Permission.OPEN_NUMBER)


async def may_open_number(work: Work, call: Call, who: SignedIn) -> bool:
    """Whether a page offers it."""
    try:
        await call_to_open(work, call, who)
    except (Forbidden, NotFound):
        return False
    return bool(call.from_sealed)


async def _answers_for(work: Work, call: Call, who: SignedIn) -> bool:
    """Whoever took a callback of their line is its owner, as who took a call is that call's."""
    theirs = call.line_id in who.lines and may(who.roles, (Relation.OWN,), Permission.OPEN_NUMBER)
    return theirs and await answers_for(work, call.id, who.staff_id)


async def open_number(
    work: Work, vault: Vault, call: Call, reason: str, *, at: datetime, by: str
) -> OpenedNumber:
    """Written down before it is answered; supervisors of the line hear of it at once.

    Raises `SealBroken` where it was sealed with a key that is gone.
    """
    raw = open_cell(vault, call, "from_sealed")
    sent = open_cell(vault, call, "sent_sealed")
    new = NewAct(
        by_id=by,
        kind=ActKind.NUMBER_OPENED,
        subject=SubjectKind.CALL,
        subject_id=call.id,
        lines=frozenset({call.line_id}),
        reason=reason,
    )
    await record_act(work, new, at=at)
    add_call_entry(work, call, OPENED, at=at, staff_id=by)
    return OpenedNumber(
        number=as_people_dial(raw), kind=call.number_kind, sent=json.loads(sent) if sent else {}
    )
