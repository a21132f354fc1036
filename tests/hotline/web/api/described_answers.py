"""Whether an answer is one that the API's own description allows."""

from typing import Any

import httpx
import jsonschema_rs


def broken_promise(described: dict[str, Any], path: str, answer: httpx.Response) -> str:
    """What an answer of this path (as the description writes it) has that is not described."""
    responses = described["paths"][path][answer.request.method.lower()]["responses"]
    response = responses.get(str(answer.status_code))
    if response is None and answer.status_code >= 400:
        response = responses.get("default")
    if response is None:
        return f"status {answer.status_code}"
    content = response.get("content", {})
    if not answer.content:
        return "" if answer.status_code == 204 or not content else "an empty body"
    kind = answer.headers.get("content-type", "").partition(";")[0]
    if kind not in content:
        return f"a body of {kind}"
    if not kind.endswith("json"):
        return ""
    schema = {**content[kind].get("schema", {}), "components": described["components"]}
    faults = list(jsonschema_rs.validator_for(schema).iter_errors(answer.json()))
    return f"{faults[0].instance_path}: {faults[0].message}"[:300] if faults else ""
