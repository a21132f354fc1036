"""A delivery to a station's own system: signed, to an address that was checked, and no further."""

import hashlib
import hmac
import json
from collections.abc import Sequence
from ipaddress import ip_address, ip_network

import httpx
import pytest
import respx

from hotline.deliveries.by_webhook import REST, ByWebhook
from hotline.deliveries.channels import Letter, Parcel
from hotline.deliveries.safe_address import may_be_asked
from hotline.errors import CarrierBusy, CarrierRefused, CarrierUnclear, CarrierUnreachable
from tests.fakes import NOON, FakeClock

pytestmark = pytest.mark.anyio

PUBLIC = "93.184.215.14"
URL = "https://station.test/hotline?from=us"
PINNED = f"https://{PUBLIC}/hotline?from=us"
LETTER = Letter(subject="", words="", payload={"number": "123456"}, secret="of the two")


def parcel(to: str = URL, letter: Letter = LETTER) -> Parcel:
    return Parcel(delivery_id="d1", to=to, from_="", place="", ring_s=0, since=NOON, letter=letter)


class Names:
    """A resolver that says what it is told, and counts how often it is asked."""

    def __init__(self, *answers: str) -> None:
        self.answers = answers or (PUBLIC,)
        self.asked: list[tuple[str, int]] = []

    async def __call__(self, host: str, port: int) -> Sequence[str]:
        self.asked.append((host, port))
        if not self.answers[0]:
            raise OSError("no such name")
        return self.answers


def by_webhook(
    clock: FakeClock | None = None, names: Names | None = None, *allowed: str
) -> ByWebhook:
    networks = [ip_network(one) for one in allowed]
    return ByWebhook(clock or FakeClock(), allowed=networks, resolve=names or Names())


@respx.mock
async def test_what_is_posted_can_be_checked_by_whoever_has_the_secret() -> None:
    route = respx.post(PINNED).respond(204)

    assert await by_webhook().send(parcel()) == "d1"

    request = route.calls.last.request
    moment, body = request.headers["Hotline-Timestamp"], request.content
    signed = hmac.new(b"of the two", moment.encode() + b"." + body, hashlib.sha256).hexdigest()
    assert request.headers["Hotline-Signature"] == f"v1={signed}"
    assert request.headers["Hotline-Delivery"] == "d1"
    assert int(moment) == NOON.timestamp()
    assert json.loads(body) == {"number": "123456"}


@respx.mock
async def test_the_name_is_looked_up_once_and_that_address_is_used_under_the_name() -> None:
    route, names = respx.post(PINNED).respond(200), Names()

    await by_webhook(names=names).send(parcel())

    request = route.calls.last.request
    assert names.asked == [("station.test", 443)]
    assert (request.url.host, request.headers["Host"]) == (PUBLIC, "station.test")
    assert request.extensions["sni_hostname"] == "station.test"


@respx.mock
async def test_no_connection_is_kept_for_another_name_at_the_same_address() -> None:
    route = respx.post(PINNED).respond(200)

    await by_webhook().send(parcel())

    assert route.calls.last.request.headers["Connection"] == "close"


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "10.0.0.1", "172.16.9.9", "192.168.1.1", "169.254.169.254", "100.64.0.1",
        "0.0.0.0",  # noqa: S104 – asked, not bound
        "224.0.0.1", "255.255.255.255", "::1", "::", "fe80::1", "fc00::1", "fec0::1", "ff02::1",
        "::ffff:10.0.0.1", "::ffff:127.0.0.1", "64:ff9b::a00:1", "2002:a00:1::1",
        "fe80::1%eth0", "2001:db8::1",
    ],
)  # fmt: skip
@respx.mock
async def test_nobody_is_led_to_an_address_that_only_we_can_reach(address: str) -> None:
    with pytest.raises(CarrierRefused) as no:
        await by_webhook(names=Names(address)).send(parcel())

    assert no.value.reason == "address_not_allowed"
    assert respx.calls.call_count == 0


@respx.mock
async def test_one_forbidden_address_among_several_forbids_all() -> None:
    with pytest.raises(CarrierRefused):
        await by_webhook(names=Names(PUBLIC, "10.0.0.1")).send(parcel())

    assert respx.calls.call_count == 0


@respx.mock
async def test_a_network_that_the_settings_name_may_be_asked() -> None:
    respx.post("https://10.8.0.7/hotline?from=us").respond(200)

    await by_webhook(None, Names("10.8.0.7"), "10.8.0.0/16").send(parcel())

    with pytest.raises(CarrierRefused):
        await by_webhook(None, Names("10.9.0.7"), "10.8.0.0/16").send(parcel())


