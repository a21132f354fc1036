"""What each line shows at a moment, of all that a rule may look at. Reads only."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, text
from sqlmodel import select

from hotline.alerts.model import LineShows
from hotline.calls.waiting import ANSWER_WITHIN, SHORT_ABANDON
from hotline.lines.hours import is_open
from hotline.storage.session import Work
from hotline.storage.tables import Line

HOUR = timedelta(hours=1)
LONGEST_CALL = timedelta(hours=12)  # who entered within the hour did not come in before that

# A line that nobody can dial any more has no number; one that another serves has a diversion.
SHOWN = text("""
    with hour as (
        select line_id,
            count(*) filter (where joined_at <= queued_at + :promised) as in_time,
            count(joined_at) + count(*) filter (where joined_at is null and outcome = 'hung_up'
                and (coalesce(left_at, ended_at) >= queued_at + :short
                    or urgency = 'crisis')) as judged
        from call
        where arrived_at > :earliest and queued_at > :begins and queued_at <= :at
            and direction = 'in'
        group by line_id
    ), here as (
        select line_id,
            min(coalesce(queued_at, arrived_at)) filter (where state = 'waiting') as waits_since,
            min(coalesce(queued_at, arrived_at)) filter (where urgency = 'crisis'
                and state in ('waiting', 'flow', 'message')) as danger_since
        from call where state <> 'ended' group by line_id
    ), people as (
        select line_id, bool_or(state = 'ready' and staff.roles ? 'counselor') as is_ready,
            min(case when state in ('offered', 'wrapping_up') then since
                when state = 'paused' then coalesce(back_at, since) end) as stale_since
        from presence join staff on staff.id = presence.staff_id and staff.active,
            jsonb_array_elements_text(
                case jsonb_typeof(staff.lines) when 'array' then staff.lines else '[]' end
            ) as line_id
        where state <> 'offline' group by line_id
    )
    select line.id, coalesce(in_time, 0) as in_time, coalesce(judged, 0) as judged,
        waits_since, danger_since, stale_since, coalesce(is_ready, false) as is_ready,
        exists (select from phone_number where phone_number.line_id = line.id)
            and not exists (select from line_diversion
                where line_diversion.line_id = line.id and ended_at is null) as is_served
    from line
        left join hour on hour.line_id = line.id
        left join here on here.line_id = line.id
        left join people on people.line_id = line.id
""")


async def lines_show(work: Work, *, at: datetime) -> Mapping[str, LineShows]:
    """By line, each of them. The service level as `hotline.reports.kpis` defines it."""
    lines = {line.id: line for line in (await work.exec(select(Line))).all()}
    values = {
        "at": at,
        "promised": ANSWER_WITHIN,
        "short": SHORT_ABANDON,
        "earliest": at - LONGEST_CALL,
        "begins": at - HOUR,
    }
    return {row.id: _shows(row, lines[row.id], at) for row in await work.sql(SHOWN, values)}


def _shows(row: Row[Any], line: Line, at: datetime) -> LineShows:
    return LineShows(
        in_time=row.in_time,
        judged=row.judged,
        waits_since=row.waits_since,
        danger_since=row.danger_since,
        stale_since=row.stale_since,
        nobody_ready=row.is_served and not row.is_ready and is_open(line, at=at),
    )
