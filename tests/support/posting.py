"""Posting as the outside world does: signed WeChat messages and an organisation's steps."""

from __future__ import annotations

import hashlib
from typing import Any

import httpx

TOKEN = "txgov2016"


def signed(timestamp: str, nonce: str = "482917", token: str = TOKEN) -> dict[str, str]:
    """The query of a WeChat call: sha1 over the sorted token, timestamp and nonce (DOMAIN 5.1)."""
    text = "".join(sorted([token, timestamp, nonce]))
    return {"signature": hashlib.sha1(text.encode()).hexdigest(), "timestamp": timestamp, "nonce": nonce}


def message_xml(sender: str, created: int, message_id: str, **content: Any) -> str:
    """One message of an official account; `content` are its further elements, e.g. `MsgType="text", Content="…"`."""
    fields = {"ToUserName": "gh_wuzhen", "FromUserName": sender, "CreateTime": created, **content, "MsgId": message_id}
    inner = "".join(f"<{name}><![CDATA[{value}]]></{name}>" for name, value in fields.items())
    return f"<xml>{inner}</xml>"


def post_message(client: httpx.Client, xml: str, created: int) -> httpx.Response:
    return client.post(
        "/intake/wechat", params=signed(str(created)), content=xml.encode(), headers={"content-type": "text/xml; charset=utf-8"}
    )


def post_steps(client: httpx.Client, token: str, *steps: dict[str, Any]) -> httpx.Response:
    return client.post("/intake/steps", json=list(steps), headers={"authorization": f"Bearer {token}"})
