"""A supervisor acts on an escalation, and is refused."""

from typing import Any

import pytest

from hotline.errors import EscalationRefused
from hotline.escalations.acts import ring_now
from hotline.escalations.service import accept, acknowledge
from hotline.staff.actor import Actor
from hotline.storage.tables import Escalation
from tests.hotline.escalations.conftest import EscalationScene

HE = Actor.of_staff("li")


async def acts(scene: EscalationScene, act: Any, escalation: Escalation, **values: Any) -> Any:
    """One act of the supervisor, in a unit of work of its own."""
    sealing = {} if act in (ring_now, acknowledge, accept) else {"vault": scene.vault}
    async with scene.work() as work:
        return await act(
            work, **sealing, escalation_id=escalation.id, at=scene.clock.now(),
            **{"by": HE, **values},
        )  # fmt: skip


async def is_taken(scene: EscalationScene, escalation: Escalation, *, accepted: bool) -> None:
    await acts(scene, acknowledge, escalation, by=Actor.of_contact("duty"))
    if accepted:
        await acts(scene, accept, escalation, by=Actor.of_contact("duty"))


async def reason(scene: EscalationScene, act: Any, escalation: Escalation, **values: Any) -> str:
    """Why it is refused."""
    with pytest.raises(EscalationRefused) as refused:
        await acts(scene, act, escalation, **values)
    return str(refused.value.facts["reason"])
