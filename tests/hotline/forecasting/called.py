"""A line in the database that was called, evenly, on every day before today."""

import psycopg

from hotline.storage.connection import dsn
from hotline.storage.session import Database
from hotline.storage.tables import Line, PhoneNumber, Staff

# Two calls an hour from 8:00 to 22:00 of each day, for so many days before today.
CALLS = """
insert into call (id, carrier_sid, line_id, from_sealed, from_masked, from_index, state, language,
    urgency, step, misses, turn, waits, alarm_step, arrived_at, heard_at, queued_at, accepted_at,
    joined_at, left_at, ended_at, outcome, outcome_step)
select 'h' || at, 'CA' || at, 'youth', '', '', '', 'ended', 'cmn', 'routine', '', 0, 3, 0, 0,
    at, at, at, at, at, at + interval '5 minutes', at + interval '5 minutes', 'talked', ''
from generate_series(now() - make_interval(days => %s), now(), interval '30 minutes') at
where extract(hour from at at time zone 'Asia/Shanghai') between 8 and 21
"""
WEEKDAYS = ["mon", "tue", "wed", "thu", "fri"]


async def open_line(database: Database) -> None:
    """Served from 8:00 to 22:00, with one counselor on weekdays."""
    hours = {"days": [*WEEKDAYS, "sat", "sun"], "from": "08:00", "to": "22:00"}
    line = Line(id="youth", name="青少年 12355", name_en="Youth", number_shown="12355")
    line.hours, line.languages = [hours], ["cmn"]
    li = Staff(id="li", username="li", name="Li", password_hash="", roles=["counselor"])
    li.lines, li.shifts = ["youth"], [{**hours, "days": WEEKDAYS}]
    async with database.work() as work:
        work.add(line)
        work.add(li)
        await work.flush()
        work.add(PhoneNumber(number="12355", line_id="youth"))


def fill(database: Database, days: int) -> None:
    with psycopg.connect(dsn(database.url)) as connection:
        connection.execute(CALLS, (days,))
