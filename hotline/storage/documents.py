"""Documents of the configuration that are kept by what they say, for ever: one of them in force.

What is called by a document (the colour of a case, the review of a call) names its version, and
stays with it whatever comes into force later.
"""

import hashlib
import json
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar

from cachetools import LRUCache
from pydantic import BaseModel
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col, select, update

from hotline.storage.session import Work
from hotline.storage.tables.documents import KeptVersion

MOST_PARSED = 32


def version_of_document(document: Mapping[str, Any]) -> str:
    """A name for what a document says: equal documents, equal names."""
    return hashlib.sha256(json.dumps(document, sort_keys=True).encode()).hexdigest()[:12]


class VersionedDocument(BaseModel):
    """The whole of a document."""

    @property
    def version(self) -> str:
        """A name for what it says: equal ones, equal names."""
        return version_of_document(self.document)

    @property
    def document(self) -> dict[str, Any]:
        """As it is kept."""
        return self.model_dump(mode="json")


@dataclass(frozen=True, slots=True)
class DocumentFault:
    """What is wrong of a document whose shape is right: the path to it, and what to do."""

    where: tuple[str | int, ...]
    said: str


DocumentKind = TypeVar("DocumentKind", bound=VersionedDocument)


class DocumentsByVersion(Generic[DocumentKind]):
    """All documents of one kind, in their table. A version that was parsed never changes."""

    def __init__(
        self,
        kind: str,
        table: type[KeptVersion],
        *,
        read: Callable[[Mapping[str, Any]], DocumentKind],
        shipped: Callable[[], DocumentKind],
    ) -> None:
        """`kind`: begins the line that tells of a new one. `shipped`: until one is applied."""
        self._kind, self._table, self._read, self._shipped = kind, table, read, shipped
        self._parsed: LRUCache[str, DocumentKind] = LRUCache(maxsize=MOST_PARSED)

    async def put_in_force(self, work: Work, wanted: DocumentKind, *, at: datetime) -> list[str]:
        """From now on this one holds. Returns the differences as one line of text each."""
        version = col(self._table.version)
        query = select(version).where(col(self._table.in_force))
        before = (await work.exec(query)).one_or_none()
        if before == wanted.version:
            return []
        await self.keep(work, wanted, at=at)
        await work.exec(update(self._table).where(version == before).values(in_force=False))
        of_wanted = update(self._table).where(version == wanted.version)
        await work.exec(of_wanted.values(in_force=True))
        is_shipped = before is None and wanted == self._shipped()
        return [] if is_shipped else [f"{self._kind} {wanted.version}: put in force"]

    async def keep(self, work: Work, wanted: DocumentKind, *, at: datetime) -> None:
        """Before anything names it. Two may do this at once."""
        kept = insert(self._table).values(
            version=wanted.version, document=wanted.document, first_used_at=at, in_force=False
        )
        await (await work.connection()).execute(kept.on_conflict_do_nothing())

    async def in_force(self, work: Work) -> DocumentKind:
        """The one that holds; before anything was applied the one that is shipped."""
        query = select(self._table).where(col(self._table.in_force))
        kept = (await work.exec(query)).one_or_none()
        return self._shipped() if kept is None else self._parse(kept)

    async def of(self, work: Work, versions: Collection[str]) -> Mapping[str, DocumentKind]:
        """Each of these that was ever kept, by its version."""
        query = select(self._table).where(col(self._table.version).in_(versions))
        return {kept.version: self._parse(kept) for kept in (await work.exec(query)).all()}

    def _parse(self, kept: KeptVersion) -> DocumentKind:
        if kept.version not in self._parsed:
            self._parsed[kept.version] = self._read(kept.document)
        return self._parsed[kept.version]
