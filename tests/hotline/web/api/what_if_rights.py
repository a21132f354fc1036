"""Who may do what with what-ifs: a part of the table in `test_who_may`. The line is `youth`."""

from typing import Any

WHAT_IF_COMMANDS = """
                                    li   wong chen lee  he   sun  tianhe city haizhu root
POST /what-ifs                      403  403  403  403  ok   404  403    403  403    403
GET /what-ifs/{id}                  403  403  403  403  ok   404  403    403  403    403
DELETE /what-ifs/{id}               403  403  403  403  ok   404  403    403  403    403
"""
WHAT_IF_PAGES = """
                                    li   wong chen lee  he   sun  tianhe city haizhu root
GET /roster/what-if                 403  403  403  403  ok   ok   403    403  403    403
GET /roster/what-if/answer          403  403  403  403  ok   404  403    403  403    403
"""
WHAT_IF_BODIES: dict[str, Any] = {
    "what-ifs": {"line": "youth", "day": "2026-03-02", "counselors": ["+1"]},
}
