"""Stations and their contacts, brought to what the files say: in a few statements for the tree."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from sqlmodel import select

from hotline.configuration.rows import changed, put
from hotline.configuration.schema import ContactFile, HoursFile, StationFile
from hotline.configuration.stations import duty_of
from hotline.storage.session import Work
from hotline.storage.tables import Station, StationContact


async def apply_stations(work: Work, stations: Sequence[StationFile]) -> list[str]:
    """The differences, a line each. Parents are written before those who name them."""
    kept = (await work.exec(select(Station))).all()  # held, so that each is found without a look
    told = {}
    for row in _by_depth(stations):
        for station in row:
            told[station.id] = await put(work, Station, station.id, _fields(station))
        if any(said for said in told.values()):
            await work.flush()
    contacts = await _known_contacts(work)
    del kept
    return [
        said
        for station in stations
        for said in [*told[station.id], *_contacts(work, station, contacts[station.id])]
    ]


def _fields(station: StationFile) -> dict[str, Any]:
    return {
        "name": station.name,
        "name_en": station.name_en,
        "kind": station.kind,
        "division": station.division,
        "phone": station.phone,
        "parent_id": station.parent,
        "intake": station.intake,
        "hours": [_written(one) for one in station.hours],
        "duty": duty_of(station),
    }


def _written(hours: HoursFile) -> dict[str, Any]:
    return hours.model_dump(by_alias=True)


def _by_depth(stations: Sequence[StationFile]) -> list[list[StationFile]]:
    """Those without a parent, then those below them, and so on."""
    by_parent: dict[str | None, list[StationFile]] = defaultdict(list)
    for station in stations:
        by_parent[station.parent].append(station)
    rows, row = [], by_parent[None]
    while row:
        rows.append(row)
        row = [below for station in row for below in by_parent[station.id]]
    return rows


async def _known_contacts(work: Work) -> dict[str, dict[str, StationContact]]:
    """By station and key."""
    found: dict[str, dict[str, StationContact]] = defaultdict(dict)
    for contact in (await work.exec(select(StationContact))).all():
        found[contact.station_id][contact.key] = contact
    return found


def _contacts(work: Work, station: StationFile, known: dict[str, StationContact]) -> list[str]:
    """`known`: those there are. Who is not wanted any more is switched off."""
    keys = {contact.key for contact in station.contacts}
    told: list[str] = []
    for rank, wanted in enumerate(station.contacts):
        contact = known.pop(wanted.key, None)
        for earlier in wanted.earlier_keys:  # they have an id of their own by now
            if contact is None and earlier not in keys:
                contact = known.pop(earlier, None)
        contact = contact or StationContact(
            station_id=station.id, key=wanted.key, rank=-1, name="", phone="", pin_hash=""
        )
        work.add(contact)
        if _set_contact(contact, wanted, rank):
            told.append(f"station {station.id}: contact {rank + 1} set")
    for contact in [contact for contact in known.values() if contact.active]:
        contact.active = False
        told.append(f"station {station.id}: a contact removed")
    return told


def _set_contact(contact: StationContact, wanted: ContactFile, rank: int) -> bool:
    """Whether anything changed. The row stays, and with it what it acknowledged."""
    fields = {
        "key": wanted.key,
        "rank": rank,
        "name": wanted.name,
        "phone": wanted.phone,
        "channels": list(wanted.channels),
        "email": wanted.email,
        "webhook_url": wanted.webhook_url,
        "language": wanted.language,
        "active": True,
        "account": wanted.account or "",
    }
    return bool(changed(contact, fields))
