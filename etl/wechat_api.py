"""WeChat's own interface: an access token, a text to one sender, and what a sender sent. Never knows what it carries.

`POST /cgi-bin/stable_token` gives the token and its seconds; `POST /cgi-bin/message/custom/send` takes the text within 48
hours of the sender's last word to the account; `GET /cgi-bin/media/get` gives the bytes of a medium for three days. All answer
200 with an `errcode` in JSON, 0 or none for success.
"""

from __future__ import annotations

import http.client
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import quote

import orjson

TOKEN_PATH: Final = "/cgi-bin/stable_token"  # noqa: S105 (a path)
SEND_PATH: Final = "/cgi-bin/message/custom/send"
MEDIA_PATH: Final = "/cgi-bin/media/get"
TIMEOUT_SECONDS: Final = 10.0
LONGEST_SECONDS: Final = 60.0  # for one medium, however slowly it comes
LARGEST_MEDIUM: Final = 10 * 1024 * 1024  # bytes; WeChat takes pictures up to this size
PART: Final = 65_536
EARLY_SECONDS: Final = 60.0  # a token is given up so long before its end
LARGEST_REPLY: Final = 65_536
TOKEN_CODES: Final = (40001, 40014, 42001)  # not this token, or not any more
ACCOUNT_CODES: Final = (40002, 40013, 40125, 40164, 40243, 41002, 41004, 48001, 50002, 89503)  # the account's fault, no answer's
BUSY_CODES: Final = (-1, 45009, 45011, 45047)  # too much for now
TOO_MANY_TO_ONE: Final = "45047"  # of the limits the only one that concerns one sender alone


@dataclass(frozen=True)
class Outcome:
    """What became of a call: `sent`; `later`: surely not taken, try again; `doubtful`: nobody knows; `never`: it will not be
    taken; `account`: the account itself is refused, whatever is sent. `reason` is WeChat's number or a word.
    """

    code: str
    reason: str = ""


class _Failed(Exception):
    def __init__(self, outcome: Outcome) -> None:
        super().__init__(outcome.reason)
        self.outcome = outcome


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: Any) -> None:
        """A call that holds a secret goes nowhere else."""


class WeChatApi:
    """Sends texts and fetches media for one account; keeps its token in memory only."""

    def __init__(self, url: str, app_id: str, secret: str, *, timeout_seconds: float = TIMEOUT_SECONDS) -> None:
        self.url, self.app_id, self.timeout_seconds = url, app_id, timeout_seconds
        self._secret = secret
        self._token = ""
        self._token_ends = 0.0
        self._opener = urllib.request.build_opener(_NoRedirect)

    def send_text(self, open_id: str, words: str) -> Outcome:
        """Send a text to one sender. A token that WeChat does not take is fetched anew, once."""
        body = {"touser": open_id, "msgtype": "text", "text": {"content": words}}
        return self._call(lambda token: self._send(body, token))

    def fetch_media(self, media_id: str) -> tuple[Outcome, bytes]:
        """What a sender sent: the bytes, where the outcome is `sent`; whatever they are, none of them is looked at."""
        taken: list[bytes] = []

        def fetch(token: str) -> int:
            taken.append(self._get(f"{MEDIA_PATH}?access_token={quote(token, safe='')}&media_id={quote(media_id, safe='')}"))
            return _code_in(taken[-1])

        outcome = self._call(fetch)
        return outcome, taken[-1] if outcome.code == "sent" else b""

    def _call(self, call: Callable[[str], int]) -> Outcome:
        try:
            token = self._fresh_token()
            code = call(token)
            if code in TOKEN_CODES:
                self._token = ""
                fresh = self._fresh_token()
                # Somebody else may have fetched one already, and to force another would take theirs away.
                code = call(fresh if fresh != token else self._forced_token())
        except _Failed as failed:
            return failed.outcome
        if code in (*TOKEN_CODES, *ACCOUNT_CODES):
            return Outcome("account", str(code))
        if code in BUSY_CODES:
            return Outcome("later", str(code))
        return Outcome("never", str(code)) if code else Outcome("sent")

    def _forced_token(self) -> str:
        self._token = ""
        return self._fresh_token(is_forced=True)

    def _send(self, body: dict[str, Any], token: str) -> int:
        reply = self._post(f"{SEND_PATH}?access_token={quote(token, safe='')}", body)
        if not isinstance(reply.get("errcode"), int):
            raise _Failed(Outcome("doubtful", "unreadable"))
        return int(reply["errcode"])

    def _fresh_token(self, *, is_forced: bool = False) -> str:
        if self._token and time.monotonic() < self._token_ends:
            return self._token
        body = {"grant_type": "client_credential", "appid": self.app_id, "secret": self._secret, "force_refresh": is_forced}
        try:
            reply = self._post(TOKEN_PATH, body)
        except _Failed as failed:
            # No answer has left yet, so nothing is doubtful.
            raise _Failed(Outcome("later", failed.outcome.reason)) from failed
        token, seconds = reply.get("access_token"), reply.get("expires_in")
        if not isinstance(token, str) or not token or not isinstance(seconds, int | float):
            code = reply.get("errcode")
            raise _Failed(Outcome("later" if code in BUSY_CODES else "account", str(code or "unreadable")))
        self._token, self._token_ends = token, time.monotonic() + seconds - EARLY_SECONDS
        return token

    def _post(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        headers = {"content-type": "application/json"}
        request = urllib.request.Request(self.url + path, orjson.dumps(body), headers, method="POST")  # noqa: S310 (see settings)
        try:
            found = orjson.loads(self._asked(request, lambda reply: bytes(reply.read(LARGEST_REPLY))))
        except orjson.JSONDecodeError as error:
            raise _Failed(Outcome("doubtful", "unreadable")) from error
        if not isinstance(found, dict):
            raise _Failed(Outcome("doubtful", "unreadable"))
        return found

    def _get(self, path: str) -> bytes:
        return self._asked(urllib.request.Request(self.url + path), _medium)  # noqa: S310 (see settings)

    def _asked(self, request: urllib.request.Request, read: Callable[[http.client.HTTPResponse], bytes]) -> bytes:
        try:
            with self._opener.open(request, timeout=self.timeout_seconds) as reply:
                return read(reply)
        except urllib.error.HTTPError as error:
            error.close()
            raise _Failed(Outcome("later", f"http_{error.code}")) from error
        except urllib.error.URLError as error:
            # Not connected, or not all of the call was handed over.
            raise _Failed(Outcome("later", "unreachable")) from error
        except (TimeoutError, OSError, http.client.HTTPException) as error:
            raise _Failed(Outcome("doubtful", "no_reply")) from error


def _medium(reply: http.client.HTTPResponse) -> bytes:
    """The bytes of a medium, no more than are allowed, whatever length was announced."""
    ends_at = time.monotonic() + LONGEST_SECONDS
    parts, size = [], 0
    while part := reply.read1(PART):
        parts.append(part)
        size += len(part)
        if size > LARGEST_MEDIUM:
            raise _Failed(Outcome("never", "too_large"))
        if time.monotonic() > ends_at:
            raise _Failed(Outcome("doubtful", "no_reply"))
    if reply.length:  # it broke off
        raise _Failed(Outcome("doubtful", "no_reply"))
    return b"".join(parts)


def _code_in(body: bytes) -> int:
    """The `errcode` of an answer that is one, else 0: no picture begins with a brace."""
    if not body.startswith(b"{") or len(body) > LARGEST_REPLY:
        return 0
    try:
        code = orjson.loads(body).get("errcode")
    except orjson.JSONDecodeError:
        return 0
    return code if isinstance(code, int) else 0
