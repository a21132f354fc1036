"""A child at high risk who is followed up, in short words."""

from datetime import datetime, timedelta
from typing import Any

from hotline.calls.model import CallState
from hotline.followups.attempts import not_reached, reached
from hotline.storage.tables import Call, FollowUp, Offer, Presence, StaffSession
from tests.hotline.web.api.conftest import ApiScene

CHILD = "13800138000"
DAY = timedelta(days=1)


async def was_at(scene: ApiScene, level: str, key: str = "old", **values: Any) -> None:
    """A call of li's that is over; its level is found. Li is ready again."""
    vault = scene.house.vault
    known: dict[str, Any] = {
        "from_sealed": vault.seal(CHILD, place=f"call.from.{key}"),
        "from_index": vault.index(f"+86{CHILD}"),
        "from_masked": "138****8000",
        "counselor_id": "li",
        "outcome": "talked",
        "joined_at": scene.clock.now(),
    }
    await scene.add(scene.call(key, CallState.ENDED, **(known | values)))
    await scene.change(Presence, "li", state="ready", call_id=None)
    await scene.person("li").does("POST", f"/calls/{key}/risk", {"level": level})


async def followed(scene: ApiScene) -> FollowUp:
    [one] = await scene.all(FollowUp)
    return FollowUp.model_validate(one)


async def says(scene: ApiScene, said: str, **values: Any) -> str:
    """What the child says to being called. Returns the sequence."""
    one = await followed(scene)
    body = {"said": said, **values}
    await scene.person("li").does("POST", f"/follow-ups/{one.id}/consent", body)
    return one.id


async def is_agreed(scene: ApiScene, level: str = "high") -> str:
    """The child wants to be called, and it is the next day."""
    await was_at(scene, level)
    one = await says(scene, "agreed", words="after school", from_hour=8, until_hour=21)
    await a_day_passes(scene)
    return one


async def a_day_passes(scene: ApiScene) -> datetime:
    """And everybody is signed in still."""
    at = scene.clock.advance(DAY.total_seconds())
    for one in await scene.all(StaffSession):
        await scene.change(StaffSession, one.token_hash, expires_at=at + DAY)
    return at


async def calls(scene: ApiScene, one: str, who: str = "li") -> str:
    """Somebody presses the button. Returns the call."""
    told = await scene.person(who).does("POST", f"/follow-ups/{one}/call")
    return str(told["call_id"])


async def ends(scene: ApiScene, call_id: str, step: str) -> None:
    """The call is over, and nobody was reached."""
    async with scene.house.database.work() as work:
        call = await work.get_one(Call, call_id)
        call.state, call.outcome, call.outcome_step = "ended", "not_reached", step
        await not_reached(work, call, step, at=scene.clock.now())
    await is_free(scene)


async def talks(scene: ApiScene, call_id: str) -> None:
    """They pick up, and the talk is over."""
    async with scene.house.database.work() as work:
        call = await work.get_one(Call, call_id)
        await reached(work, call, at=scene.clock.now())
        call.state, call.outcome = "ended", "talked"
    await is_free(scene)


async def is_free(scene: ApiScene) -> None:
    for offer in await scene.all(Offer):
        await scene.change(Offer, offer.id, state="accepted")
    for who in ("li", "chen"):
        await scene.change(Presence, who, state="ready", call_id=None)


async def refused(scene: ApiScene, who: str, path: str, body: Any = None) -> int:
    return (await scene.person(who).asks("POST", path, body)).status_code
