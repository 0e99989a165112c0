"""Is this call from WeChat? Signatures, and the encrypted mode."""

from __future__ import annotations

import binascii
import hashlib
import hmac
import struct

from wechatpy.crypto import WeChatCrypto
from wechatpy.exceptions import WeChatException

from data.errors import AccessDenied, RowRejected
from data.settings import Settings
from etl.sources import wechat_xml


def signature(*parts: str) -> str:
    """SHA-1 over the sorted parts, as WeChat signs (DOMAIN 5.1)."""
    return hashlib.sha1("".join(sorted(parts)).encode()).hexdigest()


def check(settings: Settings, given: str, *parts: str) -> None:
    """Raises `AccessDenied` unless `given` signs the token and these parts."""
    if not settings.wechat_token:
        raise AccessDenied("The WeChat intake is closed: WECHAT_TOKEN is not set.")
    if not hmac.compare_digest(signature(settings.wechat_token, *parts).encode(), given.encode()):
        raise AccessDenied("The signature does not fit.")


def unpack(settings: Settings, body: bytes, *, message_signature: str, timestamp: str, nonce: str) -> bytes:
    """The plain XML of an encrypted call. Raises `AccessDenied` for a wrong signature or AppId, `RowRejected` for rubbish."""
    encrypted = (wechat_xml.parse(body).findtext("Encrypt") or "").strip()
    if not encrypted:
        raise RowRejected("incomplete", "The message has no Encrypt.")
    check(settings, message_signature, timestamp, nonce, encrypted)
    try:
        crypto = WeChatCrypto(settings.wechat_token, settings.wechat_aes_key, settings.wechat_app_id)
        plain = crypto.decrypt_message({"Encrypt": encrypted}, message_signature, timestamp, nonce)
    except WeChatException as error:
        raise AccessDenied("The message is for another AppId.") from error
    except (ValueError, AssertionError, binascii.Error, IndexError, struct.error) as error:
        raise RowRejected("undecipherable", "The message cannot be decrypted with WECHAT_AES_KEY.") from error
    return plain if isinstance(plain, bytes) else str(plain).encode()
