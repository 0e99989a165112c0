"""Tokens with which organisations post steps: told once, kept as a hash, revocable."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime

from sqlalchemy import Connection

from data import arrivals
from data.city import City


def issue(conn: Connection, city: City, organisation_code: str, at: datetime) -> str:
    """A new token of an organisation. Raises `UnknownCode` for one the city does not have."""
    city.organisation(organisation_code)
    token = secrets.token_urlsafe(32)
    arrivals.keep_token(conn, _hash(token), organisation_code, at)
    return token


def organisation_of(conn: Connection, token: str) -> str | None:
    """The organisation that holds a token, or `None`."""
    return arrivals.organisation_of_token(conn, _hash(token))


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
