"""A station's roster as its row has it, made into rules. The row names contacts by their key."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any, Protocol

from hotline.lines.hours import OpenSpan, span_of
from hotline.stations.duty import DayOff, DutyRules, DutyShift

WEEKLY, DATES, OFF, HANDOVER = "weekly", "dates", "off", "handover_min"
"""What `Station.duty` holds."""


class NamedContact(Protocol):
    """A contact: what is rung by `id`, what the roster calls `key`."""

    @property
    def id(self) -> str:
        """Of its row."""

    @property
    def key(self) -> str:
        """Of the files."""


def rules_of(
    duty: Mapping[str, Any], hours: Sequence[Mapping[str, Any]], contacts: Sequence[NamedContact]
) -> DutyRules:
    """`contacts`: those who are active, by rank. A key that is nobody's any more is passed over."""
    ids = {contact.key: contact.id for contact in contacts}
    shifts = (_shift(one, ids) for part in (DATES, WEEKLY) for one in duty.get(part, ()))
    return DutyRules(
        contacts=tuple(contact.id for contact in contacts),
        shifts=tuple(shifts),
        off=tuple(
            DayOff(date.fromisoformat(one["date"]), ids.get(one["contact"], ""))
            for one in duty.get(OFF, ())
        ),
        handover=timedelta(minutes=duty.get(HANDOVER, 0)),
        hours=tuple(span_of(one) for one in hours),
    )


def _shift(written: Mapping[str, Any], ids: Mapping[str, str]) -> DutyShift:
    return DutyShift(
        span=_span(written),
        contact=ids.get(written["contact"], ""),
        deputies=tuple(ids[key] for key in written.get("deputies", ()) if key in ids),
        day=date.fromisoformat(written["date"]) if "date" in written else None,
    )


def _span(written: Mapping[str, Any]) -> OpenSpan:
    return span_of({"days": (), **written})
