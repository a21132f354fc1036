"""Who may see or do what: the one rule, asked by commands, pages, lists and the live stream. Pure.

A person stands in relations to a thing (it is theirs, on one of their lines, their station's); a
role grants permissions for each relation. Relations are read from rows in `queries` of the package
the thing belongs to.
"""

from collections.abc import Iterable, Mapping
from enum import StrEnum

from hotline.errors import Forbidden, NotFound
from hotline.staff.model import Role


class Permission(StrEnum):
    """What somebody wants to see or do."""

    SEE_CALL = "see_call"
    ACT_IN_CALL = "act_in_call"
    RAISE_FLAG = "raise_flag"
    READ_RECORD = "read_record"
    WRITE_RECORD = "write_record"
    FIND_RECORD = "find_record"  # know that it is there, and ask to read it
    APPROVE_READING = "approve_reading"  # by somebody else, for a limited time
    LOWER_RISK = "lower_risk"  # below what was computed, or say no to who asks for that
    HEAR_RECORDING = "hear_recording"
    SEE_ESCALATION = "see_escalation"
    READ_STORY = "read_story"
    ANSWER_ESCALATION = "answer_escalation"
    OVERSEE_ESCALATION = "oversee_escalation"  # say that it was seen; close without a rescue
    NOTE_ESCALATION = "note_escalation"  # tell whoever answers for it what they must know
    DIRECT_ESCALATION = "direct_escalation"  # ring, remind, hand to another station, open again
    EXPORT_ESCALATION = "export_escalation"  # what was done when, without any content
    SEE_FLOOR = "see_floor"
    WATCH_FLOOR = "watch_floor"
    DIRECT_FLOOR = "direct_floor"
    TAKE_CALLS = "take_calls"
    SPEAK_IN_TALKS = "speak_in_talks"  # be heard, or listen, in a browser of their own
    GIVE_TURN = "give_turn"
    DEBRIEF = "debrief"  # talk over what somebody heard: with them, or of oneself
    LISTEN_IN = "listen_in"
    CALL_BACK = "call_back"
    DECIDE_FOLLOW_UP = "decide_follow_up"  # where a sequence does not go on by itself, or ends
    OPEN_NUMBER = "open_number"  # behind the mask, for a reason that is written down
    SET_UP = "set_up"  # lines, numbers, flows, plans, staff and stations
    SEE_INCIDENTS = "see_incidents"  # of our own parts
    KEEP_PROMPTS = "keep_prompts"  # what callers hear a person say
    SEE_CASE = "see_case"  # that it is there: number, colour, place, what is due
    READ_CASE = "read_case"  # names and story, which leaves a trace
    ADD_TO_CASE = "add_to_case"  # what one knows: a call, a consent, a proposed colour, a referral
    WORK_CASE = "work_case"  # people, plan, visits, who is invited
    CONFIRM_COLOUR = "confirm_colour"
    LOOSEN_VISITS = "loosen_visits"  # go less often, or later, than was planned
    MERGE_CASE = "merge_case"  # with another of the same person, and apart again
    CLOSE_CASE = "close_case"
    EXPORT_CASE = "export_case"
    COUNT_CASES = "count_cases"  # how many, where nobody can be known by it
    MAKE_REPORT = "make_report"  # to an agency or the manager, as the law asks; write their answer
    WAIVE_REPORT = "waive_report"  # say that one need not be made
    RELEASE_REPORTER = "release_reporter"  # let receivers know who told of a child
    ANSWER_REFERRAL = "answer_referral"  # that was sent to them: read what it hands over, and say
    PLAN_ROSTER = "plan_roster"  # shifts of their lines; leave, swaps and who volunteers
    READ_REPORTS = "read_reports"  # figures; the calls behind them only where they may be seen
    KEEP_RIGHTS = "keep_rights"  # what a child or guardian asks of what is kept about them
    KEEP_QUALITY = "keep_quality"  # review calls; supervision, courses, certificates of people


class Relation(StrEnum):
    """How a person stands to a call, its record, its escalation, a case, or to a place."""

    OWN = "own"  # they answer for the call; or it is about themselves
    PART = "part"  # they answered for the call, and handed it over
    OFFERED = "offered"  # it was offered to them
    LINE = "line"  # it is on a line they work for
    OWED = "owed"  # the caller of a line of theirs is owed a call
    MESSAGE = "message"  # its caller left a message on a line of theirs
    APPROVED = "approved"  # a record of a line of theirs that was opened to them, for now
    STATION = "station"  # their station answers for it, or its chain leads there
    ABOVE = "above"  # their station stands above the one that holds it
    LEAD = "lead"  # they are the last contact, the head, of the station that holds it


_P, _R, _W = Permission, Role, Relation

