"""A hundred thousand calls of history, and how PostgreSQL finds what is asked of it."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncEngine

from hotline.storage.connection import dsn

CALLS = 100_000
# Made of numbers alone, so that two runs are equal. Every call is over; one in ten was a crisis.
HISTORY = """
insert into staff (id, username, name, password_hash, roles, lines, skills, shifts, own_phone,
    answers_on, active, rings_off_duty, password_chosen)
select 's' || n, 's' || n, 'Staff', '', '["counselor"]', '["youth"]', '{}', '[]', '', 'browser',
    true, false, true
from generate_series(1, 50) n;
insert into presence (staff_id, state, reason, since, idle_since, missed, crisis_in_a_row)
select id, 'offline', '', now(), now(), 0, 0 from staff where id like 's%';
insert into call (id, carrier_sid, line_id, from_sealed, from_masked, from_index, state, language,
    urgency, step, misses, turn, waits, alarm_step, arrived_at, heard_at, queued_at, accepted_at,
    joined_at, left_at, ended_at, outcome, outcome_step, counselor_id)
select 'h' || n, 'CA' || n, 'youth', '', '', 'caller-' || n % 30000, 'ended', 'cmn',
    case when n % 10 = 0 then 'crisis' else 'routine' end, '', 0, 3, 0, 0,
    at, at, at, at, at, at, at,
    (array['talked', 'talked', 'hung_up', 'callback_owed'])[n % 4 + 1], '', 's' || (n % 50 + 1)
from generate_series(1, %(calls)s) n, lateral (select
    timestamptz '2026-03-01 12:00+00' - make_interval(mins => n) as at) t;
insert into offer (id, call_id, staff_id, state, reason, stage, interpreter, in_danger, epoch,
    offered_at, expires_at, facts)
select 'o' || id, id, counselor_id, 'accepted', '', 'any', false, false, 1, arrived_at, arrived_at,
    '{}'
from call where id like 'h%';
insert into participant (id, call_id, role, state, wanted, hold_wanted, held, offer_id, staff_id,
    address, created_at, answered_at, ended_at, ended_as)
select 'p' || id, id, 'counselor', 'ended', 'out', false, false, 'o' || id, counselor_id, '',
    arrived_at, arrived_at, arrived_at, 'completed'
from call where id like 'h%';
insert into call_event (call_id, at, kind, facts)
select id, arrived_at, 'call.arrived', '{}' from call where id like 'h%';
insert into record (call_id, staff_id, contact_type, topics, risk, disposition, follow_up,
    narrative_sealed, saved_at, answers)
select id, counselor_id, 'self', '[]', 'none', 'listened', substr(id, 2)::int % 500 = 0, '',
    arrived_at, '{}'
from call where id like 'h%' and outcome = 'talked';
insert into recording (id, call_id, leg_sid, carrier_sid, wanted, state, copy_state, due_at,
    created_at, path, size, key_id, sha256, keep_until)
select 'r' || id, id, carrier_sid, 'RE' || id, 'off', 'over', 'deleted', timestamptz '2029-01-01',
    arrived_at, '', 0, '', '', timestamptz '2029-01-01'
from call where id like 'h%' and outcome = 'talked';
insert into routing_event (epoch, at_s, kind, subject, facts, decisions)
select 1, extract(epoch from arrived_at), 'call.arrives', id, '{}', '[]' from call
where id like 'h%';
insert into supervisor_act (id, group_id, by_id, at, kind, subject_kind, subject_id, lines, before,
    after, reason)
select 'act' || id, 'act' || id, counselor_id, arrived_at, 'caller_moved', 'call', id, '["youth"]',
    '{"line_id": "youth", "topic": null, "counselor_id": null}',
    '{"line_id": "youth", "topic": "family", "counselor_id": null}', ''
