"""How a command's refusal is described to machines, by an example of what `web.errors` writes."""

from typing import Any

Responses = dict[int | str, dict[str, Any]]


def refuses(
    conflict: str, invalid: str | None = None, *, kind: str = "IllegalMove", **facts: object
) -> Responses:
    """For `responses=` of a route. `conflict`: the sentence of 409; `invalid`: that of 422.

    `kind`: the class of the conflict; `facts`: what is told beside its sentence.
    """
    described: Responses = {409: _problem(409, conflict, kind, facts)}
    if invalid is not None:
        described[422] = _problem(422, invalid, "Invalid", {})
    return described


def _problem(status: int, sentence: str, kind: str, facts: dict[str, object]) -> dict[str, Any]:
    example = {**facts, "type": kind, "status": status, "title": sentence, "detail": sentence}
    return {"description": sentence, "content": {"application/problem+json": {"example": example}}}
