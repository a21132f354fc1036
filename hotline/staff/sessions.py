"""Where somebody is signed in, told so that they know their browsers again; and ending that.

A session is named by the first digits of its token's hash, which open nothing.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from ipaddress import ip_address, ip_network

from sqlmodel import col, delete, select

from hotline.errors import NotFound
from hotline.staff.sign_in import session_lasts, session_name
from hotline.storage.session import Work
from hotline.storage.tables import Staff, StaffSession

SHOWN_BITS = {4: 24, 6: 48}
BROWSERS = (
    ("Edg", "Edge"),
    ("OPR", "Opera"),
    ("Firefox", "Firefox"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),  # all before it name it as well
)
SYSTEMS = (
    ("Windows", "Windows"),
    ("Android", "Android"),
    ("iPhone|iPad", "iOS"),
    ("Mac OS", "macOS"),
    ("Linux", "Linux"),
)
ID = re.compile(r"[0-9a-f]{24}")


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionShown:
    """One of somebody's sessions. `here`: the one that asks."""

    id: str
    kind: str
    device: str
    address: str
    since: datetime
    seen_at: datetime
    here: bool


async def sessions_of(
    work: Work, staff_id: str, *, at: datetime, here: str = ""
) -> Sequence[SessionShown]:
    """Those that count, the one that was seen last first. `here`: the name of the asker's own."""
    query = (
        select(StaffSession)
        .join(Staff, col(Staff.id) == col(StaffSession.staff_id))
        .where(StaffSession.staff_id == staff_id, StaffSession.generation == Staff.generation)
        .where(session_lasts(at))
    )
    found = [_shown(one, here) for one in (await work.exec(query)).all()]
    return sorted(found, key=lambda one: one.seen_at, reverse=True)


def _shown(session: StaffSession, here: str) -> SessionShown:
    name = session_name(session.token_hash)
    return SessionShown(
        id=name,
        kind=session.kind,
        device=session.device,
        address=session.address,
        since=session.created_at,
        seen_at=session.seen_at or session.created_at,
        here=name == here,
    )


async def end_session(work: Work, staff_id: str, name: str) -> None:
    """One of somebody's sessions, and the streams that hang on it. Raises `NotFound`."""
    if not ID.fullmatch(name):
        raise NotFound
    ended = delete(StaffSession).where(
        col(StaffSession.staff_id) == staff_id, col(StaffSession.token_hash).startswith(name)
    )
    gone = (await work.exec(ended.returning(col(StaffSession.staff_id)))).all()
    if not gone:
        raise NotFound
    work.announce("session", staff_id)


async def end_other_sessions(work: Work, staff_id: str, here: str) -> None:
    """All of somebody's but this one."""
    others = delete(StaffSession).where(
        col(StaffSession.staff_id) == staff_id, ~col(StaffSession.token_hash).startswith(here)
    )
    await work.exec(others)
    work.announce("session", staff_id)


def device_words(user_agent: str) -> str:
    """Browser and system, such as `Chrome / Windows`; empty where neither is known."""
    found = [
        next((word for sign, word in known if re.search(sign, user_agent)), "")
        for known in (BROWSERS, SYSTEMS)
    ]
    return " / ".join(filter(None, found))


def masked_address(address: str) -> str:
    """Enough to know one's own office again: `203.0.113.0/24` of a person's whole address."""
    try:
        version = ip_address(address.partition("/")[0]).version
    except ValueError:  # a socket of this machine
        return ""
    whole = address.partition("/")[0]
    return str(ip_network((whole, SHOWN_BITS[version]), strict=False))
