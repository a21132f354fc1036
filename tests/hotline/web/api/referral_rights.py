"""Who may do what to a referral, and see of it: a part of the table in `test_who_may`."""

from datetime import datetime
from typing import Any

from sqlmodel import SQLModel

from hotline.storage.tables import Provision, Referral, ReferralPlace
from tests.hotline.referrals.conftest import a_place, receives

# Of li's case, which tianhe holds, sent to haizhu: its officer answers, and knows nothing else.
REFERRAL_COMMANDS = """
                                    li   wong chen lee  he   sun  tianhe city haizhu root
POST /cases/{id}/referrals          ok   404  404  404  ok   404  ok     403  404    403
POST /calls/{id}/referrals          ok   403  404  404  ok   404  403    403  403    403
POST /referrals/{id}/accept         ok   404  404  404  ok   404  ok     403  ok     403
POST /referrals/{id}/appointment    ok   404  404  404  ok   404  ok     403  ok     403
POST /referrals/{id}/not-come       ok   404  404  404  ok   404  ok     403  ok     403
POST /referrals/{id}/came           ok   404  404  404  ok   404  ok     403  ok     403
POST /referrals/{id}/decline        ok   404  404  404  ok   404  ok     403  ok     403
POST /referrals/{id}/result         ok   404  404  404  ok   404  ok     403  ok     403
POST /referrals/{id}/settle         ok   404  404  404  ok   404  ok     403  404    403
POST /referrals/{id}/withdraw       ok   404  404  404  ok   404  ok     403  404    403
"""
REFERRAL_PAGES = """
                                    li   wong chen lee  he   sun  tianhe city haizhu root
GET /referrals                      ok   ok   ok   ok   ok   ok   ok     ok   ok     403
GET /referrals/live                 ok   ok   ok   ok   ok   ok   ok     ok   ok     403
GET /referrals/places               ok   ok   ok   ok   ok   ok   ok     ok   ok     ok
GET /referrals/measures             403  403  403  403  ok   ok   403    403  403    ok
GET /referrals/measures.csv         403  403  403  403  ok   ok   403    403  403    ok
GET /referrals/{id}                 403  403  403  403  403  403  404    404  ok     403
GET /cases/{id}/handed              ok   404  404  404  ok   404  ok     403  404    404
GET /desk/calls/{id}/refer          ok   403  404  404  403  403  403    403  403    403
"""
REFERRAL_BODIES: dict[str, Any] = {
    "referrals": {
        "place": "haizhu-post",
        "reason": "mood",
        "ground": "statutory_duty",
        "article": "minors_97",
    },
    "accept": {},
    "appointment": {"appointment_at": "2027-01-01T10:00"},
    "decline": {"code": "full"},
    "result": {"result": "seen"},
    "withdraw": {"who": "giver", "text": "x"},
}


def a_referral(at: datetime, **other: Any) -> list[SQLModel]:
    """Of the case of li's call, to the station of haizhu, by a law."""
    place: ReferralPlace = a_place("haizhu-post", receives=receives(station="haizhu"))
    ledger = Provision(id="ledger", case_id="case", recipient_kind="station", recipient="x",
                       purpose="protection", kinds=["risk"], basis="statutory_duty",
                       article="minors_97", by="staff:li", at=at)  # fmt: skip
    what: dict[str, Any] = {"state": "sent", "promised_at": at, "due_at": at, **other}
    referral = Referral(id="referral", case_id="case", place_id=place.id, reason="mood",
                        kinds=["risk"], provision_id=ledger.id, by="staff:li", at=at,
                        **what)  # fmt: skip
    return [place, ledger, referral]
