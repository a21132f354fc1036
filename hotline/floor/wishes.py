"""Whether a caller is kept for a woman or a man: what they are told of it must be so."""

from sqlmodel import col, select

from hotline.lines.plans import policy_of
from hotline.staff.model import PresenceState
from hotline.staff.revocation import may_be_rung
from hotline.staff.skills import can_be_read, skills_of
from hotline.storage.session import Work
from hotline.storage.tables import Call, Line, Presence, Staff
from hotline.switchboard.needs import need_of


async def is_kept_for_gender(work: Work, call: Call, line: Line) -> bool:
    """By the plan of the line, and by who is on duty now. Asks for them only where it counts."""
    policy, need = policy_of(line), need_of(call, ())
    if not policy.is_kept_for_gender(need):
        return False
    query = (
        select(Staff)
        .join(Presence, col(Presence.staff_id) == col(Staff.id))
        .where(Presence.state != PresenceState.OFFLINE, may_be_rung())
        .where(col(Staff.skills).contains({"gender": call.wished_gender}))
    )
    staff = (await work.exec(query)).all()
    people = frozenset(skills_of(one) for one in staff if can_be_read(one.skills, one.lines))
    return policy.is_kept_for_gender(policy.on_duty(need, people))
