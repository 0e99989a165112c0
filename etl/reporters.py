"""Who reported, without telling: a keyed hash that joins, and an encrypted address that only an answer may open."""

from __future__ import annotations

import base64
import contextlib
import hashlib
import hmac
import os
import secrets
import tempfile
from pathlib import Path
from typing import Final

from cryptography.fernet import Fernet

from data.errors import SettingsError
from data.settings import Settings

KEY_FILE: Final = "secret"
SHORTEST_KEY: Final = 32


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
    """With the key of the settings, or the one kept under VAR, made at the first start and readable by its owner only.

    Raises `SettingsError` for a key that is none: with it, hashes would not join and addresses would not open.
    """
    if settings.secret_key:
        return Reporters(settings.secret_key)
    settings.var_folder.mkdir(parents=True, exist_ok=True)
    path = settings.var_folder / KEY_FILE
    if not path.exists():
        _make_key(path)
    key = path.read_text(encoding="ascii").strip()
    if len(key) < SHORTEST_KEY:
        raise SettingsError(f"The key in {path.name} under VAR is damaged.", remedy="Bring it back from a backup.", variable="VAR")
    return Reporters(key)


def _make_key(path: Path) -> None:
    # Whole or not at all: another process may look for it now, and this one may be killed here.
    handle, name = tempfile.mkstemp(dir=path.parent)
    try:
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write(secrets.token_urlsafe(32))
            file.flush()
            os.fsync(file.fileno())
        with contextlib.suppress(FileExistsError):
            path.hardlink_to(name)
    finally:
        Path(name).unlink()
