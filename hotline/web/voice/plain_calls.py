"""A new call, and one that ends in the flow: with nothing odd about it, one statement each.

Claimed, written down, told to all and answered, as the usual way does it (`arrivals`, `caller`) at
ten times the price; a test holds the two equal. Whatever is odd goes the usual way: a line that is
not known or has changed, a request that came before, a key, a caller whom people know of already,
a database that does not answer.
"""

import json
from typing import Any

import structlog
from psycopg import Error, sql
from psycopg.types.json import Jsonb
from sqlalchemy import inspect
from sqlalchemy.dialects import postgresql

from hotline.calls.flow import begin_flow
from hotline.calls.model import CallEvent, CallState
from hotline.errors import DatabaseAway
from hotline.lines.flows import flow_of
from hotline.lines.numbers import NO_LINE
from hotline.numbers import as_dialled
from hotline.storage.session import CHANNEL
from hotline.storage.tables import Call, Line
from hotline.web.deps import Backend
from hotline.web.voice import documents
from hotline.web.voice.arrivals import ARRIVED, is_ours, new_call
from hotline.web.voice.webhook import Webhook
from ivr.model import Collect

log = structlog.get_logger()

DIALECT = postgresql.dialect()  # type: ignore[no-untyped-call]  # untyped there
TYPES = {column.name: column.type for column in inspect(Call).columns}
JSON = {name for name, kind in TYPES.items() if isinstance(kind, postgresql.JSONB)}


def _typed(column: str) -> sql.Composed:
    """A value of the new row. In a `select`, nothing else says of which type it is."""
    kind = sql.SQL(TYPES[column].compile(DIALECT))
    return sql.SQL("cast({} as {})").format(sql.Placeholder(column), kind)


TAKE_IN = (
    sql.SQL("""
    with made as (
        insert into call ({columns})
        select {values}
        where exists (
            select from phone_number join line on line.id = phone_number.line_id
            where phone_number.number = %(dialled)s and line.id = %(line)s
              and line.flow_version = %(flow_version)s and line.name = %(line_name)s
        ) and not exists (
            select from caller_block
            where number_index = %(from_index)s and line_id = %(line)s and lifted_at is null
        )
        on conflict do nothing returning id
    ), told as (
        insert into call_event (call_id, at, kind, facts)
        select id, %(at)s, %(kind)s, '{{}}' from made
    ), kept as (
        insert into answered_request (key, asked_hash, status, answer, received_at)
        select %(key)s, '', 200, %(answer)s, %(at)s from made on conflict do nothing
    )
    select id, pg_notify(%(channel)s, %(news)s) from made
    """)
    .format(
        columns=sql.SQL(", ").join(map(sql.Identifier, TYPES)),
        values=sql.SQL(", ").join(map(_typed, TYPES)),
    )
    .as_string()
)

LEAVE = """
    with gone as (
        update call set state = 'ended', outcome = 'hung_up', outcome_step = step,
            ended_at = %(at)s, left_at = coalesce(left_at, %(at)s)
        where carrier_sid = %(sid)s and state = 'flow' and urgency = 'routine' and outcome is null
            and direction = 'in' and duty_phone_at is null
        returning id
    ), told as (
        insert into call_event (call_id, at, kind, facts)
        select id, %(at)s, %(kind)s, %(facts)s from gone
    ), kept as (
        insert into answered_request (key, asked_hash, status, answer, received_at)
        select %(key)s, '', 0, '', %(at)s from gone on conflict do nothing
    )
    select id, pg_notify(%(channel)s, json_build_object('topic', 'call', 'id', id)::text) from gone
"""


async def take_in_at_once(backend: Backend, webhook: Webhook) -> str | None:
    """What the caller hears first. None, and nothing done, where the usual way has to be gone."""
    line = _line_dialled(backend, webhook)
    if line is None:
        return None
    at = backend.clock.now()
    call = new_call(backend, webhook, line.id, at=at)
    said = begin_flow(flow_of(line), call)
    if not isinstance(said.then, Collect):
        return None
    call.turn += 1
    document = documents.for_caller(line, call, said)
    stored = await _stored(backend, TAKE_IN, _values(call, line, webhook, document))
    if not stored:
        return None
    log.info("call.arrived", call_id=call.id, line_id=line.id)
    return document


async def end_at_once(backend: Backend, webhook: Webhook) -> bool:
    """A caller hung up before they were in line. False, and nothing done: go the usual way."""
    values = {
        "at": backend.clock.now(),
        "sid": webhook.leg.sid,
        "kind": f"call.{CallEvent.CALLER_LEFT}",
        "facts": Jsonb({"from_state": CallState.FLOW}),
        "key": webhook.dedupe_key,
        "channel": CHANNEL,
    }
    return await _stored(backend, LEAVE, values)


async def _stored(backend: Backend, statement: str, values: dict[str, Any]) -> bool:
    try:
        return await backend.voice_database.at_once(statement, values) is not None
    except (DatabaseAway, Error, OSError) as fault:
        log.warning("call.not_at_once", error=type(fault).__name__)
        return False


def _line_dialled(backend: Backend, webhook: Webhook) -> Line | None:
    """None where anything but a first ring was heard, or the line is not known."""
    leg = webhook.leg
    odd = webhook.query or leg.digits or leg.speech or (leg.status is not None and leg.status.over)
    if odd or not leg.sid or is_ours(webhook):
        return None
    line = backend.lines.row_of_number(leg.called)
    return None if line is None or line.id == NO_LINE else line


def _values(call: Call, line: Line, webhook: Webhook, document: str) -> dict[str, Any]:
    row = {name: getattr(call, name) for name in TYPES}
    for name in JSON:
        row[name] = None if row[name] is None else Jsonb(row[name])
    return row | {
        "line": line.id,
        "at": call.arrived_at,
        "dialled": as_dialled(webhook.leg.called),
        "flow_version": line.flow_version,
        "line_name": line.name,
        "kind": ARRIVED,
        "key": webhook.dedupe_key,
        "answer": document,
        "channel": CHANNEL,
        "news": json.dumps({"topic": "call", "id": call.id}),
    }
