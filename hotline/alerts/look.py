"""The look at all rules, by whoever leads: what crosses them is raised, what is over clears.

The rows say what stands, so a new leader goes on where the last one stopped. Two who look at once
do no harm: a rule and a line have one open alert, and each change is made of what it was before.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta

import structlog
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col, delete, select, update

from hotline.alerts.kept import alert_rules_in_force
from hotline.alerts.measures import lines_show
from hotline.alerts.model import (
    AlertKey,
    AlertMove,
    AlertNow,
    AlertStep,
    decide,
    must_pass_on,
)
from hotline.alerts.owners import who_should_take
from hotline.alerts.texts import text_owner
from hotline.storage.session import Database, Work
from hotline.storage.tables import FloorAlert
from hotline.storage.tables.columns import new_id
from hotline.supervision import Rhythm, RowFaults

log = structlog.get_logger()

EVERY = timedelta(seconds=5)

OpenAlerts = Mapping[AlertKey, FloorAlert]


class AlertWatch:
    """By the time in the rows: a look that was missed is made at the next one."""

    def __init__(self, database: Database, faults: RowFaults) -> None:
        """Looks at once when it is first asked to."""
        self._database = database
        self._faults = faults
        self._rhythm = Rhythm(EVERY)

    async def look(self, *, at: datetime) -> None:
        """At most once in five seconds."""
        if not self._rhythm.is_time(at):
            return
        with self._faults.kept_apart("alerts"):
            async with self._database.work() as work:
                await keep_alerts(work, at=at)


async def keep_alerts(work: Work, *, at: datetime) -> None:
    """Make the alerts true for this moment."""
    rules = await alert_rules_in_force(work)
    lines, alerts = await lines_show(work, at=at), await _open_alerts(work)
    standing = {key: _now(one) for key, one in alerts.items()}
    for move in decide(rules, lines, standing, at=at):
        await _make(work, move, alerts.get(move.key), at=at)
    for key in sorted(alerts):
        await _pass_on(work, alerts[key], rules.pass_on_after_s, at=at)


def _now(alert: FloorAlert) -> AlertNow:
    return AlertNow(
        since=alert.since,
        worst=alert.value if alert.worst is None else alert.worst,
        raised=alert.raised_at is not None,
        calm_since=alert.calm_since,
    )


async def _open_alerts(work: Work) -> OpenAlerts:
    query = select(FloorAlert).where(col(FloorAlert.cleared_at).is_(None))
    return {(one.rule, one.line_id): one for one in (await work.exec(query)).all()}


async def _make(work: Work, move: AlertMove, alert: FloorAlert | None, *, at: datetime) -> None:
    match move.step:
        case AlertStep.BEGIN:
            await _begin(work, move, at=at)
        case AlertStep.RAISE:
            await _raise(work, move, alert, at=at)
        case AlertStep.FORGET if alert is not None:
            unseen = col(FloorAlert.id) == alert.id, col(FloorAlert.raised_at).is_(None)
            await work.exec(delete(FloorAlert).where(*unseen))
        case AlertStep.CLEAR if alert is not None:
            await _change(work, alert, cleared_at=at)
            work.announce("alert", alert.id)
            log.info("alert.cleared", rule=alert.rule, line_id=alert.line_id)
        case AlertStep.CALM if alert is not None:
            await _change(work, alert, calm_since=at)
        case AlertStep.WORSE | AlertStep.BACK if alert is not None:
            await _change(work, alert, calm_since=None, worst=move.value)


async def _begin(work: Work, move: AlertMove, *, at: datetime) -> str | None:
    """Its id; None where somebody else began it in the same moment."""
    rule = move.rule
    if rule is None:
        return None
    adding = insert(FloorAlert).values(
        id=new_id(),
        rule=rule.id,
        line_id=move.key[1],
        measure=rule.measure,
        level=rule.level,
        threshold=rule.threshold,
        value=move.value,
        since=at,
    )
    once = adding.on_conflict_do_nothing(
        index_elements=["rule", "line_id"], index_where=col(FloorAlert.cleared_at).is_(None)
    )
    return (await work.exec(once.returning(col(FloorAlert.id)))).scalar_one_or_none()


async def _raise(work: Work, move: AlertMove, alert: FloorAlert | None, *, at: datetime) -> None:
    alert_id = alert.id if alert is not None else await _begin(work, move, at=at)
    rule = move.rule
    if alert_id is None or rule is None:
        return
    owner = await who_should_take(work, move.key[1], at=at)
    query = (
        update(FloorAlert)
        .where(col(FloorAlert.id) == alert_id, col(FloorAlert.raised_at).is_(None))
        .values(
            raised_at=at, value=move.value, owner_id=owner.id if owner else None, owner_since=at
        )
        .values(level=rule.level, threshold=rule.threshold, worst=move.value)
        .returning(col(FloorAlert.id))
    )
    if (await work.exec(query)).first() is not None:
        work.announce("alert", alert_id)
        log.warning("alert.raised", rule=rule.id, line_id=move.key[1], level=rule.level)


async def _change(work: Work, alert: FloorAlert, **values: datetime | float | None) -> None:
    still = col(FloorAlert.id) == alert.id, col(FloorAlert.cleared_at).is_(None)
    await work.exec(update(FloorAlert).where(*still).values(**values))


async def _pass_on(work: Work, alert: FloorAlert, after_s: float, *, at: datetime) -> None:
    """Nobody has taken it: it is the next one's, once. Where there is none, it is anybody's."""
    if (
        alert.owner_since is None
        or alert.passed_at is not None
        or alert.acknowledged_at is not None
    ):
        return
    if not must_pass_on(alert.level, alert.owner_since, after_s, at=at):
        return
    but = {alert.owner_id} if alert.owner_id else set[str]()
    owner = await who_should_take(work, alert.line_id, at=at, but=but)
    query = (
        update(FloorAlert)
        .where(col(FloorAlert.id) == alert.id, col(FloorAlert.cleared_at).is_(None))
        .where(col(FloorAlert.acknowledged_at).is_(None), col(FloorAlert.passed_at).is_(None))
        .values(passed_at=at, owner_id=owner.id if owner else None, owner_since=at)
        .values(was_passed_on=True, unreached="")
        .returning(col(FloorAlert.id))
    )
    if (await work.exec(query)).first() is not None:
        if owner is not None:
            await text_owner(work, alert, owner, at=at)
        work.announce("alert", alert.id)
        log.warning("alert.passed_on", rule=alert.rule, line_id=alert.line_id)
