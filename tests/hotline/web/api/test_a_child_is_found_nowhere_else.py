"""A child whose every word is marked: who finds which of them anywhere, and where none may be.

Every route that reads × everybody: each role, in each relation to the case. What is shown to whom
is decided in `hotline.cases.fields` and `hotline.staff.permissions`; here is what comes of it.
"""

from collections import defaultdict
from pathlib import Path
from typing import Any

import pypdfium2
import pytest
from sqlalchemy import text
from structlog.testing import capture_logs

from tests.hotline.web.api.conftest import ApiScene
from tests.hotline.web.api.consent_rights import GIVEN
from tests.hotline.web.api.listening import STREAMS
from tests.hotline.web.api.test_who_may import (
    BODIES,
    EVERYBODY,
    MAY,
    address,
    everything_about_one_call,
    read_table,
)

pytestmark = pytest.mark.anyio

# li talked with the child and raised the alarm, he supervises the line, tianhe holds the case, city
# stands above tianhe. Of a reporter no station is told; of what the caller said, only those who
# must help. Whoever stands above hears what an alarm is about, and of a case no word.
WHO_FINDS = """
                 li   wong chen lee  he   sun  tianhe city haizhu root
word CHILD       yes  -    -    -    yes  -    yes    -    -      -
word HOME        yes  -    -    -    yes  -    yes    -    -      -
word GUARDIAN    yes  -    -    -    yes  -    yes    -    -      -
word AROUND      yes  -    -    -    yes  -    yes    -    -      -
word REPORTER    yes  -    -    -    yes  -    -      -    -      -
word THEIRS      yes  -    -    -    yes  -    -      -    -      -
word 0777        yes  -    -    -    yes  -    yes    -    -      -
word 0779        yes  -    -    -    yes  -    -      -    -      -
word 15400000777 -    -    -    -    -    -    -      -    -      -
word 15400000778 -    -    -    -    -    -    -      -    -      -
word 15400000779 -    -    -    -    -    -    -      -    -      -
word NARRATIVE   yes  -    -    -    yes  -    -      -    -      -
word SUMMARY     -    -    -    -    yes  -    yes    yes  -      -
word COMMENT     -    -    -    -    yes  -    yes    yes  -      -
word PROPOSAL    yes  -    -    -    yes  -    yes    -    -      -
word OPINION     yes  -    -    -    yes  -    yes    -    -      -
word REFERRED    yes  -    -    -    yes  -    yes    -    -      -
word DECLINED    yes  -    -    -    yes  -    yes    -    -      -
word STEP        yes  -    -    -    yes  -    yes    -    -      -
word VISIT       yes  -    -    -    yes  -    yes    -    -      -
word ALONG       yes  -    -    -    yes  -    yes    -    -      -
word TASK        yes  -    -    -    yes  -    yes    -    -      -
word FEEDBACK    yes  -    -    -    yes  -    -      -    -      -
word ASKER       -    -    -    -    yes  -    -      -    -      -
"""
FINDS = {
    word: {who for who, cell in cells.items() if cell == "yes"}
    for (_, word), cells in read_table(WHO_FINDS, "").items()
}
CASE, CALL = "/cases/case", "/calls/call"
AT_RISK = {"role": "at_risk", "name": "CHILD", "address": "HOME", "phone": "15400000777"}
GUARDIAN = {"role": "guardian", "name": "GUARDIAN", "note": "AROUND", "phone": "15400000778"}
REPORTER = {"role": "reporter", "name": "REPORTER", "address": "THEIRS", "phone": "15400000779"}
OPINION = {"opinion": "agrees", "opinion_words": "OPINION"}
WRITTEN: tuple[tuple[str, str, str, dict[str, Any]], ...] = (
    ("he", "POST", f"{CASE}/people", AT_RISK),
    ("he", "POST", f"{CASE}/people", GUARDIAN),
    ("he", "POST", f"{CASE}/people", REPORTER),
    ("li", "PUT", f"{CALL}/record", {**BODIES["record"], "narrative": "NARRATIVE"}),
    ("li", "POST", f"{CALL}/flags", {"level": "imminent", "summary": "SUMMARY"}),
    ("li", "POST", f"{CASE}/colour-proposals", {"colour": "red", "reason": "PROPOSAL"}),
    ("li", "POST", f"{CASE}/consents", {**GIVEN, **OPINION}),
    ("li", "POST", f"{CASE}/referrals", {**BODIES["referrals"], "text": "REFERRED"}),
    ("li", "POST", f"{CALL}/rights", {"kind": "view", "asker": "minor", "who": "ASKER"}),
    ("tianhe", "POST", f"{CASE}/steps", {"text": "STEP"}),
    ("tianhe", "POST", f"{CASE}/visits", {**BODIES["visits"], "note": "VISIT", "along": "ALONG"}),
    ("he", "POST", f"{CASE}/group/members/member/tasks", {"words": "TASK"}),
    ("he", "POST", "/statutory/report/feedback", {"text": "FEEDBACK"}),
    ("haizhu", "POST", "/referrals/referral/decline", {"code": "full", "text": "DECLINED"}),
)
OPENED_BY_ID = {f"{CASE}/consents": f"{CASE}/consents/%s/words", f"{CALL}/rights": "/rights/%s"}
PARTS = ("people", "visits", "plan", "links", "statutory", "consents", "group", "referrals",
         "rights", "manage", "history")  # fmt: skip


