"""What an offer keeps of its reasons: enough for a page, and no more than is true."""

from typing import Any

import pytest

from hotline.storage.documents import version_of_document
from hotline.storage.tables import Line
from hotline.switchboard.mirror import availability_of, standing_away
from hotline.switchboard.reasons import reasons_of
from hotline.switchboard.teller import (
    FITTING_KEPT,
    NAMED_UP_TO,
    OnDuty,
    Teller,
    Told,
    plans_in_force,
    shadow_plans,
)
from routing.care import Care
from routing.policy import Need
from routing.recording import Event, Kind
from routing.shadow import PlanChoice
from tests.hotline.switchboard.conftest import (
    ANYONE,
    OWN_LANGUAGE_FIRST,
    SPEAKS_HAKKA,
    a_counselor,
    a_line,
    later,
)


class TellerScene:
    """Somebody tells a teller what happens, as a mirror would."""

    def __init__(self, **line: Any) -> None:
        lines: dict[str, Line] = {"youth": a_line(**line)}
        self.teller = Teller(plans_in_force(lines), shadow_plans(lines))
        self.ready: set[str] = set()

    def is_ready(self, staff_id: str, at_s: float = 0, **values: Any) -> list[Told]:
        """They may be called from now on."""
        presence, staff = a_counselor(staff_id, **values)
        place = availability_of(presence, staff, Care())
        assert place is not None
        self.is_on_duty(staff_id, **values)
        self.ready.add(staff_id)
        return self._tell(at_s, Kind.COUNSELOR_READY, staff_id, signature=place.signature,
                          idle_since=place.idle_since)  # fmt: skip

    def is_on_duty(self, staff_id: str, state: str = "ready", **values: Any) -> None:
        """They do something, which is known for the reasons alone."""
        presence, staff = a_counselor(staff_id, state, **values)
        standing = standing_away(presence, staff)
        self.teller.doing[staff_id] = OnDuty(standing, presence.state, presence.reason)

    def waits(
        self, call_id: str, at_s: float = 0, language: str = "cmn", **known: Any
    ) -> list[Told]:
        """A caller joins the line."""
        need = Need(line="youth", language=language, **known)
        return self._tell(at_s, Kind.CALL_ARRIVES, call_id, need=need)

    def passes(self, at_s: float) -> list[Told]:
        """Time passes."""
        return self._tell(at_s, Kind.TIME_PASSED)

    def _tell(self, at_s: float, kind: Kind, subject: str = "", **said: Any) -> list[Told]:
        event = Event(at=later(at_s).timestamp(), kind=kind, subject=subject, **said)
        return self.teller.tell(event, ready=self.ready)


# ── reasons ─────────────────────────────────────────────────────────────────────────────────────


def test_an_offer_remembers_the_plan_the_wait_and_everybody_who_fitted_in_their_order() -> None:
    scene = TellerScene(plan=ANYONE)
    scene.is_ready("wang", idle_since=later(-5))
    scene.is_ready("li", idle_since=later(-60))

    (told,) = scene.waits("c1", at_s=10)

    assert (told.decision.call, told.decision.counselor) == ("c1", "li")
    assert told.reasons == {
        "plan": "youth/routine/cmn/any",
        "plan_version": version_of_document(ANYONE),
        "waited_s": 0.0,
        "idle_s": 70.0,
        "in_wrap_up": False,
        "ahead": 0,
        "waiting": 1,
        "candidates": [
            {"counselor": "li", "stage": "anyone", "order": 1},
            {"counselor": "wang", "stage": "anyone", "order": 2},
        ],
        "left_out": {},
    }


def test_of_everybody_else_on_duty_it_says_the_first_rule_against_them() -> None:
    scene = TellerScene(plan=OWN_LANGUAGE_FIRST)
    scene.is_on_duty("at-table", "paused", reason="meal")
    scene.is_ready("of-another-line", staff={"lines": ["women"]})
    scene.is_ready("speaks-hakka", staff=SPEAKS_HAKKA)
    scene.is_ready("li")

    (told,) = scene.waits("c1")

    said = {one["counselor"]: one for one in told.reasons["candidates"]}
    assert said["li"] == {"counselor": "li", "stage": "own", "order": 1}
    assert said["of-another-line"] == {"counselor": "of-another-line", "excluded_by": "line"}
    assert said["speaks-hakka"] == {
        "counselor": "speaks-hakka", "stage": "anyone", "excluded_by": "language",
        "opens_in_s": 30.0,
    }  # fmt: skip
    assert said["at-table"] == {
        "counselor": "at-table", "excluded_by": "away", "doing": "paused", "reason": "meal",
    }  # fmt: skip


def test_it_says_how_many_waited_and_how_many_of_them_were_ahead() -> None:
    scene = TellerScene(plan=OWN_LANGUAGE_FIRST)
    scene.waits("ahead", at_s=0, language="hak")
    scene.waits("c1", at_s=5)
    scene.waits("behind", at_s=6)

    (told,) = scene.is_ready("li", at_s=8)

    assert told.decision.call == "c1"
    assert (told.reasons["ahead"], told.reasons["waiting"]) == (1, 3)
    assert told.reasons["waited_s"] == 3.0


def test_the_plan_says_how_long_it_rings_and_whether_an_interpreter_comes_in() -> None:
    scene = TellerScene(plan=OWN_LANGUAGE_FIRST)
    scene.is_ready("li", staff=SPEAKS_HAKKA)
    assert scene.waits("c1") == []

    (told,) = scene.passes(30)

    assert (told.decision.stage, told.interpreter, told.ring_s) == ("anyone", True, 25.0)


