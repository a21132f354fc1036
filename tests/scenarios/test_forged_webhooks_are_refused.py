"""No carrier address does anything for a request that the carrier did not sign."""

import httpx
import pytest

from hotline.telephony.signature import sign
from hotline.web.voice.endpoints import ROUTERS
from tests.harness.scene import SID, TOKEN, Scene

pytestmark = [pytest.mark.anyio, pytest.mark.scenario]

FORM = {"CallSid": "CA1", "AccountSid": SID, "From": "15400000001", "To": "12355"}


def addresses() -> list[str]:
    """Every carrier address there is, with something in its holes."""
    paths = {str(getattr(route, "path", "")) for router in ROUTERS for route in router.routes}
    return sorted(f"/voice{path}".replace("{", "").replace("}", "") for path in paths)


@pytest.mark.parametrize("path", addresses())
async def test_without_a_signature(scene: Scene, path: str) -> None:
    answer = await scene.house.http.post(path, data=FORM)

    assert answer.status_code == httpx.codes.FORBIDDEN


@pytest.mark.parametrize("path", addresses())
async def test_with_a_signature_made_with_another_token(scene: Scene, path: str) -> None:
    url = scene.house.env["HOTLINE_PUBLIC_URL"] + path
    signature = sign(url, list(FORM.items()), "another-token")

    answer = await scene.house.http.post(path, data=FORM, headers={"X-Twilio-Signature": signature})

    assert answer.status_code == httpx.codes.FORBIDDEN
    assert await scene.count("call") == 0


async def test_with_a_field_changed_after_signing(scene: Scene) -> None:
    url = scene.house.env["HOTLINE_PUBLIC_URL"] + "/voice/incoming"
    signature = sign(url, list(FORM.items()), TOKEN)

    answer = await scene.house.http.post(
        "/voice/incoming",
        data=FORM | {"From": "15400000009"},
        headers={"X-Twilio-Signature": signature},
    )

    assert answer.status_code == httpx.codes.FORBIDDEN


async def test_a_forwarded_host_does_not_choose_what_is_checked(scene: Scene) -> None:
    signature = sign("http://evil.example/voice/incoming", list(FORM.items()), TOKEN)

    answer = await scene.house.http.post(
        "/voice/incoming",
        data=FORM,
        headers={
            "X-Twilio-Signature": signature,
            "Host": "evil.example",
            "X-Forwarded-Host": "evil.example",
        },
    )

    assert answer.status_code == httpx.codes.FORBIDDEN


def test_the_addresses_that_are_tried_are_all_there_are() -> None:
    assert {"/voice/incoming", "/voice/status", "/voice/fallback"} < set(addresses())
    assert len(addresses()) >= 9
