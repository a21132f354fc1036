"""Forms of reviews by their version, out of the database, where they stay for ever."""

from datetime import datetime

from hotline.quality.form import ReviewForm, default_review_form, read_review_form
from hotline.storage.documents import DocumentsByVersion
from hotline.storage.session import Work
from hotline.storage.tables import ReviewFormVersion

_forms = DocumentsByVersion(
    "review", ReviewFormVersion, read=read_review_form, shipped=default_review_form
)


async def put_review_form_in_force(work: Work, wanted: ReviewForm, *, at: datetime) -> list[str]:
    """From now on calls are reviewed by this one. Returns the differences as lines of text.

    What was reviewed before stays on the form of its time.
    """
    return await _forms.put_in_force(work, wanted, at=at)


async def keep_review_form(work: Work, wanted: ReviewForm, *, at: datetime) -> None:
    """Before a review names it. Two may do this at once."""
    await _forms.keep(work, wanted, at=at)


async def review_form_in_force(work: Work) -> ReviewForm:
    """Before anything was applied the one that is shipped."""
    return await _forms.in_force(work)


async def review_form_of(work: Work, version: str) -> ReviewForm:
    """The form on which something was reviewed; of what was not yet, the one in force."""
    form = (await _forms.of(work, {version})).get(version) if version else None
    return await _forms.in_force(work) if form is None else form
