"""The ledger of escalations sees each kind of breach, in accounts that were spoiled by hand."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.harness.escalation_ledger import (
    Accounts,
    AttemptKept,
    EntryKept,
    EscalationKept,
    FlagKept,
    FlagTold,
    breaches_of,
)

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
PHONE, OTHER = "+862000000202", "+8615400000203"
POLICY = {"longest_step_s": 180, "accept_within_s": 600}


def leg(sid: str, to: str = PHONE) -> dict[str, Any]:
    return {"kind": "leg", "sid": sid, "to": to, "direction": "outbound-api"}


def asked(sid: str, attempt: str) -> dict[str, Any]:
    return {"kind": "webhook", "sid": sid, "url": f"http://h/voice/stations/{attempt}/status"}


def entry(kind: str, seconds: float, **facts: str) -> EntryKept:
    return EntryKept("esc", NOW + timedelta(seconds=seconds), kind, facts)


ESCALATION = EscalationKept("esc", "open", 0, 0, POLICY, NOW + timedelta(seconds=100))
ATTEMPT = AttemptKept("a1", "esc", 0, 0, "phone", PHONE, "submitted", 1, "CA1")
SOUND = Accounts(
    now=NOW,
    told=[FlagTold("key", "esc")],
    flags=[FlagKept("key", "esc")],
    escalations=[ESCALATION],
    attempts=[ATTEMPT],
    timeline=[entry("escalation.raised", -9), entry("attempt.claimed", -8, attempt_id="a1")],
    journal=[leg("CA1"), asked("CA1", "a1")],
)
TAKEN = entry("escalation.acknowledged", 0)
LATE = entry("attempt.claimed", 2, attempt_id="a1")


def test_a_story_in_which_all_went_well_breaks_nothing() -> None:
    assert breaches_of(SOUND) == []
    nothing: dict[str, Any] = {"escalations": [], "flags": [], "told": [], "attempts": []}
    assert breaches_of(replace(SOUND, **nothing, journal=[])) == []


SPOILED: dict[str, dict[str, Any]] = {
    "I1: key was told": {"flags": [FlagKept("other", "esc")]},
    "I1: key was told esc": {
        "told": [FlagTold("key", "esc")],
        "flags": [FlagKept("key", "another"), FlagKept("more", "esc")],
    },
    "I1: flag of no escalation esc": {"escalations": []},
    "I1: escalation alone of no flag": {
        "escalations": [ESCALATION, ESCALATION._replace(id="alone", state="closed", round=-1)]
    },
    "I1: key is kept 2 times": {"flags": [FlagKept("key", "esc")] * 2},
    "I2: esc has no deadline": {"escalations": [ESCALATION._replace(next_due_at=None)]},
    "I2: esc waits longer": {
        "escalations": [ESCALATION._replace(next_due_at=NOW + timedelta(seconds=181))]
    },
    "I3: attempt a1 is pending": {"attempts": [ATTEMPT._replace(state="pending")]},
    "I3: attempt a1 was given up": {"attempts": [ATTEMPT._replace(state="dead")]},
    "I3: attempt a1 is submitted": {"journal": [asked("CA1", "a1")]},
    "I3: nobody was rung in step 1": {"escalations": [ESCALATION._replace(step=1)]},
    "I4: a1 was sent after": {"timeline": [TAKEN, LATE]},
    "I4: 2 legs to one phone, 1 were claimed": {"journal": [leg("CA1"), leg("CA2")], "kills": 1},
    "I5: 2 legs to one phone for 1": {
        "journal": [leg("CA1"), leg("CA2")],
        "attempts": [ATTEMPT._replace(tries=2)],
    },
    "I5: leg CA9 rings for a9": {"journal": [leg("CA1"), asked("CA9", "a9")]},
    "I8: Row 7": {"audit_fault": "Row 7 of the audit was changed."},
    "I10: web.log": {"marks_found": ["web.log: marker"]},
}


@pytest.mark.parametrize("found", SPOILED)
def test_what_was_spoiled_is_named(found: str) -> None:
    breaches = breaches_of(replace(SOUND, **SPOILED[found]))

    assert [one for one in breaches if one.startswith(found)], breaches


ALLOWED: dict[str, dict[str, Any]] = {
    "a second leg for the one who was killed": {
        "journal": [leg("CA1"), leg("CA2")],
        "attempts": [ATTEMPT._replace(tries=2)],
        "kills": 1,
    },
    "a dial that was under way at the acknowledgement": {
        "timeline": [TAKEN, entry("attempt.claimed", 1, attempt_id="a1")]
    },
    "a ring after silence had opened it again": {
        "timeline": [TAKEN, entry("escalation.reopened", 1), LATE]
    },
    "the time to accept, which is longer": {
        "escalations": [
            ESCALATION._replace(state="acknowledged", next_due_at=NOW + timedelta(seconds=599))
        ]
    },
    "nobody rung before the ten seconds are over": {
        "escalations": [ESCALATION._replace(round=-1)],
        "attempts": [],
        "journal": [],
    },
    "a step with nobody in it": {
        "escalations": [ESCALATION._replace(step=1)],
        "timeline": [entry("escalation.step_skipped", 0)],
    },
    "an attempt that was given up, told to supervisors": {
        "attempts": [ATTEMPT._replace(state="dead")],
        "timeline": [entry("supervisors.paged", 0)],
    },
    "another phone of which the ledger knows nothing": {"journal": [leg("CA1"), leg("CA3", OTHER)]},
}


@pytest.mark.parametrize("what", ALLOWED)
def test_what_is_allowed_is_no_breach(what: str) -> None:
    assert breaches_of(replace(SOUND, **ALLOWED[what])) == []
