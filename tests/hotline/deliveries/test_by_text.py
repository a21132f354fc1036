"""What the carrier's words about a text mean, and what cannot be sent at all."""

import pytest

from hotline.deliveries.by_text import text_event
from hotline.deliveries.channels import Parcel
from hotline.deliveries.model import DeliveryEvent
from tests.fakes import NOON


@pytest.mark.parametrize(
    ("word", "event"),
    [
        ("queued", DeliveryEvent.TAKEN),
        ("SENT", DeliveryEvent.TAKEN),
        ("delivered", DeliveryEvent.DELIVERED),
        ("read", DeliveryEvent.DELIVERED),
        ("undelivered", DeliveryEvent.FAILED),
        ("mumble", None),
    ],
)
def test_the_carriers_words_about_a_text(word: str, event: DeliveryEvent | None) -> None:
    assert text_event(word) is event


def test_a_letter_that_nobody_wrote_cannot_be_sent() -> None:
    parcel = Parcel(delivery_id="d", to="1", from_="2", place="", ring_s=0, since=NOON)

    with pytest.raises(ValueError, match="nobody wrote"):
        assert parcel.written
