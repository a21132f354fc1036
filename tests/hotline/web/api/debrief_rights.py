"""Who may do what with debriefs: a part of the table in `test_who_may`. The debrief is li's."""

from typing import Any

DEBRIEF_COMMANDS = """
                                    li   wong chen lee  he   sun  tianhe city haizhu root
POST /me/word                       ok   ok   ok   ok   403  403  403    403  403    403
GET /me/debriefs                    ok   ok   ok   ok   ok   ok   403    403  403    403
GET /floor/debriefs                 403  403  403  403  ok   ok   403    403  403    403
POST /debriefs/{id}/taker           ok   404  404  404  ok   404  403    403  403    403
POST /debriefs/{id}/put-off         ok   404  404  404  ok   404  403    403  403    403
POST /debriefs/{id}/note            ok   404  404  404  404  404  403    403  403    403
POST /debriefs/{id}/done            ok   404  404  404  ok   404  403    403  403    403
"""
DEBRIEF_BODIES: dict[str, Any] = {
    "taker": {"taker": "chen"},
    "put-off": {"until": "2026-03-03T12:00:00+00:00", "why": "shift_ends"},
    "done": {"how": "talked"},
}
