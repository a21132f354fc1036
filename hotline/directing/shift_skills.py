"""What counselors can do for this shift: other languages, topics or a certificate, for a while.

`Staff.skills` holds what counts, so that everything that reads it goes by it at once;
`skills_kept` holds what comes back by itself.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlmodel import and_, col, or_, select

from hotline.audit.model import ActKind, NewAct, SubjectKind
from hotline.audit.service import record_act
from hotline.directing.hindrances import ActRefused, Hindrance
from hotline.directing.notices import NoticeKind, Telling, take_back, tell
from hotline.directing.people import Directed, NotDirected
from hotline.directing.reach import staff_to_direct
from hotline.staff.model import PresenceState
from hotline.staff.presence import lock_presence
from hotline.staff.revocation import note_changes
from hotline.staff.sign_in import SignedIn
from hotline.staff.skills import can_be_read
from hotline.storage.session import Work
from hotline.storage.tables import Presence, Staff, SupervisorAct

LONGEST = timedelta(days=7)  # what is to count for longer is written into the account
SHIFT_OVER_AFTER = timedelta(minutes=30)  # off duty: a browser that was restarted ends nothing


@dataclass(frozen=True, slots=True, kw_only=True)
class SkillsChange:
    """Levels by language and topic, 0: not at all; what is not named stays.

    `certified` None: as it is. `until` None: to the end of the shift.
    """

    languages: Mapping[str, int] = field(default_factory=dict)
    topics: Mapping[str, int] = field(default_factory=dict)
    certified: bool | None = None
    until: datetime | None = None
    reason: str = ""

    def of(self, skills: Mapping[str, Any]) -> dict[str, Any]:
        """What somebody with these skills can do with the change."""
        changed = {
            **skills,
            "languages": _merged(skills.get("languages", {}), self.languages),
            "topics": _merged(skills.get("topics", {}), self.topics),
        }
        if self.certified is not None:
            changed["certified"] = self.certified
        return changed


def _merged(levels: Mapping[str, int], changes: Mapping[str, int]) -> dict[str, int]:
    return {name: level for name, level in {**levels, **changes}.items() if level > 0}


async def change_skills(
    work: Work, people: Iterable[str], change: SkillsChange, who: SignedIn, *, at: datetime
) -> Directed:
    """For the shift, or until a time. Raises `ActRefused` where it is possible for nobody."""
    if change.until is not None and not at < change.until <= at + LONGEST:
        raise ActRefused(Hindrance.NOT_THEN)
    done = Directed()
    for staff_id in sorted({*people}):
        staff = await staff_to_direct(work, staff_id, who)
        presence = await lock_presence(work, staff_id)
        hindrance = _hindrance(staff, presence, change)
        if hindrance is not None:
            done.refused.append(
                NotDirected(staff_id=staff_id, name=staff.name, hindrance=hindrance)
            )
            continue
        done.acts.append(await _change(work, staff, change, who, at=at, group=done.group_id))
    done.require_any()
    return done


def _hindrance(staff: Staff, presence: Presence, change: SkillsChange) -> Hindrance | None:
    if not can_be_read(staff.skills, staff.lines):
        return Hindrance.UNREADABLE
    if not change.of(staff.skills)["languages"]:
        return Hindrance.NO_LANGUAGE
    if change.certified and staff.certificate_lapsed:
        return Hindrance.CERTIFICATE_ENDED
    if change.of(staff.skills) == staff.skills:
        return Hindrance.SO_ALREADY
    if presence.state == PresenceState.OFFLINE and change.until is None:
        return Hindrance.OFF_DUTY
    return Hindrance.PHONE_RINGS if presence.state == PresenceState.OFFERED else None


async def _change(
    work: Work,
    staff: Staff,
    change: SkillsChange,
    who: SignedIn,
    *,
    at: datetime,
    group: str | None,
) -> SupervisorAct:
    before = _seen(staff)
    kept = staff.skills if staff.skills_kept is None else staff.skills_kept
    await _put(work, staff, change.of(staff.skills), kept=kept, until=change.until)
    new = NewAct(
        by_id=who.staff_id,
        kind=ActKind.SKILLS_SET,
        subject=SubjectKind.STAFF,
        subject_id=staff.id,
        lines=frozenset(staff.lines),
        before=before,
        after=_seen(staff),
        reason=change.reason,
        group_id=group,
    )
    act = await record_act(work, new, at=at)
    told = Telling(kind=NoticeKind.SKILLS, text=change.reason, facts=_said(change))
    tell(work, act, [staff.id], told, at=at)
    return act


def _said(change: SkillsChange) -> dict[str, Any]:
    return {
        "languages": dict(change.languages),
        "topics": dict(change.topics),
        "certified": change.certified,
        "until": change.until.isoformat() if change.until else None,
    }


async def _put(
    work: Work,
    staff: Staff,
    skills: dict[str, Any],
    *,
    kept: dict[str, Any] | None,
    until: datetime | None,
) -> None:
    """What counts from now on, and what comes back. Routing sees it at once."""
    staff.skills, staff.skills_kept, staff.skills_until = skills, kept, until
    await note_changes(work, staff, {"skills"})
    work.announce("presence", staff.id)


def _seen(staff: Staff) -> dict[str, Any]:
    until = staff.skills_until.isoformat() if staff.skills_until else None
    return {"skills": staff.skills, "kept": staff.skills_kept, "until": until}


async def undo_skills(work: Work, act: SupervisorAct, who: SignedIn, *, at: datetime) -> None:
    """What they could do before counts again. Raises `ActRefused`."""
    staff = await staff_to_direct(work, act.subject_id, who)
    presence = await lock_presence(work, staff.id)
    if _seen(staff) != act.after:
        raise ActRefused(Hindrance.ENDED_SINCE)
    if presence.state == PresenceState.OFFERED:
        raise ActRefused(Hindrance.PHONE_RINGS)
    until = act.before["until"]
    ends = datetime.fromisoformat(until) if until else None
    await _put(work, staff, act.before["skills"], kept=act.before["kept"], until=ends)
    await take_back(work, act, by_id=who.staff_id, at=at)


async def end_shift_skills(work: Work, *, at: datetime) -> None:
    """Those whose time or shift is over can do what they could before."""
    shift_over = and_(
        col(Staff.skills_until).is_(None),
        col(Presence.state) == PresenceState.OFFLINE,
        col(Presence.since) <= at - SHIFT_OVER_AFTER,
    )
    query = (
        select(Staff)
        .join(Presence, col(Presence.staff_id) == col(Staff.id))
        .where(col(Staff.skills_kept).is_not(None))
        .where(or_(col(Staff.skills_until) <= at, shift_over))
        .order_by(col(Staff.id))
        .with_for_update(of=Staff, skip_locked=True)
    )
    for staff in (await work.exec(query)).all():
        await _put(work, staff, staff.skills_kept or staff.skills, kept=None, until=None)
