"""Rows as they were at a moment that is past, from what the database kept of them."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import text
from sqlmodel import SQLModel

from hotline.storage.session import Work
from hotline.storage.tables.past import WATCHED

Versioned = TypeVar("Versioned", bound=SQLModel)

# Of each row the last version that had begun: one look into an index for each id.
THEN = text("""
    select one.row_id, past.facts from unnest(cast(:ids as text[])) as one(row_id)
    cross join lateral (
        select facts from row_version as v
        where v.kind = :kind and v.row_id = one.row_id and v.at <= :at
        order by v.id desc limit 1
    ) as past
""")
FIRST = text("select min(at) from row_version where kind = 'presence'")

# The last version before that time still holds, unless the row was over by it; an alert also where
# it was never raised.
FORGET = text("""
    delete from row_version where id in (
        select v.id from row_version as v
        where v.kind = any(:kinds) and v.at < :before
            and (v.facts ->> 'state' = any(:over)
                or v.kind = 'floor_alert' and (v.facts ->> 'cleared_at' is not null
                    or v.facts ->> 'raised_at' is null)
                or exists (
                select from row_version as later
                where later.kind = v.kind and later.row_id = v.row_id
                    and later.id > v.id and later.at < :before))
        order by v.id limit :most)
""")
OVER = ("ended", "closed", "done", "withdrawn")
MOST_AT_ONCE = 2000


async def versions_then(
    work: Work, kind: str, ids: Collection[str], *, at: datetime
) -> Mapping[str, Mapping[str, Any]]:
    """What counted of these rows of a table then, by id. One that was not there is missing."""
    if not ids:
        return {}
    found = await work.sql(THEN, {"kind": kind, "ids": list(ids), "at": at})
    return {one.row_id: one.facts for one in found}


async def kept_since(work: Work) -> datetime | None:
    """When the past begins; None: nothing is kept yet."""
    first: datetime | None = (await work.sql(FIRST, {})).scalar_one()
    return first


async def forget_before(work: Work, before: datetime) -> None:
    """Some of what is older than that, and no longer needed to tell what came after."""
    values = {"kinds": list(WATCHED), "over": list(OVER), "before": before, "most": MOST_AT_ONCE}
    await work.sql(FORGET, values)


def as_it_was(row: Versioned, facts: Mapping[str, Any]) -> Versioned:
    """A row of its own, in no session: `row` with the columns that are kept as they were."""
    return type(row).model_validate({**row.model_dump(), **facts})