async def marked_child(scene: ApiScene, tmp_path: Path) -> tuple[str, list[str]]:
    """All that may be written about a child, by those who write it.

    The escalation's id, and where that is read which has an id of its own.
    """
    escalation = await everything_about_one_call(scene, tmp_path)
    own: list[str] = []
    for who, method, path, body in WRITTEN:
        told = await scene.person(who).does(method, path, body)
        if path in OPENED_BY_ID:
            own.append(OPENED_BY_ID[path] % told["id"])
    alarm = f"/escalations/{escalation}"
    for step, said in (("acknowledge", {}), ("accept", {}), ("comment", {"text": "COMMENT"})):
        await scene.person("tianhe").does("POST", f"{alarm}/{step}", said)
    return escalation, own


def addresses(who: str, escalation: str) -> list[str]:
    """Of all that somebody can read; each part of a case's page, opened, is one."""
    read = [path for (method, path), cells in MAY.items() if method == "GET" and cells[who] == "ok"]
    # Streams tell ids, and what the floor shows.
    found = [address(path, escalation) for path in read if path not in STREAMS]
    return found + [f"{CASE}/parts/{part}?opened=true" for part in PARTS]


async def shown(scene: ApiScene, who: str, path: str) -> str:
    """As somebody reads it; nothing where it is refused."""
    answer = await scene.http.get(path, headers=scene.person(who).headers)
    if answer.status_code != 200:
        return ""
    if answer.headers["content-type"] != "application/pdf":
        return answer.text
    pages = pypdfium2.PdfDocument(answer.content)
    return "".join(page.get_textpage().get_text_range() for page in pages)


async def test_each_word_about_a_child_is_found_by_those_alone_who_must_know_it(
    scene: ApiScene, tmp_path: Path
) -> None:
    escalation, own = await marked_child(scene, tmp_path)
    found: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))

    for who in EVERYBODY:
        for path in addresses(who, escalation) + own:
            said = await shown(scene, who, path)
            for word in (one for one in FINDS if one in said):
                found[word][who].append(path)

    assert {word: set(found[word]) for word in FINDS} == FINDS, found


async def test_no_word_about_a_child_stands_open_in_the_database_or_in_the_log(
    scene: ApiScene, tmp_path: Path
) -> None:
    with capture_logs() as lines:
        await marked_child(scene, tmp_path)
    named = text("select tablename from pg_tables where schemaname = 'public'")
    async with scene.house.database.work() as work:
        rows = [
            str(row)
            for table in list((await work.sql(named, {})).scalars())
            for row in (await work.sql(text(f'select t::text from "{table}" t'), {})).all()
        ]

    open_words = [word for word in FINDS if not word.startswith("07")]  # a masked number may
    assert len(rows) > len(WRITTEN)
    assert [word for word in open_words if any(word in row for row in rows)] == []
    assert [word for word in open_words if any(word in str(line) for line in lines)] == []
