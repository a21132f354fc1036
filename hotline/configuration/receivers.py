"""What may stand in referrals.yaml of a place that takes referrals: its promise, and its ways."""

from datetime import date
from typing import Annotated, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from hotline.configuration.schema import DATE, WRONG_FORM, MailAddress, NumberOrNone
from hotline.materials.receivers import OLDEST, ReceiverNeed

Sentence = Annotated[str, Field(min_length=2, max_length=300)]
Age = Annotated[int, Field(ge=0, le=OLDEST)]
NeedName = Annotated[ReceiverNeed, Field(strict=False)]  # a word of the file


def _date(value: object) -> date | None:
    """As JSON and YAML write one, in quotes or not."""
    if value is None or type(value) is date:
        return value
    try:
        return date.fromisoformat(value if isinstance(value, str) else "")
    except ValueError:
        raise PydanticCustomError(WRONG_FORM, "Write {rule}.", {"rule": DATE}) from None


VerifiedOn = Annotated[date | None, BeforeValidator(_date)]


class MaterialPart(BaseModel):
    """Base of what may stand in the files of materials: nothing unknown, nothing converted."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class NoteFile(MaterialPart):
    """A sentence in both languages."""

    zh: Sentence
    en: Sentence


class ReceiverFile(MaterialPart):
    """What a place takes, and how it is told of a referral.

    `takes`: kinds of need. `from_age`, `to_age`: whom. `station`: whose officers answer here.
    `text`, `mail`: where a link is sent. `code_to`: the number that the code for a link goes to;
    without it, `text`. `answer_within_h`, `result_within_days`: what it has promised.
    """

    takes: list[NeedName] = Field(min_length=1)
    from_age: Age = 0
    to_age: Age = OLDEST
    limits: NoteFile | None = None
    station: str = ""
    text: NumberOrNone = ""
    mail: MailAddress = ""
    code_to: NumberOrNone = ""
    answer_within_h: Annotated[int, Field(ge=1, le=24 * 14)] = 48
    result_within_days: Annotated[int, Field(ge=1, le=180)] = 30

    @model_validator(mode="after")
    def _can_be_told(self) -> Self:
        if not (self.station or self.text or self.mail):
            told = "A place that takes referrals needs a `station`, a `text` number or a `mail`."
            raise PydanticCustomError("no_way", told)
        if self.mail and not (self.text or self.code_to):
            told = "A link by `mail` needs a `code_to`: its code is sent to a telephone."
            raise PydanticCustomError("no_code", told)
        if self.from_age > self.to_age:
            told = "`from_age` is above `to_age`: correct one."
            raise PydanticCustomError("ages", told)
        return self
