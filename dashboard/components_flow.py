"""Dicts of the flow's pictures as components: lanes, bands, paths, the map, a chain of hands. Never a callback."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any
from urllib.parse import quote

from dash import html
from dash.development.base_component import Component

from dashboard.components import note, share
from dashboard.figures.swimlanes import BINS, DOT_END
from dashboard.i18n import Look
from dashboard.theme import SHAPES


def shape_of(kind: str) -> list[Component]:
    """The shape that doubles a colour, where the kind has one."""
    return [html.Span(SHAPES[kind], className=f"shape {kind}")] if kind in SHAPES else []


def opening(href: str, otherwise: Any = html.Div) -> Any:
    """What makes an element that leads there; another one where nothing does, as on a wall."""
    return partial(html.A, href=href) if href else otherwise


def ticks_of(ticks: Sequence[dict[str, Any]]) -> Component:
    kinds = ["first" if each["left"] < 0.02 else "last" if each["left"] > 0.96 else "" for each in ticks]
    marks = [
        html.Span(each["label"], className=kind, style={"left": share(each["left"])})
        for each, kind in zip(ticks, kinds, strict=True)
    ]
    return html.Div(marks, className="ticks")


def rules_of(ticks: Sequence[dict[str, Any]]) -> list[Component]:
    return [html.I(className="rule", style={"left": share(each["left"])}) for each in ticks]


def swimlanes(drawn: dict[str, Any], look: Look) -> list[Component]:
    if drawn["is_empty"]:
        return [note(look.word("lanes.none"), "empty")]
    late = html.Span([*shape_of("late"), look.word("standing.late")], className="late")
    new = html.Span([html.I(className="dot-new"), look.word("lanes.new")], className="new")
    legend = html.Div([html.Span(drawn["unit"]), late, new], className="lanes-legend")
    axis = html.Div(look.word("lanes.axis"), className="lanes-axis")
    foot = html.Div([axis, ticks_of(drawn["ticks"]), legend], className="lanes-foot")
    lanes = [_lane(lane, drawn["ticks"]) for lane in drawn["lanes"]]
    return [html.Div([*lanes, foot], className="lanes")]


def _lane(lane: dict[str, Any], ticks: Sequence[dict[str, Any]]) -> Component:
    marks = [
        html.I(className=f"lane-marks {kind}", style={"maskImage": _mask(path, lane["rows"])})
        for kind, path in lane["paths"].items()
    ]
    longest = lane["longest"]
    words = [] if longest is None else [
        html.Div([*shape_of(longest["kind"]), longest["words"]], className=f"lane-age {longest['kind']}"),
        html.Div(longest["what"], className="lane-what"),
        html.Div(longest["who"], className="lane-who"),
    ]  # fmt: skip
    head = [html.Span(lane["name"], className="label"), html.Span(lane["count"], className="figure")]
    figures = [html.Span(lane["median"]), html.Span(lane["late"], className="late")]
    return html.Div(
        [
            html.Div([html.Div(head, className="lane-head"), html.Div(figures, className="lane-words")], className="lane-name"),
            html.Div([*rules_of(ticks), *marks], className="lane-track"),
            html.Div(words, className="lane-longest"),
        ],
        className="lane",
        style={"--rows": lane["rows"]},
    )  # fmt: skip


def _mask(path: str, rows: int) -> str:
    """A drawing as a mask: one element for all marks of a colour, and the colour stays in the style sheet."""
    box = f"viewBox='0 0 {BINS} {rows}' preserveAspectRatio='none'"
    ends = " stroke='currentColor' stroke-linecap='round' stroke-width='.76'" if DOT_END in path else ""
    drawing = f"<svg xmlns='http://www.w3.org/2000/svg' {box}><path d='{path}'{ends}/></svg>"
    return f'url("data:image/svg+xml,{quote(drawing, safe=" =/:-.")}")'


def durations(drawn: dict[str, Any], look: Look) -> list[Component]:
    if drawn["is_empty"]:
        return [note(look.word("durations.empty"), "empty")]
    rows = [
        html.Div(
            [
                html.Div(
                    [html.Span(row["name"], className="label"), html.Span(row["change"], className="aside")], className="span-head"
                ),
                html.Div(
                    [*rules_of(drawn["ticks"]), *_band(row["now"], "now"), *_band(row["before"], "before")], className="span-track"
                ),
                _span_words(row["now"], look.word("durations.now"), look),
                _span_words(row["before"], look.word("durations.before"), look, "quiet"),
            ],
            className="span",
        )
        for row in drawn["rows"]
    ]
    return [html.Div([*rows, ticks_of(drawn["ticks"]), html.Div(drawn["basis"], className="spans-basis")], className="spans")]


def _band(band: dict[str, Any] | None, kind: str) -> list[Component]:
    if band is None:
        return []
    at = band["places"]
    median = html.I(className=f"span-median {kind}", style={"left": share(at["median"])})
    if "p10" not in at:
        return [median]
    return [
        html.I(className=f"span-line {kind}", style={"left": share(at["p10"]), "width": share(at["p90"] - at["p10"])}),
        html.I(className=f"span-box {kind}", style={"left": share(at["first"]), "width": share(at["third"] - at["first"])}),
        median,
    ]


def _span_words(band: dict[str, Any] | None, when: str, look: Look, kind: str = "") -> Component:
    said = [look.word("durations.missing")] if band is None else [band["median"], band["p90"], band["count"]]
    return html.Div([html.Span(when, className="span-when"), *(html.Span(each) for each in said)], className=f"span-words {kind}")


def variants(drawn: dict[str, Any], look: Look, days: int) -> list[Component]:
    if not drawn["rows"]:
        return [note(look.word("variants.empty", days=days), "empty")]
    head = [html.Span(drawn["conformance"], className="walks-conforming"), html.Span(drawn["scope"])]
    if drawn["deviations"]:
        head.append(
            html.Span(
                [look.word("variants.first"), *(html.Span(each, className="walks-deviation") for each in drawn["deviations"])]
            )
        )
    rows = [
        opening(row["href"])(
            [
                html.Div(className="walk-bar", style={"width": share(row["width"])}),
                html.Div(
                    [html.Span(step["name"], className=f"chip {step['kind']}") for step in row["steps"]], className="walk-steps"
                ),
                html.Div([html.Span(row["count"], className="walk-count"), html.Span(row["share"])], className="walk-share"),
                html.Div([html.Span(row["median"]), html.Span(row["p90"])], className="walk-times"),
                html.Div([*shape_of("risk"), row["deviation"]] if row["deviation"] else "", className="walk-why"),
            ],
            className="walk",
        )
        for row in drawn["rows"]
    ]
    return [
        html.Div(
            [html.Div(head, className="walks-head"), *rows, html.Div(drawn["rest"], className="walks-rest")], className="walks"
        )
    ]


def follows(drawn: dict[str, Any], look: Look, days: int) -> list[Component]:
    if drawn["is_empty"]:
        return [note(look.word("variants.empty", days=days), "empty")]
    line = [
        part
        for edge in drawn["straight"]
        for part in (
            html.I(className="edge", style={"left": share(edge["left"]), "width": share(edge["length"]), "--w": edge["width"]}),
            opening(edge["href"], html.Span)(
                f"{edge['count']} · {edge['median']}" if edge["href"] else edge["median"],
                className="edge-median",
                style={"left": share(edge["left"] + edge["length"] / 2)},
            ),
        )
    ]
    nodes = [
        html.Div([html.Span(node["name"]), html.Span(node["count"], className="map-count")],
                 className=f"map-node{' empty' if node['is_empty'] else ''}", style={"left": share(node["left"])})
        for node in drawn["nodes"]
    ]  # fmt: skip
    return [
        html.Div(
            [
                _arcs(drawn["over"], "over", look),
                html.Div([*line, *nodes], className="map-line"),
                _arcs(drawn["back"], "back", look),
                html.Div([html.Span(look.word("follows.legend")), html.Span(drawn["rest"])], className="map-foot"),
            ],
            className="flow-map",
            style={"--all": _height(drawn["over"]) + _height(drawn["back"])},
        )
    ]  # fmt: skip


def _height(edges: Sequence[dict[str, Any]]) -> int:
    return max((each["level"] for each in edges), default=0)


def _arcs(edges: Sequence[dict[str, Any]], kind: str, look: Look) -> Component:
    return html.Div([_arc(edge, look) for edge in edges], className=f"arcs {kind}", style={"--levels": _height(edges)})


def _arc(edge: dict[str, Any], look: Look) -> Component:
    words = look.word("follows.edge", via=edge["via"], count=edge["count"]).strip()
    return html.Div(
        opening(edge["href"], html.Span)(f"{words} · {edge['median']}", className="arc-words"),
        className="arc",
        style={
            "left": share(edge["from"]),
            "width": share(edge["to"] - edge["from"]),
            "--level": edge["level"],
            "--w": edge["width"],
        },
    )


def bounce(drawn: dict[str, Any], look: Look) -> list[Component]:
    head = html.Div(
        [html.Span([*shape_of("late"), drawn["why"]], className="late"), html.Span(drawn["category"], className="case-category"),
         html.Span(drawn["place"], className="case-place"),
         opening(drawn.get("href", ""), html.Span)(drawn["number"], className="case-number")],
        className="chain-head",
    )  # fmt: skip
    hands = [_hand(hand, look) for hand in drawn["hands"]]
    if drawn["left_out"]:
        hands.insert(1, html.Div(drawn["left_out"], className="hand hand-cut"))
    return [head, html.Div(hands, className="hands")]


def _hand(hand: dict[str, Any], look: Look) -> Component:
    said = [look.word(key) for key, is_so in (("chain.longest", hand["is_longest"]), ("chain.now", hand["is_now"])) if is_so]
    kind = f"hand {hand['kind']}{' longest' if hand['is_longest'] else ''}{' has' if hand['is_now'] else ''}"
    time = html.Div([html.Span(hand["time"], className="hand-time"), *(html.Span(each, className="hand-said") for each in said)])
    return html.Div([html.Div(hand["name"], className="hand-name", title=hand["name"]), time], className=kind)
