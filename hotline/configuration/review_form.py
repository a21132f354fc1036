"""The form of a review: `quality/review.yaml`, read, checked, and told by file and line."""

from pathlib import Path

from hotline.configuration.faults import read_shape, refuse_faults
from hotline.configuration.files import read_document
from hotline.quality.form import (
    ReviewForm,
    default_review_form,
    read_review_form,
    review_form_faults,
)

REVIEW_FORM = "quality/review.yaml"


def load_review_form(folder: Path) -> ReviewForm:
    """The form of a folder, or the one that is shipped. Raises `ConfigError` with every fault."""
    if not (folder / REVIEW_FORM).exists():
        return default_review_form()
    document = read_document(folder, REVIEW_FORM)
    told = read_shape(document, ReviewForm, read_review_form)
    refuse_faults(document, review_form_faults(told))
    return told
