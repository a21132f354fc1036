"""Who may report what the law asks for, and see of it: a part of the table in `test_who_may`.

No station has any part in it: what a station may know stands on the case's page.
"""

from datetime import datetime, timedelta
from typing import Any

from hotline.storage.tables import ReportSuspicion, StatutoryReport

# Li's call; the first to report it is answered, whoever comes after is told that it was.
STATUTORY_COMMANDS = """
                                    li   wong chen lee  he   sun  tianhe city haizhu root
POST /calls/{id}/mandatory-report   ok   ok   404  404  ok   404  403    403  403    403
POST /cases/{id}/mandatory-report   ok   404  404  404  ok   404  403    403  403    403
POST /statutory/emergencies         ok   ok   ok   ok   ok   ok   403    403  403    403
POST /statutory/{id}/not-reportable 403  403  403  403  ok   404  403    403  403    403
POST /statutory/{id}/reported       ok   404  404  404  ok   404  403    403  403    403
POST /statutory/{id}/accepted       ok   404  404  404  ok   404  403    403  403    403
POST /statutory/{id}/none-yet       ok   404  404  404  ok   404  403    403  403    403
POST /statutory/{id}/feedback       ok   404  404  404  ok   404  403    403  403    403
POST /cases/{id}/reporter           ok   404  404  404  ok   404  403    403  403    403
POST /cases/{id}/reporter/release   403  403  403  403  ok   404  403    403  403    403
GET /statutory/counts               403  403  403  403  ok   ok   404    404  404    ok
GET /statutory/{id}/receipt.pdf     ok   404  404  404  ok   404  403    403  403    403
"""
STATUTORY_PAGES = """
                                    li   wong chen lee  he   sun  tianhe city haizhu root
GET /statutory                      ok   ok   ok   ok   ok   ok   403    403  403    403
GET /statutory/live                 ok   ok   ok   ok   ok   ok   403    403  403    403
GET /statutory/{id}/words           ok   404  404  404  ok   404  404    404  404    404
GET /desk/statutory                 ok   ok   ok   ok   ok   ok   403    403  403    403
GET /cases/{id}/reporter            403  404  404  404  403  404  403    403  404    404
"""
STATUTORY_BODIES: dict[str, Any] = {
    "mandatory-report": {"code": "missing"},
    "emergencies": {"kind": "media"},
    "reported": {"agency": "police", "how": "phone", "person": "x"},
    "not-reportable": {"reason": "x"},
    "accepted": {"on": "2026-03-01"},
    "feedback": {"text": "x"},
    "reporter": {"is_reporter": True},
    "release": {"reason": "x", "text": "x"},
}


def a_report(at: datetime) -> tuple[StatutoryReport, ReportSuspicion]:
    """Of li's call, which was reported and is not answered."""
    report = StatutoryReport(
        id="report", number="12345678", kind="mandatory", line_id="youth", call_id="call",
        case_id="case", codes=["abandoned"], state="reported", opened_at=at, opened_by="staff:li",
        warn_at=at, breach_at=at, next_due_at=at + timedelta(days=3), agency="police", how="phone",
        reported_at=at, reported_by="staff:li", feedback_due_at=at + timedelta(days=3),
    )  # fmt: skip
    return report, ReportSuspicion(report_id="report", call_id="call", code="abandoned",
                                   source="button", by="staff:li", at=at)  # fmt: skip
