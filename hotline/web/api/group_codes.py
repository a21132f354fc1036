"""A code for a member of a help group, to say on the telephone. Not kept for repeats: a secret."""

from fastapi import APIRouter
from pydantic import BaseModel

from hotline.helpgroups.door import tell_code
from hotline.web.api.groups import act_on
from hotline.web.auth import CaseWorker
from hotline.web.deps import BackendDep, WorkDep

router = APIRouter(prefix="/cases/{case_id}/group", tags=["cases"])


class CodeToTellOut(BaseModel):
    """Six digits, shown this once."""

    code: str


@router.post("/members/{member_id}/code")
async def draw_code(
    backend: BackendDep, work: WorkDep, who: CaseWorker, case_id: str, member_id: str
) -> CodeToTellOut:
    """For somebody who gets no texts. It works once, for half an hour; earlier ones do not."""
    act = await act_on(work, backend, who, case_id)
    return CodeToTellOut(code=await tell_code(work, act, case_id, member_id))
