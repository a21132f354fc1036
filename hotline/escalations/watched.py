"""What an auditor asks of escalations: all open rows, by index, and whether the walls stand."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import text
from sqlmodel import col, select

from hotline.escalations.model import EscalationState
from hotline.storage.session import Work
from hotline.storage.tables import Escalation

AT_MOST = 200  # more say nothing that these do not say
# What makes it impossible that a flag has no escalation, or an open escalation no deadline.
WALLS = text("""
    select 'open_has_a_next_deadline' where not exists (
        select from pg_constraint where conrelid = 'escalation'::regclass and convalidated
        and contype = 'c' and conname = 'open_has_a_next_deadline')
    union all
    select 'crisis_flag.escalation_id' where not exists (
        select from pg_constraint c join pg_attribute a
            on a.attrelid = c.conrelid and a.attnum = any (c.conkey)
        where c.conrelid = 'crisis_flag'::regclass and c.confrelid = 'escalation'::regclass
            and c.contype = 'f' and c.convalidated
            and a.attname = 'escalation_id' and a.attnotnull)
""")


async def overdue_since(work: Work, *, before: datetime) -> Sequence[tuple[str, datetime]]:
    """Ids of what nobody pressed on, with the deadline that was missed; the oldest first."""
    query = (
        select(Escalation.id, col(Escalation.next_due_at))
        .where(Escalation.state != EscalationState.CLOSED, col(Escalation.next_due_at) < before)
        .order_by(col(Escalation.next_due_at))
        .limit(AT_MOST)
    )
    return [(key, due) for key, due in (await work.exec(query)).all() if due is not None]


async def missing_walls(work: Work) -> Collection[str]:
    """Names of what the database itself should refuse, and does not."""
    return [name for (name,) in (await work.sql(WALLS, {})).all()]
