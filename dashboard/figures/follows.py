"""The directly-follows map as a plain dict: steps in their prescribed order, arcs above what is passed, below what goes back."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from dashboard.figures.scale import brief
from dashboard.i18n import Look
from data.mining import NODES
from data.vocabulary import ACTIONS

MOST_LEVELS: Final = 3  # of arcs above, and of arcs below
_LABEL: Final = 0.8  # half of what a label takes, in gaps between two nodes
_THINNEST: Final = 2.0  # units of the wall
_THICKEST: Final = 12.0


def follows(found: Mapping[str, Any], look: Look, opens: Callable[[Any], str] = lambda edge: "") -> dict[str, Any]:
    """`found` has `edges` (`mining.map_edges` over `NODES`) and `read_count` cases. Gives `nodes` and three kinds of edges,
    all with `width` in units of the wall: `straight` (to the next node), `over` (past some) and `back` (to an earlier one or the
    same), the last two with `from`, `to` and a `level`; `rest` counts what there was no room for. `opens` leads to the cases
    of an edge.
    """
    gap = 1 / len(NODES)
    top = max([1, *found["edges"]["count"]])
    straight, arcs = [], []
    for edge in found["edges"].itertuples():
        start, end = NODES.index(edge.activity), NODES.index(edge.next_activity)
        width = _THINNEST + (_THICKEST - _THINNEST) * edge.count / top
        words = {
            "count": look.number(edge.count),
            "median": brief(edge.median_minutes, look),
            "width": round(width, 1),
            "href": opens(edge),
        }
        if end == start + 1 and not edge.via:
            straight.append({"at": start, "left": (start + 0.5) * gap, "length": gap, **words})
        else:
            via = look.name(ACTIONS[edge.via]) if edge.via else ""
            arcs.append((start, end, int(edge.count), {"via": via, **words}))
    over, more_over = _levels([each for each in arcs if each[1] > each[0]])
    back, more_back = _levels([each for each in arcs if each[1] <= each[0]])
    left_out = [*more_over, *more_back]
    passed = {str(node): int(count) for node, count in found["edges"].groupby("next_activity")["count"].sum().items()}
    passed[NODES[0]] = passed.get(NODES[0], 0) + found["read_count"]  # nothing leads to it but a case's beginning
    return {
        "nodes": [
            {"name": look.name(ACTIONS[node]), "left": (place + 0.5) * gap, "count": look.number(passed.get(node, 0)),
             "is_empty": not passed.get(node, 0)}
            for place, node in enumerate(NODES)
        ],
        "straight": sorted(straight, key=lambda each: each["at"]),
        "over": over,
        "back": back,
        "rest": look.word("follows.rest", kinds=len(left_out), count=look.number(sum(left_out))) if left_out else "",
        "is_empty": not found["read_count"],
    }  # fmt: skip


def _levels(arcs: list[tuple[int, int, int, dict[str, Any]]]) -> tuple[list[dict[str, Any]], list[int]]:
    """Arcs on levels where neither they nor their labels meet, the frequent ones nearest; and the counts of those left out."""
    gap = 1 / len(NODES)
    taken: list[list[tuple[float, float]]] = [[] for _ in range(MOST_LEVELS)]
    drawn, left_out = [], []
    for start, end, count, words in sorted(arcs, key=lambda arc: (abs(arc[1] - arc[0]), -arc[2])):
        low, high = float(min(start, end)), float(max(start, end))
        if low == high:
            low, high = low - 0.35, high + 0.35
        middle = (low + high) / 2
        reach = min(low, middle - _LABEL), max(high, middle + _LABEL)
        level = next((n for n, spans in enumerate(taken) if all(reach[1] <= a or b <= reach[0] for a, b in spans)), None)
        if level is None:
            left_out.append(count)
            continue
        taken[level].append(reach)
        drawn.append({"from": (low + 0.5) * gap, "to": (high + 0.5) * gap, "level": level + 1, **words})
    return drawn, left_out
