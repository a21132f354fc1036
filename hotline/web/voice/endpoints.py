"""All carrier addresses under one prefix. Each checks the signature before anything else."""

from fastapi import APIRouter, Depends

from hotline.web.voice import caller, counselor, plain, station
from hotline.web.voice.webhook import checked_webhook

# The dependency on the router makes an address without the check impossible; FastAPI runs it
# once a request however often it is asked for.
voice_router = APIRouter(
    prefix="/voice", dependencies=[Depends(checked_webhook)], include_in_schema=False
)
ROOMS = (plain, counselor, station, caller)
for room in ROOMS:
    voice_router.include_router(room.router)
