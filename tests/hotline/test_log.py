"""The log: one line for a kind of fault and minute, and no word that somebody said or stored."""

import json
import logging
import sys
from collections.abc import Callable
from io import StringIO

import pytest
import structlog
from sqlalchemy.exc import DBAPIError, IntegrityError

from hotline.errors import Invalid
from hotline.log import set_up_logging
from hotline.storage.session import Database
from hotline.storage.tables import Staff
from tests.fakes import FakeClock

SECRET_NAME = "李小明的妈妈"
Lines = Callable[[], list[dict[str, object]]]


@pytest.fixture
def lines(clock: FakeClock, monkeypatch: pytest.MonkeyPatch) -> Lines:
    """The log of a process, line by line."""
    written = StringIO()
    monkeypatch.setattr(sys, "stderr", written)
    logging.getLogger().handlers = []
    set_up_logging("web", now=clock.now)
    return lambda: [json.loads(line) for line in written.getvalue().splitlines()]


def fails(times: int, error: str = "OperationalError") -> None:
    for _ in range(times):
        structlog.get_logger().error("webhook.failed", path="/voice/incoming", error=error)


def test_an_outage_is_one_line_a_minute_with_its_count(lines: Lines, clock: FakeClock) -> None:
    for _ in range(3):
        fails(200)
        clock.advance(60)
    structlog.get_logger().info("switchboard.leads")

    told = [(line["event"], line.get("again")) for line in lines()]
    assert told == [
        ("webhook.failed", None),
        ("webhook.failed", 199),
        ("webhook.failed", 199),
        ("fault.repeated", 199),
        ("switchboard.leads", None),
    ]


def test_another_kind_of_fault_is_told_at_once(lines: Lines) -> None:
    fails(5)
    fails(5, error="TimeoutError")

    assert [line["error"] for line in lines()] == ["OperationalError", "TimeoutError"]


def test_several_kinds_that_have_stopped_are_told_and_break_nobody_who_logs(
    lines: Lines, clock: FakeClock
) -> None:
    for error in ("OperationalError", "TimeoutError", "NotStored"):
        fails(3, error=error)
    clock.advance(60)

    structlog.get_logger().info("participant.ended")

    told = [(line["event"], line.get("error")) for line in lines()[3:]]
    assert told == [
        ("fault.repeated", "OperationalError"),
        ("fault.repeated", "TimeoutError"),
        ("fault.repeated", "NotStored"),
        ("participant.ended", None),
    ]


def test_what_is_no_fault_is_told_each_time(lines: Lines) -> None:
    for _ in range(3):
        structlog.get_logger().info("call.arrived")

    assert len(lines()) == 3


def test_a_fault_is_told_although_the_clock_was_set_back(lines: Lines, clock: FakeClock) -> None:
    fails(1)
    clock.advance(-600)
    fails(1)

    assert len(lines()) == 2


def test_what_libraries_log_is_counted_as_well(lines: Lines, clock: FakeClock) -> None:
    for _ in range(200):
        logging.getLogger("uvicorn.error").error("Exception in ASGI application\n")
    clock.advance(60)
    logging.getLogger("uvicorn.error").error("Exception in ASGI application\n")

    assert [str(line["event"]).partition(" (")[2] for line in lines()] == [
        "",
        "and 199 times before)",
    ]


@pytest.mark.anyio
async def test_a_name_in_a_fault_of_the_database_does_not_reach_the_log(
    database: Database, lines: Lines
) -> None:
    async def add_twice() -> None:
        async with database.work() as work:
            for key in ("a", "b"):
                work.add(Staff(id=key, username=SECRET_NAME, name=SECRET_NAME, password_hash=""))

    try:
        await add_twice()
    except IntegrityError:
        structlog.get_logger().exception("web.failed", path="/x")
        logging.getLogger("uvicorn.error").exception("Exception in ASGI application")

    ours, theirs = lines()
    assert SECRET_NAME not in json.dumps([ours, theirs], ensure_ascii=False)
    assert "23505" in str(ours["exception"])
    assert "staff_username_key" in str(ours["exception"])
    assert "in add_twice" in str(theirs["exception"])


@pytest.mark.anyio
async def test_a_fault_of_the_database_hides_what_was_to_be_stored(database: Database) -> None:
    with pytest.raises(DBAPIError) as told:
        async with database.work() as work:
            work.add(Staff(id="a", username="li", name=f"\0{SECRET_NAME}", password_hash=""))

    assert SECRET_NAME not in str(told.value)


def test_what_asyncio_says_of_a_lost_fault_ends_with_its_first_line(lines: Lines) -> None:
    said = f"Task exception was never retrieved\nfuture: <Task exception=KeyError('{SECRET_NAME}')>"
    logging.getLogger("asyncio").error(said, exc_info=KeyError(SECRET_NAME))

    (line,) = lines()
    assert line["event"] == "Task exception was never retrieved"
    assert SECRET_NAME not in json.dumps(line, ensure_ascii=False)


def test_a_sentence_of_ours_is_told_with_its_trace(lines: Lines) -> None:
    def refuse() -> None:
        raise Invalid("A file is missing.") from KeyError(SECRET_NAME)

    try:
        refuse()
    except Invalid:
        structlog.get_logger().exception("web.failed")

    (line,) = lines()
    assert str(line["exception"]).endswith("Invalid: A file is missing.")
    assert "KeyError" in str(line["exception"])
    assert SECRET_NAME not in json.dumps(line, ensure_ascii=False)
