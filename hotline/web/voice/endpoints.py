"""All carrier addresses under one prefix. Each checks the signature before anything else."""

from fastapi import APIRouter, Depends, Response

from hotline.web.voice import (
    alert_texts,
    caller,
    contact_drill,
    drill,
    dropped,
    duty_phone,
    group_texts,
    late_report,
    leg_documents,
    legs,
    referral,
    reminder_texts,
    station,
    supervisor,
    visit,
    watch,
)
from hotline.web.voice.answering import xml
from hotline.web.voice.webhook import checked_webhook

# The dependency on the router makes an address without the check impossible; FastAPI runs it
# once a request however often it is asked for.
voice_router = APIRouter(
    prefix="/voice", dependencies=[Depends(checked_webhook)], include_in_schema=False
)
always_there = APIRouter()


@always_there.api_route("/calls/{call_id}/music", methods=["GET", "POST"])
async def hold_music(call_id: str, language: str = "cmn") -> Response:
    """What a caller on hold hears; the carrier asks again when it ends. Needs no database."""
    return xml(leg_documents.music(call_id, language))


@always_there.api_route("/calls/{call_id}/said", methods=["GET", "POST"])
async def said(call_id: str, prompt: str = "", language: str = "cmn") -> Response:
    """What one participant of a talk alone is to hear. Needs no database."""
    return xml(leg_documents.said(prompt, language))


ROUTERS = (
    always_there,
    legs.router,
    station.router,
    dropped.router,
    supervisor.router,
    late_report.router,
    duty_phone.router,
    watch.router,
    drill.router,
    group_texts.router,
    contact_drill.router,
    referral.router,
    reminder_texts.router,
    alert_texts.router,
    visit.router,
    caller.router,
)
for router in ROUTERS:
    voice_router.include_router(router)
