"""What a line is called, as those who call it hear it."""

from hotline.storage.tables import Line


def name_heard(line: Line, language: str) -> str:
    """An English voice cannot read Chinese: it says nothing, or single letters."""
    return (line.name_en or line.name) if language == "eng" else line.name
