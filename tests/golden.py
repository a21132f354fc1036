"""Golden files: what was read by a person once, and must not change unseen.

XML is indented for reading; indentation is the only thing that is not compared, and the chance
word of an address stands as `…`.
"""

import re
from collections.abc import Callable, Mapping
from difflib import unified_diff
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

GoldenCheck = Callable[[Path, str], None]
WRITE = "--write-golden"

_ONCE = re.compile(r"once=[0-9a-f]+")


def check_golden(path: Path, text: str, *, write: bool) -> None:
    """Compare, and show the difference line by line; or write the file anew."""
    if write:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    kept = path.read_text(encoding="utf-8") if path.exists() else ""
    if text != kept:
        lines = unified_diff(kept.splitlines(), text.splitlines(), "kept", "now", lineterm="", n=2)
        told = "\n".join(lines)
        pytest.fail(f"{path.name} is not what it was ({WRITE} writes it):\n{told}", pytrace=False)


def indented(document: str) -> str:
    """One document for reading."""
    root = ET.fromstring(document)  # noqa: S314 – our own document
    ET.indent(root)
    return ET.tostring(root, encoding="unicode") + "\n"


def documents_as_text(title: str, documents: Mapping[str, str]) -> str:
    """Several documents in one file, each under the moment at which it is heard."""
    root = ET.Element("Documents", {"of": title})
    for moment, document in documents.items():
        root.append(ET.Comment(f" {moment} "))
        root.append(ET.fromstring(document))  # noqa: S314 – our own document
    ET.indent(root)
    return _ONCE.sub("once=…", ET.tostring(root, encoding="unicode")) + "\n"
