"""How a list of cases is asked for, by pages and by software."""

from typing import Annotated

from pydantic import BaseModel, Field

from hotline.cases.listing import SoughtCases, WhichCases
from hotline.cases.model import CaseState, OpenedAs

CaseNumber = Annotated[str, Field(max_length=20)]
OPENED = ("people", "plan", "story")
"""What is opened where the whole of a case is, as it is written down."""


class ListIn(BaseModel):
    """Which to list. `number`: one case, whatever else is asked; `after`: where to read on."""

    which: WhichCases = WhichCases.ALL
    state: CaseState = CaseState.OPEN
    opened_as: OpenedAs | None = None
    number: CaseNumber = ""
    after: str = Field(default="", max_length=80)

    @property
    def sought(self) -> SoughtCases:
        """As the list understands it."""
        return SoughtCases(
            which=self.which, state=self.state, opened_as=self.opened_as, number=self.number
        )
