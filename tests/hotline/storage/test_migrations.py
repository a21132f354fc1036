"""The migrations lead to the very schema the tables describe, and back."""

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine, inspect
from sqlmodel import SQLModel

from hotline.storage.connection import dsn
from hotline.storage.migrations import migrate, migrate_down


@pytest.fixture
def empty_url(postgres_url: str) -> Iterator[str]:
    """A database of its own on the tests' server, with nothing in it."""
    with psycopg.connect(dsn(postgres_url), autocommit=True) as connection:
        connection.execute("create database migrated")
        yield f"{postgres_url.rpartition('/')[0]}/migrated"
        connection.execute("drop database migrated with (force)")


def rows(url: str, query: str) -> list[tuple[Any, ...]]:
    with psycopg.connect(dsn(url)) as connection:
        return connection.execute(query.encode()).fetchall()


def test_the_newest_schema_is_what_the_tables_describe(empty_url: str) -> None:
    migrate(empty_url)

    engine = create_engine(empty_url)
    with engine.connect() as connection:
        differences = compare_metadata(MigrationContext.configure(connection), SQLModel.metadata)
    engine.dispose()
    assert differences == []


def test_every_step_can_be_taken_back(empty_url: str) -> None:
    migrate(empty_url)

    migrate_down(empty_url)

    engine = create_engine(empty_url)
    assert inspect(engine).get_table_names() == ["alembic_version"]
    engine.dispose()
    migrate(empty_url)


BEFORE_DELIVERIES = """
insert into station (id, name, name_en, division, phone) values ('s', '', '', '', '1');
insert into station_contact (id, station_id, rank, name, phone, pin_hash, active)
values ('duty', 's', 0, '', '02000000202', '', true);
insert into line (id, name, name_en, number_shown, duty_phone, station_id, languages, flow,
    flow_version) values ('12355', '', '', '12355', '', 's', '[]', '{}', '');
insert into call (id, carrier_sid, line_id, from_sealed, from_masked, from_index, state, language,
    urgency, step, misses, turn, waits, arrived_at, heard_at, outcome_step, held, callback_wanted)
values ('call', 'CA', '12355', '', '', '', 'ended', 'cmn', 'crisis', '', 0, 0, 0, now(), now(), '',
    false, false);
insert into crisis_flag (id, call_id, level, summary_sealed, client_key, created_at) values
    ('first', 'call', 'imminent', '', 'key-1', '2026-03-01 12:00+00'),
    ('joined', 'call', 'high', '', 'key-2', '2026-03-01 12:01+00');
insert into escalation (id, number, flag_id, call_id, station_id, level, state, chain, step, round,
    version, next_due_at, created_at, acknowledged_by)
values ('e', '123456', 'first', 'call', 's', 'imminent', 'open', '[]', 0, 0, 0, now(), now(), '');
insert into escalation_event (escalation_id, at, kind, actor, facts) values
    ('e', now(), 'escalation.raised', 'system', '{"flag_id": "first"}'),
    ('e', now(), 'escalation.flag_added', 'system', '{"flag_id": "joined"}');
insert into attempt (id, escalation_id, contact_id, step, round, channel, dedupe_key, state, due_at,
    lease_until, fence, tries, wrong_pins, carrier_sid, last_error, created_at, ended_at)
values
    ('a', 'e', 'duty', 0, 0, 'phone', 'k1', 'failed', '2026-03-01 12:00+00',
        '2026-03-01 12:00:20+00', 2, 1, 5, 'CA1', 'wrong_pins', '2026-03-01 12:00+00',
        '2026-03-01 12:01+00'),
    ('b', 'e', 'duty', 0, 1, 'phone', 'k2', 'pending', '2026-03-01 12:02+00', null, 0, 0, 0, null,
        '', '2026-03-01 12:02+00', null);
"""


@pytest.fixture
def old_url(empty_url: str) -> str:
    """A database before version 8: two flags and two attempts of one escalation."""
    migrate(empty_url, "0006")
    with psycopg.connect(dsn(empty_url)) as connection:
        connection.execute(BEFORE_DELIVERIES.encode())
    return empty_url


