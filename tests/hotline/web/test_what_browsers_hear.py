"""What a page waits for is heard only where the stream of a browser knows the word."""

import re
from pathlib import Path

from hotline.floor.audience import NEEDED

WEB = Path(__file__).parents[3] / "hotline/web"
RESYNC = "resync"  # the stream's own: everything is looked at again


def test_browsers_listen_to_every_topic_that_the_server_tells() -> None:
    words = re.search(r"^const TOPICS = (\[.*\]);$", (WEB / "static/live.js").read_text(), re.M)
    assert words is not None

    assert set(re.findall(r'"(\w+)"', words[1])) == set(NEEDED)


def test_no_page_waits_for_a_topic_that_is_never_told() -> None:
    pages = "".join(page.read_text() for page in (WEB / "templates").glob("*.html"))

    assert set(re.findall(r"sse:([a-z_]+)", pages)) <= {*NEEDED, RESYNC}