@pytest.mark.parametrize("known", [{}, {"counselor": "li"}, {"also_speaks": ("yue",)}])
def test_an_interpreter_comes_in_wherever_the_two_have_no_language_in_common(
    known: dict[str, Any],
) -> None:
    scene = TellerScene(plan=ANYONE)
    scene.is_ready("li")

    (told,) = scene.waits("c1", language="eng", **known)

    assert told.interpreter


@pytest.mark.parametrize("known", [{"language": "cmn"}, {"also_speaks": ("cmn",)}])
def test_no_interpreter_comes_in_where_the_caller_is_known_to_understand_the_counselor(
    known: dict[str, Any],
) -> None:
    scene = TellerScene(plan=ANYONE)
    scene.is_ready("li")

    (told,) = scene.waits("c1", **{"language": "eng", **known})

    assert not told.interpreter


def test_by_the_default_plan_an_english_caller_is_not_given_to_who_speaks_mandarin_at_once() -> (
    None
):
    scene = TellerScene()
    scene.is_ready("li")
    assert scene.waits("c1", language="eng") == []

    (told,) = scene.passes(300)

    assert (told.decision.stage, told.interpreter) == ("anyone_on_line", True)


def test_a_line_without_a_plan_of_its_own_is_served_by_the_default() -> None:
    scene = TellerScene()
    scene.is_ready("li")

    (told,) = scene.waits("c1")

    assert told.reasons["plan_version"] == "default"
    assert (told.decision.stage, told.interpreter, told.ring_s) == ("language", False, 20.0)


def test_of_a_very_large_floor_the_first_who_fitted_are_named_and_the_others_counted() -> None:
    scene = TellerScene(plan=ANYONE)
    for number in range(NAMED_UP_TO - 1):
        scene.is_ready(f"ready-{number:03}", idle_since=later(number - NAMED_UP_TO))
    scene.is_ready("of-another-line", staff={"lines": ["women"]})
    scene.is_on_duty("at-table", "paused")

    (told,) = scene.waits("c1")

    named = [one["counselor"] for one in told.reasons["candidates"]]
    assert named == [f"ready-{number:03}" for number in range(FITTING_KEPT)]
    assert told.reasons["left_out"] == {
        "fitting": NAMED_UP_TO - 1 - FITTING_KEPT,
        "line": 1,
        "away": 1,
    }


def test_a_large_floor_is_named_one_by_one_up_to_its_limit() -> None:
    scene = TellerScene(plan=ANYONE)
    for number in range(NAMED_UP_TO):
        scene.is_ready(f"ready-{number}")

    (told,) = scene.waits("c1")

    assert len(told.reasons["candidates"]) == NAMED_UP_TO
    assert told.reasons["left_out"] == {}


@pytest.mark.parametrize(
    ("kept", "said"),
    [
        ({}, {"plan": "", "waited_s": 0.0, "waiting": 1, "candidates": [], "left_out": {}}),
        ({"plan": "p", "waited_s": 7.5}, {"plan": "p", "waited_s": 7.5, "ahead": 0}),
        ({"candidates": [{"counselor": "li", "order": 1}]}, {"plan_version": ""}),
    ],
)
def test_an_offer_that_kept_less_is_still_explained(
    kept: dict[str, Any], said: dict[str, Any]
) -> None:
    reasons: dict[str, Any] = dict(reasons_of(kept))

    assert {**reasons, **kept, **said} == reasons
    assert len(reasons) == 9


# ── what is kept for a replay, and of a shadow ──────────────────────────────────────────────────


def test_what_was_told_is_handed_over_once_and_counted() -> None:
    scene = TellerScene()
    scene.is_ready("li")
    scene.waits("c1")

    first, again = scene.teller.take_records(), scene.teller.take_records()

    assert [one.event.subject for one in first] == ["li", "c1"]
    assert [[c.counselor for c in one.choices] for one in first] == [[], ["li"]]
    assert again == []
    assert scene.teller.records_told == 2


def test_what_a_shadow_plan_would_have_done_otherwise_is_handed_over_once() -> None:
    scene = TellerScene(plan=ANYONE, shadow_plan=OWN_LANGUAGE_FIRST)
    scene.is_ready("li", idle_since=later(-60))
    scene.is_ready("wang", staff=SPEAKS_HAKKA)

    scene.waits("c1", at_s=5, language="hak")
    (found,), again = scene.teller.take_differences(), scene.teller.take_differences()

    assert found.live == PlanChoice(counselors=("li",), stage="anyone", waited_s=0.0)
    assert found.shadow == PlanChoice(counselors=("wang",), stage="own", waited_s=0.0)
    assert again == []
    assert scene.teller.shadow_version("youth") == version_of_document(OWN_LANGUAGE_FIRST)


def test_a_line_without_a_shadow_plan_is_compared_with_nothing() -> None:
    scene = TellerScene(plan=ANYONE)
    scene.is_ready("li")

    scene.waits("c1")

    assert scene.teller.take_differences() == []
    assert scene.teller.shadow_version("youth") == ""
    assert shadow_plans({"youth": a_line()}) is None


def test_lines_beside_the_one_with_a_shadow_plan_are_followed_by_their_own() -> None:
    lines = {
        "youth": a_line(shadow_plan=OWN_LANGUAGE_FIRST),
        "women": a_line(id="women", plan=ANYONE),
    }

    shadow = shadow_plans(lines)

    assert shadow is not None
    assert shadow.versions["women"] == version_of_document(ANYONE)
    assert shadow.policies["women"] == plans_in_force(lines).policies["women"]
    assert shadow.policies["youth"] != plans_in_force(lines).policies["youth"]
