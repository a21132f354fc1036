"""A house whose people sign in through a provider, and browsers that go there and back."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from hotline.bootstrap import provider_of
from hotline.settings import Settings
from hotline.web.app import create_app
from tests.hotline.web.api.conftest import OUR_PAGE, SITE, ApiScene, client_of, house_on
from tests.loopback_provider import CLIENT, SECRET, LoopbackProvider, running

BACK = "/sign-in/return"


@dataclass
class Traveller:
    """A browser of somebody who is not signed in yet."""

    http: httpx.AsyncClient
    provider: LoopbackProvider

    async def is_sent(self, command: str = "/api/v1/sessions/provider") -> str:
        """The address of the provider that the page is given."""
        answer = await self.http.post(command, headers=OUR_PAGE)
        assert answer.status_code == 200, answer.text
        return str(answer.json()["address"])

    def visits(self, address: str) -> str:
        """The provider's page, which sends the browser back at once."""
        query = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
        return self.provider.authorizes(query)

    async def comes_back(self, address: str) -> httpx.Response:
        """As a browser opens it, coming from the provider's site: no strict cookie is sent."""
        return await self.http.get(address, headers={"Sec-Fetch-Site": "cross-site"})

    async def signs_in(self, command: str = "/api/v1/sessions/provider") -> httpx.Response:
        """There and back."""
        return await self.comes_back(self.visits(await self.is_sent(command)))

    async def name(self) -> str:
        """Who they are to us; empty where they are nobody."""
        answer = await self.http.get("/api/v1/me")
        return str(answer.json()["username"]) if answer.status_code == 200 else ""


@dataclass
class OidcHouse:
    """The furnished house with a provider, and its browsers."""

    scene: ApiScene
    provider: LoopbackProvider
    settings: Settings

    def with_settings(self, **values: object) -> "OidcHouse":
        """The same, as another environment has it."""
        settings = self.settings.model_copy(update=values)
        backend = house_on(self.scene.house.database, self.scene.clock, settings)
        backend.vault = self.scene.house.vault
        backend.provider = provider_of(settings, clock=self.scene.clock)
        app = create_app(backend)
        scene = ApiScene(backend, self.scene.clock, app, client_of(app))
        return OidcHouse(scene, self.provider, settings)

    def browser(self) -> Traveller:
        """One that has never been here."""
        return Traveller(client_of(self.scene.app), self.provider)


@pytest.fixture
async def oidc(scene: ApiScene) -> AsyncIterator[OidcHouse]:
    """Nobody has a second factor."""
    with running(LoopbackProvider(scene.clock.now)) as provider:
        settings = Settings(
            public_url=SITE,
            second_factor="off",
            secret_key="a key of the house",
            oidc_issuer=provider.issuer,
            oidc_client_id=CLIENT,
            oidc_client_secret=SECRET,
            oidc_second_factor="mfa",
        )
        yield OidcHouse(scene, provider, settings).with_settings()
