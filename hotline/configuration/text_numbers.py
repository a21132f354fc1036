"""The number that a line's texts come from: replies reach the line, and it tells nobody much."""

from collections.abc import Iterator

from hotline.configuration.files import Document
from hotline.configuration.schema import LineFile
from hotline.numbers import as_dialled, is_service


def text_number_faults(document: Document, lines: list[LineFile]) -> Iterator[str]:
    """Numbers at which a reply would be lost, or which tell on a shared phone who wrote."""
    for place, line in enumerate(lines):
        where = document.where(("lines", place, "text_number"))
        if not line.text_number:
            continue
        if line.text_number not in line.numbers:
            yield f"{where}: {line.id} has no such number: write it under `numbers` too."
        if is_service(as_dialled(line.text_number)):
            yield f"{where}: everybody knows whose number this is: name one that says nothing."
