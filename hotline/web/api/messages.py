"""What callers said to the recorder: the work list, and handing on who answers."""

from fastapi import APIRouter
from pydantic import BaseModel, Field

from hotline.callbacks.attempts import IN_HAND
from hotline.callbacks.queries import permitted_callback
from hotline.directing.handing import NOT_OF_LINE, hand_on
from hotline.messages.queries import AnsweredRow, MessageRow, list_answered, list_messages
from hotline.web.api.refusals import refuses
from hotline.web.auth import CallbackKeeper
from hotline.web.deps import BackendDep, WorkDep
from hotline.web.idempotency import CommandWork, IdempotentRoute

router = APIRouter(tags=["callbacks"], route_class=IdempotentRoute)


class MessagesOut(BaseModel):
    """What callers of my lines left: unanswered, the oldest first; answered in the last days.

    A sound is played at `/recordings/{id}/media`, which leaves a trace. An answer is given by
    `/callbacks/{owed.id}/call`.
    """

    messages: list[MessageRow]
    answered: list[AnsweredRow]


class HandOnIn(BaseModel):
    """Who answers for it from now on."""

    staff_id: str = Field(min_length=1, max_length=64, examples=["5d1c5a1e0b8f4a7c9e2d3f40"])


@router.get("/messages")
async def messages(backend: BackendDep, work: WorkDep, who: CallbackKeeper) -> MessagesOut:
    """Every message of my lines that waits for an answer, masked, with its owner."""
    now = backend.clock.now()
    return MessagesOut(
        messages=await list_messages(work, who, at=now),
        answered=await list_answered(work, who, at=now),
    )


@router.post("/callbacks/{callback_id}/hand-on", status_code=204,
             responses=refuses(IN_HAND, NOT_OF_LINE))  # fmt: skip
async def hands_on(
    backend: BackendDep,
    work: CommandWork,
    who: CallbackKeeper,
    callback_id: str,
    wanted: HandOnIn,
) -> None:
    """A colleague of the line answers for it from now on, and is told on the desk. Theirs: fine.

    409 while somebody calls, or where it is owed no more; 422 for who does not work for the line.
    """
    await permitted_callback(work, callback_id, who)
    await hand_on(work, callback_id, wanted.staff_id, who, at=backend.clock.now())
