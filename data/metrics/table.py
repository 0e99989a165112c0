"""The table of metrics for the README: `python -m data.metrics.table` prints it."""

from __future__ import annotations

from typing import Final

from data.metrics.registry import METRICS

HEAD: Final = ("Metric", "Name", "Unit", "Formula", "Asked of", "Left out", "Better", "Source", "Note")


def rows() -> list[tuple[str, ...]]:
    """A row for each metric, in the order of the registry."""
    return [
        (f"`{each.key}`", f"{each.words.zh} {each.words.en}", each.unit.en, each.formula, each.cohort, each.left_out, each.better,
         each.source, each.note or "—")
        for each in METRICS.values()
    ]  # fmt: skip


if __name__ == "__main__":
    print("\n".join("| " + " | ".join(row) + " |" for row in (HEAD, tuple("---" for _ in HEAD), *rows())))
