"""In = out, as the carrier sees it: what the last comparison with its list of calls came to."""

from dataclasses import dataclass
from datetime import datetime

from hotline.callcontrol.carrier_account import CALLS, EVERY
from hotline.callcontrol.carrier_clock import correction
from hotline.storage.session import Work
from hotline.storage.tables import CarrierCheck

SILENT_AFTER = 3 * EVERY  # one answer that was late wakes nobody


@dataclass(frozen=True, slots=True, kw_only=True)
class CarrierNow:
    """`state`: agrees, differs or silent. The figures are of the last answer, for all lines.

    Since `window_from` the carrier has `theirs` and we had `ours`; of the differences `mended`
    were put right and `unmended` need somebody to look. `clock_ahead_s`: their clock minus ours,
    0 where the two agree; it is allowed for.
    """

    state: str
    answered_at: datetime | None
    silent_since: datetime | None
    window_from: datetime | None
    theirs: int
    ours: int
    mended: int
    unmended: int
    clock_ahead_s: int


async def carrier_now(work: Work, *, at: datetime) -> CarrierNow | None:
    """None before the first comparison."""
    row = await work.get(CarrierCheck, CALLS)
    if row is None:
        return None
    known_at = row.answered_at or row.silent_since or row.asked_at
    is_silent = known_at is None or at - known_at > SILENT_AFTER
    state = "differs" if row.unmended else "silent" if is_silent else "agrees"
    return CarrierNow(
        state=state,
        answered_at=row.answered_at,
        silent_since=(row.silent_since or row.answered_at) if is_silent else None,
        window_from=row.window_from,
        theirs=row.theirs,
        ours=row.ours,
        mended=row.mended,
        unmended=row.unmended,
        clock_ahead_s=int(correction(row.ahead_s).total_seconds()),
    )
