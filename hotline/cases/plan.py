"""The plan of a case: what is to be done, by when; done or dropped, in order of the day."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import col, select

from hotline.cases.people import required
from hotline.cases.queries import together
from hotline.cases.refusals import refusal
from hotline.cases.service import lock_open_case
from hotline.cases.timeline import CaseAct, tell, tell_in_words
from hotline.errors import Invalid, NotFound
from hotline.i18n.catalog import HERE
from hotline.storage.sealed import open_cell, seal_cell
from hotline.storage.session import Work
from hotline.storage.tables import Case, CaseStep
from hotline.storage.vault import Vault

NO_WORDS = "Write what is to be done."


@dataclass(frozen=True, slots=True, kw_only=True)
class StepSeen:
    """One step. `words`: None where they are not opened, or not for this reader."""

    id: str
    words: str | None
    due_on: date | None
    late: bool
    by: str
    done_at: datetime | None
    done_by: str
    dropped_at: datetime | None
    version: int

    @property
    def is_open(self) -> bool:
        """Whether it is still to be done."""
        return self.done_at is None and self.dropped_at is None


async def add_step(
    work: Work, act: CaseAct, case_id: str, words: str, due_on: date | None
) -> CaseStep:
    """Something more to be done. Raises `Invalid` without words."""
    case = await lock_open_case(work, case_id)
    step = CaseStep(case_id=case.id, due_on=due_on, by=str(act.by), at=act.at)
    step.words_sealed = seal_cell(act.vault, step, "words_sealed", _said(words))
    work.add(step)
    facts = {"step_id": step.id, "due_on": _day(due_on)}
    tell(work, case.id, "case.step_added", at=act.at, actor=act.by, **facts)
    return step


@dataclass(frozen=True, slots=True, kw_only=True)
class StepChange:
    """What a step says from now on. `words`: None leaves them. `based_on`: the version seen."""

    words: str | None
    due_on: date | None
    based_on: int


async def change_step(
    work: Work, act: CaseAct, key: tuple[str, str], change: StepChange
) -> CaseStep:
    """Other words, another day. The same again changes nothing. Raises `CaseRefused`."""
    case = await lock_open_case(work, key[0])
    step = await _open_step(work, case, key[1])
    changed = []
    if change.words is not None and open_cell(act.vault, step, "words_sealed") != change.words:
        changed.append("words")
    if step.due_on != change.due_on:
        changed.append("due_on")
    if not changed:
        return step
    if step.version != change.based_on:
        raise refusal("changed")
    if change.words is not None:
        step.words_sealed = seal_cell(act.vault, step, "words_sealed", _said(change.words))
    step.due_on, step.version = change.due_on, step.version + 1
    facts = {"step_id": step.id, "fields": changed, "due_on": _day(change.due_on)}
    tell(work, case.id, "case.step_changed", at=act.at, actor=act.by, **facts)
    return step


async def finish_step(work: Work, act: CaseAct, key: tuple[str, str], words: str) -> CaseStep:
    """It is done. `words`: what came of it, if there is something to say. Twice is fine."""
    case = await lock_open_case(work, key[0])
    step = await _step(work, case, key[1])
    if step.done_at is not None:
        return step
    if step.dropped_at is not None:
        raise refusal("gone")
    step.done_at, step.done_by = act.at, str(act.by)
    tell_in_words(work, act, case.id, "case.step_done", words, step_id=step.id)
    return step


async def drop_step(work: Work, act: CaseAct, key: tuple[str, str], reason: str) -> CaseStep:
    """It will not be done, and why. Raises `Invalid` without a reason."""
    words, case = required(reason), await lock_open_case(work, key[0])
    step = await _open_step(work, case, key[1])
    step.dropped_at = act.at
    tell_in_words(work, act, case.id, "case.step_dropped", words, step_id=step.id)
    return step


async def plan_of(
    work: Work, ids: frozenset[str], *, at: datetime, vault: Vault | None = None
) -> Sequence[StepSeen]:
    """What is open by its day, those without one after them; then what is over, the last first.

    `vault`: where the reader opens the words.
    """
    query = select(CaseStep).where(col(CaseStep.case_id).in_(ids))
    steps = (await work.exec(query.order_by(col(CaseStep.at), col(CaseStep.id)))).all()
    today = at.astimezone(HERE).date()
    seen = [_seen(step, today, vault) for step in steps]
    to_do = sorted((one for one in seen if one.is_open), key=lambda one: one.due_on or date.max)
    over = [(one.done_at or one.dropped_at or at, one) for one in seen if not one.is_open]
    return [*to_do, *(one for _, one in sorted(over, key=lambda each: each[0], reverse=True))]


def _seen(step: CaseStep, today: date, vault: Vault | None) -> StepSeen:
    is_open = step.done_at is None and step.dropped_at is None
    return StepSeen(
        id=step.id,
        words=None if vault is None else open_cell(vault, step, "words_sealed"),
        due_on=step.due_on,
        late=is_open and step.due_on is not None and step.due_on < today,
        by=step.by,
        done_at=step.done_at,
        done_by=step.done_by,
        dropped_at=step.dropped_at,
        version=step.version,
    )


async def _open_step(work: Work, case: Case, step_id: str) -> CaseStep:
    step = await _step(work, case, step_id)
    if step.done_at is not None or step.dropped_at is not None:
        raise refusal("gone")
    return step


async def _step(work: Work, case: Case, step_id: str) -> CaseStep:
    """The case is held by then, and with it all steps."""
    query = select(CaseStep).where(
        CaseStep.id == step_id, col(CaseStep.case_id).in_(await together(work, case.id))
    )
    found = (await work.exec(query.execution_options(populate_existing=True))).one_or_none()
    if found is None:
        raise NotFound
    return found


def _said(words: str) -> str:
    if not words.strip():
        raise Invalid(NO_WORDS)
    return words.strip()


def _day(day: date | None) -> str:
    return "" if day is None else day.isoformat()
