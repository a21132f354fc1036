"""A counselor ends an abusive call: one act with a code, a word to the caller, and the record."""

from dataclasses import replace
from datetime import datetime

from hotline.callcontrol.talk import NOT_TALKING
from hotline.callcontrol.talks import finish_talk
from hotline.callers.blocks import AbuseCode
from hotline.calls.model import CallState, Urgency
from hotline.calls.service import add_call_entry
from hotline.errors import IllegalMove
from hotline.records.model import ContactType, Disposition, Draft
from hotline.records.queries import draft_of
from hotline.records.service import save_record
from hotline.risk.levels import Risk
from hotline.storage.session import Work
from hotline.storage.tables import Call, Record
from hotline.storage.vault import Vault

ABUSIVE = "abusive"  # the step at which such a talk ends
IN_DANGER = "A caller in danger is not cut off: consult a colleague, or call a supervisor."


async def end_abusive(
    work: Work, vault: Vault, call: Call, code: AbuseCode, *, at: datetime, by: str
) -> None:
    """End the talk of a call, whose row is held; it counts as talked. Raises `IllegalMove`."""
    if call.urgency == Urgency.CRISIS:
        raise IllegalMove(IN_DANGER)
    if call.state != CallState.TALKING or not await finish_talk(work, call, at=at, step=ABUSIVE):
        raise IllegalMove(NOT_TALKING)
    add_call_entry(work, call, "caller.abusive", at=at, staff_id=by, facts={"code": code})
    await _note_in_record(work, vault, call, at=at, by=by)


async def _note_in_record(work: Work, vault: Vault, call: Call, *, at: datetime, by: str) -> None:
    """What was written already stays beside it."""
    record = await work.get(Record, call.id)
    if record is not None:
        draft = replace(draft_of(record, vault, based_on=None), contact_type=ContactType.ABUSIVE)
    else:
        draft = Draft(
            contact_type=ContactType.ABUSIVE,
            topics=(),
            risk=Risk.NOT_ASSESSED,
            disposition=Disposition.NO_COUNSELLING,
            follow_up=False,
            narrative="",
        )
    await save_record(work, vault, call.id, by, draft, at=at)
