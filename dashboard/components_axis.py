"""One case on its axis of time as components: two clocks, the deadline, the steps and the waits between. Never a callback."""

from __future__ import annotations

from typing import Any

from dash import html
from dash.development.base_component import Component

from dashboard.components import share
from dashboard.components_flow import shape_of
from dashboard.i18n import Look

NARROW = 0.055  # of the axis: a hand narrower than this has no room for its name
FAR_RIGHT = 0.8  # a label that begins here stands left of its tick


def timeline_axis(drawn: dict[str, Any], look: Look) -> list[Component]:
    """The dict of `dashboard.figures.axis`."""
    clock = [_piece(each, f"clock-piece {each['kind']}", each["words"]) for each in drawn["case_clock"]]
    hands = [_piece(each, f"hand-piece shade-{each['shade']}", _named(each)) for each in drawn["holder_clock"]]
    over = [_piece(each, "hand-over") for each in drawn["breaches"]]
    waits = [_piece(each, f"axis-wait{' late' if each['is_late'] else ''}", each["words"]) for each in drawn["waits"]]
    plot = [
        *_deadline(drawn["deadline"]),
        html.Div(clock, className="clock-track case"),
        html.Div([*hands, *over], className="clock-track holder"),
        html.Div([*waits, *(_step(each) for each in drawn["steps"])], className="axis-steps"),
    ]
    labels = html.Div([html.Span(look.word("axis.case")), html.Span(look.word("axis.holder"))], className="axis-labels")
    body = html.Div([labels, html.Div(plot, className="axis-plot")], className="axis-body")
    return [html.Div([_head(drawn), body, _foot(drawn)], className="axis")]


def _head(drawn: dict[str, Any]) -> Component:
    said = {"category": "case-category", "place": "case-place", "text": "axis-text", "state": "case-state", "number": "case-number"}
    parts = [html.Span(drawn[name], className=kind) for name, kind in said.items()]
    facts = [html.Span(each, className="axis-fact") for each in drawn["facts"]]
    return html.Div([*parts[:3], *facts, *parts[3:]], className="axis-head")


def _foot(drawn: dict[str, Any]) -> Component:
    verdict = drawn["verdict"]
    said = [
        *shape_of(verdict["kind"]),
        html.Span(verdict["words"], className=f"verdict {verdict['kind']}"),
        html.Span(verdict["reason"], className="reason"),
        html.Span(drawn["elapsed"], className="fact"),
        *(html.Span([*shape_of("late"), each["words"]], className="fact late") for each in drawn["breaches"]),
    ]
    return html.Div(said, className="axis-foot")


def _named(hand: dict[str, Any]) -> list[Component]:
    return [html.Span(hand["name"]), html.Span(hand["time"])] if hand["width"] >= NARROW else []


def _deadline(deadline: dict[str, Any] | None) -> list[Component]:
    if deadline is None:
        return []
    kind = f"axis-due{' late' if deadline['is_late'] else ''}{' left' if deadline['left'] > FAR_RIGHT else ''}"
    words = html.Span([*shape_of("late" if deadline["is_late"] else ""), deadline["label"]])
    return [html.Div(words, className=kind, style={"left": share(deadline["left"])})]


def _piece(piece: dict[str, Any], kind: str, children: Any = None) -> Component:
    return html.Div(children, className=kind, style={"left": share(piece["left"]), "width": share(piece["width"])})


def _step(step: dict[str, Any]) -> Component:
    said = [
        html.Div(className="node-mark"),
        html.Div(step["action"], className="node-action"),
        html.Div(step["mark"] or step["time"], className="node-time"),
    ]
    return html.Div(said, className=f"axis-step {step['state']}", style={"left": share(step["left"])})
