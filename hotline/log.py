"""Log lines: one JSON object each, ids only.

An event is a dotted name in the past tense. No number, no name, no spoken or typed word: what is
sensitive is not logged, and `drop_sensitive` is the net below that rule.
"""

import logging
import sys
from collections.abc import MutableMapping
from typing import Any

import structlog

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


def drop_sensitive(
    _logger: object, _method: str, event: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    """Replace the value of any key that could hold a person's data."""
    for key in SENSITIVE & event.keys():
        event[key] = "[withheld]"
    return event


def set_up_logging(process: str) -> None:
    """Make structlog and the standard library write the same JSON lines to stderr."""
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        drop_sensitive,
    ]
    render = structlog.processors.JSONRenderer(ensure_ascii=False)
    structlog.configure(
        processors=[*shared, structlog.processors.format_exc_info, render],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=False,  # tests replace stderr between cases
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(processor=render, foreign_pre_chain=shared)
    )
    logging.basicConfig(handlers=[handler], level=logging.WARNING, force=True)
    structlog.contextvars.bind_contextvars(process=process)
