"""How a flow document is read."""

import json
from typing import Any

import pytest
from pydantic import ValidationError

from ivr.flow import parse
from ivr.model import CRISIS, ROUTINE, Choice, Enqueue, Menu, Phrase, Say, Voice, Voicemail

Raw = dict[str, Any]
Prompts = dict[str, dict[str, str]]


def test_every_kind_of_step_is_read(raw: Raw, prompts: Prompts) -> None:
    flow = parse(raw, prompts=prompts)

    assert flow.languages == ("cmn", "yue", "hak")
    assert flow.steps["welcome"] == Say(
        say=(Phrase("greeting.line"), Phrase("greeting.line", "eng")), next="menu"
    )
    assert flow.steps["talk"] == Enqueue(say=(), urgency=ROUTINE, topic="school")
    assert flow.steps["message"] == Voicemail(say=(Phrase("message.please_leave"),))


def test_voices_of_a_line_are_read_and_listen_as_the_carrier_names_it(raw: Raw) -> None:
    raw["voices"] = {
        "yue": {"voice": "Polly.Hiujin-Neural", "language": "yue-CN"},
        "hak": {"voice": "Own.Hakka", "language": "hak-CN", "gather": "cmn-Hans-CN"},
    }

    voices = parse(raw).voices

    assert voices["yue"] == Voice("yue-CN", "Polly.Hiujin-Neural", "yue-Hant-HK")
    assert voices["hak"] == Voice("hak-CN", "Own.Hakka", "cmn-Hans-CN")


@pytest.mark.parametrize(
    "voices",
    [
        {"fra": {"voice": "a", "language": "fr-FR"}},
        {"yue": {"voice": "a", "language": "Cantonese, please"}},
        {"yue": {"voice": "", "language": "yue-CN"}},
        {"yue": {"voice": "a"}},
    ],
)
def test_a_voice_that_no_carrier_could_have_is_refused(raw: Raw, voices: Raw) -> None:
    with pytest.raises(ValidationError):
        parse({**raw, "voices": voices})


def test_a_menu_is_read_with_its_choices_in_the_order_of_the_keys(raw: Raw) -> None:
    choices = raw["steps"]["menu"]["choices"]
    raw["steps"]["menu"]["choices"] = dict(reversed(choices.items()))

    menu = parse(raw).steps["menu"]

    assert isinstance(menu, Menu)
    assert list(menu.choices) == ["1", "2", "3", "4", "5"]
    assert menu.timeout_s == 5
    assert menu.choices["5"] == Choice(
        say=Phrase("language.nan"), next="shut", urgency=CRISIS, topic="legal"
    )


def test_a_flow_reads_the_same_after_a_stay_in_the_database(youth: Raw) -> None:
    assert parse(json.loads(json.dumps(youth))) == parse(youth)


def test_what_is_left_out_has_a_sensible_meaning(raw: Raw) -> None:
    del raw["language"], raw["danger_words"], raw["steps"]["menu"]["timeout_s"]
    del raw["steps"]["talk"]["enqueue"]["urgency"]

    flow = parse(raw)
    menu = flow.steps["menu"]

    assert (flow.language, flow.danger_words) == ("cmn", ())
    assert isinstance(menu, Menu)
    assert menu.timeout_s == 6
    assert flow.steps["talk"] == Enqueue(say=(), urgency=ROUTINE, topic="school")
