"""What a station is told of something overdue: case number, colour, division, a link. Nothing else.

A telephone lies on tables, a mail server belongs to somebody: nothing of the child is in it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import col, select

from hotline.deliveries.channels import Letter
from hotline.escalations.webhook_secrets import webhook_secret_of
from hotline.stations.divisions import division_name
from hotline.storage.session import Work
from hotline.storage.tables import Case, Delivery, Line, StationContact, VisitTelling
from hotline.storage.vault import Vault
from hotline.visits.plans import plan_of, rules_of_plan

ENGLISH = "eng"
WAITS: Mapping[str, tuple[str, str]] = {
    "confirmation": ("颜色等待确认", "its colour waits to be confirmed"),
    "visit": ("走访已到期", "a visit is overdue"),
    "retry": ("需要再去一次", "another try is overdue"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class AboutVisit:
    """What stands behind one delivery. `colour`: its name; empty while none was confirmed."""

    telling: VisitTelling
    case: Case
    line: Line
    contact: StationContact
    colour: str

    @property
    def in_english(self) -> bool:
        """All others read Chinese."""
        return self.contact.language == ENGLISH

    @property
    def mark(self) -> str:
        """How the words begin, whatever link follows."""
        said = [self.colour, division_name(self.case.division)]
        chinese, english = WAITS[self.telling.why]
        if self.in_english:
            line, about = self.line.name_en or self.line.name, ", ".join(filter(None, said))
            within = f" ({about})" if about else ""
            return f"{line}: case {self.case.number}{within}: {english}."
        about = "，".join(filter(None, said))
        within = f"（{about}）" if about else ""
        return f"【{self.line.name}】个案{self.case.number}{within}{chinese}。"


class VisitLetters:
    """Writes for these deliveries, as `deliveries.channels.Writer` wants to see it."""

    def __init__(self, base_url: str, vault: Vault) -> None:
        """`base_url`: what links start with. `vault` opens the secrets of stations' systems."""
        self._base_url = base_url
        self._vault = vault

    async def mark(self, work: Work, delivery: Delivery) -> str:
        """The same for each try."""
        return (await about_visit(work, delivery.id)).mark

    async def write(self, work: Work, delivery: Delivery, *, at: datetime) -> Letter:
        """The link asks whoever opens it to sign in."""
        about = await about_visit(work, delivery.id)
        link = f"{self._base_url}/cases/{about.case.id}"
        words = f"Sign in: {link}" if about.in_english else f"请登录查看：{link}"
        payload = {
            "kind": "visit_overdue",
            "delivery_id": delivery.id,
            "number": about.case.number,
            "waits_for": about.telling.why,
            "division": about.case.division,
            "station": about.telling.station_id,
            "due_at": about.telling.due_at.isoformat(),
            "sent_at": at.isoformat(),
        }
        return Letter(
            subject=about.mark,
            words=f"{about.mark} {words}",
            payload=payload,
            secret=webhook_secret_of(self._vault, about.contact),
        )


async def about_visit(work: Work, delivery_id: str) -> AboutVisit:
    """What is told by a delivery of ours."""
    query = (
        select(VisitTelling, Case, Line, StationContact)
        .join(Case, col(Case.id) == col(VisitTelling.case_id))
        .join(Line, col(Line.id) == col(Case.line_id))
        .join(StationContact, col(StationContact.id) == col(VisitTelling.contact_id))
        .where(VisitTelling.id == delivery_id)
    )
    telling, case, line, contact = (await work.exec(query)).one()
    plan = await plan_of(work, case.id)
    found = None if plan is None else (await rules_of_plan(work, plan)).colour(plan.colour)
    name = "" if found is None else found.name.en if contact.language == ENGLISH else found.name.zh
    return AboutVisit(telling=telling, case=case, line=line, contact=contact, colour=name)
