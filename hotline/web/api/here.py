"""A console proves that it is there: the answer of its page to the live stream's question."""

from datetime import UTC, datetime

from fastapi import APIRouter
from pydantic import BaseModel, Field

from hotline.staff.consoles import (
    ConsoleAnswer,
    PhonePlace,
    PhoneState,
    Takes,
    note_console,
)
from hotline.web.auth import CallTaker
from hotline.web.deps import BackendDep
from hotline.web.idempotency import CommandWork, IdempotentRoute

LATEST = 253_402_300_799_000  # the last moment that a date can hold

router = APIRouter(tags=["me"], route_class=IdempotentRoute)


class Here(BaseModel):
    """`beat`: the number that was asked with, 0 where none has come yet. `console`: one browser."""

    beat: int = Field(default=0, ge=0, le=LATEST)
    console: str = Field(min_length=1, max_length=40)
    phone: PhoneState
    takes: Takes = Takes.NO


class PhoneIs(BaseModel):
    """Where this person's phone is: in this browser, in another, or free to be taken."""

    phone: PhonePlace


def beat_of(at: datetime) -> int:
    """The number a console is asked with: milliseconds since 1970, so that nobody keeps a list."""
    return int(at.timestamp() * 1000)


@router.post("/me/here")
async def here(backend: BackendDep, work: CommandWork, who: CallTaker, said: Here) -> PhoneIs:
    """I am here, and this is how my phone is. Only this keeps a counselor at a console ready."""
    asked_at = datetime.fromtimestamp(said.beat / 1000, UTC) if said.beat else None
    answer = ConsoleAnswer(
        console=said.console, phone=said.phone, asked_at=asked_at, takes=said.takes
    )
    place = await note_console(work, who.staff_id, answer, at=backend.clock.now())
    return PhoneIs(phone=place)
