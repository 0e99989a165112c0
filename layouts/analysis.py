"""The analyst's page: slots for what is asked, its figures, its pictures, and a drawer for the incidents behind a figure.

What stands in the slots is drawn in the browser out of the one answer to the address. Knows no data.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

import dash_ag_grid as dag
from dash import html
from dash.development.base_component import Component

from dashboard import ids
from dashboard.components import note
from dashboard.i18n import Look

BLOCK: Final = 100  # rows the table asks for at once
WIDTHS: Final = {
    "number": 150,
    "area": 220,
    "category": 150,
    "text": 300,
    "reported_at": 140,
    "due_at": 140,
    "handler": 140,
    "holder": 140,
}
DAYS: Final = ("reported_at", "due_at", "resolved_at", "closed_at")
THEME: Final = (
    "themeQuartz.withParams({backgroundColor: 'var(--ground)', foregroundColor: 'var(--text)', borderColor: 'var(--line)',"
    " headerBackgroundColor: 'var(--raised)', accentColor: 'var(--new)', rowHoverColor: 'var(--raised)',"
    " oddRowBackgroundColor: 'var(--ground)', chromeBackgroundColor: 'var(--raised)', fontFamily: 'inherit', fontSize: 13,"
    " spacing: 5, wrapperBorderRadius: 0})"
)
GRID_WORDS: Final = ("loadingOoo", "noRowsToShow", "filterOoo", "contains", "equals", "lessThan", "greaterThan", "inRange",
                     "before", "after", "inRangeStart", "inRangeEnd", "applyFilter", "resetFilter")  # fmt: skip


def build(look: Look, page: Mapping[str, Any]) -> Component:
    """The page of a language. `page` has `city_name`, `is_demo`, `panels` (names) and `columns` (name, title)."""
    badge = [html.Span(look.word("demo"), className="demo")] if page["is_demo"] else []
    header = html.Header(
        [
            html.Div(
                [html.H1([page["city_name"], html.Span(look.word("analysis.page"), className="page-name")]), *badge],
                className="desk-names",
            ),
            html.Div(id=ids.ANALYSIS_STATE, className="desk-state", role="status"),
            html.Div(id=ids.ANALYSIS_TOOLS, className="desk-tools"),
        ],
        className="desk-header",
    )
    asked = html.Div(
        [
            html.Div(
                [
                    html.Nav([html.Ol(id=ids.ANALYSIS_PLACES), html.Ol(id=ids.ANALYSIS_TIMES)], className="crumbs"),
                    html.Div(id=ids.ANALYSIS_WHEN, className="filters when"),
                ],
                className="asked-first",
            ),
            html.Div(id=ids.ANALYSIS_FILTERS, className="filters", role="search"),
            html.Div(id=ids.ANALYSIS_CHIPS, className="chips"),
            html.P(note(look.word("analysis.loading"), "loading"), id=ids.ANALYSIS_SENTENCE, className="sentence"),
            html.Div(id=ids.ANALYSIS_NOTES, className="desk-notes"),
        ],
        className="asked",
    )
    panels = [html.Section(id=f"picture-{name}", className=f"picture picture-{name}") for name in page["panels"]]
    return html.Div(
        [
            html.A(look.word("analysis.skip"), href=f"#{ids.ANALYSIS_PANELS}", className="skip"),
            header,
            asked,
            html.Div(id=ids.ANALYSIS_TILES, className="desk-tiles"),
            html.Div(panels, id=ids.ANALYSIS_PANELS, className="pictures", tabIndex=-1),
            html.Nav(id=ids.ANALYSIS_SECTIONS, className="sections"),
            html.Div(id=ids.SECTION, className="section", role="region"),
            html.Aside(
                [html.Div(id=ids.DRAWER_HEAD, className="drawer-head"), _rows(look, page["columns"])],
                id=ids.DRAWER,
                className="drawer away",
                tabIndex=-1,
            ),
        ],
        id=ids.ANALYSIS,
        className="analysis",
        lang=look.language,
    )


def _rows(look: Look, columns: Sequence[tuple[str, str]]) -> Component:
    return dag.AgGrid(
        id=ids.ROWS,
        columnDefs=[_column(name, title) for name, title in columns],
        defaultColDef={"resizable": True, "sortable": False, "suppressHeaderMenuButton": True, "width": 120},
        rowModelType="infinite",
        dashGridOptions={
            "cacheBlockSize": BLOCK,
            "rowHeight": 30,
            "headerHeight": 32,
            "floatingFiltersHeight": 34,
            "maxBlocksInCache": 20,
            # Dash keeps one request at a time: of two at once the first would never be answered.
            "maxConcurrentDatasourceRequests": 1,
            "infiniteInitialRowCount": 1,
            "theme": {"function": THEME},
            "localeText": {name: look.word(f"grid.{name}") for name in GRID_WORDS},
            "suppressDragLeaveHidesColumns": True,
            "enableCellTextSelection": True,
        },
        className="rows",
        style={"height": None},
    )


def _column(name: str, title: str) -> dict[str, Any]:
    told: dict[str, Any] = {"field": name, "headerName": title, "width": WIDTHS.get(name, 110), "sortable": name != "text"}
    if name == "number":
        return told | {"cellRenderer": "CaseLink", "pinned": "left"}
    if name in DAYS:
        options = {
            "filterOptions": ["equals", "lessThan", "greaterThan", "inRange"],
            "maxNumConditions": 1,
            "buttons": ["reset", "apply"],
        }
        return told | {"filter": "agDateColumnFilter", "filterParams": options}
    options = {"filterOptions": ["contains"], "maxNumConditions": 1, "debounceMs": 400, "buttons": ["reset"]}
    return told | {"filter": "agTextColumnFilter", "filterParams": options, "floatingFilter": True}
