"""What each line shows at a moment, of all that a rule may look at. Reads only."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Row, text
from sqlmodel import select

from hotline.alerts.model import LineShows
from hotline.calls.last_hour import LastHour, last_hour
from hotline.lines.hours import is_open
from hotline.storage.session import Work
from hotline.storage.tables import Line

# A line that nobody can dial any more has no number; one that another serves has a diversion.
SHOWN = text("""
    with here as (
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
    select line.id, waits_since, danger_since, stale_since,
        coalesce(is_ready, false) as is_ready,
        exists (select from phone_number where phone_number.line_id = line.id)
            and not exists (select from line_diversion
                where line_diversion.line_id = line.id and ended_at is null) as is_served
    from line
        left join here on here.line_id = line.id
        left join people on people.line_id = line.id
""")


async def lines_show(work: Work, *, at: datetime) -> Mapping[str, LineShows]:
    """By line, each of them."""
    lines = {line.id: line for line in (await work.exec(select(Line))).all()}
    hours = await last_hour(work, lines, at=at)
    rows = await work.sql(SHOWN, {})
    return {row.id: _shows(row, lines[row.id], hours[row.id], at) for row in rows}


def _shows(row: Row[Any], line: Line, hour: LastHour, at: datetime) -> LineShows:
    return LineShows(
        in_time=hour.in_time,
        judged=hour.judged,
        waits_since=row.waits_since,
        danger_since=row.danger_since,
        stale_since=row.stale_since,
        nobody_ready=row.is_served and not row.is_ready and is_open(line, at=at),
    )
