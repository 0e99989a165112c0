"""The push sources' routes: verify, keep durably, answer. Never harmonises; what follows is the worker's (`etl.inbox`)."""

from __future__ import annotations

import asyncio
import hashlib
import logging
import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, Final

import orjson
from fastapi import APIRouter, Request, Response
from sqlalchemy import Engine
from sqlalchemy.exc import OperationalError
from starlette.requests import ClientDisconnect

from data import arrivals, feed, refusals
from data import engine as engines
from data.city import City
from data.clocks import Clock
from data.errors import AccessDenied, RowRejected, StoreUnavailable
from data.settings import Settings
from etl import reporters, steps, wechat
from etl.inbox import Worker
from etl.scrub import scrub
from etl.sources import wechat_xml

LARGEST_MESSAGE: Final = 256 * 1024
LARGEST_STEPS: Final = 1024 * 1024
ROUTE: Final = "/intake/wechat"
CLOCKS_DIFFER: Final = timedelta(days=1)  # ours may be wrong for a while without refusing what citizens say
SENDER: Final = re.compile(r"(<(?:FromUserName|OpenID)\b[^>]*>).*?(</|$)", re.IGNORECASE | re.DOTALL)
log = logging.getLogger("shouwang.intake")


class TooLarge(Exception):
    """A body above the limit: the rest is not read."""


def router(engine: Engine, city: City, settings: Settings, clock: Clock, worker: Worker) -> APIRouter:
    """The routes `/intake/wechat` and `/intake/steps`."""
    routes = APIRouter(prefix="/intake")
    intake = Intake(engine, settings, clock)

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
        answer = await _answered(request, LARGEST_MESSAGE, 403, lambda body: intake.keep_message(body, dict(request.query_params)))
        if isinstance(answer, Response):
            return answer
        worker.wake()
        return Response("success", media_type="text/plain")

    @routes.post("/steps")
    async def take_steps(request: Request) -> Response:
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        given = token.strip() if scheme.lower() == "bearer" else ""
        answer = await _answered(request, LARGEST_STEPS, 401, lambda body: steps.take(engine, city, body, given, clock))
        return answer if isinstance(answer, Response) else _json(200, {"steps": answer})

    return routes


class Intake:
    """Keeps messages: one durable transaction each, before anything is answered."""

    def __init__(self, engine: Engine, settings: Settings, clock: Clock) -> None:
        self.engine, self.settings, self.clock = engine, settings, clock
        self.reporters = reporters.from_settings(settings)

    def keep_message(self, body: bytes, query: dict[str, str]) -> bool:
        """Keep one call's message; false when it was here before. Raises `AccessDenied`, `RowRejected` (which is kept, too)."""
        now = self.clock.now()
        plain = self._verified(body, query)
        try:
            raw = wechat_xml.read(plain)
            if raw.sent_at > now + CLOCKS_DIFFER:
                raise RowRejected("in_the_future", f"CreateTime is {raw.sent_at:%Y-%m-%d %H:%M} UTC, which has not come yet.")
        except RowRejected as error:
            self._set_aside(body, plain, error, now)
            raise
        key = self.reporters.hashed(wechat_xml.SOURCE, raw.sender)
        is_event = raw.kind_code.startswith(wechat_xml.EVENT)
        content = {name: scrub(value) if isinstance(value, str) else value for name, value in raw.content.items()}
        with engines.writing(self.engine) as conn:
            kept = arrivals.keep_snapshot(
                conn, source=wechat_xml.SOURCE, name=ROUTE, media_type="text/xml", body=body, received_at=now
            )
            arrivals.keep_reporter(conn, key, wechat_xml.SOURCE, self.reporters.seal(raw.sender))
            # It may have been refused before, while a clock was wrong.
            refusals.admit(conn, [(wechat_xml.SOURCE, hashlib.sha256(plain).hexdigest())], now)
            return arrivals.keep_message(
                conn,
                {"source": wechat_xml.SOURCE, "source_ref": f"{key}:{raw.source_ref}" if is_event else raw.source_ref,
                 "checksum": kept, "received_at": now, "sent_at": raw.sent_at, "sender_key": key, "kind_code": raw.kind_code,
                 "content": orjson.dumps(content).decode()},
            )  # fmt: skip

    def _verified(self, body: bytes, query: dict[str, str]) -> bytes:
        """The message's XML, once it is sure who sent it. What nobody signed is not kept, whatever it is."""
        stamp = (query.get("timestamp", ""), query.get("nonce", ""))
        if query.get("encrypt_type") == "aes":
            seal = query.get("msg_signature", "")
            return wechat.unpack(self.settings, body, message_signature=seal, timestamp=stamp[0], nonce=stamp[1])
        wechat.check(self.settings, query.get("signature", ""), *stamp)
        return body

    def _set_aside(self, body: bytes, plain: bytes, error: RowRejected, now: datetime) -> None:
        with engines.writing(self.engine) as conn:
            kept = arrivals.keep_snapshot(
                conn, source=wechat_xml.SOURCE, name=ROUTE, media_type="text/xml", body=body, received_at=now
            )
            content = SENDER.sub(r"\1***\2", scrub(plain.decode(errors="replace")))
            reference = hashlib.sha256(plain).hexdigest() if wechat_xml.may_be_report(plain) else ""
            row = {"source": wechat_xml.SOURCE, "name": ROUTE, "reason": error.reason, "sentence": error.message}
            arrivals.reject(conn, [row | {"content": content, "checksum": kept, "rejected_at": now, "report_ref": reference}])
            feed.append(conn, now, [feed.Entry("city", {"source": wechat_xml.SOURCE, "name": ROUTE})])
            arrivals.touch_source(conn, wechat_xml.SOURCE, event_at=None, received_at=now, rejected=1)


async def _answered(request: Request, largest: int, denied: int, work: Callable[[bytes], Any]) -> Any:
    """What the work makes of the body, in a thread of its own, or the refusal in its place: this is the door for errors."""
    path = request.url.path
    try:
        return await asyncio.to_thread(work, await _body(request, largest))
    except TooLarge:
        log.warning("%s: a body above %d bytes was refused", path, largest)
        answer = _json(413, {"error": "too_large", "message": f"A body has at most {largest} bytes."})
        answer.headers["connection"] = "close"
        return answer
    except AccessDenied as error:
        log.warning("%s: %s", path, error.message)
        return _refused(denied, error)
    except RowRejected as error:
        log.warning("%s: refused, %s: %s", path, error.reason, error.message)
        return _refused(400, error)
    except ClientDisconnect:
        return Response(status_code=400)
    except (StoreUnavailable, OperationalError) as error:
        # Nothing was kept, so nothing is acknowledged: the sender comes again.
        log.error("%s: the database does not take it: %s", path, error)
        answer = _json(503, {"error": "store_unavailable", "message": "The database does not answer; try again."})
        answer.headers["retry-after"] = "1"
        return answer


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
    return _json(status, {"error": error.key if isinstance(error, AccessDenied) else error.reason, "message": error.message})


def _json(status: int, content: dict[str, Any]) -> Response:
    return Response(orjson.dumps(content), status_code=status, media_type="application/json")
