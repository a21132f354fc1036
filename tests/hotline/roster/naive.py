"""The proof of a roster as nobody would compute it: each quarter hour asked of each person."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from hotline.lines.hours import ServiceHours
from hotline.roster.proof import Demands, Hole, Plannable, RosterChange, RosterPlan, changed

A_QUARTER = timedelta(minutes=15)
Asked = tuple[datetime, str, str, str]


@dataclass(frozen=True)
class NaiveDay:
    """A plan, and when its lines are served as the lines themselves say."""

    plan: RosterPlan
    hours: dict[str, ServiceHours]

    def missing(self) -> dict[Asked, int]:
        """By quarter hour, line, lack and language: how many."""
        found = {}
        for n in range(self.plan.quarters):
            at = self.plan.begins_at + n * A_QUARTER
            for line in self.plan.lines:
                if self.hours[line.id].open_at(at):
                    for lack, language, there, wanted in self.asked(at, line.id, line.languages):
                        if there < wanted:
                            found[at, line.id, lack, language] = wanted - there
        return found

    def asked(
        self, at: datetime, line: str, languages: tuple[str, ...]
    ) -> list[tuple[str, str, int, int]]:
        demands: Demands = self.plan.demands
        here = [one for one in self.plan.people if self.sits(one, line, at)]
        seats = [one for one in here if one.takes_calls]
        rows = [("seat", "", len(seats), demands.seats)]
        bosses = [one for one in here if one.supervises]
        rows.append(("supervisor", "", len(bosses), demands.supervisors))
        for language in languages:
            able = [one for one in seats if dict(one.skills.languages).get(language, 0) > 0]
            rows.append(("language", language, len(able), demands.speakers))
            certified = [one for one in able if one.skills.certified]
            rows.append(("certified", language, len(certified), demands.certified))
        return rows

    def sits(self, one: Plannable, line: str, at: datetime) -> bool:
        if line not in one.skills.lines:
            return False
        for away in self.plan.absences:
            if away.staff_id == one.id and away.begins_at < at + A_QUARTER and at < away.ends_at:
                return False
        for shift in self.plan.shifts:
            mine = shift.staff_id == one.id and line in shift.lines and shift.kind == "duty"
            if mine and shift.begins_at <= at and at + A_QUARTER <= shift.ends_at:
                return True
        return False

    def after(self, change: RosterChange) -> "NaiveDay":
        return NaiveDay(changed(self.plan, change), self.hours)

    def opened(self, change: RosterChange) -> dict[Asked, int]:
        """What is missing afterwards, where more is missing than before."""
        before, now = self.missing(), self.after(change).missing()
        return {at: n for at, n in now.items() if n > before.get(at, 0)}


def spread(holes: list[Hole]) -> dict[Asked, int]:
    """Intervals as quarter hours again."""
    found = {}
    for hole in holes:
        at = hole.begins_at
        while at < hole.ends_at:
            for language in hole.languages or ("",):
                key = (at, hole.line, hole.lack.value, language)
                assert key not in found, "told twice"
                found[key] = hole.missing
            at += A_QUARTER
    return found
