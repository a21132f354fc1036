"""When the floor alerts: `alerts.yaml`, read, checked, and told by file and line."""

from collections.abc import Collection
from pathlib import Path

from hotline.alerts.rules import (
    AlertRules,
    alert_faults,
    default_alert_rules,
    read_alert_rules,
)
from hotline.configuration.faults import read_shape, refuse_faults
from hotline.configuration.files import read_document

ALERTS = "alerts.yaml"


def load_alert_rules(folder: Path, lines: Collection[str]) -> AlertRules:
    """The rules of a folder, or those that are shipped. Raises `ConfigError` with every fault.

    `lines`: those that rules may name.
    """
    if not (folder / ALERTS).exists():
        return default_alert_rules()
    document = read_document(folder, ALERTS)
    told = read_shape(document, AlertRules, read_alert_rules)
    refuse_faults(document, alert_faults(told, lines))
    return told
