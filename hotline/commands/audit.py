"""`hotline audit`: whether the chain holds."""

import asyncio
from collections.abc import Callable
from pathlib import Path

from hotline.audit.chain import Head, audit_keys_of, head_of_line
from hotline.audit.verifying import ChainChecked, verify_chain
from hotline.commands.plan import in_database
from hotline.errors import Invalid
from hotline.settings import read_settings


def verify_audit(heads: Path | None, *, tell: Callable[[str], None]) -> str:
    """Returns what to say. Raises `ChainBroken` at the first row that does not fit."""
    exported = heads_in(heads) if heads is not None else []
    keys = audit_keys_of(read_settings())
    checked = asyncio.run(in_database(lambda work: verify_chain(work, keys, exported, tell=tell)))
    return said_of(checked, of_heads=heads is not None)


def said_of(checked: ChainChecked, *, of_heads: bool) -> str:
    """One paragraph for whoever asked."""
    if checked.last < checked.first:
        said = ["The audit holds no sealed row yet."]
    else:
        said = [f"The audit holds: rows {checked.first} to {checked.last}, none missing."]
    if of_heads:
        said.append(f"{checked.heads} exported heads are in it.")
    else:
        said.append(
            "Rows taken from its end together with the head show only with --head and an export."
        )
    if checked.gone:
        said.append(f"{checked.gone} rows tell of something that was erased since.")
    if checked.waiting:
        said.append(f"{checked.waiting} rows are not sealed yet: the switchboard does it.")
    return " ".join(said)


def heads_in(path: Path) -> list[Head]:
    """Exported heads of a file, or of all files in a folder. Raises `Invalid`."""
    files = sorted(path.glob("*.jsonl")) if path.is_dir() else [path]
    if not files or not files[0].is_file():
        raise Invalid(f"{path} holds no exported heads.")
    found = []
    for file in files:
        for number, line in enumerate(file.read_text().splitlines(), 1):
            try:
                found.append(head_of_line(line))
            except (ValueError, TypeError) as fault:
                raise Invalid(f"{file}, line {number} is no head of the audit.") from fault
    return found
