"""Referrals on the pages of a case, of the desk, of a receiver's officer, of a supervisor."""

from datetime import timedelta
from typing import Any

import pytest

from hotline.configuration.versions import apply_folder
from hotline.storage.sealed import seal_cell
from hotline.storage.tables import CaseEntry, CasePerson, Referral, ReferralPlace
from tests.hotline.referrals.conftest import a_place, receives
from tests.hotline.web.api.case_rights import a_case
from tests.hotline.web.api.conftest import GUANGDONG, ApiScene
from tests.hotline.web.api.referral_rights import a_referral
from tests.hotline.web.pages.conftest import Reader

pytestmark = pytest.mark.anyio
NAME, WORDS = "canary child", "canary words"
REFER: dict[str, Any] = {
    "place": "haizhu-post",
    "reason": "mood",
    "urgency": "planned",
    "text": WORDS,
    "kinds": ["identity", "story"],
    "may_tell": "words",
    "ground": "statutory_duty",
    "article": "minors_97",
}


@pytest.fixture
async def case(scene: ApiScene) -> str:
    """Of li's call, with a child in it, and one referral to the station of haizhu."""
    now = scene.clock.now()
    await scene.add(*a_case(now), *a_referral(now))
    child = CasePerson(id="child", case_id="case", role="at_risk", by="staff:li", at=now)
    child.name_sealed = seal_cell(scene.house.vault, child, "name_sealed", NAME)
    await scene.add(child)
    return "/cases/case"


async def kinds(scene: ApiScene) -> list[str]:
    return [entry.kind for entry in await scene.all(CaseEntry)]


async def test_the_part_shows_what_is_open_and_until_when(case: str, li: Reader) -> None:
    part = (await li.reads(case)).part("case-referrals")

    assert 'data-state="sent"' in part.html
    assert "等对方答复" in part.text
    assert part.has("refer-form")
    assert part.has("told-us")


async def test_a_referral_from_the_case_is_sent_with_what_was_ticked(
    scene: ApiScene, case: str
) -> None:
    told = await scene.person("li").does("POST", f"{case}/referrals", REFER)

    row: Referral = await scene.get(Referral, told["id"])
    assert (row.state, row.kinds) == ("sent", ["identity", "story", "risk"])


async def test_a_consent_is_recorded_in_the_same_act_or_not_at_all(
    scene: ApiScene, case: str
) -> None:
    new = {**REFER, "ground": "new", "given_by": "person", "relation": "self", "how": "said",
           "age": "from_14", "said_in": "call"}  # fmt: skip
    li = scene.person("li")

    assert (await li.asks("POST", f"{case}/referrals", {**new, "age": None})).status_code == 422
    refused = await li.asks("POST", f"{case}/referrals", {**new, "said_in": "another"})
    assert refused.status_code == 422
    young = await li.asks("POST", f"{case}/referrals", {**new, "age": "under_14"})
    assert (young.status_code, young.json()["type"]) == (422, "HandOverRefused")
    assert "consent.given" not in await kinds(scene)

    told = await li.does("POST", f"{case}/referrals", new)
    assert told["state"] == "sent"
    assert (await kinds(scene)).count("consent.given") == 1


async def test_an_emergency_needs_a_flag_or_a_supervisor(scene: ApiScene, case: str) -> None:
    sent = {**REFER, "ground": "emergency"}

    refused = await scene.person("li").asks("POST", f"{case}/referrals", sent)
    told = await scene.person("he").does("POST", f"{case}/referrals", sent)

    assert refused.json()["type"] == "HandOverRefused"
    assert told["state"] == "sent"


async def test_what_is_never_handed_over_with_a_referral_is_refused(
    scene: ApiScene, case: str
) -> None:
    answer = await scene.person("li").asks(
        "POST", f"{case}/referrals", {**REFER, "kinds": ["health"]}
    )

    assert answer.status_code == 422


async def test_beside_a_talk_the_case_is_opened_with_the_referral(scene: ApiScene) -> None:
    await scene.add(a_place("haizhu-post", receives={}))
    advised = {**REFER, "ground": "advised", "kinds": []}

    told = await scene.person("li").does("POST", "/calls/call/referrals", advised)

    assert told["state"] == "advised"
    assert "case.opened" in await kinds(scene)


