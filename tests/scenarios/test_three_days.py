"""Three days of one child, from the flag to the closed case, and what is taken out of the house.

An alarm, a visit, a colour that changes, the school invited and leaving, a hospital that answers, a
father whom nobody rings, a visit that nobody made, and the end of it.
"""

import re
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest

from hotline.i18n.catalog import HERE
from tests.golden import GoldenCheck
from tests.harness.house import Staff
from tests.harness.scene import Counselor, Scene

pytestmark = [pytest.mark.anyio, pytest.mark.scenario]

CHILD, FATHER, TEACHER, DUTY = "15400000001", "15400000661", "15400000662", "02000000202"
DAY_S = 24 * 3600.0
GOLDEN = Path(__file__).parent / "golden" / "three_days.txt"
# What only those who answer for the child may read: nowhere in what leaves the house.
WORDS = ("她说爸爸打她", "陈小雨", "手臂有新伤", "周老师", "请医生看看手臂", "和姑姑住，安全")
NAMELESS = ((r"\d{6,8}", "N"), (r"\d+月\d+日|\d{4}-\d\d-\d\d", "D"), (r"\d\d:\d\d", "T"),
            (r"标记后 [^）]*", "标记后 T"))  # fmt: skip


class Story:
    """Who acts in it, and the paths of what they act on."""

    def __init__(self, scene: Scene, li: Counselor, tianhe: Staff, case: str, alarm: str) -> None:
        self.scene, self.li, self.tianhe = scene, li, tianhe
        self.case, self.alarm = f"/cases/{case}", f"/escalations/{alarm}"

    async def station(self, act: str, **body: Any) -> Any:
        """The officer of Tianhe does something to the case."""
        return await self.tianhe.does("POST", f"{self.case}/{act}", body)


async def is_flagged(scene: Scene) -> Story:
    """The child says it, the counselor flags it, the station has it within minutes."""
    li, child = await scene.talking("li", CHILD)
    flag = {"level": "high", "summary": WORDS[0], "client_key": "key-of-the-flag"}
    told = await li.does("POST", f"/calls/{await scene.call_of(CHILD)}/flags", flag)
    [(case,)] = await scene.house.rows("select case_id from case_link where kind = 'escalation'")
    story = Story(scene, li, await scene.house.signs_in("tianhe"), case, told["escalation_id"])
    await scene.until("select 1 from case_event where kind = 'colour.proposed_by_rule'")
    for act in ("acknowledge", "accept", "on-the-way"):
        await story.tianhe.does("POST", f"{story.alarm}/{act}", {})
    await child.hangs_up()
    await scene.ends(CHILD, "talked")
    return story


async def is_seen(story: Story) -> None:
    """Somebody goes there the same day; what is red in the evening is yellow."""
    at = story.scene.house.clock.now().isoformat()
    await story.tianhe.does("POST", f"{story.alarm}/contact-made", {"child": "seen"})
    proposal = {"colour": "red", "reason": WORDS[0]}
    await story.li.does("POST", f"{story.case}/colour-proposals", proposal)
    await story.station("colour", colour="red")
    await story.station("people", role="at_risk", name=WORDS[1], minor="yes")
    await story.station("visits", client_key="first-visit", visited_at=at, place="home", seen="yes",
                        note=WORDS[2], colour="yellow", reason="姑姑在家")  # fmt: skip
    await story.tianhe.does("POST", f"{story.alarm}/report", {"text": WORDS[2]})
    await story.tianhe.does("POST", f"{story.alarm}/close", {"text": WORDS[5]})


async def is_shut_out(story: Story) -> None:
    """The father is suspected: neither his consent nor his number carries anything any more."""
    father = await story.station("people", role="guardian", relation="father", phone=FATHER)
    await story.station(f"people/{father['id']}/suspected", text=WORDS[0])
    member = {**TEACHER_OF_HERS, "phone": FATHER}
    refused = await story.tianhe.tries("POST", f"{story.case}/group/members", member)
    assert refused.status_code in (409, 422), refused.text
    refused = await story.tianhe.tries("POST", f"{story.case}/referrals", {
        "place": "tianhe-clinic", "reason": "abuse", "kinds": ["identity"], "ground": "new",
        "given_by": "guardian", "relation": "father", "how": "said", "age": "under_14",
        "person": father["id"], "opinion": "objects"})  # fmt: skip
    assert (refused.status_code, refused.json()["type"]) == (422, "HandOverRefused")


TEACHER_OF_HERS = {"kind": "class_teacher", "name": WORDS[3], "body": "石牌小学", "phone": TEACHER,
                   "fields": ["asked", "tasks", "notes"], "basis": "statutory_duty",
                   "article": "minors_11"}  # fmt: skip


async def is_helped(story: Story) -> None:
    """The school is asked in and leaves; the hospital is asked and answers."""
    member = await story.station("group/members", **TEACHER_OF_HERS)
    await story.station(f"group/members/{member['id']}/end", text=WORDS[3])
    referral = await story.station(
        "referrals", place="tianhe-clinic", reason="abuse", text=WORDS[4], kinds=["identity"],
        ground="statutory_duty", article="minors_11",
    )  # fmt: skip
    one = f"/referrals/{referral['id']}"
    await story.tianhe.does("POST", f"{one}/accept", {})
    await story.tianhe.does("POST", f"{one}/came", {})
    await story.tianhe.does("POST", f"{one}/result", {"result": "seen"})


async def is_not_visited(story: Story) -> None:
    """To be seen each day: nobody goes. The station's phone rings, then the city hears of it."""
    await story.station("visit-plan", every_days=1, reason="新伤")
    now = story.scene.house.clock.now()
    nine = datetime.combine(now.astimezone(HERE).date() + timedelta(days=2), time(9), tzinfo=HERE)
    duty = story.scene.handset(DUTY)
    await story.scene.passes((nine - now).total_seconds())
    await duty.rings()
    await duty.answers()
    await duty.hears("逾期")
    await duty.presses("1#")
    await story.scene.passes(DAY_S)
    await story.scene.until("select 1 from visit_telling where station_id = %s", "gz-city")
    story.tianhe = await story.scene.house.signs_in("tianhe")  # days later
    at = story.scene.house.clock.now().isoformat()
    await story.station("visits", client_key="last-visit", visited_at=at, place="home", seen="yes",
                        colour="green", reason="稳定")  # fmt: skip


def told_in(export: dict[str, Any]) -> str:
    """The story as people read it, without what differs each time: how often a phone rang."""
    lines = [line["said"] for line in export["story"] if "呼叫" not in line["said"]]
    for pattern, instead in NAMELESS:
        lines = [re.sub(pattern, instead, line) for line in lines]
    return "\n".join(lines) + "\n"


async def test_a_child_is_looked_after_from_the_flag_to_the_closed_case(
    scene: Scene, golden: GoldenCheck
) -> None:
    story = await is_flagged(scene)
    await is_seen(story)
    await is_shut_out(story)
    await is_helped(story)
    await is_not_visited(story)
    await story.station("close", result="safe", text=WORDS[5])

    he = await scene.house.signs_in("he")
    export = await he.get(f"{story.case}/export.json?lang=zh")

    assert (export["state"], export["result"]) == ("closed", "safe")
    assert [word for word in (*WORDS, FATHER, TEACHER, CHILD) if word in str(export)] == []
    golden(GOLDEN, told_in(export))
