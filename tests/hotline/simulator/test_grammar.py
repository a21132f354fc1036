"""What may stand in a document, and how what may not is told."""

from pathlib import Path

import pytest

from hotline.carrier.grammar import APART, faults_of

GOLDEN = sorted((Path(__file__).parents[2] / "ivr" / "golden").glob("*.xml"))


@pytest.mark.parametrize("document", GOLDEN, ids=lambda path: path.stem)
def test_every_document_that_we_write_may_stand_as_it_is(document: Path) -> None:
    assert faults_of(document.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    ("inside", "fault"),
    [
        ("<Enqueue>q</Enqueue>", "Enqueue may not stand in Response"),
        ("<Number>1</Number>", "Number may not stand in Response"),
        ("<Gather><Dial>1</Dial></Gather>", "Dial may not stand in Gather"),
        ("<Say>a<break/></Say>", "break may not stand in Say"),
        ("<Say/>", "Say is empty"),
        ('<Say lang="cmn-CN">a</Say>', "Say has no attribute lang"),
        ('<Say language="Mandarin Chinese">a</Say>', "language of Say may not be"),
        ("<Hangup>now</Hangup>", "Hangup holds words"),
        ('<Pause length="0"/>', "length of Pause may not be '0'"),
        ('<Gather timeout="soon"/>', "timeout of Gather may not be 'soon'"),
        ('<Gather input="keys"/>', "input of Gather may not be 'keys'"),
        ('<Gather finishOnKey="a"/>', "finishOnKey of Gather may not be 'a'"),
        ('<Gather action="menu"/>', "action of Gather may not be 'menu'"),
        ('<Record maxLength="1"/>', "maxLength of Record may not be '1'"),
        ("<Dial/>", "Dial rings a number or what stands in it: one of both"),
        ("<Dial>1<Number>2</Number></Dial>", "one of both"),
        ('<Dial timeout="3">1</Dial>', "timeout of Dial may not be '3'"),
        ("<Dial><Conference/></Dial>", "Conference is empty"),
        ('<Dial><Conference coach="li">c</Conference></Dial>', "coach of Conference may not be"),
        (
            '<Dial><Conference statusCallbackEvent="join left">c</Conference></Dial>',
            "statusCallbackEvent of Conference may not be 'join left'",
        ),
        ('<Redirect method="PUT">/a</Redirect>', "method of Redirect may not be 'PUT'"),
        ("<Redirect>somewhere</Redirect>", "Redirect leads to no address"),
        ('<Reject reason="tired"/>', "reason of Reject may not be 'tired'"),
        ("<say>a</say>", "say may not stand in Response"),
        ("<Say>" + "a" * 4097 + "</Say>", "Say holds more than 4096 characters"),
    ],
)
def test_what_may_not_stand_in_a_document_is_named(inside: str, fault: str) -> None:
    (told,) = faults_of(f"<Response>{inside}</Response>")

    assert fault in told


@pytest.mark.parametrize(
    ("document", "fault"),
    [
        ("<Response>", "it is no XML"),
        ("<html/>", "its root is html"),
        ('<Response version="2"/>', "Response has the attribute version"),
        ("<Response>" + "<Say>孩</Say>" * 6000 + "</Response>", "it is larger than 64 KiB"),
    ],
)
def test_what_is_no_document_is_named(document: str, fault: str) -> None:
    assert faults_of(document) == [fault]


def test_who_hears_something_alone_may_not_be_asked_for_a_key() -> None:
    document = "<Response><Play>/hold.wav</Play><Gather/><Redirect/></Response>"

    assert faults_of(document, allowed=APART) == ["Gather may not stand in Response"]


def test_a_play_of_keys_needs_no_sound_and_any_other_does() -> None:
    assert faults_of('<Response><Play digits="ww12#"/></Response>') == []
    assert faults_of("<Response><Play/></Response>") == ["Play is empty"]
