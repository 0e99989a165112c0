"""The route of photographs: `/photographs/<checksum>.jpg`, of cases that may be shown, where the setting is on."""

from __future__ import annotations

from typing import Final

from fastapi import APIRouter, Response
from sqlalchemy import Engine

from data import engine as engines
from data import photographs, picture_files
from data.settings import Settings

# A file under its checksum never becomes another; a browser takes it for what it is said to be and nothing else.
HEADERS: Final = {
    "cache-control": "private, max-age=31536000, immutable",
    "x-content-type-options": "nosniff",
}


def router(engine: Engine, settings: Settings) -> APIRouter:
    routes = APIRouter()

    @routes.get("/photographs/{checksum}.jpg")
    def photograph(checksum: str) -> Response:
        body = _read(checksum) if settings.shows_photographs and picture_files.is_checksum(checksum) else None
        if body is None:
            return Response(status_code=404, headers={"cache-control": "no-store"})
        return Response(body, media_type="image/jpeg", headers=HEADERS)

    def _read(checksum: str) -> bytes | None:
        with engines.reading(engine) as conn:
            if not photographs.is_public(conn, checksum):
                return None
        try:
            return picture_files.file_of(settings.photographs_folder, checksum).read_bytes()
        except FileNotFoundError:
            return None

    return routes
