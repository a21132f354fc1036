"""A call that the carrier had and we did not end: it is in the account, as the carrier tells it."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from hotline.callcontrol.talks import caller_left
from hotline.calls.duty_phone import A_TALK, was_with_duty_phone
from hotline.calls.model import CallState
from hotline.calls.service import add_call_entry, call_of_leg
from hotline.lines.numbers import line_of_number, no_line, own_numbers
from hotline.numbers import masked
from hotline.ports import ListedCall, ReadNumber
from hotline.storage.sealed import seal_cell
from hotline.storage.session import Work
from hotline.storage.tables import Call
from hotline.storage.vault import Vault

NOT_TAKEN_IN = "not_taken_in"  # the step of a caller whom no flow has met
FOUND = "call.found_at_carrier"


class FoundCalls:
    """Ends those that are over, and writes down first whom we never heard of."""

    def __init__(self, vault: Vault, read_number: ReadNumber) -> None:
        """`read_number`: as of a call that comes in the usual way."""
        self._vault, self._read_number = vault, read_number

    async def end(
        self, work: Work, one: ListedCall, talks: Mapping[str, datetime], *, at: datetime
    ) -> None:
        """`talks`: since when a caller talked with a phone that a document rang, by their sid."""
        over = one.ended_at or at
        call = await call_of_leg(work, one.sid) or await self._write_down(work, one, at=over)
        add_call_entry(work, call, FOUND, at=at)
        if one.sid in talks:
            was_with_duty_phone(call, at=talks[one.sid])
        await caller_left(work, call, at=max(over, call.arrived_at))

    async def _write_down(self, work: Work, one: ListedCall, *, at: datetime) -> Call:
        whose = self._read_number(one, await own_numbers(work))
        call = Call(
            carrier_sid=one.sid,
            line_id=await line_of_number(work, one.to) or await no_line(work),
            state=CallState.FLOW,
            step=NOT_TAKEN_IN,
            from_masked=masked(whose.raw),
            from_index=self._vault.index(whose.number),
            number_kind=whose.kind,
            place_code=whose.place_code,
            place_source=whose.place_source,
            arrived_at=one.began_at or at,
            heard_at=at,
        )
        call.from_sealed = seal_cell(self._vault, call, "from_sealed", whose.raw)
        work.add(call)
        await work.flush()
        add_call_entry(work, call, "call.arrived", at=call.arrived_at)
        return call


def talks_with_a_phone(listed: Iterable[ListedCall]) -> dict[str, datetime]:
    """Since when, by the caller's sid: of who talked with a duty phone that a document rang."""
    return {
        one.parent: one.ended_at - timedelta(seconds=one.talked_s)
        for one in listed
        if one.parent and one.ended_at is not None and one.talked_s >= A_TALK.total_seconds()
    }
