"""What a member of a help group does, on the page behind their link.

Not kept for repeats: what comes twice under one `Idempotency-Key` is kept once, with their words.
"""

from typing import Annotated

from fastapi import APIRouter, Header, Request, Response
from pydantic import BaseModel, Field

from hotline.helpgroups.member import tick_task, write_note
from hotline.helpgroups.service import leave, shut
from hotline.helpgroups.telling import say_cannot, say_danger
from hotline.storage.tables.columns import new_id
from hotline.web.deps import WorkDep
from hotline.web.group_members import HeldMember, MemberAct, let_out

router = APIRouter(prefix="/g/{member_id}", tags=["help groups"])

RequestKey = Annotated[str, Header(alias="Idempotency-Key", max_length=80, default_factory=new_id)]


class MemberWordsIn(BaseModel):
    """What they write."""

    text: str = Field(min_length=1, max_length=4000, pattern=r"\S")


class TaskDoneIn(BaseModel):
    """Whether it is done."""

    done: bool


@router.post("/notes", status_code=204)
async def note(
    work: WorkDep, member: HeldMember, act: MemberAct, said: MemberWordsIn, key: RequestKey
) -> None:
    """A note for whoever answers for the case."""
    await write_note(work, act, member, said.text, key=key)


@router.post("/tasks/{task_id}", status_code=204)
async def tick(
    work: WorkDep, member: HeldMember, act: MemberAct, task_id: str, tick: TaskDoneIn
) -> None:
    """Done, or not yet after all."""
    await tick_task(work, act, member, task_id, done=tick.done)


@router.post("/cannot", status_code=204)
async def cannot(
    work: WorkDep, member: HeldMember, act: MemberAct, said: MemberWordsIn, key: RequestKey
) -> None:
    """They cannot do what they were asked: the station is told."""
    await say_cannot(work, act, member, said.text, key=key)


@router.post("/danger", status_code=204)
async def danger(
    work: WorkDep, member: HeldMember, act: MemberAct, said: MemberWordsIn, key: RequestKey
) -> None:
    """They see danger: an alarm is raised, and only a person closes it."""
    await say_danger(work, act, member, said.text, key=key)


@router.post("/leave", status_code=204)
async def leave_group(
    request: Request, work: WorkDep, member: HeldMember, act: MemberAct
) -> Response:
    """They do not want to be in it any more: nothing opens for them from now on."""
    await leave(work, act, member)
    response = Response(status_code=204)
    let_out(request, response, member.id)
    return response


@router.delete("/session", status_code=204)
async def sign_out_here(request: Request, work: WorkDep, member: HeldMember) -> Response:
    """This browser is out; the link asks for a new code."""
    await shut(work, member)
    response = Response(status_code=204)
    let_out(request, response, member.id)
    return response
