"""A delivery by mail, over the wire to a server on loopback."""

from collections.abc import AsyncIterator
from email.message import EmailMessage

import pytest

from hotline.deliveries.by_mail import ByMail, MailServer
from hotline.deliveries.channels import Letter, Parcel
from hotline.errors import CarrierRefused, CarrierUnclear, CarrierUnreachable
from tests.fakes import NOON
from tests.loopback_mail import LoopbackMail, loopback_mail

pytestmark = pytest.mark.anyio

LETTER = Letter(subject="待确认 123456", words="请确认：https://hotline.test/a/x\n", payload={})
PARCEL = Parcel(
    delivery_id="d1",
    to="duty@station.test",
    from_="",
    place="",
    ring_s=0,
    since=NOON,
    letter=LETTER,
)


@pytest.fixture
async def mail() -> AsyncIterator[LoopbackMail]:
    async with loopback_mail() as running:
        yield running


def by(mail: LoopbackMail, port: int | None = None) -> ByMail:
    server = MailServer(
        host="127.0.0.1",
        port=port or mail.port,
        tls=False,
        start_tls=False,
        sender="热线 <hotline@hotline.test>",
    )
    return ByMail(server)


async def test_a_mail_says_what_was_written_and_who_sends_it(mail: LoopbackMail) -> None:
    await by(mail).send(PARCEL)

    (taken,) = mail.taken
    assert isinstance(taken, EmailMessage)
    assert (taken["To"], taken["Subject"]) == ("duty@station.test", "待确认 123456")
    assert "hotline@hotline.test" in taken["From"]
    assert taken["Auto-Submitted"] == "auto-generated"
    assert taken.get_content().strip() == LETTER.words.strip()


async def test_a_mail_that_is_sent_again_is_known_by_its_id(mail: LoopbackMail) -> None:
    first = await by(mail).send(PARCEL)
    again = await by(mail).send(PARCEL)

    assert first == again == "<d1@hotline.test>"
    assert [one["Message-ID"] for one in mail.taken] == [first, first]
    assert mail.taken[0]["Date"] == mail.taken[1]["Date"]


@pytest.mark.parametrize("word", ["MAIL", "RCPT"])
async def test_an_address_that_is_refused_for_good_is_not_tried_again(
    mail: LoopbackMail, word: str
) -> None:
    mail.answers[word] = "550 nobody of that name"

    with pytest.raises(CarrierRefused) as no:
        await by(mail).send(PARCEL)

    assert no.value.code == 550


async def test_a_server_that_says_not_now_has_done_nothing(mail: LoopbackMail) -> None:
    mail.answers["RCPT"] = "451 later"

    with pytest.raises(CarrierUnreachable):
        await by(mail).send(PARCEL)


async def test_a_server_that_is_not_there_has_done_nothing(mail: LoopbackMail) -> None:
    with pytest.raises(CarrierUnreachable):
        await by(mail, port=1).send(PARCEL)


async def test_a_server_that_goes_after_the_words_may_have_taken_them(mail: LoopbackMail) -> None:
    mail.drops_after_data = True

    with pytest.raises(CarrierUnclear):
        await by(mail).send(PARCEL)

    assert len(mail.taken) == 1


async def test_nothing_can_be_looked_up_at_a_mail_server(mail: LoopbackMail) -> None:
    assert await by(mail).find(PARCEL) == ()
    assert by(mail).repeatable
