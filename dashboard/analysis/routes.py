"""The routes of the analysis page beside Dash's own: what can be chosen, and files of what is shown."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from typing import Any, Final

import orjson
from fastapi import APIRouter, Request, Response
from fastapi.responses import FileResponse, StreamingResponse
from sqlalchemy import Engine
from starlette.background import BackgroundTask

from dashboard.analysis import exports, files, page
from dashboard.analysis.view import View, from_address
from dashboard.i18n import LANGUAGES, Look
from data import engine as engines
from data.city import City
from data.clocks import Clock
from data.errors import UnknownCode
from data.regions import Regions

MEDIA: Final = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "gpkg": "application/geopackage+sqlite3",
}


def router(engine: Engine, city: City, regions: Regions, clock: Clock) -> APIRouter:
    """`/analysis-choices/<language>.json` and `/analysis-export/<kind>.<ending>?area=&...`, the rest as in the page's address."""
    routes = APIRouter()
    made: dict[str, bytes] = {}

    @routes.get("/analysis-choices/{language}.json")
    def choices(language: str) -> Response:
        if language not in LANGUAGES:
            return Response(status_code=404)
        if language not in made:
            made[language] = orjson.dumps(page.choices(city, language))
        return Response(made[language], media_type="application/json")

    @routes.get("/analysis-export/{kind}.{ending}")
    def export(kind: str, ending: str, request: Request, area: str = "", table: str = "{}") -> Response:
        try:
            view = from_address(city, f"/analysis/{area or city.code}", request.url.query)
            asked = orjson.loads(table)
        except (UnknownCode, orjson.JSONDecodeError) as error:
            return Response(str(error), 404, media_type="text/plain")
        is_known = kind in exports.KINDS and ending in MEDIA and (ending != "gpkg" or kind in exports.SPATIAL)
        if not is_known or not isinstance(asked, dict) or (kind == exports.ROWS and not view.opened):
            return Response(status_code=404)
        return _file(view, kind, ending, asked)

    def _file(view: View, kind: str, ending: str, asked: dict[str, Any]) -> Response:
        now, look = clock.now(), Look(view.language, city.zone)
        name = f"{exports.name_of(view, kind)}-{view.area_code}-{now.astimezone(city.zone):%Y%m%d-%H%M%S}.{ending}"
        headers = {"content-disposition": f'attachment; filename="{name}"', "cache-control": "no-store"}
        if ending == "csv":
            lines = _lines(view, kind, asked, now)
            begun = next(lines)  # what cannot be drawn or counted is refused before anything is sent
            return StreamingResponse(chain([begun], lines), media_type=MEDIA[ending], headers=headers)
        with engines.reading(engine) as conn:
            found = exports.table(conn, city, regions, view, kind, asked, now)
            most = files.MOST_ROWS.get(ending)
            if most is not None and found.row_count > most:
                words = look.word("analysis.too_many", count=f"{found.row_count:,}", most=f"{most:,}")
                return Response(words, 413, media_type="text/plain; charset=utf-8")
            folder = tempfile.TemporaryDirectory(prefix="shouwang-")
            path = Path(folder.name) / name
            if ending == "xlsx":
                sheets = (look.word("analysis.sheet.rows"), look.word("analysis.sheet.notes"))
                files.write_xlsx(path, found.head, found.rows, found.notes, sheets)
            else:
                files.write_geopackage(path, found.head, found.rows, list(found.shapes), found.notes, kind)
        return FileResponse(path, media_type=MEDIA[ending], headers=headers, background=BackgroundTask(folder.cleanup))

    def _lines(view: View, kind: str, asked: dict[str, Any], now: Any) -> Iterator[str]:
        # The transaction lasts as long as the file is being sent, so that a long one is of one state of the data.
        with engines.reading(engine) as conn:
            found = exports.table(conn, city, regions, view, kind, asked, now)
            yield from files.csv_text(found.head, found.rows, found.notes)

    return routes
