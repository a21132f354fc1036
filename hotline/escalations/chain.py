"""The chain of contacts behind a call: its station's, then the parent station's, and so on up.

At each moment those who have the duty come before those who have not, in each station; and a
station that is closed, with nobody on duty, comes after those that are not.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

from sqlalchemy import Row, text
from sqlalchemy.dialects.postgresql import insert

from hotline.escalations.policy import Chain, ChainStep
from hotline.stations.duty import is_there, on_duty
from hotline.stations.queries import UNASSIGNED
from hotline.stations.responsible import NOTHING_KNOWN, Whereabouts, WhyStation, candidates
from hotline.stations.rosters import rules_of
from hotline.storage.session import Work
from hotline.storage.tables import Station

# Every station on the way up, also one without contacts; no station twice, since two of them may
# name each other as parent.
UPWARDS = text("""
with recursive upwards as (
    select id, parent_id, duty, hours, array[id] as path from station where id = :station_id
    union all
    select above.id, above.parent_id, above.duty, above.hours, upwards.path || above.id
    from upwards join station above on above.id = upwards.parent_id
    where above.id <> all (upwards.path)
)
select upwards.id as station_id, upwards.duty, upwards.hours, contact.id, contact.key
from upwards
join station_contact contact on contact.station_id = upwards.id and contact.active
order by cardinality(upwards.path), contact.rank, contact.id
""")


@dataclass(frozen=True, slots=True)
class Roster:
    """Who answers for an escalation, and why it is they."""

    station_id: str
    chain: Chain
    why: WhyStation

    @property
    def named(self) -> bool:
        """Whether anything but the lack of a station led to them."""
        return self.why is not WhyStation.TOP


async def roster_of_line(
    work: Work, line_id: str, at: datetime, known: Whereabouts = NOTHING_KNOWN
) -> Roster:
    """Of the first station that leads to somebody who can be rung (`candidates`).

    Where none does, of the line's, else of the top; where there is no station at all, of a
    placeholder: an escalation without a station is better than a flag that was refused.
    """
    last: Roster | None = None
    async for candidate in candidates(work, line_id, known):
        chain = await read_chain(work, candidate.station_id, at)
        found = Roster(candidate.station_id, chain, candidate.why)
        if found.chain:
            return found
        if last is None and candidate.why in (WhyStation.LINE, WhyStation.TOP):
            last = found
    return last or Roster(await _placeholder(work), (), WhyStation.TOP)


async def _placeholder(work: Work) -> str:
    row = {"id": UNASSIGNED, "name": "未指定", "name_en": "Unassigned", "division": "", "phone": ""}
    await work.exec(insert(Station).values(row).on_conflict_do_nothing())
    return UNASSIGNED


async def read_chain(work: Work, station_id: str, at: datetime) -> Chain:
    """The contacts as the rosters have them at this moment."""
    rows = (await work.sql(UPWARDS, {"station_id": station_id})).all()
    return _chain(rows, at)


def _chain(rows: Sequence[Row[Any]], at: datetime) -> Chain:
    """By station, in the order of its duty; who is closed comes last."""
    there: list[ChainStep] = []
    closed: list[ChainStep] = []
    for station_id, found in groupby(rows, key=lambda row: row.station_id):
        contacts = list(found)
        rules = rules_of(contacts[0].duty, contacts[0].hours, contacts)
        steps = [ChainStep(contact_id, station_id) for contact_id in on_duty(rules, at)]
        (there if is_there(rules, at) else closed).extend(steps)
    return (*there, *closed)


def with_those_first(first: Collection[str], roster: Chain) -> Chain:
    """The roster of this moment for the rest of a round: nobody who was rung in it already is rung
    again, and nobody is left out, because a shift ended meanwhile.

    `first`: who was rung, by contact and in their order.
    """
    by_id = {one.contact_id: one for one in roster}
    passed = [by_id[contact_id] for contact_id in first if contact_id in by_id]
    return (*passed, *(one for one in roster if one not in passed))
