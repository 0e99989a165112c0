"""Reads a YAML file of a city folder: a name said twice is refused, for the second would silently win."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

_Base: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class RepeatedName(yaml.YAMLError):
    """A name stands twice in one mapping."""


class _Loader(_Base):  # type: ignore[misc]
    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        first: dict[str, int] = {}
        for name, _ in node.value:
            said, line = str(name.value), name.start_mark.line + 1
            if said in first:
                raise RepeatedName(f"line {line}: {said!r} stands there already in line {first[said]}")
            first[said] = line
        found: dict[Any, Any] = super().construct_mapping(node, deep=deep)
        return found


def read(path: Path) -> Any:
    """What a file says. Raises `OSError`, `UnicodeDecodeError` and `yaml.YAMLError`, for a name said twice too."""
    return yaml.load(path.read_text(encoding="utf-8"), _Loader)  # noqa: S506 (a safe loader, with one more check)
