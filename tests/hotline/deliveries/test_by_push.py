"""A delivery to a browser: sealed for it alone, signed, and ended when its service says so."""

import base64
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
import respx
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

from hotline.deliveries.by_push import ByPush
from hotline.deliveries.channels import Letter, Parcel
from hotline.deliveries.outward import Outward
from hotline.deliveries.push_keys import key_for_browsers, make_push_key, push_keys_of
from hotline.deliveries.subscriptions import (
    MOST_DEVICES,
    Device,
    checked_device,
    devices_of,
    live_devices,
    subscribe,
    unsubscribe,
)
from hotline.errors import (
    CarrierBusy,
    CarrierError,
    CarrierRefused,
    CarrierUnclear,
    CarrierUnreachable,
    Invalid,
)
from hotline.storage.session import Database
from hotline.storage.tables import PushSubscription, Staff
from hotline.storage.vault import Vault, make_key
from tests.fakes import NOON, FakeClock
from tests.hotline.deliveries.browsers import Browser

pytestmark = pytest.mark.anyio

PUBLIC = "93.184.215.14"
PINNED = f"https://{PUBLIC}/send/abc"
TOLD = {"tag": "123456", "title": "上报 123456", "body": "b", "url": "https://hotline.test/e"}
LETTER = Letter(subject="", words="", payload=TOLD)


@dataclass
class PushScene:
    """wu has an account, a telephone with a browser, and our keys are set."""

    database: Database
    clock: FakeClock
    vault: Vault
    setting: str
    browser: Browser
    addresses: list[str]

    @property
    def way(self) -> ByPush:
        async def resolve(_host: str, _port: int) -> Sequence[str]:
            return self.addresses

        return ByPush(
            self.database,
            self.clock,
            self.vault,
            keys=push_keys_of(self.setting),
            outward=Outward(resolve=resolve),
            contact="https://hotline.test",
        )

    async def switches_on(self, browser: Browser | None = None, staff: str = "wu") -> str:
        key = key_for_browsers(self.setting)
        assert key is not None
        device = (browser or self.browser).device
        async with self.database.work() as work:
            now = self.clock.now()
            return await subscribe(work, self.vault, staff, device, key_id=key.id, at=now)

    async def sends(self, row_id: str) -> str:
        return await self.way.send(
            Parcel(delivery_id="d1", to=row_id, from_="", place="", ring_s=0, since=NOON,
                   letter=LETTER)
        )  # fmt: skip

    async def live(self, username: str = "wu") -> list[str]:
        async with self.database.work() as work:
            return await live_devices(work, username)

    async def row(self, row_id: str) -> PushSubscription:
        async with self.database.work() as work:
            return await work.get_one(PushSubscription, row_id)


@pytest.fixture
async def push(database: Database, clock: FakeClock) -> PushScene:
    async with database.work() as work:
        for name in ("wu", "zheng"):
            work.add(Staff(id=name, username=name, name=name, password_hash=""))
    return PushScene(database, clock, Vault(make_key()), make_push_key(), Browser(), [PUBLIC])


def claims_of(said: str) -> tuple[dict[str, Any], bytes, bytes, bytes]:
    """What is signed, over what, with which signature and whose key."""
    token, key = said.removeprefix("vapid t=").split(",k=")
    head, body, sealed = token.split(".")
    opened = [base64.urlsafe_b64decode(part + "==") for part in (body, sealed, key)]
    return json.loads(opened[0]), f"{head}.{body}".encode(), opened[1], opened[2]


@respx.mock
async def test_only_the_browser_itself_reads_it_and_the_service_knows_that_it_is_us(
    push: PushScene,
) -> None:
    route = respx.post(PINNED).respond(201)
    row_id = await push.switches_on()

    assert await push.sends(row_id) == "d1"

    request = route.calls.last.request
    assert push.browser.opens(request.content) == TOLD
    assert b"123456" not in request.content
    assert request.headers["host"] == "push.test"
    assert (request.headers["urgency"], request.headers["topic"]) == ("high", "123456")
    assert (request.headers["ttl"], request.headers["content-encoding"]) == ("900", "aes128gcm")
    claims, signed, seal, point = claims_of(request.headers["authorization"])
    assert (claims["aud"], claims["sub"]) == ("https://push.test", "https://hotline.test")
    assert 0 < claims["exp"] - NOON.timestamp() <= 24 * 3600
    key = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point)
    der = encode_dss_signature(int.from_bytes(seal[:32]), int.from_bytes(seal[32:]))
    key.verify(der, signed, ec.ECDSA(hashes.SHA256()))


