"""Who may do what with colours and visits of a case: a part of the table in `test_who_may`."""

from typing import Any

# The hotline proposes, the station confirms; a station above sees that a visit is due, and no word.
VISIT_COMMANDS = """
                                    li   wong chen lee  he   sun  tianhe city haizhu root
POST /cases/{id}/colour-proposals   ok   404  404  404  ok   404  ok     403  404    403
POST /cases/{id}/colour             403  403  403  403  403  403  ok     403  404    403
POST /cases/{id}/visit-plan         403  403  403  403  ok   404  ok     403  404    403
POST /cases/{id}/family-return      403  403  403  403  ok   404  ok     403  404    403
POST /cases/{id}/visits             403  403  403  403  ok   404  ok     403  404    403
GET /cases/{id}/visits              ok   404  404  404  ok   404  ok     403  404    403
"""
VISIT_PAGES = """
                                    li   wong chen lee  he   sun  tianhe city haizhu root
GET /visits                         ok   ok   ok   ok   ok   ok   ok     ok   ok     ok
GET /visits/live                    ok   ok   ok   ok   ok   ok   ok     ok   ok     ok
GET /cases/{id}/visits/words        ok   404  404  404  ok   404  ok     403  404    404
"""
VISIT_BODIES: dict[str, Any] = {
    "colour-proposals": {"colour": "red", "reason": "x"},
    "colour": {"colour": "red", "reason": "x"},
    "visit-plan": {"every_days": 2, "reason": "x"},
    "family-return": {"returned_on": "2026-02-01", "months": 6},
    "visits": {
        "client_key": "key-of-a-visit",
        "visited_at": "2026-03-01T19:30",
        "place": "home",
        "seen": "yes",
    },
}
