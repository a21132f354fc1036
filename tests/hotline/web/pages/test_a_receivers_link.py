"""The page behind a receiver's link: from the text to the result, without scripts or account."""

import re
from urllib.parse import urlencode

import pytest
from sqlmodel import select
from structlog.testing import capture_logs

from hotline.referrals.codes import make_code, make_link
from hotline.storage.tables import Referral, ReferralLetter, ReferralLink, ReferralPlace
from hotline.web.addresses import path_for_log
from tests.hotline.referrals.conftest import CLINIC_CODES, receives
from tests.hotline.web.api.case_rights import a_case
from tests.hotline.web.api.conftest import ApiScene
from tests.hotline.web.api.referral_rights import a_referral

pytestmark = pytest.mark.anyio

FORM = {"Content-Type": "application/x-www-form-urlencoded"}
SECRET = "canary words"


class ReceiversPhone:
    """Somebody who opens the link."""

    def __init__(self, scene: ApiScene, token: str) -> None:
        self.scene, self.path, self.proof = scene, f"/f/{token}", ""

    async def opens(self, method: str = "GET", language: str = "zh") -> tuple[int, str]:
        headers = {"Accept": "text/html", "Accept-Language": language}
        answer = await self.scene.http.request(method, self.path, headers=headers)
        self.headers = answer.headers
        return answer.status_code, answer.text

    async def sends(self, wish: str, **fields: str) -> str:
        body = urlencode({"wish": wish, "proof": self.proof, **fields})
        answer = await self.scene.http.post(self.path, content=body, headers=FORM)
        assert answer.status_code == 200
        if found := re.search(r'name="proof" value="([^"]+)"', answer.text):
            self.proof = found[1]
        return answer.text

    async def code(self) -> str:
        """As the carrier would have sent it."""
        async with self.scene.house.database.work() as work:
            link = (await work.exec(select(ReferralLink))).one()
            return make_code(self.scene.house.vault, link, at=self.scene.clock.now())

    async def state(self) -> str:
        referral: Referral = await self.scene.get(Referral, "referral")
        return referral.state


@pytest.fixture
async def phone(scene: ApiScene) -> ReceiversPhone:
    """Li's case was referred, and a link was made."""
    now = scene.clock.now()
    await scene.add(*a_case(now), *a_referral(now, may_tell="words"))
    await scene.change(ReferralPlace, "haizhu-post", receives=receives())
    async with scene.house.database.work() as work:
        token = make_link(work, "referral", at=now)
    return ReceiversPhone(scene, token)


async def test_programs_that_open_links_change_and_see_nothing(phone: ReceiversPhone) -> None:
    for method in ("GET", "HEAD", "GET", "OPTIONS"):
        await phone.opens(method)
    status, text = await phone.opens()

    assert status == 200
    assert 'data-testid="link-fresh"' in text
    assert "1234567" in text
    assert "情绪" not in text  # why, only with the code
    assert await phone.state() == "sent"
    assert await phone.scene.all(ReferralLetter) == []


async def test_what_a_browser_is_told_keeps_the_link_to_itself(phone: ReceiversPhone) -> None:
    await phone.opens()

    assert phone.headers["Referrer-Policy"] == "no-referrer"
    assert phone.headers["X-Robots-Tag"] == "noindex, nofollow"
    assert phone.headers["Cache-Control"] == "no-store"
    assert "default-src 'none'" in phone.headers["Content-Security-Policy"]


async def test_from_the_code_to_the_result(phone: ReceiversPhone) -> None:
    assert 'data-testid="link-code_sent"' in await phone.sends("code")
    [letter] = await phone.scene.all(ReferralLetter)
    assert letter.kind == "code"
    text = await phone.sends("open", code=await phone.code())
    assert "情绪低落" in text

    await phone.sends("accept", appointment_at="2027-01-01T10:00")
    assert await phone.state() == "accepted"
    row: Referral = await phone.scene.get(Referral, "referral")
    assert row.appointment_at is not None
    assert row.appointment_at.hour == 2  # ten o'clock here
    await phone.sends("appoint", appointment_at="2027-01-02T10:00")
    await phone.sends("not_come")
    assert await phone.state() == "not_come"
    await phone.sends("came")
    text = await phone.sends("result", result="treated", text=SECRET, proposal="follow_up")

    assert await phone.state() == "resulted"
    assert 'data-testid="link-ended"' in text
    assert "已经登记" in text
    row = await phone.scene.get(Referral, "referral")
    assert (row.result, row.proposal) == ("treated", "follow_up")
    assert SECRET not in repr(row)


async def test_a_receiver_that_is_full_says_so(phone: ReceiversPhone) -> None:
    await phone.sends("open", code=await phone.code())

    await phone.sends("decline", code="full")

    assert await phone.state() == "declined"


@pytest.mark.parametrize(
    ("wish", "fields"),
    [
        ("accept", {"appointment_at": "tomorrow"}),
        ("accept", {"appointment_at": "2001-01-01T10:00"}),
        ("accept", {"appointment_at": "9999-12-31T23:59"}),
        ("hack", {f"field_{number}": "x" for number in range(40)}),
        ("decline", {"code": "lazy"}),
        ("came", {}),
        ("result", {"result": "treated"}),
        ("hack", {}),
    ],
)
async def test_what_makes_no_sense_changes_nothing(
    phone: ReceiversPhone, wish: str, fields: dict[str, str]
) -> None:
    await phone.sends("open", code=await phone.code())
    await phone.sends(wish, **fields)

    assert await phone.state() == "sent"


@pytest.mark.parametrize("wish", ["accept", "decline", "result", "came", "open"])
async def test_without_the_code_nobody_does_anything(phone: ReceiversPhone, wish: str) -> None:
    text = await phone.sends(wish, code="000000" if wish == "open" else "full", result="seen")

    assert await phone.state() == "sent"
    assert "情绪" not in text


async def test_a_forwarded_page_is_worth_nothing_after_half_an_hour(phone: ReceiversPhone) -> None:
    await phone.sends("open", code=await phone.code())
    phone.scene.clock.advance(1800)

    text = await phone.sends("accept")

    assert await phone.state() == "sent"
    assert "情绪" not in text


async def test_a_second_press_is_told_and_not_done_twice(phone: ReceiversPhone) -> None:
    await phone.sends("open", code=await phone.code())
    await phone.sends("accept")

    assert "没有重复做" in await phone.sends("accept")


async def test_a_link_that_nobody_made_is_not_there(scene: ApiScene) -> None:
    status, text = await ReceiversPhone(scene, "0" * 24).opens(language="en")

    assert status == 404
    assert "not whole" in text


async def test_no_log_line_holds_a_link_a_code_or_a_word(phone: ReceiversPhone) -> None:
    with capture_logs() as logs:
        await phone.opens()
        await phone.sends("code")
        code = await phone.code()
        await phone.sends("open", code=code)
        await phone.sends("accept")
        await phone.sends("result", result="treated", text=SECRET)

    for secret in (phone.path.rpartition("/")[2], code, SECRET, CLINIC_CODES, phone.proof):
        assert secret not in repr(logs)
    assert path_for_log(phone.path) == "/f/…"
