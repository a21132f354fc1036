"""The form that is shipped, and forms by their version: parsed once each. Pure.

A version is the hash of what the form says, so a version that was parsed never changes.
"""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from cachetools import LRUCache

from hotline.records.forms.model import FormDefinition, read_form
from hotline.storage.documents import version_of_document

FILE = Path(__file__).with_name("default.yaml")
VERSIONS = 64

_parsed: LRUCache[str, FormDefinition] = LRUCache(maxsize=VERSIONS)


def default_text() -> str:
    """The shipped form as a file, to begin another from."""
    return FILE.read_text(encoding="utf-8")


@cache
def default_form() -> FormDefinition:
    """The form of a line that names none."""
    return read_form(yaml.safe_load(default_text()))


@cache
def default_version() -> str:
    """What names the shipped form."""
    return version_of(default_form())


def version_of(form: FormDefinition) -> str:
    """A name for what a form says: equal forms, equal names."""
    return version_of_document(form.document)


def parsed(version: str) -> FormDefinition | None:
    """The form of this version, where it is the shipped one or was read before."""
    return default_form() if version == default_version() else _parsed.get(version)


def remember(version: str, document: Mapping[str, Any]) -> FormDefinition:
    """Parse what is kept of a version."""
    _parsed[version] = form = read_form(document)
    return form
