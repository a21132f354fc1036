"""Who may do what with reviews and care of people: a part of the table in `test_who_may`.

The call is li's, who is told of a review by `he`; the line's lot has been drawn.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from sqlmodel import SQLModel

from hotline.storage.tables import Calibration, CallReview, QualityMonth, StaffCertificate

QUALITY_COMMANDS = """
                                             li   wong chen lee  he   sun  tianhe city haizhu root
GET /quality/samples                         403  403  403  403  ok   ok   403    403  403    403
GET /quality/samples/{id}/proof              403  403  403  403  ok   404  403    403  403    403
GET /quality/reviews                         403  403  403  403  ok   ok   403    403  403    403
GET /quality/reviews/{id}                    403  403  403  403  ok   404  403    403  403    403
POST /quality/reviews/{id}/reviewer          403  403  403  403  ok   404  403    403  403    403
POST /quality/reviews/{id}/scores            403  403  403  403  ok   404  403    403  403    403
POST /quality/reviews/{id}/feedback          403  403  403  403  ok   404  403    403  403    403
GET /quality/agreement                       403  403  403  403  ok   ok   403    403  403    403
GET /quality/satisfaction                    403  403  403  403  ok   ok   403    403  403    403
GET /quality/supervision                     403  403  403  403  ok   ok   403    403  403    403
GET /quality/certificates                    403  403  403  403  ok   ok   403    403  403    403
POST /quality/calibrations                   403  403  403  403  ok   404  403    403  403    403
POST /quality/calibrations/{id}/close        403  403  403  403  ok   404  403    403  403    403
POST /quality/supervision                    403  403  403  403  ok   404  403    403  403    403
POST /quality/courses                        403  403  403  403  ok   404  403    403  403    403
POST /quality/certificates                   403  403  403  403  ok   404  403    403  403    403
POST /quality/certificates/{id}/take-back    403  403  403  403  ok   404  403    403  403    403
GET /me/feedback                             ok   ok   ok   ok   403  403  403    403  403    403
POST /me/feedback/{id}/read                  ok   404  404  404  403  403  403    403  403    403
POST /me/feedback/{id}/answer                ok   404  404  404  403  403  403    403  403    403
GET /me/care                                 ok   ok   ok   ok   403  403  403    403  403    403
POST /calls/{id}/satisfaction                ok   403  404  404  ok   404  403    403  403    403
"""
QUALITY_PAGES = """
                                             li   wong chen lee  he   sun  tianhe city haizhu root
GET /quality                                 403  403  403  403  ok   ok   403    403  403    403
GET /quality/live                            403  403  403  403  ok   ok   403    403  403    403
GET /quality/reviews/{id}                    403  403  403  403  ok   404  403    403  403    403
GET /account/feedback/{id}                   ok   404  404  404  403  403  403    403  403    403
"""
QUALITY_BODIES: dict[str, Any] = {
    "reviewer": {},
    "scores": {"scores": {"opening": 1}},
    "answer": {"words": "x"},
    "calibrations": {"line": "youth", "reviewers": ["he", "sun"]},
    "supervision": {"person": "li", "held_at": "2026-03-01T10:00", "minutes": 50},
    "courses": {"person": "li", "title": "x", "hours": 8, "done_on": "2026-02-01"},
    "certificates": {"person": "li", "kind": "crisis", "issued_on": "2026-02-01"},
    "satisfaction": {"said": "yes"},
}


def a_review(at: datetime) -> Iterator[SQLModel]:
    """Of li's call, told to li; a lot that was drawn, a calibration, a certificate."""
    yield QualityMonth(id="lot", line_id="youth", month="2026-02", seed="x", published_at=at,
                       drawn_at=at)  # fmt: skip
    yield Calibration(id="calibration", call_id="call", line_id="youth", by_id="he", begun_at=at)
    yield CallReview(id="review", call_id="call", line_id="youth", month="2026-02",
                     counselor_id="li", imminent=True, state="given", reviewer_id="he", total=90,
                     drawn_at=at, due_at=at, given_at=at)  # fmt: skip
    yield StaffCertificate(id="certificate", staff_id="li", kind="crisis", issued_on=at.date(),
                           noted_by_id="he", noted_at=at)  # fmt: skip
