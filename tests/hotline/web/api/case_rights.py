"""Who may do what to a case, and see of it: a part of the table in `test_who_may`."""

from datetime import datetime

from hotline.storage.tables import Case, CaseLink

# A counselor whose call belongs to it reads it; a station above the one that holds it sees that it
# is there.
CASE_COMMANDS = """
                                    li   wong chen lee  he   sun  tianhe city haizhu root
POST /calls/{id}/case               ok   403  404  404  ok   404  403    403  403    403
POST /cases/{id}/close              403  403  403  403  ok   404  ok     403  404    403
POST /cases/{id}/reopen             403  403  403  403  ok   404  ok     403  404    403
"""
CASE_PAGES = """
                                    li   wong chen lee  he   sun  tianhe city haizhu root
GET /cases                          ok   ok   ok   ok   ok   ok   ok     ok   ok     403
GET /cases/live                     ok   ok   ok   ok   ok   ok   ok     ok   ok     403
GET /cases/{id}                     ok   404  404  404  ok   404  ok     ok   404    404
GET /cases/{id}/parts/{id}          ok   404  404  404  ok   404  ok     ok   404    404
"""


def a_case(at: datetime) -> tuple[Case, CaseLink]:
    """Of li's call, held by the station of tianhe."""
    case = Case(id="case", number="1234567", line_id="youth", station_id="tianhe",
                opened_as="by_hand", opened_by="system", opened_at=at)  # fmt: skip
    return case, CaseLink(case_id="case", kind="call", subject_id="call", by="system", at=at)
