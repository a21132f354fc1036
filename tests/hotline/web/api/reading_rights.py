"""Who may find records, ask for them and answer: a part of the table in `test_who_may`."""

from datetime import datetime, timedelta
from typing import Any

from hotline.storage.tables import RecordReading

# `reading`: what chen asked for. An emergency of those who may read already is a 409.
READING_COMMANDS = """
                                    li   wong chen lee  he   sun  tianhe city haizhu root
GET /records                        ok   ok   ok   ok   ok   ok   403    403  403    403
POST /records/number-searches       ok   ok   ok   ok   ok   ok   403    403  403    403
GET /readings                       ok   ok   ok   ok   ok   ok   403    403  403    403
POST /calls/{id}/readings           ok   ok   ok   404  ok   404  403    403  403    403
POST /calls/{id}/readings/emergency ok   ok   ok   404  ok   404  403    403  403    403
POST /readings/{id}/grant           403  403  403  403  ok   404  403    403  403    403
POST /readings/{id}/refuse          403  403  403  403  ok   404  403    403  403    403
POST /readings/{id}/uphold          403  403  403  403  ok   404  403    403  403    403
POST /readings/{id}/object          403  403  403  403  ok   404  403    403  403    403
POST /readings/{id}/end             403  403  403  403  ok   404  403    403  403    403
POST /readings/{id}/withdraw        404  404  ok   404  404  404  403    403  403    403
"""
READING_PAGES = """
                                    li   wong chen lee  he   sun  tianhe city haizhu root
GET /records                        ok   ok   ok   ok   ok   ok   403    403  403    403
GET /records/readings               ok   ok   ok   ok   ok   ok   403    403  403    403
GET /calls/{id}/record              ok   403  404  404  ok   404  403    403  403    403
GET /calls/{id}/readings            403  403  403  403  ok   404  403    403  403    403
"""
READING_BODIES: dict[str, Any] = {
    "number-searches": {"number": "154 0000 0001"},
    "readings": {"reason": "x"},
    "emergency": {"reason": "x"},
}
ANSWERS: dict[str, Any] = {"words": "x"}  # to whatever is answered below /readings


def a_reading(staff_id: str = "chen", *, at: datetime, **values: Any) -> RecordReading:
    """Of li's call; asked, unless told otherwise."""
    fields: dict[str, Any] = {"id": "reading", "state": "asked", "kind": "asked", **values}
    return RecordReading(call_id="call", staff_id=staff_id, reason_sealed="", asked_at=at, **fields)


def opened_to(staff_id: str, *, at: datetime, **values: Any) -> RecordReading:
    """Granted for a day."""
    until = at + timedelta(hours=24)
    fields: dict[str, Any] = {"id": f"open-{staff_id}", "state": "granted", "until": until}
    return a_reading(staff_id, at=at, **{**fields, **values})