def test_flags_of_old_name_the_escalation_they_started_or_joined(old_url: str) -> None:
    migrate(old_url)

    flags = rows(old_url, "select id, escalation_id from crisis_flag order by id")
    assert flags == [("first", "e"), ("joined", "e")]


def test_taken_back_an_escalation_names_the_flag_that_started_it(old_url: str) -> None:
    migrate(old_url)

    migrate_down(old_url, "0006")

    assert rows(old_url, "select id, flag_id from escalation") == [("e", "first")]


def test_what_was_sent_of_old_is_a_delivery_and_its_attempt_points_to_it(old_url: str) -> None:
    migrate(old_url)

    attempts = "select escalation_id, contact_id, step, round, wrong_pins from attempt order by id"
    assert rows(old_url, attempts) == [("e", "duty", 0, 0, 5), ("e", "duty", 0, 1, 0)]
    reached = "select id, purpose, channel, address, sender, urgent from delivery order by id"
    assert rows(old_url, reached) == [
        ("a", "escalation", "phone", "02000000202", "12355", True),
        ("b", "escalation", "phone", "02000000202", "12355", True),
    ]
    sent = "select state, fence, tries, carrier_sid, last_error from delivery order by id"
    assert rows(old_url, sent) == [
        ("failed", 2, 1, "CA1", "wrong_pins"),
        ("pending", 0, 0, None, ""),
    ]


def test_taken_back_attempts_are_what_they_were(old_url: str) -> None:
    attempts = "select to_jsonb(attempt) from attempt order by id"
    before = rows(old_url, attempts)
    migrate(old_url)

    migrate_down(old_url, "0006")

    assert rows(old_url, attempts) == before
    assert rows(old_url, "select to_regclass('delivery')") == [(None,)]


OLD_NUMBERS = """
insert into line (id, name, name_en, number_shown, duty_phone, languages, flow, flow_version,
    hours, plan, plan_version, shadow_plan)
    values ('youth', '', '', '', '', '[]', '{}', '', '[]', '{}', '', '{}');
insert into phone_number (number, line_id) values ('12355', 'youth'), ('02012355', 'youth'),
    ('008675512355', 'youth'), ('862080000000', 'youth'), ('+862080000000', 'youth'),
    ('15400000001', 'youth');
"""


def test_numbers_of_lines_are_found_in_one_form_before_the_files_are_applied_again(
    empty_url: str,
) -> None:
    migrate(empty_url, "0008")
    with psycopg.connect(dsn(empty_url)) as connection:
        connection.execute(OLD_NUMBERS.encode())

    migrate(empty_url)

    found = rows(empty_url, "select number from phone_number where number ~ '^[+]|^12355$'")
    forms = {"12355", "+862012355", "+8675512355", "+862080000000", "+8615400000001"}
    assert {number for (number,) in found} == forms
    assert rows(empty_url, "select is_default, callback_countries from line") == [(False, ["CN"])]


NAMES = """
insert into staff (id, username, name, password_hash, roles, lines, skills, shifts, own_phone,
    answers_on, active) select id, id, '', '', '[]', '[]', '{}', '[]', '', 'browser', true
    from unnest(array['Chen', 'Li', 'li']) as id;
"""


def test_names_of_old_are_kept_in_one_form_unless_two_would_be_the_same(old_url: str) -> None:
    with psycopg.connect(dsn(old_url)) as connection:
        connection.execute(NAMES.encode())

    migrate(old_url)

    names = rows(old_url, 'select id, username from staff order by id collate "C"')
    assert names == [("Chen", "chen"), ("Li", "Li"), ("li", "li")]


GUARDS = """
select proname, prosrc from pg_proc where proname in ('write_audit', 'keep_audit',
    'keep_provision', 'keep_row_version', 'floor_clock')
union all
select tgname || ' on ' || tgrelid::regclass, pg_get_triggerdef(oid) from pg_trigger
where not tgisinternal order by 1
"""


def test_what_the_database_does_by_itself_is_the_same_with_and_without_migrations(
    empty_url: str, postgres_url: str
) -> None:
    migrate(empty_url)

    guards = rows(empty_url, GUARDS)
    assert len(guards) == 28
    assert guards == rows(postgres_url, GUARDS)