from call where urgency = 'crisis' and id like 'h%';
insert into notice (id, staff_id, act_id, by_id, at, kind, text, facts, read_at)
select 'n' || id, by_id, id, by_id, at, 'message', '', '{}', at from supervisor_act;
insert into answered_request (key, asked_hash, status, answer, received_at)
select id, '', 200, '', timestamptz '2026-03-01 12:00+00' from call where id like 'h%';
"""
ESCALATIONS = """
insert into escalation (id, number, call_id, station_id, level, state, chain, step, round,
    version, created_at, acknowledged_by, closed_at)
select 'e' || id, 'n' || id, id, 'tianhe', 'high', 'closed',
    '[{"contact_id": "duty", "station_id": "tianhe", "ack_within_s": 120}]', 0, 0, 1, arrived_at,
    '', arrived_at
from call where urgency = 'crisis';
insert into floor_alert (id, rule, line_id, measure, level, threshold, value, since, raised_at,
    cleared_at)
select id, 'long', line_id, 'longest_wait_s', 'alarm', 60, 60, arrived_at, arrived_at, arrived_at
from call where urgency = 'crisis';
insert into crisis_flag (id, call_id, escalation_id, level, summary_sealed, client_key, created_at)
select 'f' || id, id, 'e' || id, 'high', '', 'k' || id, arrived_at from call
where urgency = 'crisis';
insert into escalation_event (escalation_id, at, kind, actor, facts)
select id, created_at, 'escalation.raised', 'system', '{}' from escalation;
insert into delivery (id, channel, purpose, address, sender, dedupe_key, urgent, state, tries,
    due_at, fence, created_at, last_error, carrier_sid)
select 'd' || id || '-' || n, 'phone', 'escalation', '', '', id || '-' || n, true,
    (array['failed', 'acknowledged'])[n], 1, created_at, 0, created_at, '', 'CAd' || id || '-' || n
from escalation, generate_series(1, 2) n;
insert into attempt (id, escalation_id, contact_id, step, round, wrong_pins)
select 'd' || id || '-' || n, id, (select min(id) from station_contact), 0, 0, 0
from escalation, generate_series(1, 2) n;
"""
# These grow with every call; all other tables are as long as an organisation has people and places.
GROWING = frozenset(
    {
        "answered_request",
        "attempt",
        "call",
        "call_event",
        "crisis_flag",
        "delivery",
        "escalation",
        "escalation_event",
        "floor_alert",
        "notice",
        "offer",
        "participant",
        "plan_difference",
        "record",
        "recording",
        "routing_event",
        "row_version",
        "supervisor_act",
    }
)


def fill(url: str) -> None:
    """Into a database that has the schema, the line `youth` and the station `tianhe`."""
    with psycopg.connect(dsn(url), autocommit=True) as connection:
        for statement in (HISTORY + ESCALATIONS).split(";\n"):
            if statement.strip():
                connection.execute(statement.replace("%(calls)s", str(CALLS)).encode())
        connection.execute("analyze")


@contextmanager
def heard(engine: AsyncEngine) -> Iterator[list[tuple[str, Any]]]:
    """Every statement that is executed within the block, with its parameters."""
    statements: list[tuple[str, Any]] = []

    def hear(_c: Any, _cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        statements.append((statement, parameters))

    event.listen(engine.sync_engine, "before_cursor_execute", hear)
    try:
        yield statements
    finally:
        event.remove(engine.sync_engine, "before_cursor_execute", hear)


def scanned_whole(url: str, statements: list[tuple[str, Any]]) -> dict[str, str]:
    """By growing table: the first statement for which PostgreSQL would read all of it."""
    found: dict[str, str] = {}
    with psycopg.connect(dsn(url)) as connection:
        for statement, parameters in statements:
            explain = f"explain (format json) {statement}".encode()
            for table in _scanned(connection.execute(explain, parameters).fetchone()):
                found.setdefault(table, statement)
            connection.rollback()
    return found


def _scanned(row: Any) -> Iterator[str]:
    plan = row[0] if not isinstance(row[0], str) else json.loads(row[0])
    stack = [plan[0]["Plan"]]
    while stack:
        node = stack.pop()
        stack += node.get("Plans", [])
        if node["Node Type"] == "Seq Scan" and node["Relation Name"] in GROWING:
            yield node["Relation Name"]
