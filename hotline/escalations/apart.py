"""One escalation of several: where it cannot be handled, it holds up none of the others."""

from collections.abc import Awaitable, Callable

import structlog
from sqlmodel import select

from hotline.storage.session import Work
from hotline.storage.tables import Escalation

log = structlog.get_logger()

EscalationAct = Callable[[Escalation], Awaitable[None]]


async def done_apart(work: Work, escalation_id: str, act: EscalationAct) -> bool:
    """In a savepoint of its own, with the escalation held. Whether it was done."""
    query = select(Escalation).where(Escalation.id == escalation_id).with_for_update()
    held = query.execution_options(populate_existing=True)
    try:
        async with work.begin_nested():
            await act((await work.exec(held)).one())
            await work.flush()
    except Exception:  # whatever it is, it is this row's
        log.exception("escalation.step_failed", escalation_id=escalation_id)
        return False
    return True
