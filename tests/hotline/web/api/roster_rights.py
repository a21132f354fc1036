"""Who may do what with the roster: a part of the table in `test_who_may`. The shift is li's."""

from datetime import datetime, timedelta
from typing import Any

from sqlmodel import SQLModel

from hotline.storage.tables import RosterLeave, RosterShift, RosterSwap

ROSTER_COMMANDS = """
                                    li   wong chen lee  he   sun  tianhe city haizhu root
GET /roster                         ok   ok   ok   ok   ok   ok   403    403  403    403
GET /roster/proof                   403  403  403  403  ok   ok   403    403  403    403
GET /roster/duty                    ok   ok   ok   ok   ok   ok   403    403  403    403
GET /roster/calendar.ics            ok   ok   ok   ok   ok   ok   403    403  403    403
GET /roster/table.xlsx              ok   ok   ok   ok   ok   ok   403    403  403    403
GET /roster/feed                    ok   ok   ok   ok   ok   ok   403    403  403    403
POST /roster/feed                   ok   ok   ok   ok   ok   ok   403    403  403    403
DELETE /roster/feed                 ok   ok   ok   ok   ok   ok   403    403  403    403
POST /roster/imports/check          403  403  403  403  ok   ok   403    403  403    403
POST /roster/imports                403  403  403  403  ok   ok   403    403  403    403
GET /roster/reminders               ok   ok   ok   ok   ok   ok   403    403  403    403
POST /roster/shifts                 403  403  403  403  ok   404  403    403  403    403
POST /roster/shifts/preview         403  403  403  403  ok   404  403    403  403    403
POST /roster/weeks/copy             403  403  403  403  ok   404  403    403  403    403
POST /roster/leaves                 ok   ok   ok   ok   ok   ok   403    403  403    403
POST /roster/leaves/{id}/approve    403  403  403  403  ok   404  403    403  403    403
POST /roster/leaves/{id}/refuse     403  403  403  403  ok   404  403    403  403    403
POST /roster/leaves/{id}/withdraw   ok   404  404  404  404  404  403    403  403    403
POST /roster/swaps/{id}/take        ok   ok   ok   404  ok   404  403    403  403    403
POST /roster/swaps/{id}/step-back   ok   ok   ok   404  ok   404  403    403  403    403
POST /roster/swaps/{id}/approve     403  403  403  403  ok   404  403    403  403    403
POST /roster/swaps/{id}/refuse      403  403  403  403  ok   404  403    403  403    403
POST /roster/swaps/{id}/withdraw    ok   ok   ok   404  ok   404  403    403  403    403
POST /roster/shifts/{id}/offer      ok   ok   ok   404  ok   404  403    403  403    403
POST /roster/shifts/{id}/confirm    ok   ok   ok   404  ok   404  403    403  403    403
POST /roster/shifts/{id}/volunteer  ok   ok   ok   404  ok   404  403    403  403    403
POST /roster/shifts/{id}/step-back  ok   ok   ok   404  ok   404  403    403  403    403
POST /roster/shifts/{id}/approve    403  403  403  403  ok   404  403    403  403    403
POST /roster/shifts/{id}/refuse     403  403  403  403  ok   404  403    403  403    403
POST /roster/shifts/{id}/replan     403  403  403  403  ok   404  403    403  403    403
POST /roster/shifts/{id}/remove     403  403  403  403  ok   404  403    403  403    403
"""
ROSTER_PAGES = """
                                    li   wong chen lee  he   sun  tianhe city haizhu root
GET /roster                         ok   ok   ok   ok   ok   ok   403    403  403    403
GET /roster/live                    ok   ok   ok   ok   ok   ok   403    403  403    403
GET /roster/new                     403  403  403  403  ok   ok   403    403  403    403
GET /roster/shifts/{id}             ok   ok   ok   404  ok   404  403    403  403    403
"""
TIME = {"lines": ["youth"], "day": "2026-03-09", "start": "08:00", "end": "16:00"}
ROSTER_BODIES: dict[str, Any] = {
    "shifts": TIME,
    "preview": TIME,
    "replan": TIME,
    "copy": {"week": "2026-03-02", "to": "2026-03-09", "lines": ["youth"]},
    "leaves": {"begins_at": "2026-03-09T08:00", "ends_at": "2026-03-10T08:00"},
}


def a_roster(at: datetime) -> list[SQLModel]:
    """A shift of li's tomorrow, which is offered; and a leave that li asks for."""
    begins_at = at + timedelta(days=1)
    ends_at = begins_at + timedelta(hours=8)
    shift = RosterShift(id="planned", staff_id="li", lines=["youth"], kind="duty", state="planned",
                        begins_at=begins_at, ends_at=ends_at, by_id="he", at=at)  # fmt: skip
    leave = RosterLeave(id="leave", staff_id="li", kind="holiday", state="wanted",
                        begins_at=begins_at, ends_at=ends_at, at=at)  # fmt: skip
    swap = RosterSwap(id="swap", shift_id="planned", giver_id="li", state="offered", at=at)
    return [shift, leave, swap]
