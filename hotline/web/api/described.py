"""The API's description of itself, with the refusals as they are: one form for all of them.

The framework would tell of another form for what does not fit, which no answer of ours has.
"""

from typing import Any

from fastapi import FastAPI

PROBLEM = {
    "title": "Problem",
    "description": "A refusal (RFC 9457). `detail`: a sentence for people; `type`: its kind.",
    "type": "object",
    "required": ["type", "status", "title", "detail"],
    "properties": {
        "type": {"type": "string"},
        "status": {"type": "integer"},
        "title": {"type": "string"},
        "detail": {"type": "string"},
    },
}
SCHEMA = {"$ref": "#/components/schemas/Problem"}
NOT_OURS = ("HTTPValidationError", "ValidationError")


class DescribedApi(FastAPI):
    """An application whose description holds what `web.errors` writes."""

    def openapi(self) -> dict[str, Any]:
        """Made once."""
        made_before = self.openapi_schema is not None
        described = super().openapi()
        if not made_before:
            _describe_refusals(described)
        return described


def _describe_refusals(described: dict[str, Any]) -> None:
    schemas = described.setdefault("components", {}).setdefault("schemas", {})
    for name in NOT_OURS:
        schemas.pop(name, None)
    if "Problem" in schemas:
        msg = "a type of ours is called Problem, as refusals are: name it otherwise"
        raise RuntimeError(msg)
    schemas["Problem"] = PROBLEM
    for operations in described["paths"].values():
        for operation in operations.values():
            responses = operation["responses"]
            responses.setdefault("default", {"description": "A refusal."})
            for status, response in responses.items():
                if not status.startswith("2"):
                    _is_a_problem(response)


def _is_a_problem(response: dict[str, Any]) -> None:
    """With the example it has, if it has one."""
    example = response.get("content", {}).get("application/problem+json", {})
    response["content"] = {"application/problem+json": {**example, "schema": SCHEMA}}
