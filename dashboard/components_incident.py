"""Dicts of `dashboard.figures.incident` as components. What people wrote goes in as text and nowhere else. Never a callback."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from dash import html
from dash.development.base_component import Component

from dashboard.components import note, picture, share
from dashboard.components_flow import shape_of
from dashboard.i18n import Look

Row = Mapping[str, Any]


def head(drawn: Row, look: Look) -> list[Component]:
    verdict = drawn["verdict"]
    urgency = [html.Span(drawn["urgency"], className="urgency")] if drawn["urgency"] else []
    names = [
        html.H1(drawn["category"], className="incident-category"),
        *urgency,
        html.Span(drawn["state"], className="incident-state"),
        html.Span(drawn["number"], className="incident-number"),
    ]
    said = html.Div(
        [*shape_of(verdict["kind"]), html.Span(verdict["words"], className=f"verdict {verdict['kind']}"),
         html.Span(verdict["reason"], className="reason")],
        className="incident-verdict",
    )  # fmt: skip
    links = [
        html.Span([each["words"], " ", html.A(each["number"], href=each["href"]), " ", each["state"]], className="incident-link")
        for each in drawn["links"]
    ]
    kept = _kept(area=drawn["area"], family=" ".join(map(str, drawn["family"])), number=drawn["number"])
    text = html.P(drawn["text"], className=f"incident-text{' quiet' if drawn['is_quiet'] else ''}")
    inside = [html.Div(names, className="incident-names"), said, text, pairs(drawn["facts"], "incident-facts")]
    inside += [html.Div(links, className="incident-links")] if links else []
    return [html.Div(inside, className="incident-head", **kept)]


def _kept(**facts: object) -> dict[str, Any]:
    """What the scripts of the page read."""
    return {f"data-{name}": str(value) for name, value in facts.items()}


def unknown(words: str, back: str, look: Look) -> list[Component]:
    """There is no such incident."""
    return [
        html.Div(
            [note(words, "failed"), html.A(look.word("incident.to_wall"), href=back, className="action")],
            className="incident-unknown",
        )
    ]


def pairs(rows: Sequence[Row], kind: str) -> Component:
    return html.Dl([html.Div([html.Dt(each["label"]), html.Dd(each["value"])]) for each in rows], className=kind)


def hands(drawn: Row, look: Look) -> list[Component]:
    head_row = html.Tr(
        [html.Th(look.word(f"incident.column.{name}"), scope="col") for name in ("holder", "since", "time", "share")]
    )
    body = [
        html.Tr(
            [
                html.Th(
                    [row["name"], *([html.Span(look.word("chain.now"), className="aside")] if row["is_now"] else [])], scope="row"
                ),
                html.Td(row["since"]),
                html.Td(row["time"], className="number"),
                html.Td(html.Div(html.Div(className="track-bar", style={"width": share(row["share"])}), className="track")),
            ]
        )
        for row in drawn["rows"]
    ]
    word = look.word("incident.so_far" if drawn["is_open"] else "incident.in_all")
    foot = html.Tr([html.Th(word, scope="row"), html.Td(""), html.Td(drawn["elapsed"], className="number"), html.Td("")])
    table = html.Table([html.Thead(head_row), html.Tbody(body), html.Tfoot(foot)], className="incident-table hands-table")
    totals = [{"label": each["name"], "value": each["time"]} for each in drawn["totals"]]
    more = (
        [html.H3(look.word("incident.by_holder")), pairs(totals, "incident-totals")]
        if len(drawn["totals"]) < len(drawn["rows"])
        else []
    )
    return [table, *more]


def log(rows: Sequence[Row], look: Look) -> list[Component]:
    names = ("at", "action", "who", "remark", "origin")
    return [
        html.Table(
            [
                html.Thead(html.Tr([html.Th(look.word(f"incident.column.{name}"), scope="col") for name in names])),
                html.Tbody([_entry(row, look) for row in rows]),
            ],
            className="incident-table log-table",
        )
    ]


def _entry(row: Row, look: Look) -> Component:
    action = [html.Span(row["action"], className="log-action"), html.Span(row["state"], className="log-state")]
    if row["activity"] and row["activity"] != row["action"]:
        action.append(html.Span(row["activity"], className="log-activity"))
    if row["problem"]:
        action.append(html.Span(row["problem"], className="log-problem"))
    origin = [
        html.Span([row["source"], " "]),
        html.Span(row["reference"], className="reference"),
        html.Span(look.word("incident.received_at", time=row["received"]), className="quiet"),
        *checksum(row["checksum"], look),
    ]
    cells = [html.Td(row["at"], className="log-at"), html.Td(action), html.Td(row["who"]), html.Td(row["remark"], className="said")]
    return html.Tr([*cells, html.Td(origin, className="log-origin")], className="impossible" if row["problem"] else "")


def checksum(value: str, look: Look) -> list[Component]:
    """The first characters of a SHA-256; the whole of it where one looks closer."""
    return [html.Span(look.word("incident.checksum", checksum=value[:16]), title=value, className="checksum")] if value else []


def origins(drawn: Row, look: Look) -> list[Component]:
    if drawn["none"]:
        return [note(drawn["none"], "empty")]
    if drawn["file"]:
        return [_file(drawn["file"], look)]
    return [
        html.Article(
            [
                html.Div(
                    [html.Span(each["source"]), html.Span(each["kind"]), html.Span(each["reference"], className="reference"),
                     html.Span(look.word("incident.sent_at", time=each["sent"]), className="quiet"),
                     html.Span(look.word("incident.received_at", time=each["received"]), className="quiet"),
                     *checksum(each["checksum"], look), html.Span(each["size"], className="quiet")],
                    className="raw-head",
                ),
                html.Pre(each["content"], className="raw-text"),
            ],
            className="raw",
        )
        for each in drawn["messages"]
    ]  # fmt: skip


def _file(file: Row, look: Look) -> Component:
    said = [
        html.Span(file["source"]),
        html.Span(look.word("incident.file", name=file["name"])),
        html.Span(file["reference"], className="reference"),
        html.Span(look.word("incident.received_at", time=file["received"]), className="quiet"),
    ]
    kept = checksum(file["checksum"], look) or [html.Span(look.word("incident.no_raw"), className="quiet")]
    return html.Div([*said, *kept], className="raw-head")


def media(drawn: Row) -> list[Component]:
    """Photographs, each of which opens large and alone; and what is said of the others."""
    shown = [html.Li(html.A(picture(each), href=each["src"], target="_blank", rel="noopener")) for each in drawn["pictures"]]
    said = [note(each, "empty") for each in drawn["words"]]
    seen = [html.Ul(shown, className="gallery")] if shown else []
    return [*seen, *([html.Div(said, className="incident-media")] if said else [])]


def spot(drawn: Row) -> list[Component]:
    if drawn["none"]:
        return [note(drawn["none"], "empty")]
    where = _kept(lon=drawn["lon"], lat=drawn["lat"], township=drawn["township"], rough="1" if drawn["is_rough"] else "")
    said = [html.Span(drawn["place"]), html.Span(drawn["words"], className="quiet"), html.Span(drawn["basis"], className="quiet")]
    return [html.Div(said, className="spot-words", **where)]


def others(rows: Sequence[Row], empty: str, words: str = "") -> list[Component]:
    said = [html.P(words, className="others-words")] if words else []
    if not rows:
        return [*said, note(empty, "empty")]
    listed = [
        html.Li(
            [
                html.Span(shape_of(row["kind"])),
                html.A(row["number"], href=row["href"]),
                html.Span(row["category"], className="other-category"),
                html.Span(row["day"], className="quiet"),
                html.Span(row["state"]),
                html.Span(row["note"], className="quiet"),
            ]
        )
        for row in rows
    ]
    return [*said, html.Ul(listed, className="others")]


def answers(rows: Sequence[Row], look: Look) -> list[Component]:
    if not rows:
        return [note(look.word("incident.no_answer"), "empty")]
    said = [[html.Span(row["kind"]), html.Span(row["state"]), html.Span(row["at"], className="quiet")] for row in rows]
    return [html.Ul([html.Li(each) for each in said], className="others answers")]
