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
POST /escalations/{id}/on-the-way   403  403  403  403  ok   404  ok     ok   404    403
POST /escalations/{id}/contact-made 403  403  403  403  ok   404  ok     ok   404    403
POST /escalations/{id}/number       403  403  403  403  ok   404  ok     ok   404    403
GET /me/station-news                ok   ok   ok   ok   403  403  403    403  403    403
POST /me/station-news/{id}/read     ok   ok   ok   404  403  403  403    403  403    403
GET /me/browser-key                 ok   ok   ok   ok   ok   ok   ok     ok   ok     ok
GET /escalations/{id}/export.json   403  403  403  403  ok   404  403    403  403    ok
GET /escalations/{id}/export.pdf    403  403  403  403  ok   404  403    403  403    ok
"""
ESCALATION_PAGES = """
                                    li   wong chen lee  he   sun  tianhe city haizhu root
GET /escalations/{id}/stations      403  403  403  404  ok   404  403    403  404    404
GET /station/{id}                   403  403  403  403  403  403  ok     ok   404    403
GET /station/{id}/live              403  403  403  403  403  403  ok     ok   404    403
"""
ESCALATION_BODIES: dict[str, Any] = {
    "comment": {"text": "x"},
    "on-the-way": {"minutes": 20},
    "contact-made": {"child": "seen"},
    "read": {"seen": 1},
    "reopen": {"text": "x"},
    "ring-now": {},
    "remind": {},
    "hand-to": {"station": "city", "text": "x"},
}
