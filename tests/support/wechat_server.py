"""A WeChat of our own on this machine: behaves as the official interface says, and as badly as a test tells it to."""

from __future__ import annotations

import contextlib
import json
import threading
import time
from collections import deque
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self
from urllib.parse import parse_qs, urlsplit

APP_ID, APP_SECRET = "wx49f0ab532d5d035a", "0123456789abcdef0123456789abcdef"


class WeChatServer:
    """`sent` are the texts it took, (sender, words); `media` what senders sent it, by its number: what it does not have is expired.
    `next` says for the coming sends and fetches what goes wrong: an errcode, "500", "hang" (no answer in time), "drop" (the
    connection ends without a word), "rubbish" (no JSON), "taken" (taken, then it hangs), "half" (half a medium), "slow" (late), "elsewhere" (to
    `elsewhere`, by a redirect).
    """

    def __init__(self) -> None:
        self.sent: list[tuple[str, str]] = []
        self.media: dict[str, bytes] = {}
        self.elsewhere = ""
        self.calls: list[str] = []
        self.next: deque[int | str] = deque()
        self.token_error: int | str | None = None
        self.tokens = 0
        self.valid_token = ""
        self.hang_seconds = 6.0
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._server.shutdown()
        self._server.server_close()

    def expire(self) -> None:
        """The token given out is no longer taken."""
        self.valid_token = "expired"

    def _token(self, asked: dict[str, Any]) -> dict[str, Any]:
        if self.token_error is not None:
            return {"errcode": self.token_error, "errmsg": "invalid"}
        if (asked["appid"], asked["secret"], asked["grant_type"]) != (APP_ID, APP_SECRET, "client_credential"):
            return {"errcode": 40125, "errmsg": "invalid appsecret"}
        if asked.get("force_refresh") or not self.valid_token.startswith("token-"):
            self.tokens += 1
            self.valid_token = f"token-{self.tokens}"
        return {"access_token": self.valid_token, "expires_in": 7200}

    def _send(self, token: str, asked: dict[str, Any]) -> Any:
        if token != self.valid_token:
            return {"errcode": 42001, "errmsg": "access_token expired"}
        how = self.next.popleft() if self.next else 0
        if how in (0, "taken"):
            assert asked["msgtype"] == "text" and len(asked["text"]["content"].encode()) <= 2048
            self.sent.append((asked["touser"], asked["text"]["content"]))
        return {"errcode": how, "errmsg": "ok" if how == 0 else "refused"} if isinstance(how, int) else how

    def _medium(self, asked: dict[str, list[str]]) -> Any:
        if asked["access_token"][0] != self.valid_token:
            return {"errcode": 42001, "errmsg": "access_token expired"}
        how = self.next.popleft() if self.next else 0
        if how == "slow":
            time.sleep(self.hang_seconds)
        if how not in (0, "taken", "half", "slow"):
            return {"errcode": how, "errmsg": "refused"} if isinstance(how, int) else how
        found = self.media.get(asked["media_id"][0])
        if found is None:
            return {"errcode": 40007, "errmsg": "invalid media_id"}
        return "taken" if how == "taken" else found[: len(found) // 2] if how == "half" else found

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        owner = self

        class Handler(Answering):
            def do_GET(self) -> None:
                address = urlsplit(self.path)
                owner.calls.append(address.path)
                if address.path == "/cgi-bin/media/get":
                    given = parse_qs(address.query)
                    self.answer(owner, owner._medium(given), owner.media.get(given["media_id"][0], b""))
                else:
                    self.send_error(404)

            def do_POST(self) -> None:
                address = urlsplit(self.path)
                owner.calls.append(address.path)
                asked = json.loads(self.rfile.read(int(self.headers["content-length"])))
                if address.path == "/cgi-bin/stable_token":
                    self.answer(owner, owner._token(asked))
                elif address.path == "/cgi-bin/message/custom/send":
                    self.answer(owner, owner._send(parse_qs(address.query)["access_token"][0], asked))
                else:
                    self.send_error(404)

        return Handler


class Answering(BaseHTTPRequestHandler):
    """Answers as well, or as badly, as it is told."""

    def answer(self, owner: WeChatServer, said: Any, whole: bytes = b"") -> None:
        if said in ("hang", "taken"):
            time.sleep(owner.hang_seconds)
        if said in ("hang", "taken", "drop"):
            self.close_connection = True
            return
        if said == "500":
            self.send_error(500)
            return
        if said == "elsewhere":
            self.send_response(302)
            self.send_header("location", owner.elsewhere)
            self.end_headers()
            return
        body = said if isinstance(said, bytes) else b"<html>" if said == "rubbish" else json.dumps(said).encode()
        self.send_response(200)
        self.send_header("content-length", str(len(whole if isinstance(said, bytes) else body)))
        self.end_headers()
        with contextlib.suppress(ConnectionError):  # who has read enough goes away
            self.wfile.write(body)
        if len(body) < len(whole) and isinstance(said, bytes):
            self.close_connection = True

    def log_message(self, *_: Any) -> None:
        """Quiet."""
