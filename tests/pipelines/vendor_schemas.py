"""Vendors' schemas in the language of JSON Schema."""

from __future__ import annotations

from typing import Any


def schemas(described: dict[str, Any]) -> dict[str, Any]:
    """The components of a vendor's description: `nullable` is a type there."""

    def told_plainly(part: Any) -> Any:
        if isinstance(part, list):
            return [told_plainly(one) for one in part]
        if not isinstance(part, dict):
            return part
        plain = {key: told_plainly(one) for key, one in part.items() if key not in ("nullable", "example", "examples")}
        return {"anyOf": [plain, {"type": "null"}]} if part.get("nullable") is True else plain

    return told_plainly(described["components"])
