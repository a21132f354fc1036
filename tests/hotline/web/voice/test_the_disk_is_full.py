"""Neither the database nor our own disk takes anything: the caller hears a valid answer anyway."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from hotline.carrier.grammar import faults_of
from hotline.settings import Settings
from hotline.storage.session import Database
from hotline.storage.vault import Vault, make_key
from hotline.web.app import create_app
from hotline.web.spool import Spool
from hotline.web.unstored import Unstored
from tests.fakes import FakeClock
from tests.hotline.web.api.conftest import SITE, client_of, house_on
from tests.hotline.web.voice.conftest import ACCOUNT, CHILD, DIALLED, NOWHERE, TOKEN, VoiceScene

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("logged")]


@pytest.fixture
async def nothing_left(clock: FakeClock, tmp_path: Path) -> AsyncIterator[VoiceScene]:
    """No database, and where the spool should be nothing can be written."""
    (tmp_path / "spool").write_text("no folder")
    settings = Settings(public_url=SITE, twilio_account_sid=ACCOUNT, twilio_auth_token=TOKEN)
    database = Database(NOWHERE)
    backend = house_on(database, clock, settings)
    backend.unstored = Unstored(Spool(tmp_path / "spool", Vault(make_key())))
    async with client_of(create_app(backend)) as http:
        yield VoiceScene(backend, clock, http)
    await backend.unstored.stop(patience_s=0)
    await database.close()


async def test_a_child_in_danger_is_answered_and_the_monitor_is_told(
    nothing_left: VoiceScene,
) -> None:
    said = await nothing_left.asks("/voice/incoming", From=CHILD, To=DIALLED, Digits="9")
    ready = (await nothing_left.http.get("/readyz")).json()

    assert "我们听到了" in said
    assert faults_of(said) == []
    assert any("cannot be kept on disk" in warning for warning in ready["warnings"])
