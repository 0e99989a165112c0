"""What stands before Dash: the same words as Dash's, for what is known; everything else untouched."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any

import orjson
import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import Engine

from callbacks import analysis
from dashboard.analysis.answers import Analyst
from dashboard.analysis.door import LONGEST, PATH, Door, address_of
from data.city import City
from data.clocks import Clock
from layouts import shell


class Counting(Analyst):
    """Counts how often Dash's callback asked."""

    count = 0

    async def asked(self, path: str, search: str) -> str:
        self.count += 1
        return await super().asked(path, search)


def question(path: str, search: Any, output: str = "answer.data") -> dict[str, Any]:
    inputs = [{"id": "address", "property": name, "value": value} for name, value in (("pathname", path), ("search", search))]
    return {
        "output": output,
        "outputs": {"id": "answer", "property": "data"},
        "changedPropIds": ["address.search"],
        "inputs": inputs,
    }


@pytest.fixture
def analyst(engine: Engine, city: City, clock: Clock) -> Counting:
    return Counting(engine, city, clock)


@pytest.fixture
def client(analyst: Counting) -> Iterator[TestClient]:
    server = FastAPI()
    screen = shell.create(server, "330483", "county")
    analysis.register(screen, analyst)
    shell.make_ready(screen)
    with TestClient(server) as client:
        yield client


def test_a_known_view_is_answered_in_dashs_own_words(client: TestClient, analyst: Counting) -> None:
    asked = question("/analysis", "?period=2026-10")
    by_dash, by_door = (client.post(PATH, json=asked) for _ in range(2))
    assert analyst.count == 1  # the second did not come so far
    assert by_dash.status_code == by_door.status_code == 200
    assert by_dash.json() == by_door.json()
    assert "title" in orjson.loads(by_door.json()["response"]["answer"]["data"])


def test_what_is_not_known_or_not_such_a_question_goes_on_to_dash(client: TestClient, analyst: Counting) -> None:
    for search in ("?period=2026-10", "?period=2026-09", None):
        assert client.post(PATH, json=question("/analysis", search)).status_code == 200
    assert analyst.count == 3
    assert "answer" not in client.post(PATH, json=question("/wall", "")).text
    assert analyst.count == 3


@pytest.mark.parametrize(
    "body",
    [b"", b"not json", b"[]", b"1", b'{"output":"answer.data"}', b'{"output":"answer.data","inputs":[1]}', b'{"output":"answer.data","inputs":[{}]}',
     orjson.dumps(question("/analysis", ["a"])), orjson.dumps(question("/wall", "")), orjson.dumps(question("/analysis", "", "rows.data"))],
)  # fmt: skip
def test_no_other_body_is_taken_for_a_question(body: bytes) -> None:
    assert address_of(body) is None


def test_a_body_in_pieces_reaches_dash_whole(analyst: Counting) -> None:
    pieces = [b'{"output":', b'"answer.data"}']
    heard = b""

    async def app(scope: Any, receive: Any, send: Any) -> None:
        nonlocal heard
        while True:
            message = await receive()
            heard += message["body"]
            if not message["more_body"]:
                return

    async def receive() -> Any:
        return {"type": "http.request", "body": pieces.pop(0), "more_body": bool(pieces)}

    scope = {"type": "http", "path": PATH, "headers": [(b"content-length", str(LONGEST).encode())]}
    asyncio.run(Door(app, analyst)(scope, receive, None))
    assert heard == b'{"output":"answer.data"}'
