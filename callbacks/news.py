"""What a page is sent of its panels: what it shows already is not sent again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from dash import no_update

from dashboard.asked import Panel
from dashboard.rendering import Rendered, shown


def outputs(
    every: Sequence[Panel],
    asked: Sequence[Panel],
    rendered: Mapping[str, Rendered],
    known: Mapping[str, str],
    filters: Mapping[str, Any] | None = None,
) -> list[Any]:
    """The children of every panel of a page, then what it shows once it has those that were asked for, narrowed by `filters`."""
    news = {key: each for key, each in rendered.items() if known.get(key) != each.digest}
    children = [news[panel.key].children if panel.key in news else no_update for panel in every]
    return [*children, {**shown(asked, rendered, known), "filters": filters or {}}]
