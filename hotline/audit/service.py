"""Writes what a supervisor did, in the transaction that did it."""

from datetime import datetime

import structlog

from hotline.audit.model import NewAct
from hotline.storage.session import Work
from hotline.storage.tables import SupervisorAct
from hotline.storage.tables.columns import new_id

log = structlog.get_logger()


async def record_act(work: Work, new: NewAct, *, at: datetime) -> SupervisorAct:
    """Write an act down and tell the floor. It has its id at once, to be referred to."""
    act_id = new_id()
    act = SupervisorAct(
        id=act_id,
        group_id=new.group_id or act_id,
        by_id=new.by_id,
        at=at,
        kind=new.kind,
        subject_kind=new.subject,
        subject_id=new.subject_id,
        lines=sorted(new.lines),
        before=new.before,
        after=new.after,
        reason=new.reason,
    )
    work.add(act)
    await work.flush()
    work.announce("act", act.id)
    log.info("supervisor.acted", kind=new.kind, by_id=new.by_id, subject_id=new.subject_id)
    return act


def note_undone(work: Work, act: SupervisorAct, *, by_id: str, at: datetime) -> None:
    """What this act changed is as it was before."""
    act.undone_at, act.undone_by = at, by_id
    work.announce("act", act.id)
    log.info("supervisor.undid", kind=act.kind, by_id=by_id, subject_id=act.subject_id)
