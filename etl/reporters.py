"""Who reported, without telling: a keyed hash that joins, and an encrypted address that only an answer may open."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets

from cryptography.fernet import Fernet

from data.settings import Settings

KEY_FILE = "secret"


class Reporters:
    """Hashes and seals with one secret key of the installation."""

    def __init__(self, key: str) -> None:
        self._hash_key = hashlib.sha256(b"hash " + key.encode()).digest()
        self._box = Fernet(base64.urlsafe_b64encode(hashlib.sha256(b"seal " + key.encode()).digest()))

    def hashed(self, source: str, name: str) -> str:
        """The same sender of the same source always gives the same 64 characters; nobody can go back."""
        return hmac.new(self._hash_key, f"{source}\n{name}".encode(), hashlib.sha256).hexdigest()

    def seal(self, name: str) -> bytes:
        """The address, encrypted."""
        return self._box.encrypt(name.encode())

    def open(self, sealed: bytes) -> str:
        """The address again, for answering."""
        return self._box.decrypt(sealed).decode()


def from_settings(settings: Settings) -> Reporters:
    """With the key of the settings, or the one kept under VAR, made at the first start and readable by its owner only."""
    if settings.secret_key:
        return Reporters(settings.secret_key)
    settings.var_folder.mkdir(parents=True, exist_ok=True)
    path = settings.var_folder / KEY_FILE
    try:
        path.touch(mode=0o600, exist_ok=False)
        path.write_text(secrets.token_urlsafe(32), encoding="ascii")
    except FileExistsError:
        pass
    return Reporters(path.read_text(encoding="ascii"))
