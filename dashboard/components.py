"""Dicts of `dashboard.figures` as components: tiles, bars, the timeline, and the designed states. Never a callback."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from dash import html
from dash.development.base_component import Component

from dashboard.i18n import Look
from dashboard.theme import SHAPES


def share(value: float) -> str:
    return f"{100 * min(max(value, 0), 1):.2f}%"


def frame(panel_id: str, title: str, *, tile: str, body: Any = None, aside: Any = "") -> Component:
    """A panel: its title, a quiet remark beside it and the slot its content comes into."""
    head = html.Header([html.H2(title), html.Span(aside, className="aside")], className="panel-head")
    inside = [head, html.Div(body, id=panel_id, className="panel-body")]
    return html.Section(inside, className=f"panel panel-{tile}")


def note(words: str, kind: str) -> Component:
    """A designed state: empty, loading, failed or stale."""
    return html.P(words, className=f"note note-{kind}")


def ledger(drawn: dict[str, str]) -> list[Component]:
    shape = html.Span(SHAPES[drawn["kind"]], className=f"shape {drawn['kind']}")
    return [html.Span([shape, " ", drawn["words"]], title=drawn["whole"], className=f"state-word ledger {drawn['kind']}")]


def today(drawn: dict[str, Any], look: Look) -> list[Component]:
    band: list[Component] = []
    if drawn["scale"] is not None:
        scale = drawn["scale"]
        left, width = share(scale["low"]), share(scale["high"] - scale["low"])
        band = [
            html.Div(className="band-usual", style={"left": left, "width": width}),
            html.Div(className=f"band-value {drawn['standing']}", style={"left": share(scale["value"])}),
        ]
    first = html.Div(
        [
            html.Div(
                [html.Span(drawn["reported"], className="figure-large"), html.Span(look.word("today.reported"), className="label")]
            ),
            html.Div(band, className="band"),
            html.Div(
                [html.Span(drawn["band"]), html.Span(drawn["standing_words"], className=f"standing {drawn['standing']}")],
                className="band-words",
            ),
        ],
        className="tile-first",
    )
    return [first, html.Div([_tile(each) for each in drawn["tiles"]], className="tiles")]


def _tile(tile: dict[str, str]) -> Component:
    mark = [html.Span(SHAPES[tile["kind"]], className=f"shape {tile['kind']}")] if tile["kind"] else []
    return html.Div(
        [html.Span([*mark, tile["value"]], className="figure"), html.Span(tile["label"], className="label")], className="tile"
    )


def hours(bars: Sequence[dict[str, Any]]) -> list[Component]:
    columns = [
        html.Div(
            className="hour now" if bar["is_now"] else "hour",
            style={
                "--low": share(bar["low"]),
                "--band": share(max(bar["high"] - bar["low"], 0.006)),
                "--value": share(bar["value"] or 0),
            },
        )
        for bar in bars
    ]
    scale = [html.Span(f"{hour:02d}", style={"left": share((hour + 0.5) / 24)}) for hour in range(0, 24, 6)] + [
        html.Span("23", style={"left": share(23.5 / 24)})
    ]
    return [html.Div(columns, className="hours"), html.Div(scale, className="hours-scale")]


def pipeline(bars: Sequence[dict[str, Any]]) -> list[Component]:
    return [
        html.Div(
            [
                html.Div(
                    [html.Span(bar["label"], className="label"), html.Span(bar["count"], className="figure")],
                    className="stage-head",
                ),
                html.Div(
                    [
                        html.Div(className="stage-bar", style={"width": share(bar["share"])}),
                        html.Div(className="stage-late", style={"width": share(bar["late_share"])}),
                    ],
                    className="stage-track",
                ),
                html.Div(
                    [
                        html.Span([bar["median"], html.Span(bar["oldest"], className="stage-oldest")]),
                        html.Span([html.Span(SHAPES["late"]), f" {bar['late']}"] if bar["late"] else "", className="late-words"),
                    ],
                    className="stage-words",
                ),
            ],
            className="stage",
        )
        for bar in bars
    ]


def due(rows: Sequence[dict[str, str]], look: Look) -> list[Component]:
    if not rows:
        return [note(look.word("due.none"), "empty")]
    return [
        html.Div(
            [
                html.Span(SHAPES[row["kind"]], className=f"shape {row['kind']}"),
                html.Span(row["category"], className="due-category"),
                html.Span(row["words"], className=f"due-words {row['kind']}"),
                html.Span(" · ".join(each for each in (row["place"], row["holder"]) if each), className="due-place"),
            ],
            className="due-row",
        )
        for row in rows
    ]


def timeline(drawn: dict[str, Any]) -> list[Component]:
    verdict = drawn["verdict"]
    shape = [html.Span(SHAPES[verdict["kind"]], className=f"shape {verdict['kind']}")] if verdict["kind"] in SHAPES else []
    head = html.Div(
        [
            html.Div(
                [html.Span(drawn["number"], className="case-number"), html.Span(drawn["category"], className="case-category"),
                 html.Span(drawn["place"], className="case-place"), html.Span(drawn["state"], className="case-state")],
                className="case-names",
            ),
            html.Div(drawn["text"], className="case-text"),
        ],
        className="case-head",
    )  # fmt: skip
    foot = html.Div(
        [
            html.Div(
                [
                    *shape,
                    html.Span(verdict["words"], className=f"verdict {verdict['kind']}"),
                    html.Span(verdict["reason"], className="reason"),
                ],
                className="case-verdict",
            ),
            html.Div([html.Span(each, className="fact") for each in drawn["facts"]], className="case-facts"),
        ],
        className="case-foot",
    )
    return [head, html.Div([_node(node) for node in drawn["nodes"]], className="nodes"), foot]


def _node(node: dict[str, Any]) -> Component:
    kind = f"node node-{node['state']}{' node-late' if node['is_late'] else ''}"
    return html.Div(
        [
            html.Div(html.Span(node["wait"]), className="node-wait"),
            html.Div(className="node-mark"),
            html.Div(node["action"], className="node-action"),
            html.Div(node["time"], className="node-time"),
            html.Div(node["mark"] or node["who"], className="node-who"),
        ],
        className=kind,
    )


def picture(drawn: Mapping[str, Any]) -> Component:
    """A photograph (`src`, `alt`, `width`, `height`), whose place is kept until it has come."""
    return html.Img(src=drawn["src"], alt=drawn["alt"], width=drawn["width"], height=drawn["height"], className="photograph")
