"""What the auditor did, kept so that a restart does not ring again: in rows, or in a file.

The file is for the time in which the database itself is away: no key can be taken in then.
"""

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Protocol

from sqlmodel import col, select, update

from hotline.storage.session import Database
from hotline.storage.tables import WatchPage
from hotline.storage.tables.columns import new_id
from hotline.watching.paging import PhonePage

REMEMBERED = timedelta(days=1)
AT_MOST = 200
AWAY = "watch_away.json"


class PageLedger(Protocol):
    """What was rung for, and is to be known before the next phone rings."""

    async def pages(self, at: datetime) -> Sequence[PhonePage]:
        """The oldest first."""
        ...

    async def begin(
        self, place: int, address: str, kinds: Collection[str], *, at: datetime
    ) -> PhonePage:
        """Written before anything rings."""
        ...

    async def note(
        self,
        page: PhonePage,
        *,
        ended_at: datetime | None = None,
        texted_at: datetime | None = None,
    ) -> None:
        """It came to nothing, or the phone is written to."""
        ...


@dataclass(frozen=True)
class PagesInRows:
    """The ledger while the database answers."""

    database: Database

    async def pages(self, at: datetime) -> Sequence[PhonePage]:
        """The oldest first."""
        query = select(WatchPage).where(col(WatchPage.at) > at - REMEMBERED)
        query = query.order_by(col(WatchPage.at).desc()).limit(AT_MOST)
        async with self.database.work() as work:
            rows = (await work.exec(query)).all()
        return [_page(row) for row in reversed(rows)]

    async def begin(
        self, place: int, address: str, kinds: Collection[str], *, at: datetime
    ) -> PhonePage:
        """Committed before anything rings."""
        row = WatchPage(place=place, address=address, kinds=sorted(kinds), at=at)
        async with self.database.work() as work:
            work.add(row)
        return _page(row)

    async def note(
        self,
        page: PhonePage,
        *,
        ended_at: datetime | None = None,
        texted_at: datetime | None = None,
    ) -> None:
        """It came to nothing, or the phone is written to."""
        told = {"ended_at": ended_at, "texted_at": texted_at}
        values = {name: moment for name, moment in told.items() if moment is not None}
        async with self.database.work() as work:
            await work.exec(update(WatchPage).where(col(WatchPage.id) == page.id).values(**values))


def _page(row: WatchPage) -> PhonePage:
    return PhonePage(
        id=row.id,
        place=row.place,
        kinds=frozenset(row.kinds),
        at=row.at,
        acknowledged_at=row.acknowledged_at,
        is_over=row.ended_at is not None,
        is_texted=row.texted_at is not None,
    )


class PagesInFile:
    """The ledger while it does not. Small, and written whole with each change."""

    def __init__(self, folder: Path) -> None:
        """`folder`: of this machine's data; made where it is not there."""
        self._path = folder / AWAY

    def since(self) -> datetime | None:
        """When the database was found away; None: it was not, or what is written is torn."""
        try:
            return datetime.fromisoformat(self._read()["since"])
        except (KeyError, TypeError, ValueError):
            return None

    def begin_away(self, at: datetime) -> datetime:
        """Who said so first is believed. Raises `OSError`."""
        since = self.since()
        if since is None:
            self._write({"since": at.isoformat(), "pages": []})
        return since or at

    def end_away(self) -> None:
        """It is back. Raises `OSError`."""
        self._path.unlink(missing_ok=True)

    async def pages(self, _at: datetime) -> Sequence[PhonePage]:
        """The oldest first."""
        return [
            PhonePage(
                id=kept["id"],
                place=kept["place"],
                kinds=frozenset(kept["kinds"]),
                at=datetime.fromisoformat(kept["at"]),
                is_over=kept["over"],
                is_texted=kept["texted"],
            )
            for kept in self._read().get("pages", [])
        ]

    async def begin(
        self, place: int, _address: str, kinds: Collection[str], *, at: datetime
    ) -> PhonePage:
        """On the disk before anything rings. Raises `OSError`."""
        page = PhonePage(id=new_id(), place=place, kinds=frozenset(kinds), at=at)
        self._change(page, over=False, texted=False)
        return page

    async def note(
        self,
        page: PhonePage,
        *,
        ended_at: datetime | None = None,
        texted_at: datetime | None = None,
    ) -> None:
        """It came to nothing, or the phone is written to. Raises `OSError`."""
        over, texted = page.is_over or ended_at is not None, page.is_texted or texted_at is not None
        self._change(page, over=over, texted=texted)

    def _change(self, page: PhonePage, *, over: bool, texted: bool) -> None:
        kept = self._read()
        pages = [one for one in kept.get("pages", []) if one["id"] != page.id]
        told = {"id": page.id, "place": page.place, "kinds": sorted(page.kinds)}
        told |= {"at": page.at.isoformat(), "over": over, "texted": texted}
        self._write({**kept, "pages": [*pages, told][-AT_MOST:]})

    def _read(self) -> dict[str, Any]:
        try:
            kept: dict[str, Any] = json.loads(self._path.read_text())
        except (OSError, ValueError):
            return {}
        return kept

    def _write(self, kept: dict[str, Any]) -> None:
        self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        fresh = self._path.with_suffix(".fresh")
        fresh.write_text(json.dumps(kept))
        fresh.replace(self._path)
