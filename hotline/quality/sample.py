"""Which calls of a month are reviewed: five of a hundred by lot, and every imminent one. Pure.

The lot is no secret and nobody's choice. The seed of a month and line is SHA-256 of the salt of
this installation, the month and the line; it is kept, and shown, while the month still runs. Each
call has a ticket, SHA-256 of the seed and its id; the lowest tickets are drawn, as many as are
owed. By rank, not by a threshold: a threshold would draw five of a hundred only on average.
So anybody who has the seed and the ids of the month's calls can draw again and must find the same.
"""

import hashlib
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from hotline.i18n.catalog import HERE

ONE_OF = 20  # domain research, requirement 51: at least 5 % (contract of 12348 Anhui)


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """Ids of calls. `by_lot`: the lowest ticket first. `digest`: of all that were in the lot."""

    by_lot: tuple[str, ...]
    imminent: frozenset[str]
    population: int
    digest: str

    @property
    def calls(self) -> frozenset[str]:
        """All that are to be reviewed."""
        return self.imminent | frozenset(self.by_lot)


def seed_of(salt: str, month: str, line_id: str) -> str:
    """64 hex digits. `month`: as 2026-11."""
    return _hash(salt, month, line_id)


def ticket_of(seed: str, call_id: str) -> str:
    """What decides about a call: the lower, the sooner it is drawn."""
    return _hash(seed, call_id)


def owed_of(population: int) -> int:
    """How many are drawn by lot: five of a hundred, rounded up."""
    return -(-population // ONE_OF)


def draw(seed: str, calls: Collection[str], imminent: Iterable[str]) -> Drawn:
    """The sample of these counselling calls, in whatever order they come."""
    population = frozenset(calls)
    by_ticket = sorted(population, key=lambda call_id: (ticket_of(seed, call_id), call_id))
    return Drawn(
        by_lot=tuple(by_ticket[: owed_of(len(population))]),
        imminent=frozenset(imminent) & population,
        population=len(population),
        digest=digest_of(population),
    )


def digest_of(calls: Iterable[str]) -> str:
    """Of a set of calls: equal sets, equal digests. What was drawn from is proved by it later."""
    return _hash(*sorted(set(calls)))


def _hash(*parts: str) -> str:
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


# ── months ──────────────────────────────────────────────────────────────────────────────────────


def month_of(at: datetime) -> str:
    """In which month that is here, as 2026-11."""
    return f"{at.astimezone(HERE):%Y-%m}"


def begin_of(month: str) -> datetime:
    """The first moment of a month, here."""
    year, number = map(int, month.split("-"))
    return datetime(year, number, 1, tzinfo=HERE)


def end_of(month: str) -> datetime:
    """The first moment that does not belong to it any more."""
    return begin_of(month_of(begin_of(month) + timedelta(days=32)))
