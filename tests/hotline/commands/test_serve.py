"""`hotline serve`: a web process begins, whatever else does not work."""

import pytest
from structlog.testing import capture_logs

from hotline.commands.serve import refuse_open_secrets
from hotline.storage.session import Database

pytestmark = pytest.mark.anyio

NOBODY_LISTENS = "postgresql+psycopg://nobody@127.0.0.1:1/none"


async def test_callers_are_answered_where_the_database_cannot_be_asked_about_secrets() -> None:
    with capture_logs() as logged:
        await refuse_open_secrets(Database(NOBODY_LISTENS))

    assert [line["event"] for line in logged] == ["secrets.not_looked_at"]
