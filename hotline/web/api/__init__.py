"""Commands, as JSON under /api/v1. The pages use these; so may other software."""

from fastapi import APIRouter

from hotline.web.api import (
    account,
    accounts,
    breaks,
    callbacks,
    callers,
    calls,
    configuration,
    configuration_edits,
    debriefs,
    directing,
    escalations,
    floor,
    here,
    incidents,
    invitations,
    live,
    me,
    messages,
    notices,
    numbers,
    owed,
    prompts,
    recordings,
    records,
    risk,
    sessions,
    talks,
    texts,
)

PARTS = (
    sessions,
    account,
    accounts,
    invitations,
    me,
    here,
    notices,
    breaks,
    debriefs,
    calls,
    talks,
    callbacks,
    callers,
    numbers,
    owed,
    messages,
    texts,
    recordings,
    prompts,
    records,
    risk,
    escalations,
    floor,
    incidents,
    directing,
    configuration,
    configuration_edits,
    live,
)
api_router = APIRouter(prefix="/api/v1")
for part in PARTS:
    api_router.include_router(part.router)
api_router.include_router(notices.reminders)
