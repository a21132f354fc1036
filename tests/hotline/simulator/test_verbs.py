"""What each verb of a document makes a leg do."""

import pytest

from tests.harness.carrier import Carrier
from tests.hotline.simulator.conftest import Application

pytestmark = pytest.mark.anyio

CHILD = "15400000001"

# Gather: | attribute           | default      |
#         | action              | this address |
#         | timeout             | 5            |
#         | numDigits           | unlimited    |
#         | finishOnKey         | #            |
#         | actionOnEmptyResult | false        |


async def test_a_key_is_reported_to_the_action(carrier: Carrier, application: Application) -> None:
    application.documents = {
        "/voice": '<Gather numDigits="1" action="/menu"><Say>press</Say></Gather>',
        "/menu": "<Say>thanks</Say>",
    }
    child = carrier.handset(CHILD)
    await child.dials("12355")

    await child.presses("7")
    await child.hears("thanks")

    assert application.last("/menu")["Digits"] == "7"


async def test_digits_end_with_the_finish_key_which_is_not_reported(
    carrier: Carrier, application: Application
) -> None:
    application.documents = {"/voice": '<Gather action="/pin"/>', "/pin": "<Say>ok</Say>"}
    child = carrier.handset(CHILD)
    await child.dials("12355")

    await child.presses("1234#")
    await child.hears("ok")

    assert application.last("/pin")["Digits"] == "1234"


async def test_silence_falls_through_to_the_next_verb(
    carrier: Carrier, application: Application
) -> None:
    application.documents = {"/voice": '<Gather timeout="5"/><Say>nobody there</Say>'}
    child = carrier.handset(CHILD)
    await child.dials("12355")

    await carrier.passes(6)

    await child.hears("nobody there")


async def test_silence_is_reported_where_that_is_asked_for(
    carrier: Carrier, application: Application
) -> None:
    application.documents = {
        "/voice": '<Gather action="/menu" actionOnEmptyResult="true" timeout="5"/>',
        "/menu": "<Say>still here</Say>",
    }
    child = carrier.handset(CHILD)
    await child.dials("12355")

    await carrier.passes(6)
    await child.hears("still here")

    assert application.last("/menu")["Digits"] == ""


async def test_speech_is_reported_with_what_was_said(
    carrier: Carrier, application: Application
) -> None:
    application.documents = {
        "/voice": '<Gather input="dtmf speech" action="/menu"/>',
        "/menu": "<Say>heard</Say>",
    }
    child = carrier.handset(CHILD)
    await child.dials("12355")

    await child.says("粤语")
    await child.hears("heard")

    assert application.last("/menu")["SpeechResult"] == "粤语"


async def test_at_the_end_of_a_document_the_call_is_hung_up(
    carrier: Carrier, application: Application
) -> None:
    application.documents = {"/voice": "<Say>bye</Say>"}
    child = carrier.handset(CHILD)

    await child.dials("12355")

    await child.is_hung_up()


async def test_a_redirect_ends_the_document_it_stands_in(
    carrier: Carrier, application: Application
) -> None:
    application.documents = {
        "/voice": "<Redirect>/two</Redirect><Say>never</Say>",
        "/two": "<Say>second</Say>",
    }
    child = carrier.handset(CHILD)

    await child.dials("12355")
    await child.hears("second")
    await child.is_hung_up()

    assert "never" not in carrier.story()


async def test_a_rejected_call_was_never_answered(
    carrier: Carrier, application: Application
) -> None:
    application.documents = {"/voice": '<Reject reason="busy"/>'}
    child = carrier.handset(CHILD)

    await child.dials("12355")
    await child.is_hung_up()

    assert (await carrier.inbound_calls())[0]["status"] == "busy"


async def test_two_in_a_conference_talk_and_the_end_of_one_is_told_to_the_other(
    carrier: Carrier, application: Application
) -> None:
    room = '<Dial action="/after"><Conference endConferenceOnExit="true">r</Conference></Dial>'
    application.documents = {"/voice": room, "/after": "<Say>alone</Say>"}
    one, two = carrier.handset(CHILD), carrier.handset("15400000002")
    await one.dials("12355")
    await two.dials("12355")
    await one.is_talking_to_somebody()

    await two.hangs_up()
    await one.hears("alone")

    assert application.last("/after")["DialCallStatus"] == "answered"
    assert all(call["talked"] for call in await carrier.inbound_calls())


async def test_a_message_is_taken_until_silence(carrier: Carrier, application: Application) -> None:
    application.documents = {"/voice": '<Record action="/took" timeout="5"/>', "/took": "<Hangup/>"}
    child = carrier.handset(CHILD)
    await child.dials("12355")

    await carrier.passes(6)
    await child.is_hung_up()

    assert application.last("/took")["RecordingSid"].startswith("RE")


async def test_who_says_nothing_to_a_recorder_leaves_no_message_and_hears_what_follows(
    carrier: Carrier, application: Application
) -> None:
    application.documents = {
        "/voice": '<Record action="/took" timeout="5"/><Say>are you there</Say>',
        "/took": "<Hangup/>",
    }
    child = carrier.handset(CHILD)
    await child.dials("12355")
    await child.says_nothing()

    await carrier.passes(6)

    await child.hears("are you there")


async def test_an_address_that_fails_is_replaced_by_the_fallback(
    carrier: Carrier, application: Application
) -> None:
    application.documents = {"/fallback": "<Say>sorry</Say>"}
    child = carrier.handset(CHILD)

    await child.dials("12355")
    await child.hears("sorry")

    assert application.last("/fallback")["ErrorCode"] == "11200"


async def test_a_bad_gateway_is_met_once_and_the_fallback_behind_it_is_asked(
    carrier: Carrier, application: Application
) -> None:
    application.documents = {"/voice": "<Say>hello</Say>", "/fallback": "<Say>sorry</Say>"}
    await carrier.faults(bad_gateways=1)
    child = carrier.handset(CHILD)

    await child.dials("12355")
    await child.hears("sorry")
    await child.is_hung_up()
    await child.dials("12355")
    await child.hears("hello")

    assert application.count("/voice") == 1


async def test_every_request_is_signed(carrier: Carrier, application: Application) -> None:
    application.documents = {"/voice": "<Say>hello</Say>"}
    child = carrier.handset(CHILD)

    await child.dials("12355")
    await child.is_hung_up()
    await carrier.passes(0)

    assert application.count("/status") == 1
    assert application.unsigned == 0


@pytest.mark.parametrize("odd", ["soon", "", "-1", "nan", "inf", "1e400", "９", "0x10"])
async def test_a_number_that_is_none_counts_as_left_out(
    carrier: Carrier, application: Application, odd: str
) -> None:
    application.documents = {
        "/voice": f'<Pause length="{odd}"/><Gather numDigits="{odd}" timeout="{odd}"/>'
        f'<Record timeout="{odd}" action="/after"/>',
        "/after": "<Say>after all</Say>",
    }
    child = carrier.handset(CHILD)
    await child.dials("12355")

    for _ in range(3):
        await carrier.passes(10)

    await child.hears("after all")


async def test_what_may_not_stand_in_a_document_is_warned_of_and_passed_over(
    carrier: Carrier, application: Application
) -> None:
    application.documents = {"/voice": '<Sing/><Say lang="zh">hello</Say>'}
    child = carrier.handset(CHILD)

    await child.dials("12355")
    await child.hears("hello")

    warned = [entry["fault"] for entry in carrier.journal if entry["kind"] == "warning"]
    assert warned == ["Sing may not stand in Response", "Say has no attribute lang"]
