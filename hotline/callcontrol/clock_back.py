"""After a clock was set back: moments that lie in the future are brought back to the present.

Rows written before would otherwise make callers wait, and counselors rest, until the clock has
caught up. Who waited longer stays ahead; a pause goes on for as long as it had still to go, where
that can be told. Also right where another machine's clock runs ahead of ours.
"""

from datetime import datetime, timedelta

from sqlalchemy import text

from hotline.recordings.policy import KEEP_LEASE, LONGEST_BACK_OFF
from hotline.staff.presence import LEASE
from hotline.storage.session import Database

TOLERATED = timedelta(seconds=1)
# As two machines may differ for long: no alarm is brought forward by that with each word heard.
DIFFERENCE = timedelta(seconds=15)

# Not `least`: that takes the present for what never happened.
# By microseconds, so that the order of the line is kept. An alarm counts from its beginning, which
# may lie in the past all the same: it goes on for what was left, by when the caller was heard last.
CALLS = text("""
    with held as (
        select id, queued_at,
            case when greatest(alarm_since, queued_at, heard_at) > :set_back
                then greatest(alarm_since, queued_at, heard_at) - :at
                else interval '0' end as back
        from call
        where state <> 'ended'
            and greatest(queued_at, heard_at, accepted_at, joined_at, alarm_since) > :tolerated
        order by id for update skip locked
    ), ranked as (
        select id, back,
            row_number() over (order by queued_at desc nulls last, id desc) as n
        from held
    )
    update call set
        queued_at = case when queued_at > :at
            then :at - ranked.n * interval '1 microsecond' else queued_at end,
        heard_at = case when heard_at > :at then :at else heard_at end,
        alarm_since = coalesce(alarm_since, queued_at) - ranked.back,
        alarm_due_at = alarm_due_at - ranked.back,
        accepted_at = case when accepted_at > :at then :at else accepted_at end,
        joined_at = case when joined_at > :at then :at else joined_at end,
        told_at = case when told_at > :at then :at else told_at end
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
        dialled_at = case when dialled_at > :at then :at else dialled_at end,
        sent_at = case when sent_at > :at then :at else sent_at end,
        answered_at = case when answered_at > :at then :at else answered_at end,
        joined_at = case when joined_at > :at then :at else joined_at end,
        ended_at = case when ended_at > :at then :at else ended_at end
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
# What was tried in the future counts too: the next try was put off from there.
CALLBACKS = text("""
    with held as (
        select id, greatest(promised_at, (
                select max(greatest(at, ended_at)) from callback_attempt
                where callback_id = callback.id
            )) - :at as back
        from callback
        where state in ('open', 'in_hand') and (promised_at > :tolerated or exists (
            select from callback_attempt
            where callback_id = callback.id and greatest(at, ended_at) > :tolerated
        ))
        order by id for update skip locked
    ), tried as (
        update callback_attempt set at = least(at, :at), ended_at = case
            when ended_at > :at then :at else ended_at end
        from held where callback_id = held.id
    )
    update callback set promised_at = least(promised_at, :at), place_at = least(place_at, :at),
        due_at = case when promised_at > :at or urgency = 'routine'
            then due_at - back else due_at end,
        try_at = try_at - back
    from held where callback.id = held.id
""")
# Who was found at risk in the future is called as long after the present as they should be.
FOLLOW_UPS = text("""
    with held as (
        select id, began_at - :at as back from follow_up
        where state in ('proposed', 'running', 'in_hand', 'talked', 'question')
            and began_at > :tolerated
        order by id for update skip locked
    )
    update follow_up set began_at = :at, due_at = due_at - held.back,
        late_at = late_at - held.back, try_at = try_at - held.back
    from held where follow_up.id = held.id
""")
# What is kept for good is due in the future rightly.
SOUNDS = text("""
    update recording set lease_until = case when lease_until > :longest_lease
            then null else lease_until end,
        due_at = case when due_at > :longest_pause then :at else due_at end
    where id = any(array(
        select id from recording where copy_state in ('wanted', 'fetched')
            and (lease_until > :longest_lease or due_at > :longest_pause)
        order by due_at limit 500 for update skip locked
    ))
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
        since = case when since > :at then :at else since end,
        idle_since = case when idle_since > :at then :at else idle_since end,
        working_since = case when working_since > :at then :at else working_since end,
        crisis_ended_at = case when crisis_ended_at > :at then :at else crisis_ended_at end,
        lease_until = case when lease_until > :longest_lease then :at + :lease
            else lease_until end
    from held where presence.staff_id = held.staff_id
""")


async def bring_back(database: Database, *, at: datetime) -> None:
    """Let nothing that counts for the living lie in the future."""
    tolerated = at + TOLERATED
    values = {"at": at, "tolerated": tolerated}
    leases = {"lease": LEASE, "longest_lease": tolerated + LEASE}
    async with database.work() as work:
        await work.sql(CALLS, values | {"set_back": at + DIFFERENCE})
    for statement in (PARTICIPANTS, OFFERS, CALLBACKS, FOLLOW_UPS):
        async with database.work() as work:
            await work.sql(statement, values)
    async with database.work() as work:
        await work.sql(PRESENCES, values | leases)
    sounds = {
        "longest_lease": tolerated + KEEP_LEASE,
        "longest_pause": tolerated + LONGEST_BACK_OFF,
    }
    async with database.work() as work:
        await work.sql(SOUNDS, {"at": at} | sounds)
