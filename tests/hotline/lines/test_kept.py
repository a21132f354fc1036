"""Documents of lines are parsed once a version, and one that is not understood has a fallback."""

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel
from structlog.testing import capture_logs

from hotline.i18n.prompts import spoken_prompts
from hotline.lines.flows import STRAIGHT_TO_A_HUMAN, flow_of
from hotline.lines.kept import VERSIONS, KeptDocuments
from hotline.lines.plans import DEFAULT_VERSION, policy_from, policy_of, version_of
from hotline.storage.tables import Line
from ivr.checks import check_prompts
from routing.policy import DEFAULT_POLICY
from routing.policy.reading import DEFAULT_DOCUMENT


class Greeting(BaseModel):
    """A kind of document for these tests."""

    words: str


class Parser:
    """Counts how often it is asked."""

    def __init__(self) -> None:
        self.asked = 0

    def parse(self, document: Mapping[str, Any]) -> Greeting:
        self.asked += 1
        return Greeting.model_validate(document)


FALLBACK = Greeting(words="hello")


def test_a_document_is_parsed_once_a_version() -> None:
    parser = Parser()
    kept = KeptDocuments("greeting", parser.parse, fallback=FALLBACK)

    said = [kept.of({"words": word}, version=word).words for word in ("a", "b", "a")]

    assert (said, parser.asked) == (["a", "b", "a"], 2)


def test_no_document_at_all_is_the_fallback() -> None:
    kept = KeptDocuments("greeting", Parser().parse, fallback=FALLBACK)

    assert kept.of({}, version="") is FALLBACK


def test_a_document_that_is_not_understood_is_logged_and_the_fallback_serves() -> None:
    parser = Parser()
    kept = KeptDocuments("greeting", parser.parse, fallback=FALLBACK)

    with capture_logs() as logs:
        said = [kept.of({"wards": "a"}, version="bad") for _ in range(2)]

    assert (said, parser.asked) == ([FALLBACK, FALLBACK], 1)
    assert [(entry["kind"], entry["version"], entry["faults"]) for entry in logs] == [
        ("greeting", "bad", ["words"])
    ]


def test_old_versions_make_room_for_new_ones() -> None:
    parser = Parser()
    kept = KeptDocuments("greeting", parser.parse, fallback=FALLBACK)

    for version in range(VERSIONS + 1):
        kept.of({"words": "a"}, version=str(version))
    kept.of({"words": "a"}, version="0")

    assert parser.asked == VERSIONS + 2


def line(**values: Any) -> Line:
    return Line(id="youth", name="", name_en="", number_shown="", **values)


def test_a_line_without_a_plan_has_the_default() -> None:
    assert (policy_of(line()), version_of(line())) == (DEFAULT_POLICY, DEFAULT_VERSION)


def test_a_line_has_the_plan_of_its_version() -> None:
    document = {**DEFAULT_DOCUMENT, "ring_s": 33}

    assert policy_of(line(plan=document, plan_version="v-33")).ring_s == 33
    assert policy_from(document, version="v-33").ring_s == 33


def test_a_flow_that_a_newer_program_does_not_understand_leads_straight_to_a_human() -> None:
    with capture_logs():
        flow = flow_of(line(flow={"no": "flow"}, flow_version="unreadable"))

    assert flow is STRAIGHT_TO_A_HUMAN
    assert list(flow.steps) == [flow.start]


def test_the_way_straight_to_a_human_says_what_there_are_words_for() -> None:

    assert list(check_prompts(STRAIGHT_TO_A_HUMAN, spoken_prompts())) == []
