"""The shapes themselves: what they let pass and what not. Each answer in this folder is held so."""

import httpx
import pytest

from hotline.carrier.model import CarrierLeg, call_json
from hotline.carrier.rest import API
from tests.hotline.simulator.conftest import SID
from tests.hotline.simulator.shapes import SHAPES, against, shape_named

ACCOUNT = f"http://carrier{API}/{SID}"
LEG = call_json(CarrierLeg(SID, "12355", "12355", "12355", "outbound-api"))

# | spoilt |
FAULTS = [
    {"status": "asleep"},
    {"duration": 5},
    {"sid": "CA1"},
    {"date_created": "2026-01-01T00:00:00Z"},
    {"surprise": "a field that the carrier does not have"},
]


def test_a_call_as_it_should_be_passes() -> None:
    assert against("Call", LEG) == ""


@pytest.mark.parametrize("fault", FAULTS)
def test_a_call_that_is_spoilt_does_not_pass(fault: dict[str, object]) -> None:
    assert against("Call", LEG | fault)


@pytest.mark.parametrize("field", sorted(LEG))
def test_a_call_without_one_of_its_fields_does_not_pass(field: str) -> None:
    assert against("Call", {name: value for name, value in LEG.items() if name != field})


# | asked | is to be |
ANSWERS = [
    ("GET", "/Calls.json", 200, "Calls"),
    ("POST", "/Calls.json", 201, "Call"),
    ("POST", "/Calls/CA1.json", 200, "Call"),
    ("GET", "/Calls/CA1/Recordings.json", 200, "Recordings"),
    ("POST", "/Calls/CA1/Recordings/Twilio.CURRENT.json", 200, "Recording"),
    ("GET", "/Conferences/CF1/Participants.json", 200, "Participants"),
    ("POST", "/Conferences/CF1/Participants.json", 201, "Participant"),
    ("GET", "/Messages/SM1.json", 404, "Error"),
    ("GET", "/Recordings/RE1.wav", 200, None),
]


@pytest.mark.parametrize(("method", "path", "status", "name"), ANSWERS)
def test_an_answer_is_held_against_the_shape_of_its_address(
    method: str, path: str, status: int, name: str | None
) -> None:
    answer = httpx.Response(status, request=httpx.Request(method, ACCOUNT + path))

    assert shape_named(answer) == name
    assert name is None or name in SHAPES["$defs"]
