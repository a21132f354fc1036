"""The form by which a call is reviewed, as a file of the configuration says it. Pure.

A version is never changed, since reviews name theirs: another wording or weight is another version.
"""

import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Annotated, Any

import yaml
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field
from pydantic_core import PydanticCustomError

from hotline.storage.documents import DocumentFault, VersionedDocument

FILE = Path(__file__).with_name("default.yaml")
WHOLE = 100
KEY = re.compile("[a-z][a-z_]{1,29}")
KEY_RULE = "a name of 2 to 30 small letters and `_`, such as asks_of_danger"


def _criterion_key(value: object) -> str:
    if isinstance(value, str) and KEY.fullmatch(value):
        return value
    raise PydanticCustomError("wrong_form", "Write {rule}.", {"rule": KEY_RULE})


class _ReviewPart(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class ReviewWords(_ReviewPart):
    """Words in both languages."""

    zh: str = Field(min_length=1, max_length=160)
    en: str = Field(min_length=1, max_length=320)


class ReviewAnchor(_ReviewPart):
    """What so many points look like."""

    points: int = Field(ge=0, le=10)
    says: ReviewWords


class ReviewCriterion(_ReviewPart):
    """What is looked at. `weight`: of a hundred. `may_be_unseen`: not every call shows it."""

    key: Annotated[str, BeforeValidator(_criterion_key)]
    name: ReviewWords
    weight: int = Field(ge=1, le=WHOLE)
    may_be_unseen: bool = False
    anchors: list[ReviewAnchor] = Field(min_length=2, max_length=6)

    @property
    def most(self) -> int:
        """The greatest points."""
        return max(one.points for one in self.anchors)


class ReviewForm(VersionedDocument, _ReviewPart):
    """The whole form. `source`: where its criteria come from, for whoever uses it."""

    name: ReviewWords
    source: ReviewWords
    criteria: list[ReviewCriterion] = Field(min_length=1, max_length=20)


def read_review_form(document: Mapping[str, Any]) -> ReviewForm:
    """The form of a document. Raises pydantic's `ValidationError` with every fault."""
    return ReviewForm.model_validate(document)


@cache
def default_review_form() -> ReviewForm:
    """Of a folder that has none."""
    return read_review_form(yaml.safe_load(FILE.read_text(encoding="utf-8")))


def review_form_faults(form: ReviewForm) -> Iterator[DocumentFault]:
    """What each value alone does not show."""
    known: set[str] = set()
    for place, one in enumerate(form.criteria):
        if one.key in known:
            said = f"the criterion {one.key} stands here a second time."
            yield DocumentFault(("criteria", place, "key"), said)
        known.add(one.key)
        points = [anchor.points for anchor in one.anchors]
        if points != sorted(set(points)) or points[0] != 0:
            said = f"the anchors of {one.key} begin at 0 and grow: each needs more points."
            yield DocumentFault(("criteria", place, "anchors"), said)
    weight = sum(one.weight for one in form.criteria)
    if weight != WHOLE:
        yield DocumentFault(("criteria",), f"the weights are {weight} together: make them 100.")
    if all(one.may_be_unseen for one in form.criteria):
        said = "every criterion may be unseen: a review would say nothing."
        yield DocumentFault(("criteria",), said)
