"""Beside which field of a form a fault stands: by the line of the file that it names."""

import re
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from hotline.configuration.files import Document, read_document
from hotline.configuration.sets import Fault, write_files
from hotline.errors import ConfigError

CALENDAR = "calendar"
NAMED = re.compile("`([a-z_]+)`")


def fields_beside(
    faults: Sequence[Fault],
    file: tuple[str, str],
    entry: tuple[str, int],
    fields: Sequence[str],
) -> list[str]:
    """For each fault the field it belongs to; empty where it belongs to none of them.

    `file`: its path and text. `entry`: the list of the file, and which of its entries is shown.
    """
    part, place = entry
    try:
        document = _document(*file)
    except ConfigError:
        return [""] * len(faults)
    here = [fault.path == document.name for fault in faults]
    return [
        _field(fault, document, (part, str(place)), fields) if ours else ""
        for fault, ours in zip(faults, here, strict=True)
    ]


def _document(name: str, text: str) -> Document:
    with TemporaryDirectory() as folder:
        write_files({name: text}, Path(folder))
        return read_document(Path(folder), name)


def _field(fault: Fault, document: Document, entry: tuple[str, str], fields: Sequence[str]) -> str:
    if _within(document, (CALENDAR,), fault.line):
        return CALENDAR if CALENDAR in fields else ""
    if not _within(document, entry, fault.line):
        return ""
    named = set(NAMED.findall(fault.said))
    by_name = [field for field in fields if field.rpartition(".")[2] in named]
    starts = {field: document.line((*entry, *field.split("."))) for field in fields}
    above = [field for field in fields if starts[field] <= fault.line]
    nearest = max(above, key=lambda field: starts[field], default="")
    return next((one for one in by_name if one in above), nearest)


def _within(document: Document, path: tuple[str, ...], line: int) -> bool:
    lines = [at for place, at in document.lines.items() if place[: len(path)] == path]
    return bool(lines) and min(lines) <= line <= max(lines)