GRANTS: Mapping[tuple[Role, Relation], frozenset[Permission]] = {
    (_R.COUNSELOR, _W.OWN): frozenset(
        {
            _P.SEE_CALL,
            _P.ACT_IN_CALL,
            _P.RAISE_FLAG,
            _P.READ_RECORD,
            _P.WRITE_RECORD,
            _P.HEAR_RECORDING,
            _P.SEE_ESCALATION,
            _P.NOTE_ESCALATION,
            _P.TAKE_CALLS,
            _P.SPEAK_IN_TALKS,
            _P.GIVE_TURN,
            _P.DEBRIEF,
            _P.CALL_BACK,
            _P.OPEN_NUMBER,
            _P.SEE_CASE,
            _P.READ_CASE,
            _P.ADD_TO_CASE,
            _P.MAKE_REPORT,
        }
    ),
    (_R.COUNSELOR, _W.PART): frozenset(
        {
            _P.SEE_CALL,
            _P.RAISE_FLAG,
            _P.READ_RECORD,
            _P.WRITE_RECORD,
            _P.CALL_BACK,
        }
    ),
    (_R.COUNSELOR, _W.OWED): frozenset({_P.CALL_BACK}),
    (_R.COUNSELOR, _W.MESSAGE): frozenset({_P.SEE_CALL, _P.HEAR_RECORDING, _P.CALL_BACK}),
    (_R.COUNSELOR, _W.OFFERED): frozenset({_P.SEE_CALL, _P.RAISE_FLAG}),
    (_R.COUNSELOR, _W.LINE): frozenset({_P.SEE_ESCALATION, _P.SEE_FLOOR, _P.FIND_RECORD}),
    (_R.COUNSELOR, _W.APPROVED): frozenset({_P.SEE_CALL, _P.READ_RECORD}),
    (_R.SUPERVISOR, _W.LINE): frozenset(
        {
            _P.SEE_CALL,
            _P.ACT_IN_CALL,
            _P.RAISE_FLAG,
            _P.READ_RECORD,
            _P.WRITE_RECORD,
            _P.FIND_RECORD,
            _P.APPROVE_READING,
            _P.LOWER_RISK,
            _P.HEAR_RECORDING,
            _P.SEE_ESCALATION,
            _P.READ_STORY,
            _P.ANSWER_ESCALATION,
            _P.OVERSEE_ESCALATION,
            _P.NOTE_ESCALATION,
            _P.DIRECT_ESCALATION,
            _P.EXPORT_ESCALATION,
            _P.SEE_FLOOR,
            _P.WATCH_FLOOR,
            _P.SEE_INCIDENTS,
            _P.DIRECT_FLOOR,
            _P.SPEAK_IN_TALKS,
            _P.GIVE_TURN,
            _P.DEBRIEF,
            _P.LISTEN_IN,
            _P.CALL_BACK,
            _P.DECIDE_FOLLOW_UP,
            _P.OPEN_NUMBER,
            _P.SEE_CASE,
            _P.READ_CASE,
            _P.ADD_TO_CASE,
            _P.WORK_CASE,
            _P.LOOSEN_VISITS,
            _P.MERGE_CASE,
            _P.CLOSE_CASE,
            _P.EXPORT_CASE,
            _P.COUNT_CASES,
            _P.MAKE_REPORT,
            _P.WAIVE_REPORT,
            _P.RELEASE_REPORTER,
            _P.PLAN_ROSTER,
            _P.READ_REPORTS,
            _P.KEEP_RIGHTS,
            _P.KEEP_QUALITY,
        }
    ),
    (_R.ADMIN, _W.LINE): frozenset(
        {_P.KEEP_PROMPTS, _P.EXPORT_ESCALATION, _P.COUNT_CASES, _P.READ_REPORTS}
    ),
    (_R.OFFICER, _W.STATION): frozenset(
        {
            _P.SEE_ESCALATION,
            _P.READ_STORY,
            _P.ANSWER_ESCALATION,
            _P.NOTE_ESCALATION,
            _P.SEE_CASE,
            _P.READ_CASE,
            _P.ADD_TO_CASE,
            _P.WORK_CASE,
            _P.CONFIRM_COLOUR,
            _P.MERGE_CASE,
            _P.CLOSE_CASE,
            _P.COUNT_CASES,
            _P.ANSWER_REFERRAL,
        }
    ),
    (_R.OFFICER, _W.ABOVE): frozenset({_P.SEE_CASE, _P.COUNT_CASES}),
    (_R.OFFICER, _W.LEAD): frozenset({_P.LOOSEN_VISITS}),
    (_R.ADMIN, _W.OWN): frozenset({_P.SET_UP, _P.SEE_INCIDENTS}),
}
"""Who took a call hears its recording only where the line's rule allows it (`recordings.queries`).
Administrators set lines, staff and stations up; no call and no story is theirs to see. A station
above the one that holds a case sees that it is there and what is overdue, and no name."""


def may(roles: Iterable[str], relations: Iterable[Relation], wanted: Permission) -> bool:
    """Whether somebody with these roles, standing so to a thing, has a permission for it."""
    held = {(Role(role), relation) for role in roles for relation in relations}
    return any(wanted in GRANTS.get(pair, ()) for pair in held)


def may_anywhere(roles: Iterable[str], wanted: Permission) -> bool:
    """Whether there can be a thing for which somebody with these roles has the permission."""
    return may(roles, Relation, wanted)


def through(roles: Iterable[str], wanted: Permission) -> frozenset[Relation]:
    """By which relations somebody with these roles has a permission: what a list is made of."""
    held = list(roles)
    return frozenset(relation for relation in Relation if may(held, [relation], wanted))


def lines_around(lines: Iterable[str], line_id: str) -> frozenset[str]:
    """Of which lines somebody is told beside a call that they see: their own, and the call's.

    Who was asked for it, who waits ahead, and the caller's earlier contacts are shown of these.
    """
    return frozenset({*lines, line_id})


def require(
    roles: Iterable[str],
    relations: Iterable[Relation],
    wanted: Permission,
    *,
    to_know: Permission,
) -> None:
    """Raises `NotFound` for what is none of somebody's business (`to_know`), else `Forbidden`."""
    held, standing = list(roles), list(relations)
    if not may(held, standing, to_know):
        raise NotFound
    if not may(held, standing, wanted):
        raise Forbidden
