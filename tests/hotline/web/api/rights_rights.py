"""Who may do what at the rights desk: a part of the table in `test_who_may`."""

from datetime import datetime
from typing import Any

from hotline.storage.tables import LegalHold, RightsRequest
from tests.hotline.web.api.risk_rights import RISK_BODIES

# Whoever may read the record takes a request down; supervisors of the line answer it.
RIGHTS_COMMANDS = """
                                    li   wong chen lee  he   sun  tianhe city haizhu root
POST /rights/find                   403  403  403  403  ok   ok   403    403  403    403
GET /rights                         403  403  403  403  ok   ok   403    403  403    403
GET /rights/erasures                403  403  403  403  ok   ok   403    403  403    403
POST /calls/{id}/rights             ok   403  404  404  ok   404  403    403  403    403
POST /cases/{id}/rights             ok   404  404  404  ok   404  ok     403  404    403
GET /rights/{id}                    403  403  403  403  ok   404  403    403  403    403
POST /rights/{id}/proved            403  403  403  403  ok   404  403    403  403    403
POST /rights/{id}/grant             403  403  403  403  ok   404  403    403  403    403
POST /rights/{id}/refuse            403  403  403  403  ok   404  403    403  403    403
POST /rights/{id}/withdraw          403  403  403  403  ok   404  403    403  403    403
GET /rights/{id}/copy.json          403  403  403  403  ok   404  403    403  403    403
POST /rights/{id}/correct           403  403  403  403  ok   404  403    403  403    403
POST /calls/{id}/hold-back          403  403  403  403  ok   404  403    403  403    403
POST /cases/{id}/hold-back          403  403  403  403  ok   404  403    403  403    403
POST /rights/holds/{id}/lift        403  403  403  403  ok   404  403    403  403    403
"""
RIGHTS_PAGES = """
                                    li   wong chen lee  he   sun  tianhe city haizhu root
GET /rights                         403  403  403  403  ok   ok   403    403  403    403
GET /rights/{id}                    404  404  404  404  ok   404  404    404  404    404
GET /rights/{id}/letter             404  404  404  404  404  404  404    404  404    404
GET /calls/{id}/rights              ok   403  404  404  ok   404  404    404  404    404
"""
RIGHTS_BODIES: dict[str, Any] = {
    "find": {"case": "1234567"},
    "rights": {"kind": "view", "asker": "minor", "who": "x"},
    "proved": {"proved": "in_person"},
    "grant": {**RISK_BODIES.get("grant", {}), "text": "x"},
    "refuse": {**RISK_BODIES.get("refuse", {}), "text": "x", "refusal": "nothing_kept"},
    "correct": {"call_id": "call", "text": "x"},
    "hold-back": {"reason": "x", "review_on": "2026-04-01"},
    "lift": {"reason": "x"},
}


def a_request(at: datetime) -> tuple[RightsRequest, LegalHold]:
    """About li's call, and a hold on it."""
    asked = RightsRequest(id="asked", line_id="youth", kind="view", asker="minor",
                          subject_kind="call", subject_id="call", received_at=at,
                          received_by="li", due_at=at)  # fmt: skip
    return asked, LegalHold(id="held", line_id="youth", subject_kind="call", subject_id="call",
                            by="he", at=at, review_on=at.date())  # fmt: skip
