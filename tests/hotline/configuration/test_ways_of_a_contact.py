"""By which ways a contact is told: each leads somewhere, or the file is refused by its line."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from hotline.configuration.load import load_folder
from hotline.errors import ConfigError
from hotline.storage.session import Database
from tests.hotline.configuration.conftest import copied
from tests.hotline.configuration.test_contacts import LAST, applied, contacts

pytestmark = pytest.mark.anyio

ALL = {
    **LAST,
    "channels": ["text", "phone", "mail", "webhook"],
    "email": "duty@station.example",
    "webhook_url": "https://station.example/hotline?of=us",
    "language": "yue",
}


def with_contact(tmp_path: Path, contact: dict[str, Any]) -> Path:
    """A copy of the real configuration in which one station has this contact alone."""
    folder = copied(tmp_path)
    file = folder / "stations.yaml"
    data = yaml.safe_load(file.read_text(encoding="utf-8"))
    [station] = [one for one in data["stations"] if one["id"] == "gz-tianhe"]
    station["contacts"] = [contact]
    file.write_text(yaml.safe_dump(data, allow_unicode=True), encoding="utf-8")
    return folder


async def test_the_ways_of_a_contact_are_kept_in_their_order(
    database: Database, tmp_path: Path
) -> None:
    folder = with_contact(tmp_path, ALL)

    told = await applied(database, folder)
    again = await applied(database, folder)

    (kept,) = (await contacts(database)).values()
    assert kept.channels == ["text", "phone", "mail", "webhook"]
    assert (kept.email, kept.language) == ("duty@station.example", "yue")
    assert kept.webhook_url == "https://station.example/hotline?of=us"
    assert told == ["station gz-tianhe: added", "station gz-tianhe: contact 1 set"]
    assert again == []


async def test_by_itself_a_contact_is_rung(database: Database, tmp_path: Path) -> None:
    await applied(database, with_contact(tmp_path, LAST))

    (kept,) = (await contacts(database)).values()
    assert (kept.channels, kept.language) == (["phone"], "cmn")


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"channels": []}, "`channels` must not be empty"),
        ({"channels": ["phone", "phone"]}, "`channels` names one way twice"),
        ({"channels": ["fax"]}, "`fax` cannot stand here"),
        ({"email": ""}, "`channels` has mail, but there is no `email`"),
        ({"webhook_url": ""}, "`channels` has webhook, but there is no `webhook_url`"),
        ({"email": "nobody"}, "`email` must be a mail address"),
        ({"email": "a@b\nBcc: c@d"}, "`email` must be a mail address"),
        ({"webhook_url": "station.example"}, "`webhook_url` must be an address"),
        ({"webhook_url": "https://me:word@station.example/"}, "without a name or password"),
        ({"webhook_url": "file:///etc/passwd"}, "`webhook_url` must be an address"),
        ({"webhook_secret": "x"}, "`webhook_secret` means nothing here"),
        ({"language": "fra"}, "`fra` cannot stand here"),
    ],
)
def test_a_way_that_leads_nowhere_is_refused_by_file_and_line(
    tmp_path: Path, wrong: dict[str, Any], said: str
) -> None:
    with pytest.raises(ConfigError, match=r"stations\.yaml:\d+: ") as no:
        load_folder(with_contact(tmp_path, {**ALL, **wrong}))

    assert said in no.value.public
