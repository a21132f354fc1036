"""Nothing is written where all words were deleted: it would never be deleted again."""

from hotline.errors import IllegalMove
from hotline.storage.tables import Call, Case

GONE = "Nothing is kept of this any more."


def require_kept(one: Call | Case) -> None:
    """Of a call or a case that its caller holds. Raises `IllegalMove` where it was erased."""
    if one.erased_at is not None:
        raise IllegalMove(GONE)
