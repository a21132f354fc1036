"""A level of high or imminent is a flag: who chooses one need not remember to press a button too.

Who chose it by mistake may take it back for ten seconds: so long nobody is rung. A flag that is
raised by hand was confirmed already and rings at once, also one that comes within these seconds.
"""

from datetime import datetime

from sqlmodel import col, func, select

from hotline.calls.model import Urgency
from hotline.debriefs.service import not_heavy_after_all
from hotline.errors import IllegalMove
from hotline.escalations.model import EscalationEvent, EscalationState, Level
from hotline.escalations.policy import NOBODY_YET
from hotline.escalations.progress import lock_escalation, move_escalation
from hotline.escalations.service import NewFlag, raise_flag
from hotline.escalations.timeline import add_escalation_entry, position_of
from hotline.records.risk import TOO_LATE_TO_TAKE_BACK, take_back
from hotline.records.risk_queries import standing_of
from hotline.risk.levels import ALARMING, SLIP_WITHIN, is_below
from hotline.staff.actor import Actor
from hotline.storage.session import Work
from hotline.storage.tables import Call, CrisisFlag, Escalation, RiskAssessment
from hotline.storage.vault import Vault


async def flag_for_level(work: Work, vault: Vault, call: Call, *, at: datetime) -> None:
    """Raise a flag where the newest step rose to a level that a station answers for.

    The same step again raises none. The caller holds the call.
    """
    step = (await standing_of(work, call.id)).newest
    if step is None or step.kind not in ("chosen", "assessed") or step.level not in ALARMING:
        return
    former = await work.get(RiskAssessment, (call.id, step.version - 1))
    if former is not None and not is_below(former.level, step.level):
        return
    flag = NewFlag(
        raised_by=step.staff_id,
        level=Level(step.level),
        summary="",
        client_key=_key_of(step),
        rings_at=step.at + SLIP_WITHIN,
    )
    await raise_flag(work, vault, call=call, flag=flag, at=at)


def _key_of(step: RiskAssessment) -> str:
    return f"risk|{step.call_id}|{step.version}"


async def take_back_level(work: Work, call: Call, *, by: str, at: datetime) -> None:
    """A mis-click: level and flag are as before. Raises `IllegalMove` once somebody was rung."""
    step = await take_back(work, call.id, by=by, at=at)
    await _forget_heavy(work, call, by=by, at=at)
    query = (
        select(Escalation.id)
        .join(CrisisFlag, col(CrisisFlag.escalation_id) == col(Escalation.id))
        .where(CrisisFlag.client_key == _key_of(step))
        .where(Escalation.call_id == call.id)  # another call's is not theirs to end
    )
    escalation_id = (await work.exec(query)).first()
    if escalation_id is not None:
        await _withdraw_unsent(work, await lock_escalation(work, escalation_id), by=by, at=at)


async def _forget_heavy(work: Work, call: Call, *, by: str, at: datetime) -> None:
    """Rest and debrief fall with the only flag, where nothing else said that it was heavy."""
    query = select(func.count()).where(CrisisFlag.call_id == call.id)
    is_only_flag = (await work.exec(query)).one() == 1
    if is_only_flag and call.urgency != Urgency.CRISIS:
        await not_heavy_after_all(work, call, by, at=at)


async def _withdraw_unsent(work: Work, escalation: Escalation, *, by: str, at: datetime) -> None:
    """Nobody was rung and nobody answers for it: it ends by the hand that began it."""
    is_unsent = position_of(escalation) == NOBODY_YET and escalation.state == EscalationState.OPEN
    if not is_unsent:
        raise IllegalMove(TOO_LATE_TO_TAKE_BACK)
    move_escalation(escalation, EscalationEvent.CLOSED, at=at)
    escalation.closed_at = at
    actor = Actor.of_staff(by)
    add_escalation_entry(work, escalation, "escalation.taken_back", at=at, actor=actor)
