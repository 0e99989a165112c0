"""What browser tests share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from support.serving import Server


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server with ten weeks of the invented county, rehearsing a Tuesday noon."""
    settings = {"VAR": str(tmp_path_factory.mktemp("demo")), "DEMO": "1", "DEMO_DAYS": "70", "CLOCK": "2026-11-24T11:40:00+08:00"}
    with Server(settings) as server:
        server.wait_for_history()
        yield server
