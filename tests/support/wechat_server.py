"""A WeChat of our own on this machine: behaves as the official interface says, and as badly as a test tells it to."""

from __future__ import annotations

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
    """`sent` are the texts it took, (sender, words); `next` says for the coming sends what goes wrong: an errcode, "500", "hang"
    (no answer in time), "drop" (the connection ends without a word), "rubbish" (no JSON) or "taken" (taken, then it hangs).
    """

    def __init__(self) -> None:
        self.sent: list[tuple[str, str]] = []
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

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        owner = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                address = urlsplit(self.path)
                owner.calls.append(address.path)
                asked = json.loads(self.rfile.read(int(self.headers["content-length"])))
                if address.path == "/cgi-bin/stable_token":
                    self._answer(owner._token(asked))
                elif address.path == "/cgi-bin/message/custom/send":
                    self._answer(owner._send(parse_qs(address.query)["access_token"][0], asked))
                else:
                    self.send_error(404)

            def _answer(self, said: Any) -> None:
                if said in ("hang", "taken"):
                    time.sleep(owner.hang_seconds)
                if said in ("hang", "taken", "drop"):
                    self.close_connection = True
                    return
                if said == "500":
                    self.send_error(500)
                    return
                body = b"<html>" if said == "rubbish" else json.dumps(said).encode()
                self.send_response(200)
                self.send_header("content-length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: Any) -> None:
                """Quiet."""

        return Handler
