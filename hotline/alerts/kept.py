"""Rules of alerts by their version, out of the database, where they stay for ever."""

from datetime import datetime

from hotline.alerts.rules import AlertRules, default_alert_rules, read_alert_rules
from hotline.storage.documents import DocumentsByVersion
from hotline.storage.session import Work
from hotline.storage.tables import AlertRulesVersion

_rules = DocumentsByVersion(
    "alerts", AlertRulesVersion, read=read_alert_rules, shipped=default_alert_rules
)


async def put_alert_rules_in_force(work: Work, wanted: AlertRules, *, at: datetime) -> list[str]:
    """From now on the floor alerts by these. Returns the differences as one line of text each."""
    return await _rules.put_in_force(work, wanted, at=at)


async def alert_rules_in_force(work: Work) -> AlertRules:
    """Before anything was applied the ones that are shipped."""
    return await _rules.in_force(work)
