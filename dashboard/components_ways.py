"""The section of the flow on the analyst's page: each picture in a frame of its own with its scope and the same as a table."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dash import dcc, html
from dash.development.base_component import Component

from dashboard import ids
from dashboard.components import note, share
from dashboard.components_flow import opening, rules_of, shape_of, ticks_of
from dashboard.i18n import Look
from data.lateness import JUDGED

PICTURES = ("svg", "png")
Row = dict[str, Any]
Cell = Any


def panel(
    name: str, title: str, aside: Any, body: Sequence[Component], table: Component | None, files: Component, look: Look
) -> Component:  # fmt: skip
    """One picture: title, of how many cases it is, its files, the picture, and the same as a table where it has one."""
    head = html.Header([html.H3(title), html.Span(aside, className="aside"), files], className="way-head")
    more = [] if table is None else [html.Details([html.Summary(look.word("analysis.table")), table], className="way-table")]
    inside = [head, html.Div(list(body), className="way-body"), *more]
    return html.Section(inside, className=f"way way-{name}", **_told("name", name))


def files(found: Sequence[tuple[str, str]], look: Look) -> Component:
    """The files of a picture: words and address of each table, and the picture as it stands (analysis-section.mjs)."""
    links = [html.A(words, href=href, download="") for words, href in found]
    pictures = [html.Button(ending.upper(), **_told("picture", ending)) for ending in PICTURES]
    return html.Details([html.Summary(look.word("analysis.export")), html.Div([*links, *pictures])], className="menu way-files")


def _told(name: str, value: str) -> dict[str, Any]:
    return {f"data-{name}": value}


def table(columns: Sequence[str], rows: Sequence[Sequence[Cell]], caption: str) -> Component:
    """Rows of words, or of (words, address)."""
    head = html.Thead(html.Tr([html.Th(words, scope="col") for words in columns]))
    body = [html.Tr([_cell(cell, place) for place, cell in enumerate(row)]) for row in rows]
    return html.Div(html.Table([html.Caption(caption, className="unseen"), head, html.Tbody(body)]), className="table-slot")


def _cell(cell: Cell, place: int) -> Component:
    words, href = cell if isinstance(cell, tuple) else (cell, "")
    inside = html.A(words, href=href) if href else words
    return html.Td(inside) if place else html.Th(inside, scope="row")


def nothing(look: Look) -> list[Component]:
    return [note(look.word("ways.empty"), "empty")]


def conformance(drawn: Row, most: int) -> list[Component]:
    parts = [
        opening(part["href"])(
            [html.Span(part["share"], className="fit-share"), html.Span([part["name"], " ", part["count"]], className="quiet")],
            className=f"fit-part {part['kind']}",
        )
        for part in drawn["parts"]
    ]
    bar = [html.I(className=f"fit-bar {part['kind']}", style={"width": share(part["width"])}) for part in drawn["parts"]]
    rows = [
        html.A(
            [
                html.Span(row["name"], className="bar-name"),
                html.Span(html.I(style={"width": share(row["width"])}, className=f"bar {row['kind']}"), className="bar-track"),
                html.Span(row["count"], className="bar-count"),
                html.Span(row["share"], className="quiet"),
            ],
            href=row["href"],
            className="bar-row",
        )
        for row in drawn["rows"][:most]
    ]
    return [html.Div(parts, className="fit-parts"), html.Div(bar, className="fit-track"), html.Div(rows, className="bar-rows")]


def passes(rows: Sequence[Row], most: int) -> list[Component]:
    drawn = [
        html.A(
            [
                html.Span(row["giver"], className="bar-name", title=row["giver"]),
                html.Span(["→ ", row["receiver"]], className="bar-name", title=row["receiver"]),
                html.Span(html.I(style={"width": share(row["width"])}, className="bar"), className="bar-track"),
                html.Span(row["count"], className="bar-count"),
                html.Span(row["cases"], className="quiet"),
            ],
            href=row["href"],
            className="bar-row pass-row",
        )
        for row in rows[:most]
    ]
    return [html.Div(drawn, className="bar-rows")]


def choices(label: str, chosen: Sequence[Row]) -> Component:
    """Ways to look at the same: the one that is taken is marked."""
    links = [html.A(each["name"], href=each["href"], **_current(each["is_chosen"])) for each in chosen]
    return html.Nav([html.Span(label, className="quiet"), *links], className="way-choices", **_label(label))


def _current(is_chosen: bool) -> dict[str, Any]:
    return {"aria-current": "true"} if is_chosen else {}


def _label(words: str) -> dict[str, Any]:
    return {"aria-label": words}


def stage_times(drawn: Row, most: int, look: Look) -> list[Component]:
    head = [look.word(f"ways.head.{name}") for name in ("part", "axis", "median", "p90", "kept")]
    rows = [
        html.Div(
            [
                opening(row["filter"], html.Span)(row["name"], className="time-name", title=row["name"]),
                html.Span([*rules_of(drawn["ticks"]), *_span(row)], className="time-track"),
                html.Span(row["median"]),
                html.Span(row["p90"]),
                html.Span(row["kept"]),
                html.A(row["count"], href=row["href"], className="bar-count"),
            ],
            className="time-row",
        )
        for row in drawn["rows"][:most]
    ]
    titles = html.Div([html.Span(words) for words in (*head, look.word("ways.head.cases"))], className="time-row quiet time-head")
    axis = html.Div([html.Span(), ticks_of(drawn["ticks"])], className="time-row time-axis")
    return [html.Div([titles, *rows, axis], className="time-rows")]


def _span(row: Row) -> list[Component]:
    if row["left"] is None:
        return []
    median = html.I(className="time-median", style={"left": share(row["left"])})
    if row["right"] is None:
        return [median]
    line = html.I(className="time-line", style={"left": share(row["left"]), "width": share(row["right"] - row["left"])})
    return [line, median]


def what_if(rows: Sequence[Row], look: Look) -> list[Component]:
    """The limits as a table in which they can be moved; a moved one is marked, and what it changes."""
    head = html.Tr([html.Th(look.word(f"what_if.head.{each}"), scope="col") for each in ("limit", "value", "cases")]
                   + [html.Th(look.word(f"what_if.{each}"), scope="col") for each in JUDGED])  # fmt: skip
    body = html.Tbody([_limit(row, look) for row in rows])
    return [html.Div(html.Table([html.Thead(head), body], className="limits"), className="table-slot")]


def _limit(row: Row, look: Look) -> Component:
    kind = "limit-total" if row["value"] is None else "limit-moved" if row["moved"] is not None else ""
    return html.Tr(
        [
            html.Th(row["name"], scope="row"),
            html.Td(_value(row, look), className="limit-value"),
            html.Td(row["count"]),
            *(html.Td(_standing(cell)) for cell in row["cells"]),
        ],
        className=kind,
    )


def _value(row: Row, look: Look) -> list[Any]:
    if row["value"] is None:
        return []
    moved = row["moved"]
    at = row["value"] if moved is None else moved
    control = dcc.Input(
        id={"type": ids.LIMIT, "rule": row["key"], "at": f"{at:g}"}, type="number", min=row["step"], max=1000, step=row["step"],
        debounce=True,
        value=at, className="limit-input",
    )  # fmt: skip
    was = [] if moved is None else [html.Span(look.word("what_if.given", value=f"{row['value']:g}"), className="quiet")]
    return [html.Label([control, html.Span(row["unit"])]), *was]


def _standing(cell: Row) -> list[Any]:
    if not cell["change"]:
        return [opening(cell["was_href"], html.Span)(cell["was"])]
    late = shape_of("late") if cell["standing"] == "late" and cell["change"].startswith("+") else []
    return [
        opening(cell["was_href"], html.Span)(cell["was"], className="quiet"),
        " → ",
        opening(cell["would_href"], html.Span)([*late, cell["would"]], className="limit-would"),
        html.Span(cell["change"], className="limit-change quiet"),
    ]


def reset(words: str, href: str) -> Component:
    return html.A([words, html.Span(" ×", className="off-mark")], href=href, className="filter-chip")


def nothing_back(look: Look) -> list[Component]:
    return [note(look.word("ways.no_bounces"), "empty")]


def remark(words: str) -> Component:
    return html.P(words, className="quiet section-remark")


def again() -> Component:
    """What tells the page that more is to come."""
    return html.Span(className="section-again", hidden=True)
