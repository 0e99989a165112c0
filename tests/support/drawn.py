"""What was drawn, looked at as it would be on a page."""

from __future__ import annotations

from typing import Any


def links(parts: Any) -> list[str]:
    """Where components lead, in the order they stand in."""
    found = []
    for part in parts if isinstance(parts, list) else [parts]:
        if isinstance(part, list):
            found += links(part)
        elif hasattr(part, "to_plotly_json"):
            href = getattr(part, "href", None)
            found += [href] if href else []
            found += links(getattr(part, "children", None) or [])
    return found
