"""The nine situations in which the law asks for a report: closed codes of a file. Pure."""

import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

FILE = Path(__file__).with_name("reportable.toml")
DOCUMENT: Mapping[str, Any] = tomllib.loads(FILE.read_text(encoding="utf-8"))
REPORTABLE = "reportable"  # the list's name, and the key of the field that asks for it
CODES: Mapping[str, Mapping[str, str]] = {one["code"]: one["label"] for one in DOCUMENT[REPORTABLE]}


def as_options() -> Sequence[Mapping[str, Any]]:
    """As a list that forms may name."""
    return [{"code": code, "label": words} for code, words in CODES.items()]
