"""The number of ours that a drill rings: it presses its PIN, and nobody else hears anything."""

from fastapi import APIRouter, Response

from hotline.numbers import as_dialled
from hotline.watching.drill import DRILL, is_drill_under_way
from hotline.web.deps import BackendDep
from hotline.web.voice.answering import WebhookContext, answer_caller
from hotline.web.voice.webhook import WebhookDep
from ivr.twiml import press_keys, reject

router = APIRouter()

QUESTION_S, NEXT_QUESTION_S = 3, 8  # until the first words, and until they were said once


@router.post("/drill")
async def drill_call(backend: BackendDep, webhook: WebhookDep) -> Response:
    """Only while a drill runs, and only from the number that drills ring from.

    Whoever fakes that number hears keys that open nothing but a drill.
    """

    async def handle(context: WebhookContext) -> str:
        ours = as_dialled(backend.settings.watch_sender)
        calling = as_dialled(webhook.leg.caller_raw)
        if not ours or calling != ours or not await is_drill_under_way(context.work):
            return reject()
        keys = f"{backend.vault.own_pin(DRILL)}#"
        return press_keys(keys, after_s=QUESTION_S, apart_s=NEXT_QUESTION_S)

    return await answer_caller(backend, webhook, handle, reject)
