"""Flows and texts for the tests of `ivr`. The package itself reads no file; the tests may."""

import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[2]

Raw = dict[str, Any]


def _flat(table: Raw, before: str = "") -> dict[str, str]:
    found: dict[str, str] = {}
    for key, value in table.items():
        if isinstance(value, dict):
            found |= _flat(value, f"{before}{key}.")
        else:
            found[before + key] = value
    return found


@pytest.fixture(scope="session")
def prompts() -> dict[str, dict[str, str]]:
    """Language → key → text, as the house reads them."""
    files = (ROOT / "ivr" / "prompts").glob("*.toml")
    return {file.stem: _flat(tomllib.loads(file.read_text("utf-8"))) for file in files}


@pytest.fixture
def youth() -> Raw:
    """The flow of 12355 as it is deployed, loaded and not yet parsed."""
    path = ROOT / "deploy" / "guangdong" / "flows" / "youth-12355.yaml"
    raw: Raw = yaml.safe_load(path.read_text("utf-8"))
    return raw


@pytest.fixture
def raw() -> Raw:
    """A valid flow with every kind of step."""
    return {
        "name": "every-step",
        "language": "cmn",
        "start": "welcome",
        "danger_words": ["救命", "help me"],
        "steps": {
            "welcome": {
                "say": ["greeting.line", {"prompt": "greeting.line", "language": "eng"}],
                "next": "menu",
            },
            "menu": {
                "say": "wait.first",
                "choices": {
                    1: {"say": "language.cmn", "next": "talk", "words": ["学校", "学校里"]},
                    2: {"say": "language.yue", "language": "yue", "next": "soon"},
                    3: {"say": "language.hak", "language": "hak", "next": "talk"},
                    4: {"say": "language.eng", "next": "message", "words": ["Message"]},
                    5: {
                        "say": "language.nan",
                        "next": "shut",
                        "urgency": "crisis",
                        "topic": "legal",
                    },
                },
                "silence": "soon",
                "timeout_s": 5,
            },
            "soon": {"say": "menu.to_human", "next": "talk"},
            "talk": {"enqueue": {"urgency": "routine", "topic": "school"}},
            "message": {"say": "message.please_leave", "voicemail": True},
            "shut": {"say": "closed", "hang_up": "other_line"},
        },
    }
