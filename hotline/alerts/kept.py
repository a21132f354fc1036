"""Rules of alerts by their version, out of the database, where they stay for ever."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from cachetools import LRUCache
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col, select, update

from hotline.alerts.rules import AlertRules, default_alert_rules, read_alert_rules
from hotline.storage.session import Work
from hotline.storage.tables import AlertRulesVersion

_parsed: LRUCache[str, AlertRules] = LRUCache(maxsize=8)


async def put_alert_rules_in_force(work: Work, wanted: AlertRules, *, at: datetime) -> list[str]:
    """From now on the floor alerts by these. Returns the differences as one line of text each."""
    query = select(AlertRulesVersion.version).where(col(AlertRulesVersion.in_force))
    before = (await work.exec(query)).one_or_none()
    if before == wanted.version:
        return []
    kept = insert(AlertRulesVersion).values(
        version=wanted.version, document=wanted.document, first_used_at=at, in_force=False
    )
    await (await work.connection()).execute(kept.on_conflict_do_nothing())
    version = col(AlertRulesVersion.version)
    await work.exec(update(AlertRulesVersion).where(version == before).values(in_force=False))
    of_wanted = update(AlertRulesVersion).where(version == wanted.version)
    await work.exec(of_wanted.values(in_force=True))
    is_shipped = before is None and wanted == default_alert_rules()
    return [] if is_shipped else [f"alerts {wanted.version}: put in force"]


async def alert_rules_in_force(work: Work) -> AlertRules:
    """Before anything was applied the ones that are shipped."""
    query = select(AlertRulesVersion).where(col(AlertRulesVersion.in_force))
    kept = (await work.exec(query)).one_or_none()
    return default_alert_rules() if kept is None else _read(kept.version, kept.document)


def _read(version: str, document: Mapping[str, Any]) -> AlertRules:
    """A version that was parsed never changes."""
    if version not in _parsed:
        _parsed[version] = read_alert_rules(document)
    return _parsed[version]
