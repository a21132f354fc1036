"""Scripts and referral places brought to what the files say. What left them is switched off."""

from collections.abc import Mapping
from typing import Any, TypeVar

from sqlmodel import select

from hotline.configuration.materials import Materials, PlaceFile, ScriptFile
from hotline.configuration.plans import written
from hotline.configuration.rows import changed, told
from hotline.storage.session import Work
from hotline.storage.tables import ReferralPlace, Script

KeptMaterial = TypeVar("KeptMaterial", Script, ReferralPlace)


async def apply_materials(work: Work, wanted: Materials) -> list[str]:
    """Returns the differences as one line of text each."""
    scripts = {name: _script(script) for name, script in wanted.scripts.items()}
    places = {place.id: _place(place, at) for at, place in enumerate(wanted.places)}
    return [
        *await _bring(work, Script, scripts, "script"),
        *await _bring(work, ReferralPlace, places, "place"),
    ]


async def _bring(
    work: Work,
    table: type[KeptMaterial],
    wanted: Mapping[str, Mapping[str, Any]],
    word: str,
) -> list[str]:
    rows = {row.id: row for row in (await work.exec(select(table))).all()}
    differences: list[str] = []
    for key, fields in wanted.items():
        row = rows.pop(key, None)
        if row is None:
            work.add(table(id=key, **fields))
            differences.append(f"{word} {key}: added")
        else:
            differences += told(f"{word} {key}", changed(row, {**fields, "active": True}))
    for row in rows.values():
        if row.active:
            row.active = False
            differences.append(f"{word} {row.id}: taken away")
    return differences


def _script(script: ScriptFile) -> dict[str, Any]:
    return script.model_dump(mode="json")


def _place(place: PlaceFile, position: int) -> dict[str, Any]:
    kept = place.model_dump(mode="json", exclude={"id", "hours"})
    return {**kept, "position": position, "hours": [written(one) for one in place.hours]}