@pytest.mark.parametrize("status", [404, 410])
@respx.mock
async def test_a_browser_that_is_gone_is_told_no_more(push: PushScene, status: int) -> None:
    respx.post(PINNED).respond(status)
    row_id = await push.switches_on()

    with pytest.raises(CarrierRefused) as no:
        await push.sends(row_id)
    with pytest.raises(CarrierRefused) as again:
        await push.sends(row_id)

    assert (no.value.reason, again.value.reason) == ("device_gone", "no_device")
    row = await push.row(row_id)
    assert (row.ended_at, row.address_sealed) == (push.clock.now(), "")
    assert await push.live() == []


@pytest.mark.parametrize(
    ("answer", "fault"),
    [
        (httpx.Response(429), CarrierBusy),
        (httpx.Response(500), CarrierUnclear),
        (httpx.Response(503), CarrierUnclear),
        (httpx.Response(413), CarrierRefused),
        (httpx.Response(403), CarrierRefused),
        (httpx.Response(302, headers={"Location": "http://169.254.169.254/"}), CarrierRefused),
        (httpx.ReadTimeout("read"), CarrierUnclear),  # it may have taken it
        (httpx.ConnectError("no"), CarrierUnreachable),
    ],
)
@respx.mock
async def test_whatever_else_a_service_says_the_browser_stays(
    push: PushScene, answer: Any, fault: type[CarrierError]
) -> None:
    route = respx.post(PINNED).mock(side_effect=[answer])
    row_id = await push.switches_on()

    with pytest.raises(fault):
        await push.sends(row_id)

    assert (route.call_count, await push.live()) == (1, [row_id])


@pytest.mark.parametrize("address", ["127.0.0.1", "10.0.0.8", "169.254.169.254", "::1"])
async def test_nothing_of_ours_is_reached_through_a_browsers_address(
    push: PushScene, address: str
) -> None:
    push.addresses = [address]
    row_id = await push.switches_on()

    with pytest.raises(CarrierRefused) as no:
        await push.sends(row_id)

    assert no.value.reason == "address_not_allowed"


@respx.mock
async def test_a_browser_of_a_former_key_is_signed_to_with_that_key(push: PushScene) -> None:
    route = respx.post(PINNED).respond(201)
    row_id = await push.switches_on()
    former = push.setting
    push.setting = f"{make_push_key()},{former}"

    await push.sends(row_id)

    *_, point = claims_of(route.calls.last.request.headers["authorization"])
    old = key_for_browsers(former)
    assert old is not None
    assert base64.urlsafe_b64encode(point).decode().rstrip("=") == old.public
    push.setting = make_push_key()
    with pytest.raises(CarrierRefused) as no:
        await push.sends(row_id)
    assert no.value.reason == "no_key"


async def test_where_a_browser_is_told_is_sealed(push: PushScene) -> None:
    row = await push.row(await push.switches_on())

    assert push.browser.endpoint not in str(row.model_dump())
    assert push.browser.device.auth not in str(row.model_dump())


async def test_a_browser_is_of_whoever_switched_it_on_last(push: PushScene) -> None:
    first = await push.switches_on()
    again = await push.switches_on()
    second = await push.switches_on(staff="zheng")

    assert (first, first) == (again, second)
    assert (await push.live("wu"), await push.live("zheng")) == ([], [first])


async def test_whoever_switched_it_off_or_has_no_account_any_more_is_not_told(
    push: PushScene,
) -> None:
    row_id = await push.switches_on()
    async with push.database.work() as work:
        await unsubscribe(work, push.vault, "zheng", push.browser.endpoint, at=NOON)
    assert await push.live() == [row_id]
    async with push.database.work() as work:
        (await work.get_one(Staff, "wu")).active = False
    assert await push.live() == []
    async with push.database.work() as work:
        (await work.get_one(Staff, "wu")).active = True
        await unsubscribe(work, push.vault, "wu", push.browser.endpoint, at=NOON)
    assert await push.live() == []


async def test_the_oldest_browser_gives_way(push: PushScene) -> None:
    made = []
    for number in range(MOST_DEVICES + 2):
        push.clock.advance(1)
        made.append(await push.switches_on(Browser(endpoint=f"https://push.test/{number}")))

    assert await push.live() == made[2:]
    async with push.database.work() as work:
        assert await devices_of(work, "wu") == MOST_DEVICES


@pytest.mark.parametrize(
    "changed",
    [
        {"endpoint": "http://push.test/x"},
        {"endpoint": "file:///etc/passwd"},
        {"endpoint": "https://"},
        {"endpoint": "https://[::1"},
        {"p256dh": "AAAA"},
        {"p256dh": "ü"},
        {"auth": "AAAA"},
        {"auth": ""},
    ],
)
def test_what_nothing_could_be_sent_to_is_refused(changed: dict[str, str]) -> None:
    good = Browser().device
    parts = {"endpoint": good.endpoint, "p256dh": good.p256dh, "auth": good.auth}
    assert checked_device(good) == good

    with pytest.raises(Invalid):
        checked_device(Device(**(parts | changed)))
