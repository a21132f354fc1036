"""Commands, as JSON under /api/v1. The pages use these; so may other software."""

from fastapi import APIRouter

from hotline.web.api import breaks, calls, escalations, floor, live, me, records, sessions

api_router = APIRouter(prefix="/api/v1")
for part in (sessions, me, breaks, calls, records, escalations, floor, live):
    api_router.include_router(part.router)
