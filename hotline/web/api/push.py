"""Browsers of an officer that are told at once: switched on and off by themselves."""

from fastapi import APIRouter
from pydantic import BaseModel, Field

from hotline.deliveries.push_keys import key_for_browsers
from hotline.deliveries.subscriptions import (
    NO_BROWSER,
    Device,
    checked_device,
    devices_of,
    subscribe,
    unsubscribe,
)
from hotline.errors import Conflict
from hotline.fieldwork.shifts import require_station
from hotline.web.api.refusals import refuses
from hotline.web.auth import EscalationAnswerer
from hotline.web.deps import BackendDep, WorkDep
from hotline.web.idempotency import CommandWork, IdempotentRoute

NOT_SET_UP = "Push is not set up here: you are told by text instead. Ask your administrator."
NO_PUSH = refuses(NOT_SET_UP, NO_BROWSER, kind="Conflict")

router = APIRouter(prefix="/me/push", tags=["me"], route_class=IdempotentRoute)


class PushOut(BaseModel):
    """`key`: what a browser subscribes with; null: push is not set up, and texts are sent."""

    key: str | None
    devices: int


class BrowserKeys(BaseModel):
    """As a browser's PushSubscription says them."""

    p256dh: str = Field(max_length=200)
    auth: str = Field(max_length=100)


class BrowserIn(BaseModel):
    """A browser's PushSubscription, as it writes itself as JSON."""

    endpoint: str = Field(max_length=2000)
    keys: BrowserKeys


class EndpointIn(BaseModel):
    """By what a browser is known."""

    endpoint: str = Field(max_length=2000)


@router.get("")
async def how_it_stands(backend: BackendDep, work: WorkDep, who: EscalationAnswerer) -> PushOut:
    """Whether push is set up here, and how many browsers of yours are told."""
    require_station(who)
    key = key_for_browsers(backend.settings.push_keys)
    devices = await devices_of(work, who.staff_id)
    return PushOut(key=key.public if key else None, devices=devices)


@router.post("", status_code=204, responses=NO_PUSH)
async def switch_on(
    backend: BackendDep, work: CommandWork, who: EscalationAnswerer, said: BrowserIn
) -> None:
    """This browser is told of escalations, as yours and nobody else's. Told already: fine."""
    require_station(who)
    key = key_for_browsers(backend.settings.push_keys)
    if key is None:
        raise Conflict(NOT_SET_UP)
    device = checked_device(Device(said.endpoint, said.keys.p256dh, said.keys.auth))
    at = backend.clock.now()
    await subscribe(work, backend.vault, who.staff_id, device, key_id=key.id, at=at)


@router.post("/off", status_code=204)
async def switch_off(
    backend: BackendDep, work: CommandWork, who: EscalationAnswerer, said: EndpointIn
) -> None:
    """This browser is not told any more. Not told before: fine."""
    require_station(who)
    at = backend.clock.now()
    await unsubscribe(work, backend.vault, who.staff_id, said.endpoint, at=at)
