"""What the drills came to: the last ones through the whole path, and each contact's phone."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import text
from sqlmodel import col, select

from hotline.storage.session import Work
from hotline.storage.tables import DrillRun
from hotline.storage.tables.places import DRILL_STATION
from hotline.watching.contact_rules import ContactOutcome
from hotline.watching.drill import step_reached

RUNS_SHOWN = 12
WORTH_A_LOOK = (ContactOutcome.NO_SUCH_NUMBER, ContactOutcome.NO_ANSWER, ContactOutcome.NO_KEY)
# Of each contact on a roster: the last drill that came to an end, and when somebody last answered.
CONTACTS = text("""
    select station.id as station_id, station.name as station, station.name_en as station_en,
        contact.rank, contact.name as contact, last.outcome, last.asked_at, heard.at as heard_at
    from station_contact contact join station on station.id = contact.station_id
    left join lateral (select outcome, asked_at from contact_drill
        where contact_id = contact.id and outcome <> '' order by asked_at desc limit 1
    ) last on true
    left join lateral (select max(ended_at) as at from contact_drill
        where contact_id = contact.id and outcome = 'reached') heard on true
    where contact.active and station.id <> :drill
    order by station.id, contact.rank
""")


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactRow:
    """`outcome`: of the last drill, "" where there was none. `heard_at`: the last time a key came.

    `rank` counts from 0, as on the roster.
    """

    station_id: str
    station: str
    station_en: str
    rank: int
    contact: str
    outcome: str
    asked_at: datetime | None
    heard_at: datetime | None

    @property
    def is_bad(self) -> bool:
        """Somebody should correct the roster, or ask there."""
        return self.outcome in WORTH_A_LOOK


@dataclass(frozen=True, slots=True, kw_only=True)
class RunRow:
    """`came_to`: the last step that was reached."""

    began_at: datetime
    through: str
    outcome: str
    came_to: str
    took_s: float | None


async def contact_rows(work: Work) -> Sequence[ContactRow]:
    """Those worth a look first."""
    found = (await work.sql(CONTACTS, {"drill": DRILL_STATION})).mappings().all()
    rows = [ContactRow(**{**row, "outcome": row["outcome"] or ""}) for row in found]
    return sorted(rows, key=lambda one: not one.is_bad)


async def run_rows(work: Work) -> Sequence[RunRow]:
    """The newest first."""
    query = select(DrillRun).order_by(col(DrillRun.began_at).desc()).limit(RUNS_SHOWN)
    return [_run(one) for one in (await work.exec(query)).all()]


def _run(one: DrillRun) -> RunRow:
    took = None if one.ended_at is None else (one.ended_at - one.began_at).total_seconds()
    return RunRow(
        began_at=one.began_at,
        through=one.through,
        outcome=one.outcome,
        came_to=step_reached(one),
        took_s=took,
    )


SAID = {
    "": "has not been drilled yet",
    ContactOutcome.REACHED: "answered",
    ContactOutcome.NO_KEY: "was lifted, and nobody pressed a key: perhaps a mailbox",
    ContactOutcome.NO_ANSWER: "did not answer",
    ContactOutcome.NO_SUCH_NUMBER: "no longer exists",
    ContactOutcome.NOT_RUNG: "could not be rung by us",
}


def in_words(contacts: Sequence[ContactRow], runs: Sequence[RunRow]) -> Iterator[str]:
    """For the command line; no number stands in it."""
    for run in runs[:1]:
        told = run.outcome or "still runs"
        yield f"Last drill {run.began_at:%Y-%m-%d %H:%M} UTC through the {run.through}: {told}," \
            f" came as far as {run.came_to}."  # fmt: skip
    if not runs:
        yield "No drill has run yet: is `hotline auditor` up?"
    for one in contacts:
        heard = f"{one.heard_at:%Y-%m-%d}" if one.heard_at else "never"
        phone = f"{one.station_id}, contact {one.rank + 1} ({one.contact})"
        yield f"{phone}: this number {SAID[one.outcome]}; last heard: {heard}."