async def test_the_form_beside_a_talk_knows_the_place_that_was_opened(
    case: str, li: Reader
) -> None:
    form = await li.reads("/desk/calls/call/refer?place=haizhu-post")

    assert 'value="haizhu-post" selected' in form.html
    assert "POST /calls/call/referrals" in form.html
    assert case + "/handed" in form.html


async def test_the_preview_is_exactly_what_is_handed_over_and_leaves_a_trace(
    scene: ApiScene, case: str, li: Reader
) -> None:
    shown = await li.reads(f"{case}/handed?kinds=identity&kinds=contact&kinds=story")

    assert NAME in shown.text
    assert "个案里还没有：电话" in shown.text
    assert (await kinds(scene))[-1] == "case.read"
    nothing = await li.reads(f"{case}/handed?kinds=story")
    assert NAME not in nothing.text


async def test_the_officer_of_the_receiver_reads_it_which_leaves_a_trace(
    scene: ApiScene, case: str
) -> None:
    told = await scene.person("li").does("POST", f"{case}/referrals", REFER)
    haizhu = Reader(scene, "haizhu")

    listed = (await haizhu.reads("/referrals")).part("came")
    page = await haizhu.reads(f"/referrals/{told['id']}")

    assert f"/referrals/{told['id']}" in listed.html
    assert NAME not in listed.text
    assert NAME in page.text
    assert WORDS in page.text
    assert (await kinds(scene))[-1] == "referral.read"
    await scene.person("li").does("POST", f"/referrals/{told['id']}/withdraw", {"text": "x"})
    after = await haizhu.reads(f"/referrals/{told['id']}")
    assert NAME not in after.text
    assert not after.has("answers")


async def test_once_the_consent_is_withdrawn_the_receiver_answers_nothing_though_nobody_looked_yet(
    scene: ApiScene, case: str
) -> None:
    li, haizhu = scene.person("li"), scene.person("haizhu")
    new = {**REFER, "ground": "new", "given_by": "person", "relation": "self", "how": "said",
           "age": "from_14", "said_in": "call"}  # fmt: skip
    told = await li.does("POST", f"{case}/referrals", new)
    [consent] = await li.gets(f"{case}/consents")
    await li.does("POST", f"{case}/consents/{consent['id']}/withdraw", {"who": "giver"})

    path = f"/referrals/{told['id']}"
    for what, body in (("accept", {}), ("decline", {"code": "full"})):
        assert (await haizhu.asks("POST", f"{path}/{what}", body)).status_code == 409
    row: Referral = await scene.get(Referral, told["id"])
    assert row.state == "sent"
    await li.does("POST", f"{path}/decline", {"code": "full"})  # as told on the telephone


async def test_once_the_consent_is_withdrawn_no_news_is_taken_from_whoever_referred_either(
    scene: ApiScene, case: str
) -> None:
    li = scene.person("li")
    new = {**REFER, "ground": "new", "given_by": "person", "relation": "self", "how": "said",
           "age": "from_14", "said_in": "call"}  # fmt: skip
    told = await li.does("POST", f"{case}/referrals", new)
    path = f"/referrals/{told['id']}"
    await li.does("POST", f"{path}/accept", {})
    [consent] = await li.gets(f"{case}/consents")
    await li.does("POST", f"{case}/consents/{consent['id']}/withdraw", {"who": "giver"})

    when = (scene.clock.now() + timedelta(days=1)).isoformat()
    news: dict[str, Any] = {
        "appointment": {"appointment_at": when},
        "came": None,
        "not-come": None,
        "result": {"result": "seen", "text": WORDS},
    }
    refused = [await li.asks("POST", f"{path}/{what}", body) for what, body in news.items()]

    assert [one.status_code for one in refused] == [409] * len(news)
    row: Referral = await scene.get(Referral, told["id"])
    assert (row.state, row.result_sealed) == ("accepted", "")
    await li.does("POST", f"{path}/withdraw", {"text": "x"})


@pytest.mark.parametrize("instead_of", ["", "nobody-knows-it"])
async def test_in_place_of_one_that_nobody_knows_nobody_is_referred(
    scene: ApiScene, case: str, instead_of: str
) -> None:
    li = scene.person("li")
    for sent in (REFER, {**REFER, "ground": "advised", "kinds": []}):
        refused = await li.asks("POST", f"{case}/referrals", {**sent, "instead_of": instead_of})
        assert refused.status_code == 422
        assert "Only what a receiver declined" in refused.text

    assert [one.id for one in await scene.all(Referral)] == ["referral"]


