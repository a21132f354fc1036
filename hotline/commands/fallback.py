"""`hotline fallback`: what callers hear while nobody can reach us, written at once."""

import asyncio
from pathlib import Path

from hotline.commands.plan import in_database
from hotline.lines.fallback_documents import fallback_documents, write_documents
from hotline.settings import read_settings


def write_fallback(folder: Path) -> list[Path]:
    """Write one document a line into a folder. Returns which."""
    url, duty_phone = read_settings().base_url, read_settings().duty_phone
    documents = asyncio.run(in_database(lambda work: fallback_documents(work, url, duty_phone)))
    return write_documents(folder, documents)
