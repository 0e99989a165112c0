"""Who may direct a wall, and what a command may say. Knows no wall and writes nothing.

With a token set, every command carries it. Without one only this machine may direct, asked for by its own name and not through a
proxy: a page on another site could have a name that points here.
"""

from __future__ import annotations

import hmac
import ipaddress
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import urlsplit

import orjson

from dashboard.director import COMMANDS, Command
from dashboard.happenings import Key
from data.city import City
from data.errors import AccessDenied, RowRejected
from data.playlists import ANY, SCENES, Playlists

LARGEST_BODY: Final = 2048  # bytes
LONGEST_NAME: Final = 40  # characters
KEYS: Final = ("screen", "area", "command", "scene", "incident", "name")
PROXY_SIGNS: Final = ("forwarded", "x-forwarded-for", "x-real-ip")


def check_access(token: str, caller: str | None, headers: Mapping[str, str]) -> None:
    """Raises `AccessDenied` with what is missing: `foreign`, `token` or `far`. Header names are lower case."""
    host, origin = headers.get("host", ""), headers.get("origin")
    if headers.get("content-type", "").partition(";")[0].strip() != "application/json":
        raise AccessDenied("A command is JSON.", reason="foreign")
    if origin is not None and urlsplit(origin).netloc != host:
        raise AccessDenied("Only the page of this server may command.", reason="foreign")
    if token:
        said = headers.get("authorization", "").removeprefix("Bearer ")
        if not hmac.compare_digest(said.encode(), token.encode()):
            raise AccessDenied("The token is wrong.", reason="token")
    elif not _is_here(caller) or not _is_here(_hostname(host)) or any(each in headers for each in PROXY_SIGNS):
        raise AccessDenied("Without a token only this machine may command.", remedy="Set REMOTE_TOKEN.", reason="far")


def _hostname(host: str) -> str:
    try:
        return urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return ""


def _is_here(address: str | None) -> bool:
    if address == "localhost":
        return True
    try:
        return ipaddress.ip_address(address or "").is_loopback
    except ValueError:
        return False


def read_command(body: bytes, city: City, playlists: Playlists) -> tuple[Key, Command]:
    """Which walls a command is for (`*` is all) and what it says. Raises `RowRejected`: `name` or `bad`."""
    try:
        said = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise _bad("it is no JSON") from error
    if not isinstance(said, dict):
        raise _bad("it is no object")
    for name in said:
        if name not in KEYS:
            raise _bad(f"there is no {name[:LONGEST_NAME]!r}")
    kind, scene = said.get("command"), said.get("scene")
    if kind not in COMMANDS:
        raise _bad(f"command is one of {', '.join(COMMANDS)}")
    if (scene is not None and scene not in SCENES) or (kind == "choose" and scene is None):
        raise _bad(f"scene is one of {', '.join(SCENES)}")
    incident = said.get("incident")
    is_number = isinstance(incident, int) and not isinstance(incident, bool) and 0 < incident < 2**53
    if (incident is not None and not is_number) or (kind == "acknowledge" and incident is None):
        raise _bad("incident is the number of an incident")
    return _walls(said, city, playlists), Command(kind, scene, incident, _name(said.get("name"), is_needed=kind == "acknowledge"))


def _walls(said: Mapping[str, Any], city: City, playlists: Playlists) -> Key:
    screen, area = said.get("screen"), said.get("area")
    if not isinstance(screen, str) or screen not in (ANY, *playlists.screens):
        raise _bad(f"screen is one of {', '.join((ANY, *playlists.screens))}")
    if not isinstance(area, str) or (area != ANY and not city.areas_of(area)):
        raise _bad("area is the code of an area, or *")
    return screen, area


def _name(said: Any, *, is_needed: bool) -> str:
    """The name of who commands: a line of printable characters. Whatever else it says, it is only ever shown as text."""
    name = said.strip() if isinstance(said, str) else ""
    if (
        (said is not None and not isinstance(said, str))
        or not name.isprintable()
        or len(name) > LONGEST_NAME
        or (is_needed and not name)
    ):
        raise RowRejected("name", f"A name has at most {LONGEST_NAME} printable characters; an acknowledgement needs one.")
    return name


def _bad(what: str) -> RowRejected:
    return RowRejected("bad", f"The command cannot be taken: {what}.", what=what)
