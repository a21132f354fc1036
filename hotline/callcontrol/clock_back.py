"""After a clock was set back: moments that lie in the future are brought back to the present.

Rows written before would otherwise make callers wait, and counselors rest, until the clock has
caught up. Who waited longer stays ahead; a pause goes on for as long as it had still to go, where
that can be told. Also right where another machine's clock runs ahead of ours.
"""

from datetime import datetime, timedelta

from sqlalchemy import text

from hotline.staff.presence import LEASE
from hotline.storage.session import Database

TOLERATED = timedelta(seconds=1)

# By microseconds, so that the order of the line is kept.
CALLS = text("""
    with held as (
        select id, queued_at from call
        where state <> 'ended'
            and greatest(queued_at, heard_at, accepted_at, joined_at) > :tolerated
        order by id for update skip locked
    ), ranked as (
        select id, row_number() over (order by queued_at desc nulls last, id desc) as n from held
    )
    update call set
        queued_at = least(queued_at, :at - ranked.n * interval '1 microsecond'),
        heard_at = least(heard_at, :at),
        accepted_at = least(accepted_at, :at),
        joined_at = least(joined_at, :at)
    from ranked where call.id = ranked.id
""")
PARTICIPANTS = text("""
    with held as (
        select participant.id from participant join call on call.id = participant.call_id
        where call.state <> 'ended' and greatest(participant.dialled_at, participant.sent_at,
            participant.answered_at, participant.joined_at, participant.ended_at) > :tolerated
        order by participant.id for update of participant skip locked
    )
    update participant set
        dialled_at = least(dialled_at, :at),
        sent_at = least(sent_at, :at),
        answered_at = least(answered_at, :at),
        joined_at = least(joined_at, :at),
        ended_at = least(ended_at, :at)
    from held where participant.id = held.id
""")
OFFERS = text("""
    with held as (
        select id from offer where state = 'pending' and offered_at > :tolerated
        order by id for update skip locked
    )
    update offer set expires_at = expires_at - (offered_at - :at), offered_at = :at
    from held where offer.id = held.id
""")
PRESENCES = text("""
    with held as (
        select staff_id from presence
        where greatest(since, idle_since, working_since, crisis_ended_at) > :tolerated
            or lease_until > :longest_lease
        order by staff_id for update skip locked
    )
    update presence set
        back_at = back_at - greatest(since - :at, interval '0'),
        since = least(since, :at),
        idle_since = least(idle_since, :at),
        working_since = least(working_since, :at),
        crisis_ended_at = least(crisis_ended_at, :at),
        lease_until = least(lease_until, :at + :lease)
    from held where presence.staff_id = held.staff_id
""")


async def bring_back(database: Database, *, at: datetime) -> None:
    """Let nothing that counts for the living lie in the future."""
    tolerated = at + TOLERATED
    values = {"at": at, "tolerated": tolerated}
    leases = {"lease": LEASE, "longest_lease": tolerated + LEASE}
    for statement in (CALLS, PARTICIPANTS, OFFERS):
        async with database.work() as work:
            await work.sql(statement, values)
    async with database.work() as work:
        await work.sql(PRESENCES, values | leases)
