"""Nothing is written to a guardian who is suspected of the harm, whatever was agreed before."""

import pytest

from hotline.errors import GuardianIsBlocked
from hotline.texting.asking import ask_by_person
from hotline.texting.consent import WhyNotText, why_no_text
from hotline.texting.templates import Template
from tests.fakes import NOON
from tests.hotline.handovers.rows import suspected
from tests.hotline.texting.conftest import TextScene

pytestmark = pytest.mark.anyio


async def test_a_text_that_waits_is_dropped_when_the_number_is_a_suspects(
    texting: TextScene,
) -> None:
    await texting.wants_texts()
    text = await texting.asks()
    await texting.add(*suspected("youth", texting.index, at=NOON))

    await texting.ticks()

    assert texting.carrier.sent == []
    assert (await texting.text(text)).last_error == "guardian"


async def test_nobody_writes_to_a_suspect_by_hand(texting: TextScene) -> None:
    await texting.wants_texts()
    await texting.add(*suspected("youth", texting.index, at=NOON))

    async with texting.database.work() as work:
        assert await why_no_text(work, texting.index) is WhyNotText.GUARDIAN
        with pytest.raises(GuardianIsBlocked):
            await ask_by_person(
                work, texting.vault, texting.to(), Template.HOW_ARE_YOU, by_id="li", at=NOON
            )
