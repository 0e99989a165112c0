"""How long a report takes to the wall, as the walls themselves have timed it: `POST /stopwatch`, and histograms for `/metrics`.

A wall sends once a minute the durations it has measured since, and nothing else: no number, place or person. Per process.
"""

from __future__ import annotations

import math
from typing import Any, Final
from urllib.parse import urlsplit

import orjson
from fastapi import APIRouter, Request, Response
from prometheus_client import Histogram
from starlette.requests import ClientDisconnect

LARGEST_BODY: Final = 64 * 1024
MOST_SAMPLES: Final = 2000  # of one kind at once: what a wall keeps while the server is away
LONGEST_MS: Final = 3_600_000
BOUNDS: Final = (0.05, 0.1, 0.15, 0.2, 0.3, 0.5, 0.75, 1, 1.5, 2, 3, 5, 10, 30, 60, 600)
KINDS: Final = {
    "report_to_wall": "Seconds from a report's arrival at the intake to the frame of a wall that showed it.",
    "commit_to_paint": "Seconds from a report's commit to the frame of a wall that showed it.",
}


class Stopwatch:
    """The histograms of one process."""

    def __init__(self) -> None:
        self._by_kind = {
            kind: Histogram(f"shouwang_{kind}_seconds", sentence, buckets=BOUNDS, registry=None) for kind, sentence in KINDS.items()
        }

    @property
    def histograms(self) -> tuple[Histogram, ...]:
        return tuple(self._by_kind.values())

    def take(self, body: bytes) -> int:
        """Count what a wall has timed, milliseconds by kind; gives how many. Raises `ValueError`, and counts nothing then."""
        said = orjson.loads(body)  # its error is a ValueError
        if not isinstance(said, dict) or said.keys() != KINDS.keys() or not all(_is_timed(values) for values in said.values()):
            raise ValueError(f"a JSON object of {', '.join(KINDS)}: at most {MOST_SAMPLES} milliseconds each, up to an hour")
        for kind, values in said.items():
            for value in values:
                self._by_kind[kind].observe(value / 1000)
        return sum(len(values) for values in said.values())


def _is_timed(values: Any) -> bool:
    return (
        isinstance(values, list)
        and len(values) <= MOST_SAMPLES
        and all(type(value) in (int, float) and math.isfinite(value) and 0 <= value <= LONGEST_MS for value in values)
    )


def router(stopwatch: Stopwatch) -> APIRouter:
    """`POST /stopwatch`, for our own pages only: 204, or a refusal with a sentence."""
    routes = APIRouter()

    @routes.post("/stopwatch")
    async def take(request: Request) -> Response:
        if not _is_ours(request):
            return _refused(403, "not_ours", "Only pages of this server may say so.")
        try:
            body = await _body(request)
        except ClientDisconnect:
            return Response(status_code=400)
        if body is None:
            return _refused(413, "too_large", f"A body has at most {LARGEST_BODY} bytes.")
        try:
            stopwatch.take(body)
        except ValueError as error:
            return _refused(400, "not_timed", str(error))
        return Response(status_code=204)

    return routes


def _is_ours(request: Request) -> bool:
    """Whether a page of ours sends it. Browsers say so in one of two ways; the second also where the link is not encrypted."""
    headers = request.headers
    if headers.get("content-type", "").partition(";")[0].strip() != "application/json":
        return False  # another site's page could send anything else without asking first
    if "sec-fetch-site" in headers:
        return headers["sec-fetch-site"] == "same-origin"
    return bool(headers.get("host")) and urlsplit(headers.get("origin", "")).netloc == headers["host"]


async def _body(request: Request) -> bytes | None:
    """The body, or nothing when it is too large; the rest is not read then."""
    body = b""
    async for part in request.stream():
        body += part
        if len(body) > LARGEST_BODY:
            return None
    return body


def _refused(status: int, error: str, message: str) -> Response:
    return Response(orjson.dumps({"error": error, "message": message}), status, media_type="application/json")
