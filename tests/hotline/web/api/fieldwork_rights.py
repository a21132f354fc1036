"""Who may do what with files from the field and shifts: a part of the table in `test_who_may`."""

from datetime import datetime
from typing import Any

from hotline.storage.tables import Attachment, ShiftHandover

# The file is of tianhe, a moment old; nothing of it lies on the disk.
FIELDWORK_COMMANDS = """
                                              li wong chen lee  he   sun  tianhe city haizhu root
GET /escalations/{id}/attachments               403  403  403  403  ok   404  ok     ok   404    403
POST /escalations/{id}/attachments              403  403  403  403  ok   404  ok     ok   404    403
GET /escalations/{id}/attachments/{id}          403  403  403  403  409  404  409    409  404    403
POST /escalations/{id}/attachments/{id}/comment 403  403  403  403  403  404  ok     403  404    403
GET /stations/handovers                       403 403 403  403  403  403  ok     ok   ok     403
POST /stations/handovers                      403 403 403  403  403  403  ok     ok   ok     403
POST /stations/handovers/{id}/take            403 403 403  403  403  403  ok     404  404    403
GET /stations/handovers/{id}/note             403 403 403  403  403  403  ok     404  404    403
POST /stations/handovers/{id}/withdraw        403 403 403  403  403  403  ok     404  404    403
GET /me/push                                  403 403 403  403  403  403  ok     ok   ok     403
POST /me/push                                 403 403 403  403  403  403  ok     ok   ok     403
POST /me/push/off                             403 403 403  403  403  403  ok     ok   ok     403
DELETE /escalations/{id}/attachments/{id}       403  403  403  403  ok   404  ok     403  404    403
"""
FIELDWORK_PAGES = """
                                              li wong chen lee  he   sun  tianhe city haizhu root
GET /station/push                             403 403 403  403  403  403  ok     ok   ok     403
GET /station/shift                            403 403 403  403  403  403  ok     ok   ok     403
GET /station/shift/{id}/note                  403 403 403  403  403  403  ok     404  404    403
GET /escalations/untaken                      403 403 403  403  ok   ok   403    403  403    403
GET /escalations/{id}/files                     403  403  403  404  ok   404  ok     ok   404    404
"""
FIELDWORK_BODIES: dict[str, Any] = {
    "file": {"text": "x"},
    "comment": {"text": "x"},
    "handovers": {},
    "take": {},
    "withdraw": {"who": "giver", "text": "x"},
    "off": {"endpoint": "https://push.test/x"},
    "push": {"endpoint": "https://push.test/x", "keys": {"p256dh": "x", "auth": "x"}},
}


def a_file(escalation: str, at: datetime) -> Attachment:
    """A photo of tianhe."""
    return Attachment(id="file", subject_kind="escalation", subject_id=escalation, kind="picture",
                      added_by="tianhe", added_at=at, path="fi/file.sealed", size=1, sha256="",
                      key_id="", keep_until=at, due_at=at)  # fmt: skip


def a_shift(at: datetime) -> ShiftHandover:
    """Of tianhe, for whoever comes."""
    return ShiftHandover(id="shift", station_id="tianhe", from_id="tianhe", created_at=at,
                         due_at=at)  # fmt: skip
