"""Sounds that the carrier fetches while somebody listens. No secret is in them: nobody signs."""

from typing import Annotated, Literal

from fastapi import APIRouter, Path, Response
from starlette.concurrency import run_in_threadpool

from hotline.prompts.queries import stored_sound
from hotline.telephony.hold_music import hold_music, waiting_music
from hotline.web.deps import BackendDep

sounds_router = APIRouter(include_in_schema=False)
KEPT_FOR_EVER = {"Cache-Control": "public, max-age=31536000, immutable"}
KEPT = {"Cache-Control": "public, max-age=86400"}


@sounds_router.api_route("/sounds/hold.wav", methods=["GET", "HEAD"])
async def music() -> Response:
    """What a caller on hold hears between two sentences."""
    tune = await run_in_threadpool(hold_music)  # made once, and that takes a moment
    return Response(tune, media_type="audio/wav", headers=KEPT)


@sounds_router.api_route("/sounds/prompts/{sha256}.wav", methods=["GET", "HEAD"])
async def recorded_prompt(
    backend: BackendDep, sha256: Annotated[str, Path(pattern="^[0-9a-f]{64}$")]
) -> Response:
    """What somebody recorded, by its hash. In memory while callers hear it, else in the database.

    Another process may have given out the address of a sound that this one has not read yet.
    """
    sound = backend.prompts.sound(sha256)
    if sound is None:
        async with backend.voice_database.work() as work:
            sound = await stored_sound(work, sha256)
    return Response(sound, media_type="audio/wav", headers=KEPT_FOR_EVER)


@sounds_router.api_route("/sounds/wait-{half}.wav", methods=["GET", "HEAD"])
async def between_words(half: Literal["1", "2"]) -> Response:
    """What a caller who waits hears in a round in which nothing is said."""
    tune = await run_in_threadpool(waiting_music, int(half))
    return Response(tune, media_type="audio/wav", headers=KEPT)
