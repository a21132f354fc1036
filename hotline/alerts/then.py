"""Alerts as they stood at a moment that is past, from what was kept of their rows. Reads only.

Names are those of today. One that stood for longer than `LONGEST` and is over is missing.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta

from sqlmodel import and_, col, or_, select

from hotline.alerts.queries import AlertShown, alert_shown, most_urgent_first
from hotline.audit.model import ActKind
from hotline.storage.clocks import AGREE_WITHIN
from hotline.storage.row_versions import as_it_was, versions_then
from hotline.storage.session import Work
from hotline.storage.tables import FloorAlert, Staff, SupervisorAct

LONGEST = timedelta(days=7)


async def alerts_then(work: Work, of: Collection[str], *, at: datetime) -> Sequence[AlertShown]:
    """What `alerts_now` said at `at`, in the same order."""
    alerts = await _open_then(work, of, at)
    notes = await _notes_then(work, alerts, at)
    names = dict((await work.exec(select(Staff.id, Staff.name))).all())
    found = []
    for alert in alerts:
        words, by = notes.get(alert.id, ("", ""))
        noted = alert.model_copy(update={"note": words})
        found.append(alert_shown(noted, names.get(alert.owner_id or ""), names.get(by)))
    return sorted(found, key=most_urgent_first)


async def _open_then(work: Work, of: Collection[str], at: datetime) -> list[FloorAlert]:
    cleared, raised = col(FloorAlert.cleared_at), col(FloorAlert.raised_at)
    over_since = and_(raised.between(at - LONGEST, at + AGREE_WITHIN), cleared > at - AGREE_WITHIN)
    query = (
        select(FloorAlert)
        .where(col(FloorAlert.line_id).in_(of))
        .where(or_(cleared.is_(None), over_since))
    )
    rows = (await work.exec(query)).all()
    versions = await versions_then(work, "floor_alert", [row.id for row in rows], at=at)
    found = [as_it_was(row, versions[row.id]) for row in rows if row.id in versions]
    return [one for one in found if one.raised_at is not None and one.cleared_at is None]


async def _notes_then(
    work: Work, alerts: Sequence[FloorAlert], at: datetime
) -> Mapping[str, tuple[str, str]]:
    """Words of the last of each, and whose: they stay in the acts alone."""
    if not alerts:
        return {}
    since = min(one.since for one in alerts)
    of = col(SupervisorAct.after)["alert"].astext
    query = (
        select(of, SupervisorAct.reason, SupervisorAct.by_id)
        .where(SupervisorAct.kind == ActKind.ALERT_NOTED, of.in_([one.id for one in alerts]))
        .where(col(SupervisorAct.at).between(since, at))
        .order_by(col(SupervisorAct.at), col(SupervisorAct.id))
    )
    return {alert: (words, by) for alert, words, by in (await work.exec(query)).all()}
