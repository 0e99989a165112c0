"""WeChat's own interface for answers: an access token, and a text to one sender. Never knows what it sends.

`POST /cgi-bin/stable_token` gives the token and its seconds; `POST /cgi-bin/message/custom/send` takes the text within 48
hours of the sender's last word to the account. Both answer 200 with an `errcode`, 0 or none for success.
"""

from __future__ import annotations

import http.client
import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import quote

import orjson

TOKEN_PATH: Final = "/cgi-bin/stable_token"  # noqa: S105 (a path)
SEND_PATH: Final = "/cgi-bin/message/custom/send"
TIMEOUT_SECONDS: Final = 10.0
EARLY_SECONDS: Final = 60.0  # a token is given up so long before its end
LARGEST_REPLY: Final = 65_536
TOKEN_CODES: Final = (40001, 40014, 42001)  # not this token, or not any more
ACCOUNT_CODES: Final = (40002, 40013, 40125, 40164, 40243, 41002, 41004, 48001, 50002, 89503)  # the account's fault, no answer's
BUSY_CODES: Final = (-1, 45009, 45011, 45047)  # too much for now


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
    """Sends texts for one account; keeps its token in memory only."""

    def __init__(self, url: str, app_id: str, secret: str, *, timeout_seconds: float = TIMEOUT_SECONDS) -> None:
        self.url, self.app_id, self.timeout_seconds = url, app_id, timeout_seconds
        self._secret = secret
        self._token = ""
        self._token_ends = 0.0
        self._opener = urllib.request.build_opener(_NoRedirect)

    def send_text(self, open_id: str, words: str) -> Outcome:
        """Send a text to one sender. A token that WeChat does not take is fetched anew, once."""
        body = {"touser": open_id, "msgtype": "text", "text": {"content": words}}
        try:
            code = self._send(body, self._fresh_token())
            if code in TOKEN_CODES:
                self._token = ""
                code = self._send(body, self._fresh_token(is_forced=True))
        except _Failed as failed:
            return failed.outcome
        if code in (*TOKEN_CODES, *ACCOUNT_CODES):
            return Outcome("account", str(code))
        if code in BUSY_CODES:
            return Outcome("later", str(code))
        return Outcome("never", str(code)) if code else Outcome("sent")

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
            with self._opener.open(request, timeout=self.timeout_seconds) as reply:
                found = orjson.loads(reply.read(LARGEST_REPLY))
        except urllib.error.HTTPError as error:
            error.close()
            raise _Failed(Outcome("later", f"http_{error.code}")) from error
        except urllib.error.URLError as error:
            # Not connected, or not all of the call was handed over.
            raise _Failed(Outcome("later", "unreachable")) from error
        except (TimeoutError, OSError, http.client.HTTPException) as error:
            raise _Failed(Outcome("doubtful", "no_reply")) from error
        except orjson.JSONDecodeError as error:
            raise _Failed(Outcome("doubtful", "unreadable")) from error
        if not isinstance(found, dict):
            raise _Failed(Outcome("doubtful", "unreadable"))
        return found
