"""Every figure is what a plain count says, and leads to the facts that it counts."""

from dataclasses import replace
from datetime import timedelta
from statistics import fmean

import pytest
from hypothesis import given

from hotline.reports.facts import CallFact, EscalationFact, ServiceFacts
from hotline.reports.kpis import RULES, Kpi, KpiUnit, balance, behind, measured
from tests.hotline.reports.floors import NOON, floors

S = timedelta(seconds=1)


def a_call(**values: object) -> CallFact:
    made = CallFact(id="call", line_id="youth", arrived_at=NOON, queued_at=NOON, left_at=NOON)
    return replace(made, **values)  # type: ignore[arg-type]  # fields by name


def naive_of_calls(facts: ServiceFacts) -> dict[Kpi, float | None]:
    """The calls alone, counted in one loop as somebody would with a pencil."""
    counts = dict.fromkeys(Kpi, 0)
    soon, waits, connected, reachable, given_up = 0, [], 0, 0, 0
    for call in facts.calls:
        counts[Kpi.CAME_IN] += 1
        by_duty_phone = call.outcome == "duty_phone"
        counts[Kpi.UNACCOUNTED] += call.over and call.outcome == ""
        reachable += call.queued_at is not None or by_duty_phone
        if call.queued_at is None:
            connected += by_duty_phone
            continue
        counts[Kpi.OFFERED] += 1
        if call.joined_at is not None:
            wait = (call.joined_at - call.queued_at).total_seconds()
            waits.append(wait)
            soon += wait <= 15
            connected += 1
            cut_off = call.over and call.outcome not in ("", "talked")
            counts[Kpi.DROPPED] += call.dropped_in_talk or cut_off
        elif call.outcome == "hung_up":
            assert call.left_at is not None
            wait = (call.left_at - call.queued_at).total_seconds()
            short = wait < 5 and not call.crisis
            counts[Kpi.SHORT_ABANDON] += short
            given_up += not short
        elif call.outcome in ("message_left", "callback_owed", "turned_away", "duty_phone"):
            counts[Kpi.OTHERWISE] += 1
            connected += by_duty_phone
    served = len(waits) + given_up
    return {
        **{kpi: counts[kpi] for kpi in (Kpi.CAME_IN, Kpi.OFFERED, Kpi.SHORT_ABANDON)},
        **{kpi: counts[kpi] for kpi in (Kpi.OTHERWISE, Kpi.UNACCOUNTED)},
        Kpi.ANSWERED: len(waits),
        Kpi.CONNECTED: connected / reachable if reachable else None,
        Kpi.SERVICE_LEVEL: soon / served if served else None,
        Kpi.ABANDONED: given_up / served if served else None,
        Kpi.SPEED_OF_ANSWER: fmean(waits) if waits else None,
        Kpi.DROPPED: counts[Kpi.DROPPED] / len(waits) if waits else None,
    }


def naive_of_promises(facts: ServiceFacts) -> dict[Kpi, float | None]:
    owed = [c for c in facts.call_backs if c.state not in ("withdrawn", "closed") or c.tried_at]
    tried = [c for c in owed if c.tried_at or c.due_at < facts.at]
    in_time = [c for c in tried if c.tried_at and c.tried_at <= c.due_at]
    followed = [f for f in facts.follow_ups if f.tried_at or f.late_at < facts.at]
    kept = [f for f in followed if f.tried_at and f.tried_at <= f.late_at]
    asked = [e for e in facts.escalations if e.acknowledged_at or e.deadline_at < facts.at]
    heard = [e for e in asked if e.acknowledged_at and e.acknowledged_at <= e.deadline_at]
    rescues = [e for e in facts.escalations if e.is_rescue]

    def share(part: int, whole: int) -> float | None:
        return part / whole if whole else None

    return {
        Kpi.CALLBACKS_OWED: len(facts.call_backs),
        Kpi.CALLBACKS_DONE: share(sum(c.state == "done" for c in owed), len(owed)),
        Kpi.CALLBACKS_ON_TIME: share(len(in_time), len(tried)),
        Kpi.FOLLOW_UPS_ON_TIME: share(len(kept), len(followed)),
        Kpi.ACKNOWLEDGED_ON_TIME: share(len(heard), len(asked)),
        Kpi.RESCUES_CONFIRMED: share(
            sum(e.confirmed_at is not None for e in rescues), len(rescues)
        ),
    }


