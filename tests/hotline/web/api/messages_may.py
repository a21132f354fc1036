"""Who may see or do what with messages: more rows for the tables of `test_who_may`."""

from typing import Any

COMMANDS = """
                                    li   wong chen lee  he   sun  tianhe city haizhu root
GET /messages                       ok   ok   ok   ok   ok   ok   403    403  403    403
POST /calls/{id}/number             ok   403  404  404  ok   404  403    403  403    403
POST /callbacks/{id}/hand-on        ok   ok   ok   404  ok   404  403    403  403    403
"""
PAGES = """
                                    li   wong chen lee  he   sun  tianhe city haizhu root
GET /messages                       ok   ok   ok   ok   ok   ok   403    403  403    403
GET /messages/live                  ok   ok   ok   ok   ok   ok   403    403  403    403
GET /messages/count                 ok   ok   ok   ok   ok   ok   403    403  403    403
"""
BODIES: dict[str, Any] = {
    "hand-on": {"staff_id": "li"},
    "number": {"reason": "the parents ask"},
}
