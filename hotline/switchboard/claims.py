"""The engine proposes; one statement disposes.

All decisions of a moment, and what the engine was told before them, go to the database in one
round trip that is its own transaction. Calls are locked before presences, each in the order of
their ids, as everywhere. What another switchboard, a caller or a counselor changed first is left
as it is: two leaders that are alive at once cannot offer one caller, or ring one counselor, twice.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import psycopg
from sqlmodel import col, select

from hotline.callcontrol.model import ParticipantState
from hotline.callcontrol.participants import NewLeg
from hotline.calls.model import OfferState
from hotline.storage.session import CHANNEL, Work
from hotline.storage.tables import Offer, Participant
from hotline.storage.tables.columns import new_id
from hotline.switchboard.leadership import LEADER, Lead, NoLongerLeading
from routing.engine import Flag
from routing.recording import RecordedEvent, facts

# What is wrong with the rows of one proposal, and would be so again.
IMPOSSIBLE = (psycopg.IntegrityError, psycopg.DataError)
RING_S = 20.0  # how long a counselor's phone rings; LOOK: "20 s countdown"

# The last select only says what came of the rest. A row is locked before it is judged, and judged
# again where it had to be waited for. `coalesce` keeps the index of living calls out of it: by
# estimates that looks cheaper than the ids, and then an offer would read everybody who waits.
CLAIM = """
with leader as materialized (
    select from leadership where name = %(leader)s and epoch = %(epoch)s for share
), wanted as materialized (
    select distinct on (staff_id) * from jsonb_to_recordset(%(wanted)s::jsonb) as w(
        n int, call_id text, staff_id text, offer_id text, leg_id text, stage text, flag text,
        interpreter bool, in_danger bool, ring_s float, facts jsonb)
    where exists (select from leader)
    order by staff_id, n
), waiting as materialized (
    select id from call
    where id = any(%(calls)s) and coalesce(state, '') = 'waiting' and exists (select from leader)
    order by id for update
), callable as materialized (
    select staff_id, state, call_id from presence
    where staff_id = any(%(counselors)s) and state in ('ready', 'wrapping_up')
        and exists (select from waiting)
    order by staff_id for update
), taken as materialized (
    select w.*, callable.state as was, callable.call_id as had,
        %(at)s::timestamptz + make_interval(secs => w.ring_s) as expires_at,
        case when staff.answers_on = 'own_phone' then staff.own_phone
             else 'client:' || staff.username end as address,
        staff.revision
    from wanted w
    join waiting on waiting.id = w.call_id
    join callable on callable.staff_id = w.staff_id
        and callable.state = case w.flag when 'ready' then 'ready' else 'wrapping_up' end
    join staff on staff.id = w.staff_id
        and staff.active and staff.roles @> '["counselor"]'
), moved as (
    update presence set state = 'offered', reason = '', since = %(at)s, back_at = null,
        call_id = taken.call_id,
        cut_short_call_id = case taken.was when 'wrapping_up' then taken.had end
    from taken where presence.staff_id = taken.staff_id
), offers as (
    insert into offer (id, call_id, staff_id, state, reason, stage, interpreter, in_danger,
        epoch, revision, offered_at, expires_at, facts)
    select offer_id, call_id, staff_id, 'pending', '', stage, interpreter, in_danger,
        %(epoch)s, revision, %(at)s, expires_at, facts
    from taken
), legs as (
    insert into participant (id, call_id, offer_id, staff_id, role, state, wanted, hold_wanted,
        held, address, created_at, ended_as, proof)
    select leg_id, call_id, offer_id, staff_id, 'counselor', 'asked', 'in', false,
        false, address, %(at)s, '', ''
    from taken
), timeline as (
    insert into call_event (call_id, at, kind, staff_id, facts)
    select call_id, %(at)s, 'offer.made', staff_id,
        jsonb_build_object('offer', offer_id, 'stage', stage, 'waited_s', facts -> 'waited_s')
    from taken
), journal as (
    insert into routing_event (epoch, at_s, kind, subject, facts, decisions)
    select %(epoch)s, at_s, kind, subject, facts, decisions
    from jsonb_to_recordset(%(journal)s::jsonb) as j(
        n int, at_s float, kind text, subject text, facts jsonb, decisions jsonb)
    where exists (select from leader)
    order by n
), told as materialized (
    select pg_notify(%(channel)s, json_build_object('topic', 'call', 'id', call_id)::text),
        pg_notify(%(channel)s, json_build_object('topic', 'presence', 'id', staff_id)::text)
    from taken
)
select exists (select from leader) as leads, count(told) as told,
    (select coalesce(json_agg(json_build_array(leg_id, call_id, staff_id)), '[]')
     from taken) as taken
from told
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """What the engine decided: this call to this counselor, at this stage, for these facts."""

    call_id: str
    staff_id: str
    stage: str
    flag: Flag
    facts: dict[str, Any]
    interpreter: bool = False
    in_danger: bool = False
    ring_s: float = RING_S


async def claim_offers(
    lead: Lead, proposals: Sequence[Proposal], records: Iterable[RecordedEvent], *, at: datetime
) -> list[NewLeg]:
    """Make offers of proposals and keep the records. Returns the legs to be dialled.

    A proposal that the world has overtaken has no leg, nor has a second one of one counselor.
    Raises `NoLongerLeading`, and then nothing was written; `psycopg.Error` if it is not known
    whether anything was.
    """
    values = {
        "leader": LEADER,
        "epoch": lead.epoch,
        "at": at,
        "channel": CHANNEL,
        "calls": [one.call_id for one in proposals],
        "counselors": [one.staff_id for one in proposals],
        "wanted": json.dumps([{"n": n, **_wanted(one)} for n, one in enumerate(proposals)]),
        "journal": json.dumps([{"n": n, **journal_row(one)} for n, one in enumerate(records)]),
    }
    cursor = await lead.decisions.execute(CLAIM, values)
    row = await cursor.fetchone()
    if row is None or not row[0]:
        raise NoLongerLeading
    return [NewLeg(*taken) for taken in row[2]]


def _wanted(one: Proposal) -> dict[str, Any]:
    return {
        "call_id": one.call_id,
        "staff_id": one.staff_id,
        "offer_id": new_id(),
        "leg_id": new_id(),
        "stage": one.stage,
        "flag": one.flag.value,
        "interpreter": one.interpreter,
        "in_danger": one.in_danger,
        "ring_s": one.ring_s,
        "facts": one.facts,
    }


def journal_row(record: RecordedEvent) -> dict[str, Any]:
    """A record as `RoutingEvent` keeps it."""
    event = record.event
    return {
        "at_s": event.at,
        "kind": event.kind.value,
        "subject": event.subject,
        "facts": facts(event),
        "decisions": [
            {"call": one.call, "counselor": one.counselor, "stage": one.stage}
            for one in record.choices
        ],
    }


async def dials_in_doubt(work: Work) -> Sequence[Participant]:
    """Phones that were to be dialled for an offer, of which the carrier has told nothing yet."""
    query = (
        select(Participant)
        .join(Offer, col(Offer.id) == col(Participant.offer_id))
        .where(Offer.state == OfferState.PENDING)
        .where(Participant.state == ParticipantState.DIALING)
        .where(col(Participant.carrier_sid).is_(None))
    )
    return (await work.exec(query)).all()
