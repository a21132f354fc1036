"""A protection station's duty phone: hears the minimum, acknowledges with a PIN."""

from fastapi import APIRouter, Response

from hotline.escalations.station_call import call_answered, call_ended, pin_pressed
from hotline.storage.tables import Attempt
from hotline.web.house import HouseDep
from hotline.web.voice import documents
from hotline.web.voice.answering import Turn, answer_callback, answer_caller
from hotline.web.voice.webhook import WebhookDep

router = APIRouter()


@router.post("/stations/{attempt_id}/status")
async def station_status(attempt_id: str, house: HouseDep, webhook: WebhookDep) -> Response:
    """The station's leg changed."""

    async def handle(turn: Turn) -> str:
        status = webhook.leg.status
        if status is not None:
            await _keep_sid(turn, attempt_id)
            await call_ended(turn.work, attempt_id, status, at=turn.at)
        return ""

    return await answer_callback(house, webhook, handle)


@router.post("/stations/{attempt_id}/{what}")
async def station_leg(
    attempt_id: str, what: str, house: HouseDep, webhook: WebhookDep, tries: int = 0
) -> Response:
    """The phone was answered, or keys were pressed."""

    async def handle(turn: Turn) -> str:
        await _keep_sid(turn, attempt_id)
        if what == "pin":
            pin = webhook.leg.digits.rstrip("#")
            notice = await pin_pressed(turn.work, attempt_id, pin, tries=tries, at=turn.at)
        else:
            notice = await call_answered(turn.work, attempt_id, at=turn.at)
        return documents.for_station(attempt_id, notice, tries)

    return await answer_caller(house, webhook, handle, documents.station_sorry(attempt_id))


async def _keep_sid(turn: Turn, attempt_id: str) -> None:
    attempt = await turn.work.get(Attempt, attempt_id)
    if attempt is not None:
        attempt.carrier_sid = attempt.carrier_sid or turn.webhook.leg.sid or None