@given(floors())
def test_each_figure_is_what_a_plain_count_says(facts: ServiceFacts) -> None:
    expected = naive_of_calls(facts) | naive_of_promises(facts)

    found = {kpi: value.value for kpi, value in measured(facts).items()}

    assert found == expected


@given(floors())
def test_the_facts_behind_a_figure_are_as_many_as_it_counts(facts: ServiceFacts) -> None:
    for kpi, value in measured(facts).items():
        assert len(list(behind(kpi, facts))) == value.part
        if value.whole is not None:
            assert len(list(behind(kpi, facts, missing=True))) == value.whole - value.part


@given(floors())
def test_a_share_never_counts_what_is_not_in_its_whole(facts: ServiceFacts) -> None:
    for rule in RULES.values():
        if rule.whole is not None:
            for one in facts.every:
                assert rule.whole(one, facts.at) or not rule.part(one, facts.at)


@given(floors())
def test_whoever_was_offered_is_in_one_figure_alone(facts: ServiceFacts) -> None:
    apart = (Kpi.ANSWERED, Kpi.ABANDONED, Kpi.SHORT_ABANDON, Kpi.OTHERWISE)

    for call in facts.calls:
        found = [kpi for kpi in apart if RULES[kpi].part(call, facts.at)]

        assert len(found) <= 1
        if call.queued_at is not None and call.over and call.outcome not in ("", "talked"):
            assert len(found) == 1


@given(floors())
def test_what_came_in_is_alive_or_counted_once_or_named_as_lost(facts: ServiceFacts) -> None:
    found = balance(facts)

    assert found.came_in == found.alive + sum(found.outcomes.values()) + found.unaccounted


@pytest.mark.parametrize(("seconds", "kept"), [(15, 1.0), (16, 0.0)])
def test_fifteen_seconds_keep_the_promise_and_sixteen_do_not(seconds: int, kept: float) -> None:
    call = a_call(joined_at=NOON + seconds * S, outcome="talked")

    found = measured(ServiceFacts(at=NOON, calls=(call,)))

    assert found[Kpi.SERVICE_LEVEL].value == kept


def test_a_short_abandon_is_shown_and_spoils_no_share() -> None:
    short = a_call(left_at=NOON + 3 * S, outcome="hung_up")
    talk = a_call(joined_at=NOON + S, outcome="talked")

    found = measured(ServiceFacts(at=NOON, calls=(short, talk)))

    assert found[Kpi.SHORT_ABANDON].value == 1
    assert (found[Kpi.SERVICE_LEVEL].value, found[Kpi.ABANDONED].value) == (1.0, 0.0)


def test_a_child_in_danger_who_hangs_up_at_once_was_abandoned() -> None:
    call = a_call(left_at=NOON + S, outcome="hung_up", crisis=True)

    assert measured(ServiceFacts(at=NOON, calls=(call,)))[Kpi.ABANDONED].value == 1.0


def test_who_hung_up_before_the_queue_is_no_abandon() -> None:
    call = a_call(queued_at=None, outcome="hung_up")

    found = measured(ServiceFacts(at=NOON, calls=(call,)))

    assert (found[Kpi.CAME_IN].value, found[Kpi.OFFERED].value) == (1, 0)
    assert found[Kpi.ABANDONED].value is None


def test_a_figure_of_nothing_is_unknown_and_not_nought() -> None:
    found = measured(ServiceFacts(at=NOON))

    shares = [one for one in found.values() if one.unit is not KpiUnit.COUNT]
    assert {one.value for one in shares} == {None}
    assert not any(one.missed for one in found.values())


def test_below_the_standard_the_connected_rate_counts_as_missed() -> None:
    talk = a_call(joined_at=NOON, outcome="talked")
    gone = a_call(left_at=NOON + 60 * S, outcome="hung_up")

    assert measured(ServiceFacts(at=NOON, calls=(talk, gone)))[Kpi.CONNECTED].missed
    assert not measured(ServiceFacts(at=NOON, calls=(talk,)))[Kpi.CONNECTED].missed


def test_an_escalation_that_nobody_acknowledged_is_not_on_time_only_once_it_is_late() -> None:
    made = EscalationFact(id="e", line_id="youth", call_id="c", created_at=NOON,
                          deadline_at=NOON + 60 * S)  # fmt: skip

    young = measured(ServiceFacts(at=NOON + 59 * S, escalations=(made,)))
    late = measured(ServiceFacts(at=NOON + 61 * S, escalations=(made,)))

    assert young[Kpi.ACKNOWLEDGED_ON_TIME].value is None
    assert late[Kpi.ACKNOWLEDGED_ON_TIME].value == 0.0
