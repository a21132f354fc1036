"""The scene of an escalation: each flag opens a case."""

from dataclasses import dataclass
from typing import Any

import pytest
from sqlmodel import SQLModel, col, select

from hotline.cases.timeline import CaseAct
from hotline.staff.actor import Actor
from hotline.storage.tables import Case, CaseEntry
from tests.hotline.escalations.conftest import EscalationScene, scene

__all__ = ["scene"]

LI = Actor.of_staff("li")


@dataclass
class Casework:
    """A case with li's call and its escalation, and short words for what is done to it."""

    scene: EscalationScene
    case_id: str
    escalation_id: str

    def act(self, by: Actor = LI) -> CaseAct:
        """Somebody does something now."""
        return CaseAct(vault=self.scene.vault, by=by, at=self.scene.clock.now())

    async def another(self, call: str) -> str:
        """A case of another call, by its own flag."""
        self.scene.clock.advance(1)
        await self.scene.add(self.scene.call(call))
        await self.scene.flag(f"key-{call}", call=call)
        async with self.scene.work() as work:
            query = select(Case.id).order_by(col(Case.opened_at).desc())
            return (await work.exec(query.limit(1))).one()

    async def get(self, table: type[SQLModel], key: str) -> Any:
        """A row as it is now."""
        async with self.scene.work() as work:
            return await work.get_one(table, key)

    async def told(self, kind: str, case_id: str | None = None) -> list[dict[str, Any]]:
        """The facts of each entry of a kind."""
        query = select(CaseEntry).where(
            CaseEntry.case_id == (case_id or self.case_id), CaseEntry.kind == kind
        )
        async with self.scene.work() as work:
            return [one.facts for one in (await work.exec(query.order_by(col(CaseEntry.id)))).all()]

    async def written(self) -> str:
        """Everything that the timelines of all cases hold, as it lies in the database."""
        async with self.scene.work() as work:
            return str([one.model_dump() for one in (await work.exec(select(CaseEntry))).all()])


@pytest.fixture
async def casework(scene: EscalationScene) -> Casework:
    """li has raised a flag."""
    escalation = await scene.flag()
    async with scene.work() as work:
        case = (await work.exec(select(Case))).one()
    return Casework(scene, case.id, escalation.id)
