"""The table of metrics for the README: `python -m data.metrics.table` prints it."""

from __future__ import annotations

from typing import Final

from data.metrics.registry import DEFINITIONS, METRICS, UNAVAILABLE, Metric

HEAD: Final = ("Metric", "Name", "Unit", "Formula", "Asked of", "Left out", "Better", "Source", "Note")


def rows() -> list[tuple[str, ...]]:
    """A row for each metric, in the order of the registry; then what cannot be answered, with the reason."""
    known: list[tuple[str, ...]] = [
        (f"`{each.key}`", f"{each.words.zh} {each.words.en}", each.unit.en, _formula(each), each.cohort, each.left_out, each.better,
         each.source, each.note or "—")
        for each in METRICS.values()
    ]  # fmt: skip
    missing: list[tuple[str, ...]] = [
        (f"`{each.key}`", f"{each.words.zh} {each.words.en}", "—", "**not available**", "—", "—", "—", each.source, each.reason)
        for each in UNAVAILABLE.values()
    ]
    return known + missing


def _formula(metric: Metric) -> str:
    if not metric.subject:
        return metric.formula
    codes = [code for code, each in DEFINITIONS.items() if metric.subject in each.subjects]
    return f"{metric.formula} ({', '.join(codes)})" if "D1" not in metric.formula else metric.formula


if __name__ == "__main__":
    print("\n".join("| " + " | ".join(row) + " |" for row in (HEAD, tuple("---" for _ in HEAD), *rows())))
