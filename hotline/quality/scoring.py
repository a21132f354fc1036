"""From points to a score of a hundred: the same for every form. Pure."""

from collections.abc import Mapping

from hotline.errors import Invalid
from hotline.quality.form import WHOLE, ReviewCriterion, ReviewForm

NOT_OF_FORM = "This form has no such criterion or points: reload the page."
INCOMPLETE = "Give points for every criterion, or say that it could not be seen in this call."
NOTHING_SEEN = "Nothing of this call could be seen: give points for one criterion at least."

Scores = Mapping[str, int | None]
"""By criterion: its points; None: it could not be seen in this call."""


def score_of(form: ReviewForm, scores: Scores) -> float:
    """Of a hundred: the weighted share of the points, over what could be seen, to one tenth.

    Raises `Invalid` for what is missing, or not of this form.
    """
    known = {one.key: one for one in form.criteria}
    if not scores.keys() <= known.keys():
        raise Invalid(NOT_OF_FORM)
    if scores.keys() != known.keys():
        raise Invalid(INCOMPLETE)
    shares = {key: share_of(known[key], points) for key, points in scores.items()}
    seen = {key: share for key, share in shares.items() if share is not None}
    weight = sum(known[key].weight for key in seen)
    if not weight:
        raise Invalid(NOTHING_SEEN)
    return round(sum(known[key].weight * share for key, share in seen.items()) * WHOLE / weight, 1)


def share_of(criterion: ReviewCriterion, points: int | None) -> float | None:
    """Of the greatest points, from 0 to 1; None: not seen. Raises `Invalid`."""
    if points is None:
        if not criterion.may_be_unseen:
            raise Invalid(INCOMPLETE)
        return None
    if points not in {one.points for one in criterion.anchors}:
        raise Invalid(NOT_OF_FORM)
    return points / criterion.most
