"""Who may do what to a case, and see of it: a part of the table in `test_who_may`."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from sqlmodel import SQLModel

from hotline.storage.tables import (
    Case,
    CaseEntry,
    CaseLink,
    CasePerson,
    CaseStep,
    Escalation,
)

# A counselor whose call belongs to it reads it and adds what they know; a station above the one
# that holds it sees that it is there. Some things only a supervisor of the line does.
CASE_COMMANDS = """
                                      li   wong chen lee  he   sun  tianhe city haizhu root
GET /cases                            ok   ok   ok   ok   ok   ok   ok     ok   ok     403
GET /cases/{id}                       ok   404  404  404  ok   404  ok     ok   404    403
GET /cases/{id}/content               ok   404  404  404  ok   404  ok     403  404    403
POST /calls/{id}/case                 ok   403  404  404  ok   404  403    403  403    403
POST /cases/{id}/people               ok   404  404  404  ok   404  ok     403  404    403
PUT /cases/{id}/people/{id}           ok   404  404  404  ok   404  ok     403  404    403
POST /cases/{id}/people/{id}/number   ok   404  404  404  ok   404  ok     403  404    403
POST /cases/{id}/people/{id}/suspected ok  404  404  404  ok   404  ok     403  404    403
POST /cases/{id}/people/{id}/cleared  403  403  403  403  ok   404  403    403  404    403
POST /cases/{id}/people/{id}/release  403  403  403  403  ok   404  403    403  403    403
POST /cases/{id}/people/{id}/leave    403  403  403  403  ok   404  ok     403  404    403
POST /cases/{id}/steps                403  403  403  403  ok   404  ok     403  404    403
PUT /cases/{id}/steps/{id}            403  403  403  403  ok   404  ok     403  404    403
POST /cases/{id}/steps/{id}/done      403  403  403  403  ok   404  ok     403  404    403
POST /cases/{id}/steps/{id}/drop      403  403  403  403  ok   404  ok     403  404    403
POST /cases/{id}/links                ok   404  404  404  ok   404  ok     403  404    403
POST /cases/{id}/links/{id}/end       403  403  403  403  ok   404  ok     403  404    403
POST /cases/{id}/take                 403  403  403  403  ok   404  ok     403  404    403
POST /cases/{id}/give                 403  403  403  403  ok   404  ok     403  404    403
POST /cases/{id}/station              403  403  403  403  ok   404  403    403  404    403
POST /cases/{id}/merge                403  403  403  403  ok   404  ok     403  404    403
POST /cases/{id}/unmerge              403  403  403  403  ok   404  ok     403  404    403
POST /cases/{id}/split                403  403  403  403  ok   404  ok     403  404    403
POST /cases/{id}/unsplit              403  403  403  403  ok   404  ok     403  404    403
GET /cases/{id}/export.json           403  403  403  403  ok   404  403    403  403    403
GET /cases/{id}/export.pdf            403  403  403  403  ok   404  403    403  403    403
POST /cases/{id}/close                403  403  403  403  ok   404  ok     403  404    403
POST /cases/{id}/reopen               403  403  403  403  ok   404  ok     403  404    403
"""
CASE_PAGES = """
                                    li   wong chen lee  he   sun  tianhe city haizhu root
GET /cases                          ok   ok   ok   ok   ok   ok   ok     ok   ok     403
GET /cases/live                     ok   ok   ok   ok   ok   ok   ok     ok   ok     403
GET /cases/{id}                     ok   404  404  404  ok   404  ok     ok   404    404
GET /cases/{id}/head                ok   404  404  404  ok   404  ok     ok   404    404
GET /cases/{id}/parts/{id}          ok   404  404  404  ok   404  ok     404  404    404
GET /cases/{id}/beside              403  404  404  404  ok   404  ok     403  404    404
"""
WHY = {"text": "x"}
CASE_BODIES: dict[str, Any] = {
    "people": {"role": "other"},
    "person": {"name": "x", "based_on": 0},
    **dict.fromkeys(("suspected", "cleared", "release", "leave", "drop"), WHY),
    "release": {**WHY, "reason": "x"},
    "steps": WHY,
    "step": {"text": "x", "based_on": 0},
    "links": {"number": "654321"},
    "end": WHY,
    "give": {"to": "he"},
    "station": {**WHY, "station": "tianhe"},
    "merge": {**WHY, "number": "7654321"},
    "split": {**WHY, "links": ["link"]},
}


def a_case(at: datetime) -> Iterator[SQLModel]:
    """Of li's call, held by the station of tianhe; and another one, out of which it was split."""
    for key, number in (("case", "1234567"), ("other", "7654321")):
        yield Case(id=key, number=number, line_id="youth", station_id="tianhe",
                   opened_as="by_hand", opened_by="system", opened_at=at)  # fmt: skip
    yield CaseLink(id="link", case_id="case", kind="call", subject_id="call", by="system", at=at)
    yield Escalation(id="alarm", number="654321", call_id="call", station_id="tianhe",
                     level="high", state="closed", created_at=at, closed_at=at,
                     next_due_at=None)  # fmt: skip
    yield CasePerson(id="person", case_id="case", role="reporter", by="system", at=at,
                     released_at=at)  # fmt: skip
    yield CaseStep(id="step", case_id="case", by="system", at=at)
    facts = {"other_id": "other", "other_number": "7654321", "moved": []}
    yield CaseEntry(case_id="case", at=at, kind="case.split_off", actor="system", facts=facts)