def test_public_addresses_may_be_asked() -> None:
    assert may_be_asked(ip_address(PUBLIC), ())
    assert may_be_asked(ip_address("2606:2800:220:1::1"), ())
    assert may_be_asked(ip_address("::ffff:" + PUBLIC), ())


@pytest.mark.parametrize("url", ["http://station.test/x", "ftp://station.test/x"])
@respx.mock
async def test_without_encryption_nothing_leaves_this_machine(url: str) -> None:
    with pytest.raises(CarrierRefused):
        await by_webhook().send(parcel(url))
    with pytest.raises(CarrierRefused):
        await by_webhook(None, Names("10.8.0.7"), "10.8.0.0/16").send(parcel(url))

    assert respx.calls.call_count == 0


@respx.mock
async def test_a_redirect_is_not_followed() -> None:
    respx.post(PINNED).respond(302, headers={"Location": "http://169.254.169.254/"})

    with pytest.raises(CarrierRefused):
        await by_webhook().send(parcel())

    assert respx.calls.call_count == 1


@pytest.mark.parametrize("status", [400, 401, 404, 410, 422])
@respx.mock
async def test_a_no_is_final(status: int) -> None:
    respx.post(PINNED).respond(status)

    with pytest.raises(CarrierRefused) as no:
        await by_webhook().send(parcel())

    assert no.value.code == status


@respx.mock
async def test_a_system_that_says_not_now_has_done_nothing() -> None:
    respx.post(PINNED).respond(429)

    with pytest.raises(CarrierBusy):
        await by_webhook().send(parcel())


@pytest.mark.parametrize("status", [408, 500, 502, 503])
@respx.mock
async def test_a_fault_of_theirs_may_have_taken_effect(status: int) -> None:
    respx.post(PINNED).respond(status)

    with pytest.raises(CarrierUnclear):
        await by_webhook().send(parcel())


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        (httpx.ConnectError("no"), CarrierUnreachable),
        (httpx.ConnectTimeout("no"), CarrierUnreachable),
        (httpx.ReadTimeout("no"), CarrierUnclear),
        (httpx.RemoteProtocolError("no"), CarrierUnclear),
    ],
)
@respx.mock
async def test_a_broken_line_says_whether_anything_was_done(
    fault: Exception, said: type[Exception]
) -> None:
    respx.post(PINNED).mock(side_effect=fault)

    with pytest.raises(said):
        await by_webhook().send(parcel())


@respx.mock
async def test_a_name_that_nobody_knows_is_tried_again() -> None:
    with pytest.raises(CarrierUnreachable):
        await by_webhook(names=Names("")).send(parcel())


@respx.mock
async def test_nothing_is_sent_that_could_not_be_checked() -> None:
    unsigned = Letter(subject="", words="", payload={})

    with pytest.raises(CarrierRefused) as no:
        await by_webhook().send(parcel(letter=unsigned))

    assert (no.value.reason, respx.calls.call_count) == ("no_secret", 0)


@respx.mock
async def test_a_system_that_is_down_is_left_alone_and_then_asked_once_more() -> None:
    route, clock = respx.post(PINNED).respond(503), FakeClock()
    webhook = by_webhook(clock)

    for _ in range(3):
        with pytest.raises(CarrierUnclear):
            await webhook.send(parcel())
    for _ in range(5):
        with pytest.raises(CarrierBusy):
            await webhook.send(parcel())
    assert route.call_count == 3
    clock.advance(REST.total_seconds())
    route.respond(200)
    await webhook.send(parcel())
    await webhook.send(parcel())

    assert route.call_count == 5


@respx.mock
async def test_while_one_system_is_down_another_is_asked() -> None:
    respx.post(PINNED).respond(503)
    respx.post(f"https://{PUBLIC}/other").respond(200)
    webhook = by_webhook()

    for _ in range(3):
        with pytest.raises(CarrierUnclear):
            await webhook.send(parcel())

    await webhook.send(parcel("https://other.test/other"))


@respx.mock
async def test_a_clock_that_is_set_back_leaves_nobody_alone_for_ever() -> None:
    route, clock = respx.post(PINNED).respond(503), FakeClock()
    webhook = by_webhook(clock)
    for _ in range(3):
        with pytest.raises(CarrierUnclear):
            await webhook.send(parcel())

    clock.advance(-3600)

    with pytest.raises(CarrierUnclear):
        await webhook.send(parcel())
    assert route.call_count == 4
    assert await webhook.find(parcel()) == ()
