"""The account of a day up to a moment that is past, and what was owed then."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import TextClause, text

from hotline.callbacks.queries import OwedCount
from hotline.floor.accounts import LineAccount
from hotline.i18n.catalog import midnight_before
from hotline.storage.clocks import AGREE_WITHIN
from hotline.storage.session import Work

LONGEST_CALL = timedelta(days=2)  # that is over by now; who is still there is found all the same
LONGEST_OWED = timedelta(days=62)  # without a change, and is not owed any more

CAME_IN = text("""
    select past.facts ->> 'line_id', past.facts ->> 'state' = 'ended', past.facts ->> 'outcome',
        count(*)
    from call cross join lateral (
        select facts from row_version as v
        where v.kind = 'call' and v.row_id = call.id and v.at <= :at
        order by v.id desc limit 1
    ) as past
    where call.direction = 'in' and call.arrived_at <= :latest
        and (call.arrived_at > :since or call.state <> 'ended')
        and (call.arrived_at >= :midnight or call.ended_at is null or call.ended_at > :earliest)
        and (call.arrived_at >= :midnight or past.facts ->> 'state' <> 'ended')
        and past.facts ->> 'line_id' = any(:lines)
    group by 1, 2, 3
""")
OWED = text("""
    select past.facts ->> 'line_id', count(*),
        count(*) filter (where cast(past.facts ->> 'due_at' as timestamptz) < :at),
        count(*) filter (where past.facts ->> 'urgency' = 'crisis'),
        count(*) filter (where exists (
            select from callback_cause as cause
            join call_event as told on told.call_id = cause.call_id
            where cause.callback_id = callback.id and told.kind = 'callback.owed'
                and told.facts ->> 'why' = 'message' and told.at <= :at))
    from (
        select row_id from row_version where kind = 'callback' and at > :since and at <= :at
        union select id from callback where state in ('open', 'in_hand')
    ) as callback(id) cross join lateral (
        select facts from row_version as v
        where v.kind = 'callback' and v.row_id = callback.id and v.at <= :at
        order by v.id desc limit 1
    ) as past
    where past.facts ->> 'state' in ('open', 'in_hand')
        and past.facts ->> 'line_id' = any(:lines)
    group by 1
""")


async def accounts_then(
    work: Work, lines: Collection[str], *, at: datetime
) -> Mapping[str, LineAccount]:
    """By line, as `hotline.floor.snapshot` counts: one statement for each half."""
    asked = {"at": at, "lines": list(lines), "latest": at + AGREE_WITHIN}
    day = {
        "since": at - LONGEST_CALL,
        "midnight": midnight_before(at),
        "earliest": at - AGREE_WITHIN,
    }
    accounts: dict[str, LineAccount] = {}
    for line_id, is_over, outcome, count in await _rows(work, CAME_IN, asked | day):
        account = accounts.setdefault(line_id, LineAccount())
        account.add(count, is_over=is_over, outcome=outcome)
    owing = await _rows(work, OWED, asked | {"since": at - LONGEST_OWED})
    for line_id, owed, overdue, dropped, messages in owing:
        promises = OwedCount(owed=owed, overdue=overdue, dropped=dropped, messages=messages)
        accounts.setdefault(line_id, LineAccount()).promises = promises
    return accounts


async def _rows(work: Work, query: TextClause, asked: Mapping[str, Any]) -> Sequence[Any]:
    return (await work.sql(query, asked)).all()
