"""The page before Dash: which scripts come when, so that a wall is there soon. Knows no data.

Modules are named with their checksum: a browser keeps them for good and asks for a changed one at once. A wall's own modules are
asked for side by side before the first of them runs, and what it shows first while the page is still being made; the table of
the analyst's page comes with that page alone.
"""

from __future__ import annotations

import hashlib
import json
import re
from pathlib import Path
from typing import Any, Final

import dash_ag_grid
from dash.fingerprint import build_fingerprint

WALL: Final = "wall.mjs"
KEPT: Final = b"public, max-age=31536000, immutable"
_IMPORT: Final = re.compile(r'^(?:import|export)\b[^;]*?"\./([\w-]+\.mjs)";', re.MULTILINE)
_SHELL: Final = """<!DOCTYPE html>
<html>
    <head>
        {%metas%}
        <title>{%title%}</title>
        {%favicon%}
        <script type="importmap">MODULES</script>
        <script>
            if (location.pathname.startsWith("/analysis")) document.documentElement.dataset.page = "analysis";
            const preloaded = (href) => Object.assign(document.createElement("link"), { rel: "modulepreload", href });
            if (/^\\/($|wall)/.test(location.pathname)) {
                document.head.append(...WALL.map(preloaded));
                import("/assets/modules/opening.mjs").then((opening) => opening.begin(location, HOME));
            }
        </script>
        {%css%}
    </head>
    <body>
        {%app_entry%}
        <footer>
            {%config%}
            {%scripts%}
            <script>if (location.pathname.startsWith("/analysis")) document.write('<script src="GRID"><\\/script>');</script>
            {%renderer%}
        </footer>
    </body>
</html>"""


def page(modules: Path, home: str, level: str) -> str:
    """The page's text for Dash, with the modules of a folder; `home` is the area of a wall
    whose address names none, `level` its level."""
    named = {path.name: f"/assets/modules/{path.name}?m={_checksum(path)}" for path in sorted(modules.glob("*.mjs"))}
    known = {"imports": {f"/assets/modules/{name}": address for name, address in named.items()}}
    wall = [named[name] for name in reached(modules, WALL)]
    city = {"area": home, "level": level}
    said = {"MODULES": json.dumps(known), "WALL": json.dumps(wall), "HOME": json.dumps(city), "GRID": _grid()}
    return re.sub("|".join(said), lambda found: said[found[0]], _SHELL)


def reached(modules: Path, first: str) -> list[str]:
    """A module and all that it imports, each once, the first first."""
    found = [first]
    for name in found:
        text = (modules / name).read_text("utf-8")
        found += [each for each in dict.fromkeys(_IMPORT.findall(text)) if each not in found]
    return found


def _checksum(path: Path) -> str:
    return hashlib.blake2b(path.read_bytes(), digest_size=6).hexdigest()


def _grid() -> str:
    """Where the table's script is, taken out of those that each page loads."""
    script = dash_ag_grid._js_dist[0]
    script["dynamic"] = True
    path = Path(dash_ag_grid.__file__).parent / script["relative_package_path"]
    name = build_fingerprint(script["relative_package_path"], dash_ag_grid.__version__, int(path.stat().st_mtime))
    return f"/_dash-component-suites/dash_ag_grid/{name}"


class Keeping:
    """ASGI: what is asked for by its checksum or its time may be kept for good."""

    def __init__(self, app: Any) -> None:
        self.app = app

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        is_named = scope["type"] == "http" and scope["path"].startswith("/assets/") and scope["query_string"].startswith(b"m=")
        if not is_named:
            await self.app(scope, receive, send)
            return

        async def send_kept(message: Any) -> None:
            if message["type"] == "http.response.start" and message["status"] == 200:
                message = message | {"headers": [*message["headers"], (b"cache-control", KEPT)]}
            await send(message)

        await self.app(scope, receive, send_kept)
