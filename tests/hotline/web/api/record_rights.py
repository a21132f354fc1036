"""Who may enter words after the fact, and read them: more rows for the tables of `test_who_may`."""

from typing import Any

RECORD_COMMANDS = """
                                    li   wong chen lee  he   sun  tianhe city haizhu root
POST /calls/{id}/record/additions   ok   403  404  404  ok   404  403    403  403    403
GET /calls/{id}/record/additions    ok   403  404  404  ok   404  403    403  403    403
"""
RECORD_PAGES = """
                                    li   wong chen lee  he   sun  tianhe city haizhu root
GET /calls/{id}/additions           ok   403  404  404  ok   404  403    403  403    403
"""
RECORD_BODIES: dict[str, Any] = {
    "additions": {"words": "x", "happened_at": "2026-03-01T08:00"},
}
