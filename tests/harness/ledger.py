"""The conservation law: what came in at the carrier is what we count, one outcome each."""

from collections.abc import Mapping
from typing import Any

from tests.harness.carrier import Carrier
from tests.harness.house import House

OURS = (
    "select carrier_sid, state, outcome, joined_at is not null or duty_phone_at is not null"
    " from call where direction = 'in'"
)
OUTGOING = "select carrier_sid, state, outcome, joined_at from call where direction = 'out'"


async def in_equals_out(carrier: Carrier, house: House) -> None:
    """Compare the carrier's journal with our calls. Fails with every difference named."""
    faults = await in_equals_out_so_far(carrier, house)
    assert not faults, "\n".join(faults)


async def in_equals_out_so_far(carrier: Carrier, house: House) -> list[str]:
    """The differences, also while calls go on."""
    drills = house.env.get("HOTLINE_DRILL_NUMBER")  # answered by ourselves, and in no account
    theirs = [one for one in await carrier.inbound_calls() if one["to"] != drills]
    ours = {sid: (state, outcome, joined) for sid, state, outcome, joined in await house.rows(OURS)}
    faults = [fault for call in theirs if (fault := _fault(call, ours.pop(call["sid"], None)))]
    faults += [f"{sid}: we count a call that the carrier never had" for sid in ours]
    return faults + [fault for row in await house.rows(OUTGOING) if (fault := _fault_of_ours(*row))]


def _fault_of_ours(sid: str, state: str, outcome: str | None, joined: object) -> str | None:
    """Whom we called did not come in: each such call has one outcome, and a leg if they talked."""
    if (state == "ended") != (outcome is not None) and state != "closing":
        return f"{sid}: we called, and it is {state} with outcome {outcome}"
    if joined and sid.startswith("not-dialled"):
        return f"{sid}: we say that somebody picked up whom nobody dialled"
    return None


def _fault(call: Mapping[str, Any], ours: tuple[str, str | None, bool] | None) -> str | None:
    if ours is None:
        return None if call["refused"] else f"{call['sid']}: came in, but we have no such call"
    state, outcome, joined = ours
    if not call["ended"]:
        return f"{call['sid']}: over with us, alive at the carrier" if state == "ended" else None
    if state != "ended" or outcome is None:
        return f"{call['sid']}: ended at the carrier, with us {state} and outcome {outcome}"
    if joined and not call["talked"]:
        return f"{call['sid']}: we say a counselor joined, the carrier saw no talk"
    if call["talked"] and not joined:
        return f"{call['sid']}: the carrier saw a talk, we do not"
    return None
