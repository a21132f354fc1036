"""Which calls must not lose anything: a court, an office or a complaint needs them, or a case does.

Asked by whatever erases by its own time, far below the desk that sets a hold (`hotline.rights`).
"""

from sqlalchemy import Text, column, text

from hotline.storage.session import Work

# A hold of a case holds what was merged with it, whichever way, and all their calls: those that
# belong to it themselves, and those that its escalations are about. A ring of merged cases ends,
# since `union` takes none twice.
_HELD = """
with recursive held_case as (
    select subject_id as id from legal_hold where subject_kind = 'case' and lifted_at is null
    union
    select case when near.id = held_case.id then near.merged_into_id else near.id end
    from held_case join care_case near on near.merged_into_id = held_case.id
        or near.id = held_case.id and near.merged_into_id is not null
), held_link as (
    select link.kind, link.subject_id from case_link link
    join held_case on held_case.id = link.case_id where link.ended_at is null
)
select subject_id as call_id from legal_hold where subject_kind = 'call' and lifted_at is null
union select subject_id from held_link where kind = 'call'
union select call_id from escalation
    where id in (select subject_id from held_link where kind = 'escalation')
"""
HELD_CALLS = text(_HELD).columns(column("call_id", Text))
IS_HELD = text(f"select 1 from ({_HELD}) as held where call_id = :call_id")  # noqa: S608 – our own words

IS_OPEN = text("""
with recursive onward as (
    select one.id, one.merged_into_id, one.state from case_link link
    join care_case one on one.id = link.case_id
    where link.kind = 'call' and link.subject_id = :call_id and link.ended_at is null
    union
    select next.id, next.merged_into_id, next.state
    from onward join care_case next on next.id = onward.merged_into_id
)
select 1 from onward where merged_into_id is null and state = 'open'
""")


async def is_call_held(work: Work, call_id: str) -> bool:
    """Whether nothing of this call, nor of a case that it belongs to, is erased."""
    return (await work.sql(IS_HELD, {"call_id": call_id})).first() is not None


async def is_case_open(work: Work, call_id: str) -> bool:
    """Whether somebody looks after the case that this call belongs to by now."""
    return (await work.sql(IS_OPEN, {"call_id": call_id})).first() is not None
