"""A request cannot lead anybody elsewhere by the name it says it came to."""

import httpx
import pytest

from hotline.settings import Settings
from hotline.storage.session import Database
from hotline.web.app import create_app
from tests.fakes import FakeClock
from tests.hotline.web.api.conftest import SITE, ApiScene, Person, client_of, house_on

pytestmark = pytest.mark.anyio

ELSEWHERE = "evil.example"


@pytest.mark.parametrize("host", [ELSEWHERE, "hotline.test.evil.example", "hotline.test@evil", "["])
@pytest.mark.parametrize("path", ["/floor/", "/", "/login", "/api/v1/me"])
async def test_a_made_up_name_is_refused_and_leads_nowhere(
    scene: ApiScene, he: Person, host: str, path: str
) -> None:
    answer = await scene.http.get(path, headers=he.headers | {"Host": host})

    assert answer.status_code == 421
    assert host not in str(answer.headers) + answer.text


@pytest.mark.parametrize(
    "host", ["hotline.test", "HOTLINE.test:443", "127.0.0.1:8000", "localhost"]
)
async def test_redirects_lead_to_the_public_address_under_every_known_name(
    scene: ApiScene, he: Person, host: str
) -> None:
    answer = await scene.http.get("/floor/", headers=he.headers | {"Host": host})

    assert answer.status_code == 307
    assert answer.headers["location"] == f"{SITE}/floor"


async def test_a_page_elsewhere_that_names_itself_as_host_changes_nothing(scene: ApiScene) -> None:
    headers = {"X-Hotline": "1", "Host": "127.0.0.1", "Origin": "http://127.0.0.1"}

    answer = await scene.http.post("/api/v1/sessions", json={}, headers=headers)
    signed = await scene.http.post(
        "/api/v1/sessions", json={"username": "he", "password": "x"}, headers=headers
    )

    assert (answer.status_code, signed.status_code) == (422, 403)


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
async def test_a_monitor_may_ask_under_any_name(scene: ApiScene, path: str) -> None:
    answer = await scene.http.get(path, headers={"Host": "10.0.0.7:8000"})

    assert answer.status_code != 421


async def opened(http: httpx.AsyncClient, host: str) -> int:
    return (await http.get("/login", headers={"Host": host})).status_code


async def test_without_a_public_address_this_machine_is_reached_under_its_own_names(
    database: Database, clock: FakeClock
) -> None:
    app = create_app(house_on(database, clock, Settings(bind="192.168.1.5:8000")))
    async with client_of(app, "http://192.168.1.5:8000") as http:
        known = [await opened(http, it) for it in ("192.168.1.5:8000", "localhost:8000", "[::1]")]
        unknown = await opened(http, ELSEWHERE)

    assert (known, unknown) == ([200] * 3, 421)


async def test_browsers_that_came_encrypted_come_so_from_then_on(
    scene: ApiScene, database: Database, clock: FakeClock
) -> None:
    plain = create_app(house_on(database, clock, Settings(bind="127.0.0.1:8000")))
    async with client_of(plain, "http://127.0.0.1:8000") as http:
        bare = await http.get("/login")
    safe = await scene.http.get("/login")

    assert safe.headers["strict-transport-security"] == "max-age=31536000"
    assert "strict-transport-security" not in bare.headers
