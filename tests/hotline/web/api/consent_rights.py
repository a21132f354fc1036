"""Who may write down a consent, tell of a hand-over, and read the ledger: for `test_who_may`."""

from datetime import datetime, timedelta
from typing import Any

from sqlmodel import SQLModel

from hotline.storage.tables import DataConsent, Provision

CONSENT_COMMANDS = """
                                         li  wong chen lee  he   sun  tianhe city haizhu root
POST /cases/{id}/consents                ok  404  404  404  ok   404  ok     403  404    403
GET /cases/{id}/consents                 ok  404  404  404  ok   404  ok     403  404    403
POST /calls/{id}/consents                ok  403  404  404  ok   404  403    403  403    403
GET /calls/{id}/consents                 ok  403  404  404  ok   404  403    403  403    403
POST /cases/{id}/consents/{id}/withdraw  ok  404  404  404  ok   404  ok     403  404    403
POST /calls/{id}/consents/{id}/withdraw  ok  403  404  404  ok   404  403    403  403    403
GET /provisions                          403 403  403  403  ok   ok   403    403  403    403
GET /provisions/export.json              403 403  403  403  ok   ok   403    403  403    403
GET /provisions/export.csv               403 403  403  403  ok   ok   403    403  403    403
POST /provisions/{id}/told               ok  404  404  404  ok   404  ok     403  404    403
POST /provisions/{id}/not-told           403 404  404  404  ok   404  403    403  404    403
"""
CONSENT_PAGES = """
                                         li  wong chen lee  he   sun  tianhe city haizhu root
GET /provisions                          403 403  403  403  ok   ok   403    403  403    403
GET /cases/{id}/consents/{id}/words      ok  404  404  404  ok   404  ok     403  404    404
GET /calls/{id}/consents/{id}/words      ok  403  404  404  ok   404  404    404  404    404
"""
GIVEN: dict[str, Any] = {
    "given_by": "person",
    "relation": "self",
    "how": "written",
    "age": "from_14",
    "recipients": ["school"],
    "purposes": ["support"],
    "kinds": ["risk"],
}
CONSENT_BODIES: dict[str, Any] = {
    "consents": GIVEN,
    "withdraw": {"who": "giver", "text": "x"},
    "told": {"how": "call"},
    "not-told": {"reason": "x"},
}


def a_consent(at: datetime) -> list[SQLModel]:
    """Of the case and of its call; and a hand-over in an emergency that somebody must tell of."""
    return [
        DataConsent(id="consent", case_id="case", call_id="call", given_by="person",
                relation="self", how="written", given_at=at, age="from_14", by="staff:li", at=at,
                recipients=["school"], purposes=["support"], kinds=["risk"]),
        Provision(id="provision", case_id="case", recipient_kind="station", recipient="天河",
                  purpose="protection", kinds=["risk"], basis="emergency", urgency="high",
                  by="staff:li", at=at, tell_due_at=at + timedelta(days=3)),
    ]  # fmt: skip
