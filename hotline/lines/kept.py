"""Documents of lines, parsed once a version.

What is stored was checked before it was applied. Should a newer program not understand it all the
same, a fallback serves: a caller is never without.
"""

from collections.abc import Callable, Mapping
from typing import Any, Generic, TypeVar

import structlog
from cachetools import LRUCache
from pydantic import ValidationError

log = structlog.get_logger()

Parsed = TypeVar("Parsed")

VERSIONS = 256  # of all lines together, old ones under replay included


class KeptDocuments(Generic[Parsed]):
    """Parsed documents of one kind by their version. Equal versions must mean equal documents."""

    def __init__(
        self, kind: str, parse: Callable[[Mapping[str, Any]], Parsed], *, fallback: Parsed
    ) -> None:
        """`parse` may raise pydantic's `ValidationError`; then `fallback` serves."""
        self._kind, self._parse, self._fallback = kind, parse, fallback
        self._parsed: LRUCache[str, Parsed] = LRUCache(maxsize=VERSIONS)

    def of(self, document: Mapping[str, Any], *, version: str) -> Parsed:
        """What the document of this version says; of an empty one the fallback."""
        if not document:
            return self._fallback
        if version not in self._parsed:
            self._parsed[version] = self._read(document, version)
        return self._parsed[version]

    def _read(self, document: Mapping[str, Any], version: str) -> Parsed:
        try:
            return self._parse(document)
        except ValidationError as fault:
            faults = [".".join(map(str, one["loc"])) for one in fault.errors()]
            log.exception(
                "document.not_understood", kind=self._kind, version=version, faults=faults
            )
            return self._fallback
