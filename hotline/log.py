"""Log lines: one JSON object each, ids only.

An event is a dotted name in the past tense. No number, no name, no spoken or typed word: what is
sensitive is not logged, and `drop_sensitive` is the net below that rule. A trace shows where a
fault came from and of what kind it is, and not its words: a database repeats in them what was to
be stored.

A fault that comes again and again is one line a minute, with how often it came since the last:
an outage must not fill the disk, nor hide the one line that is new.
"""

import logging
import sys
import traceback
from collections.abc import Callable, Iterator, MutableMapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import structlog
from structlog.typing import ExcInfo

from hotline.clock import SystemClock
from hotline.errors import HotlineError

SENSITIVE = frozenset(
    {
        "number",
        "from",
        "to",
        "caller",
        "name",
        "text",
        "body",
        "digits",
        "speech",
        "password",
        "pin",
    }
)
MINUTE = timedelta(minutes=1)
FRAMES = 10  # of each fault, of our own code
ROOT = str(Path(__file__).parents[1])
REPEATED = "fault.repeated"

LogLine = MutableMapping[str, Any]


def drop_sensitive(_logger: object, _method: str, event: LogLine) -> LogLine:
    """Replace the value of any key that could hold a person's data."""
    for key in SENSITIVE & event.keys():
        event[key] = "[withheld]"
    return event


def set_up_logging(process: str, *, now: Callable[[], datetime] | None = None) -> None:
    """Make structlog and the standard library write the same JSON lines to stderr.

    `now`: where the minutes of repeated faults come from.
    """
    faults = RepeatedFaults(now or SystemClock().now)
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        drop_sensitive,
        structlog.processors.ExceptionRenderer(trace_without_words),
    ]
    render = structlog.processors.JSONRenderer(ensure_ascii=False)
    structlog.configure(
        processors=[faults, *shared, render],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=False,  # tests replace stderr between cases
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.addFilter(faults.hears)
    chain = [first_line, *shared]
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(processor=render, foreign_pre_chain=chain)
    )
    logging.basicConfig(handlers=[handler], level=logging.WARNING, force=True)
    structlog.contextvars.bind_contextvars(process=process)


# ── the same again ──────────────────────────────────────────────────────────────────────────────


@dataclass
class _Told:
    """When a kind of fault was last written, and how often it came since."""

    at: datetime
    again: int = 0


class RepeatedFaults:
    """Lets one line of each kind through a minute, and counts the others."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        """Nothing has been told yet."""
        self._now = now
        self._told: dict[tuple[str, str], _Told] = {}

    def __call__(self, _logger: object, method: str, event: LogLine) -> LogLine:
        """A processor of structlog. Raises `DropEvent` for what was told a moment ago."""
        what = str(event.get("event", ""))
        if method == "info" or what == REPEATED:
            self._tell_counts()
            return event
        kind = str(event.get("error") or _kind_caught(event.get("exc_info")))
        again = self._again(what, kind)
        self._tell_counts()
        if again is None:
            raise structlog.DropEvent
        return {**event, "again": again} if again else event

    def hears(self, record: logging.LogRecord) -> bool:
        """A filter of the standard library, for what others log."""
        again = self._again(f"{record.name}: {record.msg}", _kind_caught(record.exc_info))
        self._tell_counts()
        if again:
            said = _begin_of(record.getMessage())
            record.msg, record.args = f"{said} (and {again} times before)", ()
        return again is not None

    def _again(self, what: str, kind: str) -> int | None:
        """How often it came since it was last written; None while that is a moment ago."""
        now, told = self._now(), self._told.get((what, kind))
        if told is not None and timedelta(0) <= now - told.at < MINUTE:
            told.again += 1
            return None
        self._told[what, kind] = _Told(now)
        return told.again if told is not None else 0

    def _tell_counts(self) -> None:
        """Of what has stopped coming, the last count is told as well.

        All are taken out before the first is told: telling one comes back here.
        """
        now = self._now()
        over = [kind for kind, told in list(self._told.items()) if now - told.at >= MINUTE]
        counts = [(kind, told.again) for kind in over if (told := self._told.pop(kind, None))]
        for (what, kind), again in counts:
            if again:
                structlog.get_logger().warning(REPEATED, fault=what, error=kind, again=again)


def _kind_caught(caught: object) -> str:
    """The type of what was caught, however a logger passes it on."""
    if caught is True:
        caught = sys.exc_info()
    if isinstance(caught, tuple):
        caught = caught[1]
    return type(caught).__name__ if isinstance(caught, BaseException) else ""


# ── what a fault may say of itself ──────────────────────────────────────────────────────────────


def first_line(_logger: object, _method: str, event: LogLine) -> LogLine:
    """Of what others log: asyncio writes a fault's whole words below the first line."""
    event["event"] = _begin_of(str(event["event"]))
    return event


def _begin_of(text: str) -> str:
    return text.strip().partition("\n")[0]


def trace_without_words(exc_info: ExcInfo) -> str:
    """Where a fault came from, and of what kinds it and its causes are."""
    return "\n".join(_parts_of(exc_info[1]))


def _parts_of(fault: BaseException | None) -> Iterator[str]:
    """The first cause first."""
    if fault is None:
        return
    yield from _parts_of(
        fault.__cause__ or (None if fault.__suppress_context__ else fault.__context__)
    )
    yield "".join(traceback.format_list(_frames_of(fault))) + _said_of_itself(fault)
    if isinstance(fault, BaseExceptionGroup):
        for one in fault.exceptions:
            yield from _parts_of(one)


def _frames_of(fault: BaseException) -> list[traceback.FrameSummary]:
    """Our own code, and the place where it happened."""
    frames = traceback.extract_tb(fault.__traceback__)
    ours = [one for one in frames[:-1] if ROOT in one.filename and "-packages" not in one.filename]
    return [*ours[-FRAMES:], *frames[-1:]]


def _said_of_itself(fault: BaseException) -> str:
    """Its type, and what of its words is ours or a code."""
    known = [fault.public] if isinstance(fault, HotlineError) else []
    diagnosis = getattr(fault, "diag", None)
    known += [
        str(part)
        for part in (
            getattr(fault, "strerror", None),
            getattr(fault, "sqlstate", None),
            getattr(diagnosis, "constraint_name", None),
        )
        if part
    ]
    return ": ".join([type(fault).__qualname__, *known])
