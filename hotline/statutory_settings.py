"""Settings of what the law asks to be reported: whom to ring, and when silence is told.

README: "Settings".
"""

from typing import Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings

PHONES_FORM = '{"civil_affairs": "12345"}'
PHONE = r"^([0-9]{3,12})?$"


class ReportPhones(BaseModel):
    """By agency. Short codes of the country are shipped; those of a city are its own to write."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    police: str = Field(default="110", pattern=PHONE)
    civil_affairs: str = Field(default="", pattern=PHONE)
    education: str = Field(default="", pattern=PHONE)
    procuratorate: str = Field(default="12309", pattern=PHONE)
    court: str = Field(default="", pattern=PHONE)
    health: str = Field(default="", pattern=PHONE)


class StatutorySettings(BaseSettings):
    """`report_phones`: as JSON, agency → number. Minutes: of a mandatory report (P)."""

    report_phones: str = ""
    report_warning_min: float = Field(default=15.0, ge=1.0, le=60.0)
    report_breach_min: float = Field(default=30.0, ge=2.0, le=120.0)

    @field_validator("report_phones")
    @classmethod
    def _read_report_phones(cls, phones: str) -> str:
        try:
            ReportPhones.model_validate_json(phones or "{}")
        except ValidationError:
            raise ValueError(
                f"HOTLINE_REPORT_PHONES is no list of phones by agency: write {PHONES_FORM}"
            ) from None
        return phones

    @model_validator(mode="after")
    def _warns_before_it_is_late(self) -> Self:
        if self.report_warning_min >= self.report_breach_min:
            raise ValueError(
                "HOTLINE_REPORT_WARNING_MIN must be less than HOTLINE_REPORT_BREACH_MIN"
            )
        return self

    @property
    def phones_to_report(self) -> dict[str, str]:
        """Those that are known, by agency, the police first."""
        read = ReportPhones.model_validate_json(self.report_phones or "{}")
        return {agency: phone for agency, phone in read.model_dump().items() if phone}
