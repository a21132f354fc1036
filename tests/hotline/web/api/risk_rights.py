"""Who may do what to the level of a call's risk: a part of the table in `test_who_may`."""

from typing import Any

RISK_COMMANDS = """
                                      li   wong chen lee  he   sun  tianhe city haizhu root
GET /calls/{id}/risk                  ok   403  404  404  ok   404  403    403  403    403
POST /calls/{id}/risk                 ok   403  404  404  ok   404  403    403  403    403
POST /calls/{id}/risk/assessments     ok   403  404  404  ok   404  403    403  403    403
POST /calls/{id}/risk/take-back       ok   403  404  404  ok   404  403    403  403    403
POST /calls/{id}/risk/lower           ok   403  404  404  ok   404  403    403  403    403
POST /calls/{id}/risk/lowering/grant  403  403  404  404  ok   404  403    403  403    403
POST /calls/{id}/risk/lowering/refuse 403  403  404  404  ok   404  403    403  403    403
POST /calls/{id}/risk/ratings         ok   403  404  404  ok   404  403    403  403    403
"""
RISK_BODIES: dict[str, Any] = {
    "risk": {"level": "imminent"},
    "assessments": {"instrument": "c_ssrs_screener", "version": 1, "answers": {"q1": "yes"}},
    "lower": {"level": "none", "reason": "x"},
    "grant": {"reason": "x"},
    "refuse": {"reason": "x"},
    "ratings": {"moment": "start", "scale": "hope", "value": 40},
}
