"""Stations by name: for whoever raises a flag and knows which one should answer."""

from fastapi import APIRouter, Query
from pydantic import BaseModel

from hotline.stations.queries import search_stations
from hotline.web.auth import CallReader
from hotline.web.deps import WorkDep

router = APIRouter(tags=["escalations"])


class StationOut(BaseModel):
    """A station as it is chosen. Who is rung there is its own business."""

    id: str
    name: str
    name_en: str
    division: str


@router.get("/stations")
async def find_stations(
    work: WorkDep, _who: CallReader, query: str = Query(default="", max_length=60)
) -> list[StationOut]:
    """By a part of the name, by id or by division; at most a dozen, by division."""
    found = await search_stations(work, query)
    return [
        StationOut(id=one.id, name=one.name, name_en=one.name_en, division=one.division)
        for one in found
    ]
