"""Which ways cases take, as plain dicts: the paths row by row with what deviates, and the directly-follows map. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from dashboard.figures.scale import FEW, brief, share
from dashboard.i18n import Look
from data.mining import Deviation, first_deviation
from data.vocabulary import ACTIONS

MOST_PATHS: Final = 7
MOST_CHIPS: Final = 8
MOST_DEVIATIONS: Final = 3


def variants(found: Mapping[str, Any], look: Look, opens: Callable[[Any], str] = lambda row: "") -> dict[str, Any]:
    """The paths of cases. `found` has `paths` (`mining.variants`), `conformance`, `case_count` and `read_count`, and either the
    `days` in which they closed or their `scope` in words; `kinds`, where not all paths are given. `opens` leads to a path's cases.

    Gives `rows`, most frequent first, each with its steps, the deviating one marked; `rest`, what is not drawn; and in
    `conformance` and `deviations` how many follow the prescribed path and where the others leave it first.
    """
    paths, read = found["paths"], found["read_count"]
    shown = paths.head(MOST_PATHS)
    top = max([1, *shown["case_count"]])
    left_out = read - int(shown["case_count"].sum())
    followed = found["conformance"].get(("", ""), 0)
    deviations = [(key, count) for key, count in found["conformance"].items() if key != ("", "")]
    return {
        "rows": [_row(row, top, read, look) | {"href": opens(row)} for row in shown.itertuples()],
        "rest": look.word("variants.rest", paths=found.get("kinds", len(paths)) - len(shown), count=look.number(left_out))
        if left_out
        else "",
        "scope": found.get("scope") or _scope(found, look),
        "conformance": look.word("variants.conforming", share=share(followed, read, look)) if read else "",
        "deviations": [
            look.word("variants.deviation", what=named(Deviation(key[0], key[1], 0), look), share=share(count, read, look))
            for key, count in deviations[:MOST_DEVIATIONS]
        ],
    }


def _scope(found: Mapping[str, Any], look: Look) -> str:
    facts = {"days": found["days"], "count": look.number(found["case_count"]), "read": look.number(found["read_count"])}
    return look.word("variants.scope" if found["read_count"] == found["case_count"] else "variants.scope_part", **facts)


def named(deviation: Deviation, look: Look) -> str:
    """What a deviation is, in words: what came again, was left out, was not foreseen or did not come."""
    return look.word(f"deviation.{deviation.kind}", action=look.name(ACTIONS[deviation.activity]))


def _row(row: Any, top: int, whole: int, look: Look) -> dict[str, Any]:
    deviation = first_deviation(row.path)
    return {
        "steps": _chips(row.path, deviation, look),
        "count": look.word("variants.count", count=look.number(row.case_count)),
        "width": row.case_count / top,
        "share": share(row.case_count, whole, look) if whole >= FEW else "",
        "median": look.word("durations.median", duration=brief(row.median_minutes, look)),
        "p90": look.word("durations.p90", duration=brief(row.p90_minutes, look)),
        "deviation": "" if deviation is None else named(deviation, look),
    }


def _chips(path: Sequence[str], deviation: Deviation | None, look: Look) -> list[dict[str, str]]:
    at = -1 if deviation is None else deviation.position
    chips = [{"name": look.name(ACTIONS[action]), "kind": "deviation" if place == at else ""} for place, action in enumerate(path)]
    if len(chips) <= MOST_CHIPS:
        return chips
    kept = MOST_CHIPS - 2
    # The deviation is what the row is drawn for: it stays even where the path is cut.
    begin = 1 + max(0, min(at - 1, len(chips) - kept - 1)) if at >= kept else 1
    middle = chips[begin : begin + kept - 1]
    gaps = [begin - 1, len(chips) - begin - len(middle) - 1]
    cut = [[{"name": look.word("variants.more", count=gap), "kind": "cut"}] if gap > 0 else [] for gap in gaps]
    return [chips[0], *cut[0], *middle, *cut[1], chips[-1]]
