"""Documents that need nothing: no database, no Redis, no call."""

from fastapi import APIRouter, Response

from hotline.web.house import HouseDep
from hotline.web.voice import documents
from hotline.web.voice.answering import xml

router = APIRouter()


@router.api_route("/fallback", methods=["GET", "POST"])
async def fallback(house: HouseDep) -> Response:
    """What the carrier asks for when the proper address failed."""
    return xml(documents.sorry(house.settings))


@router.api_route("/calls/{call_id}/music", methods=["GET", "POST"])
async def hold_music(call_id: str) -> Response:
    """What a caller on hold hears; the carrier asks again when it ends."""
    return xml(documents.music(call_id))
