"""Who asks a supervisor to lower the level of a risk; the reason is read at the call alone."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import col, select

from hotline.storage.session import Work
from hotline.storage.tables import Call, RiskLowering, Staff


@dataclass(frozen=True, slots=True, kw_only=True)
class LoweringWaiting:
    """One request that nobody has answered."""

    call_id: str
    masked: str
    asked_by: str
    asked_at: datetime
    level: str


async def lowerings_waiting(work: Work, of: Collection[str]) -> Sequence[LoweringWaiting]:
    """On these lines, the oldest first."""
    query = (
        select(RiskLowering, Call.from_masked, Staff.name)
        .join(Call, col(Call.id) == col(RiskLowering.call_id))
        .join(Staff, col(Staff.id) == col(RiskLowering.asked_by))
        .where(RiskLowering.state == "asked", col(Call.line_id).in_(of))
        .order_by(col(RiskLowering.asked_at))
    )
    return [
        LoweringWaiting(
            call_id=row.call_id, masked=masked, asked_by=name, asked_at=row.asked_at,
            level=row.level,
        )
        for row, masked, name in (await work.exec(query)).all()
    ]  # fmt: skip
