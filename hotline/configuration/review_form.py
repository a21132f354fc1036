"""The form of a review: `quality/review.yaml`, read, checked, and told by file and line."""

from functools import partial
from pathlib import Path

from hotline.configuration.faults import read_shape
from hotline.configuration.files import Document, read_document
from hotline.errors import ConfigError
from hotline.quality.form import (
    ReviewForm,
    ReviewFormFault,
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
    faults = sorted(review_form_faults(told), key=partial(_line_of, document))
    if faults:
        raise ConfigError("\n".join(f"{document.where(one.where)}: {one.said}" for one in faults))
    return told


def _line_of(document: Document, fault: ReviewFormFault) -> int:
    return document.line(fault.where)
