"""Stations in rows, in short words."""

from typing import Any

from hotline.storage.tables import Station, StationContact


def station(station_id: str, division: str = "440106", **more: Any) -> Station:
    """A station with a phone."""
    values = {"name": station_id, "name_en": station_id, "phone": f"phone of {station_id}"}
    return Station(id=station_id, division=division, **{**values, **more})


def contact(contact_id: str, at: str, rank: int = 0, **more: Any) -> StationContact:
    """Somebody of a station, with a PIN and a phone of their own."""
    values = {"key": contact_id, "name": f"name of {contact_id}", "phone": f"1{contact_id}"}
    return StationContact(
        id=contact_id, station_id=at, rank=rank, **{"pin_hash": "x", **values, **more}
    )
