"""Posting as the outside world does: signed WeChat messages and an organisation's steps."""

from __future__ import annotations

import hashlib
from typing import Any

from wechatpy.crypto import WeChatCrypto

TOKEN = "txgov2016"
AES_KEY = "kWxPEV2UEDyxWpmPdKC3F4dgPDmOvfKX1HGnEUDS1aR"  # a sample of the right length
APP_ID = "wx49f0ab532d5d035a"


def signed(timestamp: str, nonce: str = "482917", token: str = TOKEN) -> dict[str, str]:
    """The query of a WeChat call: sha1 over the sorted token, timestamp and nonce (DOMAIN 5.1)."""
    text = "".join(sorted([token, timestamp, nonce]))
    return {"signature": hashlib.sha1(text.encode()).hexdigest(), "timestamp": timestamp, "nonce": nonce}


def message_xml(sender: str, created: int, message_id: str, **content: Any) -> str:
    """One message of an official account; `content` are its further elements, e.g. `MsgType="text", Content="…"`."""
    fields = {"ToUserName": "gh_wuzhen", "FromUserName": sender, "CreateTime": created, **content, "MsgId": message_id}
    inner = "".join(f"<{name}><![CDATA[{value}]]></{name}>" for name, value in fields.items())
    return f"<xml>{inner}</xml>"


def post_message(client: Any, xml: str, created: int) -> Any:
    return client.post(
        "/intake/wechat", params=signed(str(created)), content=xml.encode(), headers={"content-type": "text/xml; charset=utf-8"}
    )


def post_steps(client: Any, token: str, *steps: dict[str, Any]) -> Any:
    return client.post("/intake/steps", json=list(steps), headers={"authorization": f"Bearer {token}"})


def post_encrypted(client: Any, xml: str, *, app_id: str = APP_ID) -> Any:
    """The same message in encrypted mode."""
    timestamp, nonce = "1458005340", "482917"
    packed = WeChatCrypto(TOKEN, AES_KEY, app_id).encrypt_message(xml, nonce, timestamp)
    seal = packed.split("<MsgSignature><![CDATA[")[1].split("]]>")[0]
    query = {**signed(timestamp, nonce), "encrypt_type": "aes", "msg_signature": seal}
    return client.post("/intake/wechat", params=query, content=packed.encode())
