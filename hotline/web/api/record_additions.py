"""Words entered beside a record after the fact: late, or for a colleague who could not."""

from dataclasses import asdict
from datetime import datetime

from fastapi import APIRouter
from pydantic import BaseModel, Field

from hotline.calls.queries import permitted_call
from hotline.calls.service import lock_call
from hotline.records.additions import AdditionWay, NewAddition, add_to_record, additions_of
from hotline.staff.permissions import Permission
from hotline.storage.tables import Call
from hotline.web.auth import CallReader
from hotline.web.deps import BackendDep, WorkDep
from hotline.web.idempotency import CommandWork, IdempotentRoute
from hotline.web.moments import MomentHere

router = APIRouter(
    prefix="/calls/{call_id}/record/additions", tags=["calls"], route_class=IdempotentRoute
)


class AdditionIn(BaseModel):
    """What is entered. `author`: whose words, by their log-in name, where they are not one's own.

    `happened_at`: without a zone, as clocks show it here.
    """

    words: str = Field(min_length=1, max_length=20_000, pattern=r"\S")
    way: AdditionWay = "own"
    author: str = Field(default="", max_length=64)
    happened_at: MomentHere


class AdditionOut(BaseModel):
    """As it stands beside the record. Two people: whose words, and who typed them."""

    id: str
    author: str
    typed_by: str
    way: AdditionWay
    happened_at: datetime
    typed_at: datetime
    words: str


@router.post("", status_code=201)
async def add(
    backend: BackendDep, work: CommandWork, who: CallReader, call_id: str, wanted: AdditionIn
) -> None:
    """Enter words beside the record. The record itself stays as it was written."""
    call = await lock_call(work, call_id)
    await permitted_call(work, call, who, Permission.WRITE_RECORD)
    new = NewAddition(typed_by=who.staff_id, **wanted.model_dump())
    await add_to_record(work, backend.vault, call, new, at=backend.clock.now())


@router.get("")
async def get_additions(
    backend: BackendDep, work: WorkDep, who: CallReader, call_id: str
) -> list[AdditionOut]:
    """All of them, in the order they were typed. Reading leaves a trace."""
    found = await work.get(Call, call_id)
    call = await permitted_call(work, found, who, Permission.READ_RECORD)
    at = backend.clock.now()
    read = await additions_of(work, backend.vault, call.id, reader=who.staff_id, at=at)
    return [AdditionOut(**asdict(one)) for one in read]
