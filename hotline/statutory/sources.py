"""Where suspicions come from beside the button: the record of a call, and flags.

A record is looked at with each save: what is new in it is suspected, what was suspected in this
call before is not suspected again, and what somebody takes out of it stays suspected.
"""

from collections.abc import Collection, Mapping
from typing import Any

from hotline.cases.timeline import CaseAct
from hotline.records.answers import open_answers
from hotline.records.forms.reportable import CODES, REPORTABLE
from hotline.records.model import ContactType
from hotline.statutory.model import Source
from hotline.statutory.service import Suspicion, known_codes, suspect
from hotline.statutory_settings import StatutorySettings
from hotline.storage.session import Work
from hotline.storage.tables import Call, Record, StatutoryReport
from hotline.storage.vault import Vault

# A flag names no situation; these kinds say enough. Violence at home does not: it is reported for a
# minor alone, and flagged for grown women as often.
OF_FLAGS: Mapping[str, str] = {
    "mandatory_report": "other_harm",
    "no_caregiver": "abandoned",
    "missing": "missing",
}
NOT_A_MINOR = "no"
OF_AGE = 18


def is_possible_minor(answers: Mapping[str, Any], contact_type: str) -> bool:
    """Of the person that it is about: anything but two answers that agree on a grown-up.

    One answer that says so is enough where the other was not given yet.
    """
    whom = "person_" if contact_type == ContactType.ABOUT_ANOTHER else ""
    minor, age = answers.get(f"{whom}minor"), answers.get(f"{whom}age_band")
    told = [_is_grown_up(age)] if age else []
    told += [minor == NOT_A_MINOR] if minor else []
    return not told or not all(told)


def _is_grown_up(age_band: object) -> bool:
    """Codes of every form begin with the youngest age of the band, `18_25`; else it is unknown."""
    youngest, _, _ = str(age_band).partition("_")
    return youngest.isdecimal() and int(youngest) >= OF_AGE


async def suspect_from_record(
    work: Work, act: CaseAct, call: Call, settings: StatutorySettings
) -> StatutoryReport | None:
    """After a save, in its unit of work. The caller holds the call."""
    await work.flush()
    record = await work.get(Record, call.id)
    if record is None:
        return None
    answers = open_answers(record, act.vault)
    codes = await _new(work, call.id, _chosen(answers))
    if not codes or not is_possible_minor(answers, record.contact_type):
        return None
    return await suspect(work, call, _suspicion(act, codes, Source.RECORD, settings))


def _chosen(answers: Mapping[str, Any]) -> Collection[str]:
    """A half written or foreign answer chooses nothing."""
    said = answers.get(REPORTABLE)
    return [code for code in said if code in CODES] if isinstance(said, list) else []


async def suspect_from_flag(
    work: Work, act: CaseAct, call: Call, kind: str, settings: StatutorySettings
) -> StatutoryReport | None:
    """Of a flag whose kind says so. The caller holds the call."""
    code = OF_FLAGS.get(kind)
    if code is None or not await _may_be_about_a_minor(work, act.vault, call.id):
        return None
    codes = await _new(work, call.id, [code])
    if not codes:
        return None
    return await suspect(work, call, _suspicion(act, codes, Source.FLAG, settings))


def _suspicion(
    act: CaseAct, codes: tuple[str, ...], source: Source, settings: StatutorySettings
) -> Suspicion:
    return Suspicion(codes=codes, source=source, by=act.by, at=act.at, settings=settings)


async def _may_be_about_a_minor(work: Work, vault: Vault, call_id: str) -> bool:
    record = await work.get(Record, call_id)
    if record is None:
        return True
    return is_possible_minor(open_answers(record, vault), record.contact_type)


async def _new(work: Work, call_id: str, codes: Collection[str]) -> tuple[str, ...]:
    known = await known_codes(work, call_id)
    return tuple(code for code in codes if code not in known)
