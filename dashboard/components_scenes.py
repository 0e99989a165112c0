"""Components of the scenes' tiles: rows with a track, periods side by side, days as bars, the echo ledger, one case at large."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from dash import html
from dash.development.base_component import Component

from dashboard.components import note, picture, share
from dashboard.i18n import Look
from dashboard.theme import SHAPES

Row = Mapping[str, Any]


def _shape(kind: str) -> list[Component]:
    return [html.Span(SHAPES[kind], className=f"shape {kind}")] if kind in SHAPES else []


def _part(kind: str, **where: str) -> Component:
    return html.Div(className=kind, style=where)


def _track(row: Row) -> Component:
    """A bar, parts of a bar, or a dot on its interval, as shares of the track."""
    if "track" in row:
        low, dot, high = (row["track"][name] for name in ("low", "dot", "high"))
        inside = [_part("track-range", left=share(low), width=share(high - low)), _part("track-dot", left=share(dot))]
    elif "parts" in row:
        edges = [sum(row["parts"][:place]) for place in range(len(row["parts"]))]
        pairs = enumerate(zip(edges, row["parts"], strict=True))
        inside = [_part(f"track-part part-{place}", left=share(edge), width=share(width)) for place, (edge, width) in pairs]
    else:
        inside = [_part("track-bar", width=share(row["bar"]))]
        inside += [_part("track-late", width=share(row["late"]))] if row.get("late") else []
        inside += [_part("track-tick", left=share(row["tick"]))] if row.get("tick") is not None else []
    return html.Div(inside, className="track")


def measured(rows: Sequence[Row], look: Look, empty: str = "rows.none") -> list[Component]:
    """Rows of a label, a track, a figure and a remark."""
    if not rows:
        return [note(look.word(empty), "empty")]
    return [html.Div([_measure(row, rows[place - 1] if place else None) for place, row in enumerate(rows)], className="measures")]


def _measure(row: Row, above: Row | None) -> Component:
    begins_band = above is not None and row.get("band") != above.get("band")
    late = [html.Span(f"{SHAPES['late']} {row['late_words']}", className="measure-late late")] if row.get("late_words") else []
    count = [html.Span(row["count"], className="measure-count")] if row.get("count") else []
    return html.Div(
        [
            html.Div(row["label"], className="measure-label"),
            _track(row),
            html.Div([*late, html.Span(row["value"])], className="measure-value"),
            html.Div([*count, html.Span(row["note"])], className="measure-note"),
        ],
        className="measure measure-band" if begins_band else "measure",
    )


def ranked(drawn: Row, look: Look) -> list[Component]:
    """Units in bands over an axis in percent."""
    if not drawn["rows"]:
        return [note(look.word("assessment.none"), "empty")]
    axis = html.Div(
        [html.Div([html.Span(each) for each in drawn["axis"]], className="axis-words")], className="measure measure-axis"
    )
    foot = [html.Div(drawn["foot"], className="foot")] if drawn["foot"] else []
    return [axis, *measured(drawn["rows"], look), *foot]


def told(rows: Sequence[Row], look: Look, empty: str) -> list[Component]:
    """Rows of a shape, a label, words and a remark below."""
    if not rows:
        return [note(look.word(empty), "empty")]
    return [
        html.Div(
            [
                html.Span(_shape(row["kind"])),
                html.Span(row["label"], className="due-category"),
                html.Span(row["words"], className=f"due-words {row['kind'] if row['kind'] in ('late', 'risk') else ''}"),
                html.Span(row["note"], className="due-place"),
            ],
            className="due-row",
        )
        for row in rows
    ]


def periods(rows: Sequence[Row]) -> list[Component]:
    return [
        html.Div(
            [
                html.Div(
                    [
                        html.Div(row["label"], className="period-label"),
                        html.Div(row["days"], className="period-days"),
                        html.Div(row["unfinished"], className="period-days"),
                    ],
                    className="period-head",
                ),
                *(
                    html.Div(
                        [
                            html.Div(
                                [html.Span(each["value"], className="figure"), html.Span(each["label"], className="label")],
                                className="period-value",
                            ),
                            *(html.Div(change, className="period-change") for change in each["changes"] if change),
                        ],
                        className="period-figure",
                    )
                    for each in row["figures"]
                ),
            ],
            className="period",
        )
        for row in rows
    ]


def trend(drawn: Row) -> list[Component]:
    bars = [
        html.Div(
            html.Span(bar["label"]) if bar["label"] else None,
            className=f"day{' quiet' if bar['is_quiet'] else ''}{' now' if bar['is_now'] else ''}",
            style={"--value": share(bar["value"])},
        )
        for bar in drawn["bars"]
    ]
    band = drawn["band"]
    if band:
        bars.append(
            html.Div(
                className="day tomorrow",
                style={"--low": share(band["low"]), "--band": share(max(band["high"] - band["low"], 0.01))},
            )
        )
    return [html.Div(bars, className="days"), html.Div(drawn["words"], className="days-words")]


def moves(rows: Sequence[Row], look: Look) -> list[Component]:
    if not rows:
        return [note(look.word("moves.none"), "empty")]
    return [
        html.Div(
            [
                html.Span(row["label"], className="due-category"),
                html.Span(row["value"], className="due-words"),
                html.Span(row["note"], className="move-note"),
            ],
            className="move",
        )
        for row in rows
    ]


def echo(drawn: Row, look: Look) -> list[Component]:
    state = "on-time" if drawn["is_balanced"] else "late"
    return [
        html.Div(
            [html.Span(drawn["received"], className="figure-large"), html.Span(look.word("echo.received"), className="label")],
            className="echo-received",
        ),
        html.Div(
            [_part(f"echo-part echo-{part['key']}", width=share(part["share"])) for part in drawn["parts"]], className="echo-bar"
        ),
        html.Div(
            [
                html.Div(
                    [
                        html.Span(part["value"], className="figure"),
                        html.Span(part["label"], className=f"label echo-label echo-{part['key']}"),
                    ],
                    className="tile",
                )
                for part in drawn["parts"]
            ],
            className="echo-tiles",
        ),
        html.Div(
            [
                html.Div(
                    [
                        html.Span([*_shape(each["kind"]), each["value"]], className="figure"),
                        html.Span(each["label"], className="label"),
                    ],
                    className="tile",
                )
                for each in drawn["answers"]
            ],
            className="echo-tiles",
        ),
        html.Div([*_shape(state), drawn["words"]], className=f"echo-words {state}"),
    ]


def case(drawn: Row, seen: Row) -> list[Component]:
    """One case at large, with the photographs that are to be seen of it; without any, no place is kept for them."""
    verdict = drawn["verdict"]
    photographs = [html.Div([picture(each) for each in seen["pictures"]], className="case-photographs")] if seen["pictures"] else []
    said = [html.Div(seen["words"], className="case-unseen")] if seen["words"] else []
    urgency = [html.Span(drawn["urgency"], className="urgency")] if drawn["urgency"] else []
    return [
        html.Div([html.Span(drawn["category"], className="large-category"), *urgency], className="large-head"),
        html.Div(drawn["number"], className="case-number"),
        html.Div(drawn["text"], className="large-text"),
        html.Div([*_shape(verdict["kind"]), verdict["words"]], className=f"large-verdict {verdict['kind']}"),
        *photographs,
        *said,
        html.Div(
            [
                html.Div([html.Span(each["label"], className="label"), html.Span(each["value"], className="large-fact")])
                for each in drawn["facts"]
            ],
            className="large-facts",
        ),
    ]


def pairs(rows: Sequence[Row]) -> list[Component]:
    return [
        html.Div(
            [html.Span(row["label"], className="label"), html.Span(row["value"], className=f"pair-value {row['is_quiet']}")],
            className="pair",
        )
        for row in rows
    ]


def legend(names: Sequence[str]) -> Component:
    """What the parts of a track are."""
    return html.Div(
        [html.Span([html.I(className=f"part-{place}"), name]) for place, name in enumerate(names)], className="parts-legend"
    )
