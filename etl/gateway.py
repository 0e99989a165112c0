"""The push sources' routes: verify, keep durably, answer. Never harmonises; what follows is the worker's (`etl.inbox`)."""

from __future__ import annotations

import asyncio
import logging
from typing import Any, Final

import orjson
from fastapi import APIRouter, Request, Response
from sqlalchemy import Engine

from data import arrivals
from data import engine as engines
from data.city import City
from data.clocks import Clock
from data.errors import AccessDenied, RowRejected
from data.settings import Settings
from etl import reporters, steps, wechat
from etl.inbox import Worker
from etl.scrub import scrub
from etl.sources import wechat_xml

LARGEST_MESSAGE: Final = 256 * 1024
LARGEST_STEPS: Final = 1024 * 1024
log = logging.getLogger("shouwang.intake")


class TooLarge(Exception):
    """A body above the limit: the rest is not read."""


def router(engine: Engine, city: City, settings: Settings, clock: Clock, worker: Worker) -> APIRouter:
    """The routes `/intake/wechat` and `/intake/steps`."""
    routes = APIRouter(prefix="/intake")
    intake = Intake(engine, city, settings, clock)

    @routes.get("/wechat")
    async def verify(request: Request) -> Response:
        query = request.query_params
        try:
            wechat.check(settings, query.get("signature", ""), query.get("timestamp", ""), query.get("nonce", ""))
        except AccessDenied as error:
            return _refused(403, error)
        return Response(query.get("echostr", ""), media_type="text/plain")

    @routes.post("/wechat")
    async def receive(request: Request) -> Response:
        try:
            body = await _body(request, LARGEST_MESSAGE)
            await asyncio.to_thread(intake.keep_message, body, dict(request.query_params))
        except TooLarge:
            return _too_large(LARGEST_MESSAGE)
        except AccessDenied as error:
            return _refused(403, error)
        except RowRejected as error:
            return _refused(400, error)
        worker.wake()
        return Response("success", media_type="text/plain")

    @routes.post("/steps")
    async def take_steps(request: Request) -> Response:
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        try:
            body = await _body(request, LARGEST_STEPS)
            given = token if scheme.lower() == "bearer" else ""
            answers = await asyncio.to_thread(steps.take, engine, city, body, given, clock)
        except TooLarge:
            return _too_large(LARGEST_STEPS)
        except AccessDenied as error:
            return _refused(401, error)
        except RowRejected as error:
            return _refused(400, error)
        return Response(orjson.dumps({"steps": answers}), media_type="application/json")

    return routes


class Intake:
    """Keeps messages: one durable transaction each, before anything is answered."""

    def __init__(self, engine: Engine, city: City, settings: Settings, clock: Clock) -> None:
        self.engine, self.city, self.settings, self.clock = engine, city, settings, clock
        self.reporters = reporters.from_settings(settings)

    def keep_message(self, body: bytes, query: dict[str, str]) -> bool:
        """Keep one call's message; false when it was here before. Raises `AccessDenied`, `RowRejected` (which is kept, too)."""
        now = self.clock.now()
        stamp = (query.get("timestamp", ""), query.get("nonce", ""))
        is_encrypted = query.get("encrypt_type") == "aes"
        if not is_encrypted:
            wechat.check(self.settings, query.get("signature", ""), *stamp)
        try:
            if is_encrypted:
                seal = query.get("msg_signature", "")
                plain = wechat.unpack(self.settings, body, message_signature=seal, timestamp=stamp[0], nonce=stamp[1])
            else:
                plain = body
            raw = wechat_xml.read(plain)
        except RowRejected as error:
            if not is_encrypted:
                self._set_aside(body, error)
            raise
        key = self.reporters.hashed(wechat_xml.SOURCE, raw.sender)
        content = {name: scrub(value) if isinstance(value, str) else value for name, value in raw.content.items()}
        with engines.writing(self.engine) as conn:
            kept = arrivals.keep_snapshot(
                conn, source=wechat_xml.SOURCE, name="/intake/wechat", media_type="text/xml", body=body, received_at=now
            )
            arrivals.keep_reporter(conn, key, wechat_xml.SOURCE, self.reporters.seal(raw.sender))
            return arrivals.keep_message(
                conn,
                {"source": wechat_xml.SOURCE, "source_ref": raw.source_ref.replace(raw.sender, key[:16]), "checksum": kept,
                 "received_at": now, "sent_at": raw.sent_at, "sender_key": key, "kind_code": raw.kind_code,
                 "content": orjson.dumps(content).decode()},
            )  # fmt: skip

    def _set_aside(self, body: bytes, error: RowRejected) -> None:
        now = self.clock.now()
        log.warning("a WeChat message was refused: %s", error)
        with engines.writing(self.engine) as conn:
            kept = arrivals.keep_snapshot(
                conn, source=wechat_xml.SOURCE, name="/intake/wechat", media_type="text/xml", body=body, received_at=now
            )
            content = scrub(body[:2000].decode(errors="replace"))
            arrivals.reject(
                conn,
                [{"source": wechat_xml.SOURCE, "name": "/intake/wechat", "reason": error.reason, "sentence": error.message,
                  "content": content, "checksum": kept, "rejected_at": now}],
            )  # fmt: skip
            arrivals.touch_source(conn, wechat_xml.SOURCE, event_at=None, received_at=now, rejected=1)


async def _body(request: Request, largest: int) -> bytes:
    declared = request.headers.get("content-length", "")
    if declared.isdigit() and int(declared) > largest:
        raise TooLarge
    parts, size = [], 0
    async for part in request.stream():
        size += len(part)
        if size > largest:
            raise TooLarge
        parts.append(part)
    return b"".join(parts)


def _refused(status: int, error: AccessDenied | RowRejected) -> Response:
    content: dict[str, Any] = {"error": error.key if isinstance(error, AccessDenied) else error.reason, "message": error.message}
    return Response(orjson.dumps(content), status_code=status, media_type="application/json")


def _too_large(largest: int) -> Response:
    log.warning("a body above %d bytes was refused", largest)
    content = {"error": "too_large", "message": f"A body has at most {largest} bytes."}
    return Response(orjson.dumps(content), status_code=413, media_type="application/json", headers={"connection": "close"})
