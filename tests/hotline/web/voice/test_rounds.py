"""Every kind of round of waiting, word for word, in every language that has words.

The golden files are indented for reading; indentation is the only thing not compared.
"""

from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from hotline.calls.places import PlaceNews
from hotline.storage.tables import Call, Line
from hotline.web.voice.calm import PIECES
from hotline.web.voice.documents import for_caller
from hotline.web.voice.rounds import MUSIC
from tests.fakes import NOON
from tests.golden import GoldenCheck, indented

GOLDEN = Path(__file__).parent / "golden"
LANGUAGES = ("cmn", "yue", "eng")
ROUNDS: dict[str, tuple[dict[str, Any], PlaceNews | None]] = {
    "first": ({"waits": 0}, None),
    "place_unknown": ({}, PlaceNews()),
    "place": ({}, PlaceNews(place=2)),
    "soon": ({}, PlaceNews(place=1, minutes=0)),
    "a_minute": ({}, PlaceNews(place=1, minutes=1)),
    "minutes": ({}, PlaceNews(place=3, minutes=4)),
    "within": ({}, PlaceNews(place=2, minutes=-15)),
    "music": ({}, None),
    "calm_begins": ({"calm_piece": 0}, None),
    "calm_with_place": ({"calm_piece": 1}, PlaceNews(place=2)),
    "calm_ends": ({"calm_piece": len(PIECES) - 1}, None),
    "nobody": ({"alarm_step": 1, "waits": 2}, None),
    "danger": ({"urgency": "crisis", "waits": 2}, None),
    "danger_quiet": ({"urgency": "crisis"}, None),
}


def a_round(name: str, language: str) -> str:
    """The document of one round."""
    values, news = ROUNDS[name]
    line = Line(id="youth", name="青少年", name_en="Youth", number_shown="12355")
    call = Call(**{"id": "c1", "carrier_sid": "CA-c1", "line_id": "youth", "state": "waiting",
                   "language": language, "turn": 4, "waits": 1, "arrived_at": NOON,
                   "heard_at": NOON, **values})  # fmt: skip
    return for_caller(line, call, news=news)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", ROUNDS)
def test_a_round_is_what_it_was(name: str, language: str, golden: GoldenCheck) -> None:
    golden(GOLDEN / f"{name}.{language}.xml", indented(a_round(name, language)))


@pytest.mark.parametrize("name", ROUNDS)
def test_every_round_ends_in_a_pause_and_leads_on(name: str) -> None:
    gather, redirect = ET.fromstring(a_round(name, "cmn"))  # noqa: S314 – our own document

    assert [gather.tag, gather[-1].tag, redirect.tag] == ["Gather", "Pause", "Redirect"]
    assert redirect.text == gather.get("action") == "/voice/calls/c1/wait?turn=4"


def test_two_rounds_of_music_are_not_the_same() -> None:
    assert len(set(MUSIC)) == len(MUSIC)
