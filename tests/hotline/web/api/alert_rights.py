"""Who may do what with alerts: a part of the table in `test_who_may`. The alert is of `youth`."""

from datetime import datetime
from typing import Any

from hotline.storage.tables import FloorAlert

ALERT_COMMANDS = """
                                    li   wong chen lee  he   sun  tianhe city haizhu root
GET /floor/alerts                   403  403  403  403  ok   ok   403    403  403    403
GET /floor/alerts/over              403  403  403  403  ok   ok   403    403  403    403
POST /floor/alerts/{id}/take        403  403  403  403  ok   404  403    403  403    403
POST /floor/alerts/{id}/pass-on     403  403  403  403  ok   404  403    403  403    403
POST /floor/alerts/{id}/note        403  403  403  403  ok   404  403    403  403    403
"""
ALERT_PAGES = """
                                    li   wong chen lee  he   sun  tianhe city haizhu root
GET /floor/alerts/over              403  403  403  403  ok   ok   403    403  403    403
GET /floor/alerts/{id}/acts         403  403  403  403  ok   404  403    403  403    403
"""
ALERT_BODIES: dict[str, Any] = {"pass-on": {"to": "he"}, "note": {"text": "x"}}


def an_alert(at: datetime, **values: Any) -> FloorAlert:
    """Somebody on `youth` waits for too long."""
    known = {"id": "alert", "rule": "long_wait", "line_id": "youth", "measure": "longest_wait_s"}
    numbers = {"threshold": 180.0, "value": 185.0, "level": "alarm", "owner_since": at}
    return FloorAlert(**{**known, **numbers, "since": at, "raised_at": at, **values})
