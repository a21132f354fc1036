"""Who may do what to calls after a call of high risk: a part of the table in `test_who_may`."""

from typing import Any

FOLLOW_UP_COMMANDS = """
                                 li   wong chen lee  he   sun  tianhe city haizhu root
GET /follow-ups                  ok   ok   ok   ok   ok   ok   403    403  403    403
GET /follow-ups/{id}             ok   ok   ok   404  ok   404  403    403  403    403
POST /calls/{id}/follow-up       422  403  404  404  ok   404  403    403  403    403
POST /follow-ups/hand            403  403  403  404  ok   404  403    403  403    403
POST /follow-ups/{id}/take       ok   ok   ok   404  ok   404  403    403  403    403
POST /follow-ups/{id}/call       ok   ok   ok   404  ok   404  403    403  403    403
POST /follow-ups/{id}/outcome    ok   ok   ok   404  ok   404  403    403  403    403
POST /follow-ups/{id}/decide     403  403  403  404  ok   404  403    403  403    403
POST /follow-ups/{id}/consent    ok   ok   ok   404  ok   404  403    403  403    403
POST /follow-ups/{id}/stop       403  403  403  404  ok   404  403    403  403    403
"""
FOLLOW_UP_PAGES = """
                                 li   wong chen lee  he   sun  tianhe city haizhu root
GET /follow-ups                  ok   ok   ok   ok   ok   ok   403    403  403    403
GET /follow-ups/live             ok   ok   ok   ok   ok   ok   403    403  403    403
GET /desk/calls/{id}/follow-up   ok   403  404  404  403  403  403    403  403    403
"""
FOLLOW_UP_BODIES: dict[str, Any] = {
    "follow-up": {"days": [90], "reason": "x"},
    "hand": {"ids": ["followed"]},
    "outcome": {"outcome": "nobody"},
    "decide": {"decision": "stop", "reason": "x"},
    "consent": {"said": "agreed"},
    "stop": {"stopped_as": "supervisor", "note": "x"},
}
