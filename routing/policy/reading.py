"""From a plan file's data to a policy, and the default. All faults are told at once."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Annotated, Any, Literal, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    Strict,
    ValidationError,
    model_validator,
)
from pydantic_core import InitErrorDetails, PydanticCustomError

from routing.care import Care
from routing.policy.model import (
    SAME_COUNSELOR,
    WISHED_GENDER,
    Ladder,
    LanguageShares,
    Policy,
    Rung,
    Speaks,
)

DAY_S = 86_400  # no plan is longer; and what JSON cannot hold, no plan holds

FORMERLY_COMMON = ("cmn", "yue", "hak", "nan")  # whose speakers a `common_language` counts for

# The ladders that were measured best (routing README, 2): everything counts at once but the last
# step. Nobody waits for a language that nobody on duty speaks (`Need.nobody_speaks`).
DEFAULT_DOCUMENT: Mapping[str, Any] = {
    # Placeholders, to be confirmed where the line is: how many callers understand Mandarin too.
    "understands": {"yue": {"cmn": 0.95}, "hak": {"cmn": 0.9}, "nan": {"cmn": 0.9}, "eng": {}},
    "routine": {
        "stages": [
            {
                "name": "topic_well",
                "language": "own",
                "language_level": 3,
                "topic_level": 3,
                "bonus_s": 90,
            },
            {
                "name": "topic",
                "language": "own",
                "language_level": 3,
                "topic_level": 1,
                "bonus_s": 75,
            },
            {
                "name": "age",
                "language": "own",
                "language_level": 3,
                "age_group": "own",
                "bonus_s": 65,
            },
            {"name": "language", "language": "own", "language_level": 3, "bonus_s": 60},
            {"name": "any_language", "language": "spoken", "bonus_s": 45},
            {"name": "anyone_on_line", "after_s": 300, "interpreter": True},
        ],
    },
    "crisis": {
        "ring": 3,
        "stages": [
            {
                "name": "certified_age",
                "language": "own",
                "language_level": 3,
                "certified": True,
                "age_group": "own",
            },
            {"name": "certified", "language": "own", "language_level": 3, "certified": True},
            {"name": "certified_any_language", "language": "spoken", "certified": True},
            {"name": "any_language", "language": "spoken"},
            {
                "name": "anyone",
                "line": "any",
                "after_s": 5,
                "interpreter": True,
                "protected": True,
            },
        ],
    },
}


class _PlanPart(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, allow_inf_nan=False)


def _own_name(name: str) -> str:
    if name in (SAME_COUNSELOR, WISHED_GENDER):
        told = f"`{name}` is put before every ladder: give this stage a name of its own."
        raise PydanticCustomError("plan", told)
    return name


SkillLevel = Annotated[int, Field(ge=1, le=5)]
OwnOrAny = Literal["own", "any"]
MayBeEmpty = BeforeValidator(lambda value: {} if value is None else value)
"""A heading with nothing below it, as where all of it is commented out."""


class StageFile(_PlanPart):
    """One step of a ladder."""

    name: Annotated[str, Field(min_length=1), AfterValidator(_own_name)] = Field(
        description="a stage needs a name of its own"
    )
    language: Annotated[Speaks, Strict(strict=False)] = Speaks.ANY
    language_level: SkillLevel = 1
    topic_level: SkillLevel | None = None
    certified: bool = False
    age_group: OwnOrAny = "any"
    line: OwnOrAny = "own"
    after_s: float = Field(default=0.0, ge=0, le=DAY_S)
    bonus_s: float = Field(default=0.0, ge=0, le=600)
    interpreter: bool = False
    protected: bool = False

    @property
    def rung(self) -> Rung:
        """As the plan of a caller is made from it."""
        alike = self.model_dump(exclude={"age_group", "line"})
        return Rung(age_group=self.age_group == "own", any_line=self.line == "any", **alike)


class LadderFile(_PlanPart):
    """Stages from best to widest."""

    ring: int = Field(default=1, ge=1, le=10)
    stages: list[StageFile] = Field(
        min_length=1, description="list them from best to widest, or nobody is offered a caller"
    )

    @property
    def ladder(self) -> Ladder:
        """Its meaning."""
        return Ladder(rungs=tuple(stage.rung for stage in self.stages), ring=self.ring)

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        faults = list(_disorder(self.ladder.rungs))
        if faults:
            raise ValidationError.from_exception_data("ladder", faults)
        return self


def _disorder(rungs: Sequence[Rung]) -> Iterator[InitErrorDetails]:
    """What a plan could not be made of."""
    names: set[str] = set()
    for n, (former, rung) in enumerate(zip((None, *rungs), rungs, strict=False)):
        if rung.name in names:
            yield _fault(f"{rung.name} stands here a second time: a stage needs its own name.", n)
        names.add(rung.name)
        if former is not None and rung.after_s < former.after_s:
            told = f"{rung.name} opens before {former.name}: put it before that."
            yield _fault(told, n, "after_s")
        if former is not None and rung.bonus_s > former.bonus_s:
            told = f"{rung.name} prefers more than {former.name}: put it before."
            yield _fault(told, n, "bonus_s")
    if rungs[-1].conditional:
        told = (
            f"{rungs[-1].name} is only for callers whose topic or age is known: end with a stage"
            " that is for everybody."
        )
        yield _fault(told, len(rungs) - 1)


def _fault(message: str, *where: int | str) -> InitErrorDetails:
    kind = PydanticCustomError("plan", message)
    return InitErrorDetails(type=kind, loc=("stages", *where), input=None)


class CrisisLadderFile(LadderFile):
    """The same for callers in danger."""

    running_offer: Literal["withdraw", "keep"] = "withdraw"

    @property
    def ladder(self) -> Ladder:
        """Its meaning."""
        return replace(super().ladder, keeps_running=self.running_offer == "keep")


class CareFile(_PlanPart):
    """Seconds, but for the count and the share."""

    protected_s: float = Field(default=45.0, ge=0, le=600)
    rest_after_crisis_s: float = Field(default=900.0, ge=0, le=7200)
    crisis_in_a_row: int = Field(default=2, ge=1, le=1000)
    break_every_s: float = Field(default=7200.0, ge=600, le=DAY_S)
    break_s: float = Field(default=600.0, ge=0, le=7200)
    break_share: float = Field(default=0.2, ge=0.05, le=1)


class WishesFile(_PlanPart):
    """What a caller would like."""

    same_counselor_hold_s: float = Field(default=0.0, ge=0, le=300)
    gender_hold_s: float = Field(default=0.0, ge=0, le=300)


Share = Annotated[float, Field(gt=0, le=1)]


class PolicyFile(_PlanPart):
    """A whole plan.

    `common_language` is how plans said it before they had a table: all speakers of the languages
    in `FORMERLY_COMMON` understand it.
    """

    common_language: str | None = None
    understands: Annotated[dict[str, Annotated[dict[str, Share], MayBeEmpty]], MayBeEmpty] = {}
    understood_from: float = Field(default=0.8, gt=0, le=1)
    ring_s: float = Field(default=20.0, ge=5, le=60)
    set_aside_s: float = Field(default=30.0, ge=0, le=600)
    care: Annotated[CareFile, MayBeEmpty] = CareFile()
    wishes: Annotated[WishesFile, MayBeEmpty] = WishesFile()
    routine: LadderFile
    crisis: CrisisLadderFile
    topics: Annotated[dict[str, LadderFile], MayBeEmpty] = {}

    @model_validator(mode="after")
    def _says_once_what_is_understood(self) -> Self:
        if self.common_language and self.understands:
            told = (
                "`understands` says it for each language: take `common_language` out, and write"
                f" `{{{self.common_language}: SHARE}}` beside those whose speakers understand it."
            )
            kind = PydanticCustomError("plan", told)
            fault = InitErrorDetails(type=kind, loc=("common_language",), input=None)
            raise ValidationError.from_exception_data("plan", [fault])
        return self

    @property
    def language_table(self) -> Iterator[tuple[str, LanguageShares]]:
        """Who understands what; a database may give the keys back in another order."""
        table = self.understands
        if common := self.common_language:
            table = {one: {common: 1.0} for one in FORMERLY_COMMON if one != common}
        for language, shares in sorted(table.items()):
            yield language, tuple(sorted(shares.items(), key=lambda one: (-one[1], one[0])))


def read_policy(document: Mapping[str, Any]) -> Policy:
    """The policy a document describes.

    Raises pydantic's `ValidationError` with every fault; the `loc` of each is the path to it.
    """
    read = PolicyFile.model_validate(document)
    return Policy(
        routine=read.routine.ladder,
        crisis=read.crisis.ladder,
        topics=tuple((topic, one.ladder) for topic, one in read.topics.items()),
        understands=tuple(read.language_table),
        understood_from=read.understood_from,
        **read.wishes.model_dump(),
        ring_s=read.ring_s,
        set_aside_s=read.set_aside_s,
        care=Care(**read.care.model_dump()),
    )


DEFAULT_POLICY = read_policy(DEFAULT_DOCUMENT)