async def test_what_was_declined_offers_other_places_and_is_due_from_whoever_referred(
    scene: ApiScene, case: str, li: Reader
) -> None:
    await scene.add(a_place("other", receives=receives()))
    haizhu = scene.person("haizhu")
    await haizhu.does("POST", "/referrals/referral/decline", {"code": "full", "text": "in May"})

    part = (await li.reads(case)).part("case-referrals")
    assert "other 医院" in part.part("others").text
    due = await li.reads("/desk/due")
    assert 'data-kind="referral_declined"' in due.html
    assert f"{case}#case-referrals" in due.html

    await scene.person("li").does("POST", "/referrals/referral/settle")
    assert 'data-kind="referral_declined"' not in (await li.reads("/desk/due")).html


async def test_a_proposal_of_the_receiver_is_shown_and_does_nothing(
    scene: ApiScene, case: str, tianhe: Reader
) -> None:
    await scene.change(Referral, "referral", may_tell="words")
    haizhu = scene.person("haizhu")
    await haizhu.does("POST", "/referrals/referral/accept", {})
    result = {"result": "treated", "text": WORDS, "proposal": "visit"}
    await haizhu.does("POST", "/referrals/referral/result", result)

    part = (await tianhe.reads(case)).part("case-referrals")

    assert "上门探访" in part.part("proposal").text
    assert WORDS in part.part("result").text
    assert "case.read" in await kinds(scene)


async def test_a_reader_without_a_part_in_it_does_not_see_the_part(
    scene: ApiScene, case: str
) -> None:
    await scene.hires("boss", *[], station="tianhe")

    assert (await Reader(scene, "boss").opens(case)).status in (403, 404)


async def test_the_directory_is_found_by_place_kind_need_and_hours(scene: ApiScene) -> None:
    async with scene.house.database.work() as work:
        await apply_folder(work, GUANGDONG, at=scene.clock.now())
    li = Reader(scene, "li")

    everything = await li.reads("/referrals/places")
    legal = await li.reads("/referrals/places?need=legal&place=天河")
    posts = await li.reads("/referrals/places?kind=youth_post&place=天河")
    nowhere = await li.reads("/referrals/places?place=Atlantis")
    open_now = await li.reads("/referrals/places?open_now=1")

    assert len(everything.all("place")) > len(legal.all("place")) == 1
    assert "法律援助" in legal.text
    assert "12355 服务点" in posts.part("places").text
    assert "没有这个市或区" in nowhere.text
    assert len(open_now.all("place")) < len(everything.all("place"))
    assert not everything.has("stale")


async def test_administrators_see_which_places_are_stale(scene: ApiScene, case: str) -> None:
    await scene.change(ReferralPlace, "haizhu-post", verified_on=scene.clock.now().date())

    stale = (await Reader(scene, "root").reads("/referrals/places")).part("stale")

    assert "从未答复（1 次转介）" in stale.text
    assert "号码没有核对过" not in stale.text
    assert case


async def test_measures_and_their_table_show_no_small_number(scene: ApiScene, case: str) -> None:
    scene.clock.advance(1)
    page = await Reader(scene, "he").reads("/referrals/measures")
    table = await Reader(scene, "he").reads("/referrals/measures.csv")

    assert "少于 5" in page.part("measures").text
    assert table.html.splitlines()[0].startswith("\ufeffreceiver,asked")
    assert "haizhu-post 医院,<5" in table.html
    assert case


@pytest.mark.usefixtures("following")
async def test_whoever_looks_at_a_case_is_not_told_of_their_own_look(
    scene: ApiScene, case: str, li: Reader, tianhe: Reader
) -> None:
    """The page looks again at every news of the case: it would never end."""
    await scene.person("li").does("POST", f"{case}/referrals", REFER)
    with scene.house.live.listen() as changes:
        async with scene.house.database.work() as work:
            work.announce("case", "before")
        while tuple(await changes.get()) != ("case", "before"):
            pass  # what the referral itself told may be on its way still
        for path in (case, f"{case}/handed?kinds=identity", f"{case}/parts/group"):
            await li.reads(path)
            await tianhe.reads(path)
        async with scene.house.database.work() as work:
            work.announce("case", "news")

        assert tuple(await changes.get()) == ("case", "news")
