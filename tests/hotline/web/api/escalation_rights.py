"""Who may act on an escalation and take its story out: a part of the table in `test_who_may`."""

from typing import Any

# A counselor who raised the flag may add what they hear; who only works on the line may look.
ESCALATION_COMMANDS = """
                                    li   wong chen lee  he   sun  tianhe city haizhu root
POST /escalations/{id}/comment      ok   403  403  404  ok   404  ok     ok   404    403
POST /escalations/{id}/ring-now     403  403  403  403  ok   404  403    403  403    403
POST /escalations/{id}/remind       403  403  403  403  ok   404  403    403  403    403
POST /escalations/{id}/reopen       403  403  403  403  ok   404  403    403  403    403
POST /escalations/{id}/hand-to      403  403  403  403  ok   404  403    403  403    403
GET /escalations/{id}/export.json   403  403  403  403  ok   404  403    403  403    ok
GET /escalations/{id}/export.pdf    403  403  403  403  ok   404  403    403  403    ok
"""
ESCALATION_PAGES = """
                                    li   wong chen lee  he   sun  tianhe city haizhu root
GET /escalations/{id}/stations      403  403  403  404  ok   404  403    403  404    404
"""
ESCALATION_BODIES: dict[str, Any] = {
    "comment": {"text": "x"},
    "reopen": {"text": "x"},
    "ring-now": {},
    "remind": {},
    "hand-to": {"station": "city", "text": "x"},
}
