"""What an offer remembers of its why: written by the teller, shown by `hotline.floor.explanations`.

Kept as JSON with the offer, so that a page needs no replay to say why.
"""

from collections.abc import Mapping
from typing import Any, NotRequired, cast

from typing_extensions import TypedDict  # pydantic asks for it before Python 3.12


class CandidateReason(TypedDict):
    """One counselor on duty for one caller: their `order`, or the first rule against them.

    `doing` and `reason`: what they did, where the rule is that they were away. `opens_in_s`: when
    waiting alone ends the exclusion.
    """

    counselor: str
    stage: NotRequired[str]
    order: NotRequired[int]
    excluded_by: NotRequired[str]
    doing: NotRequired[str]
    reason: NotRequired[str]
    opens_in_s: NotRequired[float]


class OfferReasons(TypedDict):
    """One decision. `left_out`: of a very large floor, how many are not named, by rule."""

    plan: str
    plan_version: str
    waited_s: float
    idle_s: float
    in_wrap_up: bool
    ahead: int
    waiting: int
    candidates: list[CandidateReason]
    left_out: dict[str, int]


def reasons_of(facts: Mapping[str, Any]) -> OfferReasons:
    """The reasons kept with an offer; an older version may have kept less."""
    nothing = OfferReasons(
        plan="",
        plan_version="",
        waited_s=0.0,
        idle_s=0.0,
        in_wrap_up=False,
        ahead=0,
        waiting=1,
        candidates=[],
        left_out={},
    )
    return cast(OfferReasons, {**nothing, **facts})
