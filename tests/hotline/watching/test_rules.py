"""After how long each thing is a finding, and whether a phone rings: as the research says."""

from datetime import timedelta

import pytest

from hotline.i18n.words import WORDS
from hotline.incidents.model import Part
from hotline.watching.model import RULES, DatedSuspect, FindingKind, FirstSeen, Suspect, too_long
from tests.fakes import NOON

K = FindingKind
TABLE = {  # kind → seconds it may be so, whether a phone rings, whose incident
    K.DATABASE_AWAY: (15, True, None),
    K.ESCALATION_OVERDUE: (15, True, "escalations"),
    K.REPORT_OVERDUE: (15, True, "escalations"),
    K.VISIT_UNTOLD: (900, False, "visits"),
    K.GUARD_MISSING: (0, True, "escalations"),
    K.DELIVERY_LATE: (10, True, "deliveries"),
    K.DELIVERY_STUCK: (30, True, "deliveries"),
    K.DISPATCHER_SILENT: (10, True, "dispatcher"),
    K.SWITCHBOARD_SILENT: (10, True, None),
    K.CALLER_NOT_OFFERED: (20, True, "callers"),
    K.DRILL_FAILED: (0, True, "drill"),
    K.SPOOL_WAITS: (10, False, "spool"),
    K.REDIS_AWAY: (15, False, None),
    K.DISK_FULL: (0, False, "disk"),
    K.CLOCK_DIFFERS: (30, False, "clocks"),
    K.CARRIER_CLOCK: (30, False, "clocks"),
    K.AUDIT_UNSEALED: (60, False, "audit"),
    K.REFERRAL_LEFT: (600, False, "dispatcher"),
}


def test_the_rules_are_those_of_the_table() -> None:
    told = {
        kind: (rule.patience.total_seconds(), rule.rings, rule.part) for kind, rule in RULES.items()
    }

    assert told == TABLE


def test_every_kind_has_a_rule_and_words_and_says_what_to_do() -> None:
    assert set(RULES) == set(FindingKind)
    assert set(WORDS["finding"]) == set(WORDS["finding_remedy"]) == set(FindingKind)
    assert set(Part) <= set(WORDS["incident_part"])
    assert set(Part) <= set(WORDS["incident_heard"])


@pytest.mark.parametrize("kind", FindingKind)
def test_it_is_found_when_its_patience_is_over_and_not_before(kind: FindingKind) -> None:
    patience = RULES[kind].patience
    just_before = NOON - patience + timedelta(milliseconds=1)

    assert too_long([DatedSuspect(kind, "row", NOON - patience)], NOON) != []
    assert too_long([DatedSuspect(kind, "row", just_before)], NOON) == []


def test_what_no_row_dates_is_as_old_as_our_first_look_at_it() -> None:
    seen, away = FirstSeen(), Suspect(K.REDIS_AWAY)
    later = NOON + timedelta(seconds=15)

    first, second = seen.dated([away], NOON), seen.dated([away], later)

    assert (first[0].since, second[0].since) == (NOON, NOON)


def test_what_was_away_between_two_looks_begins_anew() -> None:
    seen, away = FirstSeen(), Suspect(K.REDIS_AWAY)
    later = NOON + timedelta(seconds=30)
    seen.dated([away], NOON)
    seen.dated([], NOON + timedelta(seconds=15))

    assert seen.dated([away], later)[0].since == later


def test_a_clock_set_back_makes_nothing_younger_than_now() -> None:
    seen, away = FirstSeen(), Suspect(K.REDIS_AWAY)
    seen.dated([away], NOON)
    earlier = NOON - timedelta(hours=1)

    assert seen.dated([away], earlier)[0].since == earlier
