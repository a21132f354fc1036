"""Forms of reviews by their version, out of the database, where they stay for ever."""

from datetime import datetime

from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col, select, update

from hotline.quality.form import ReviewForm, default_review_form, read_review_form
from hotline.storage.session import Work
from hotline.storage.tables import ReviewFormVersion


async def put_review_form_in_force(work: Work, wanted: ReviewForm, *, at: datetime) -> list[str]:
    """From now on calls are reviewed by this one. Returns the differences as lines of text.

    What was reviewed before stays on the form of its time.
    """
    query = select(ReviewFormVersion.version).where(col(ReviewFormVersion.in_force))
    before = (await work.exec(query)).one_or_none()
    if before == wanted.version:
        return []
    await keep_review_form(work, wanted, at=at)
    version = col(ReviewFormVersion.version)
    await work.exec(update(ReviewFormVersion).where(version == before).values(in_force=False))
    of_wanted = update(ReviewFormVersion).where(version == wanted.version)
    await work.exec(of_wanted.values(in_force=True))
    is_shipped = before is None and wanted == default_review_form()
    return [] if is_shipped else [f"review {wanted.version}: put in force"]


async def keep_review_form(work: Work, wanted: ReviewForm, *, at: datetime) -> None:
    """Before a review names it. Two may do this at once."""
    kept = insert(ReviewFormVersion).values(
        version=wanted.version, document=wanted.document, first_used_at=at, in_force=False
    )
    await (await work.connection()).execute(kept.on_conflict_do_nothing())


async def review_form_in_force(work: Work) -> ReviewForm:
    """Before anything was applied the one that is shipped."""
    query = select(ReviewFormVersion.document).where(col(ReviewFormVersion.in_force))
    kept = (await work.exec(query)).one_or_none()
    return default_review_form() if kept is None else read_review_form(kept)


async def review_form_of(work: Work, version: str) -> ReviewForm:
    """The form on which something was reviewed; of what was not yet, the one in force."""
    kept = await work.get(ReviewFormVersion, version) if version else None
    return await review_form_in_force(work) if kept is None else read_review_form(kept.document)
