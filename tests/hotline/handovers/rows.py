"""The rows of a guardian whom nobody may ring."""

from datetime import datetime

from sqlmodel import SQLModel

from hotline.storage.tables import Case, CasePerson, GuardianBlock


def suspected(line_id: str, number_index: str, *, at: datetime) -> list[SQLModel]:
    """A case of the line, a guardian in it, and the block of their number."""
    by = "staff:li"
    return [
        Case(id="case", number="1234567", line_id=line_id, opened_as="by_hand", opened_by=by,
             opened_at=at),
        CasePerson(id="father", case_id="case", role="guardian", phone_index=number_index,
                   suspected_abuser=True, by=by, at=at),
        GuardianBlock(id="block", case_id="case", person_id="father", number_index=number_index,
                      by=by, at=at),
    ]  # fmt: skip
