"""What an analyst asks, of this product and of Apache Superset over the same SQLite file in the same run; both must count the same.

`python tests/bench/bench_superset.py --incidents 20000 --keep FILE --superset FOLDER`: the folder is a virtual environment that is made
where there is none, the file is filled once. Both are asked over HTTP, in turn, one question at a time. Ours has no address for one
picture: it answers with a whole page each time, beside the same days before. Superset is asked for one chart, and for the eight
pictures of a page that are counts, in one request. First: from the data. Again: what each has kept; ours keeps a page until the data
change or a minute has gone, Superset until its time is over. Where Superset cannot be had, ours stands alone and it is said why.
"""

from __future__ import annotations

import argparse
import os
import statistics
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any, Protocol

import httpx
import orjson
from sqlalchemy import Engine, func, select
from support.desks import fill
from support.invented import NOW, TOWN
from support.serving import ROOT, Server
from support.superset import NAME, NoSuperset, superset

from dashboard import ids
from data import city as cities
from data import engine as engines
from data import opening
from data.city import City
from data.instants import to_microseconds
from data.periods import EPOCH_ON, Span
from data.schema import incident

# Days are asked for by the instant as it is stored, so that an index of ours serves Superset as well.
DATASET = """
SELECT reported_at, (reported_at / 1000000 + 28800) / 86400 AS county_day, township_code, village_code, channel_code, handler_code,
    state_code, urgency_code, reporter_kind_code, substr(category_code, 1, 1) AS category_top, substr(category_code, 1, 4) AS category_below
FROM incident
"""
# Our pictures of counts, and what Superset groups and filters by.
COLUMNS = {
    "trend": "county_day", "area": "township_code", "category": "category_top", "department": "handler_code", "channel": "channel_code",
    "state": "state_code", "urgency": "urgency_code", "reporter_kind": "reporter_kind_code",
}  # fmt: skip
PERIODS = ("2026-10", "2026-09", "2026Q2")
PAGE_PERIOD, WARM_PERIOD = "2026-07", "2026-01"  # others, so that nobody has kept anything of them
STILL = {"DEMO": "0", "CLOCK": NOW.isoformat(), "EMBEDDED_WORKER": "0"}  # nothing is written
Counts = dict[str, dict[str, int]]  # by picture and code, without those that are zero


@dataclass(frozen=True)
class Question:
    """Reports received in a period, by the codes of one picture, of the whole county or a town, under filters of the page."""

    picture: str
    chosen: Mapping[str, str] = field(default_factory=dict)
    town: str = ""
    period: str = PERIODS[0]

    def of(self, period: str) -> Question:
        return Question(self.picture, self.chosen, self.town, period)

    @property
    def address(self) -> tuple[str, str]:
        """Path and search of the page that has it."""
        asked = {"period": self.period, **self.chosen}
        return f"/analysis/{self.town}" if self.town else "/analysis", "?" + "&".join(
            f"{name}={code}" for name, code in asked.items()
        )


KINDS = (
    Question("category"),
    Question("area"),
    Question("category", {"channel": "wechat"}),
    Question("category", {"category": "A", "channel": "hotline"}),
    Question("category", {"urgency": "urgent", "reporter_kind": "steward"}),
    Question("department", {"category": "A"}),
    Question("department", {"channel": "patrol", "reporter_kind": "resident"}),
    Question("trend", {"channel": "hotline"}),
    Question("trend", {"category": "B", "urgency": "urgent"}),
    Question("area", {"urgency": "urgent"}),
    Question("area", {"category": "C", "channel": "wechat"}),
    Question("area", {"channel": "terminal"}, TOWN),
    Question("channel", {"category": "E", "urgency": "normal"}),
    Question("state", {"department": "transport"}),
    Question("reporter_kind", {"department": "housing", "urgency": "urgent"}),
    Question("urgency", {"department": "water", "category": "B"}, TOWN),
)


class Asked(Protocol):
    def ask(self, question: Question, pictures: Sequence[str], *, is_first: bool) -> tuple[float, Counts]:
        """Milliseconds until the answer was there, and what it counts."""


class Ours:
    """Our server: the page's own callback."""

    def __init__(self, client: httpx.Client) -> None:
        self.client = client

    def ask(self, question: Question, pictures: Sequence[str], *, is_first: bool) -> tuple[float, Counts]:
        inputs = [
            {"id": ids.ADDRESS, "property": name, "value": said}
            for name, said in zip(("pathname", "search"), question.address, strict=True)
        ]
        output = {"id": ids.ANSWER, "property": "data"}
        body = {"output": f"{ids.ANSWER}.data", "outputs": output, "changedPropIds": [f"{ids.ADDRESS}.search"], "inputs": inputs}
        taken, answer = posted(self.client, "/_dash-update-component", body)
        page = orjson.loads(answer["response"][ids.ANSWER]["data"])
        assert "panels" in page, f"{question}: {page}"
        found = {}
        for picture in pictures:
            numbers = {each["key"]: int(each["words"].replace(",", "")) for each in page["panels"][picture]["marks"]}
            found[picture] = {code: number for code, number in numbers.items() if number}
        return taken, found


class Theirs:
    """Superset: its chart API over a dataset of the same file."""

    def __init__(self, client: httpx.Client, city: City, path: Path) -> None:
        """Lets itself in and tells Superset of the file. Raises `NoSuperset`."""
        self.client, self.city = client, city
        try:
            login = {"username": NAME, "password": NAME, "provider": "db", "refresh": False}
            token = posted(client, "/api/v1/security/login", login)[1]["access_token"]
            client.headers["authorization"] = f"Bearer {token}"
            address = {"database_name": NAME, "sqlalchemy_uri": f"sqlite:///{path}"}
            database = posted(client, "/api/v1/database/", address)[1]["id"]
            made = {"database": database, "table_name": "incidents", "sql": DATASET}
            self.dataset = {"id": posted(client, "/api/v1/dataset/", made)[1]["id"], "type": "table"}
        except httpx.HTTPError as error:
            raise NoSuperset(str(error)) from error

    def ask(self, question: Question, pictures: Sequence[str], *, is_first: bool) -> tuple[float, Counts]:
        # Forced is counted anew and kept, whatever another question has left behind.
        body = {"datasource": self.dataset, "force": is_first, "queries": [self._query(question, each) for each in pictures]}
        taken, answer = posted(self.client, "/api/v1/chart/data", body)
        found = {}
        for picture, result in zip(pictures, answer["result"], strict=True):
            assert bool(result["is_cached"]) != is_first, f"{question}: Superset's answer is not from where it should be"
            column = self._column(question, picture)
            found[picture] = {_code(column, row[column]): row["count"] for row in result["data"]}
        return taken, found

    def _query(self, question: Question, picture: str) -> dict[str, Any]:
        begin, end = Span.parse(question.period).instants(self.city.zone)
        conditions: list[tuple[str, str, Any]] = [
            ("reported_at", ">=", to_microseconds(begin)),
            ("reported_at", "<", to_microseconds(end)),
        ]
        # A picture of ours shows the chosen part among the others; a category is opened to those below it.
        conditions += [
            (COLUMNS[name], "==", code) for name, code in question.chosen.items() if name != picture or name == "category"
        ]
        if question.town:
            conditions.append((COLUMNS["area"], "==", question.town))
        return {
            "columns": [self._column(question, picture)],
            "metrics": [{"expressionType": "SQL", "sqlExpression": "COUNT(*)", "label": "count"}],
            "filters": [{"col": column, "op": sign, "val": value} for column, sign, value in conditions],
            "row_limit": 10_000,
        }

    def _column(self, question: Question, picture: str) -> str:
        if picture == "area" and question.town:
            return "village_code"
        return "category_below" if picture == "category" and "category" in question.chosen else COLUMNS[picture]


def _code(column: str, value: Any) -> str:
    return (EPOCH_ON + timedelta(days=value)).isoformat() if column == "county_day" else str(value)


def posted(client: httpx.Client, path: str, body: Any) -> tuple[float, Any]:
    """Milliseconds and the answer's JSON. Raises `httpx.HTTPStatusError`."""
    content = orjson.dumps(body)
    begun = time.perf_counter()
    answer = client.post(path, content=content, headers={"content-type": "application/json"})
    taken = 1000 * (time.perf_counter() - begun)
    answer.raise_for_status()
    return taken, orjson.loads(answer.content)


def measured(questions: Sequence[Question], asked: Mapping[str, Asked], *, is_page: bool) -> dict[str, list[float]]:
    """Milliseconds by whom and when (`ours, first`), each question asked of all in turn; fails where they do not count the same."""
    taken: dict[str, list[float]] = {}
    for when in ("first", "again"):
        for place, question in enumerate(questions):
            pictures, found = list(COLUMNS) if is_page else [question.picture], {}
            # Neither is always the one that is asked after the other.
            for who in sorted(asked, reverse=bool(place % 2)):
                milliseconds, found[who] = asked[who].ask(question, pictures, is_first=when == "first")
                taken.setdefault(f"{who}, {when}", []).append(milliseconds)
            for who, counts in found.items():
                assert any(counts.values()), f"{question}: {who} counts nothing"
                for picture in pictures:
                    ours = found["ours"][picture]
                    assert counts[picture] == ours, f"{question}, {picture}: {who} counts {counts[picture]}, we {ours}"
    return taken


def wait_for_columns(ours: Ours, copies: Path) -> None:
    """Until the server's copy in columns is there, which the first crossed question begins; its folder is empty then."""
    deadline = time.monotonic() + 600
    ours.ask(KINDS[-1].of(WARM_PERIOD), ["urgency"], is_first=True)
    while not copies.is_dir() or any(copies.iterdir()):
        assert time.monotonic() < deadline, "the copy in columns was not there within 600 s"
        time.sleep(0.1)


def shown(asked: Mapping[str, Asked]) -> None:
    for question in KINDS[:4]:  # both have loaded what they need
        for each in asked.values():
            each.ask(question.of(WARM_PERIOD), [question.picture], is_first=True)
    questions = [kind.of(period) for period in PERIODS for kind in KINDS]
    rows = {
        f"one picture, {len(questions)} questions": measured(questions, asked, is_page=False),
        f"all eight pictures, {len(KINDS)} pages": measured([kind.of(PAGE_PERIOD) for kind in KINDS], asked, is_page=True),
    }
    names = [f"{who}, {when}" for who in asked for when in ("first", "again")]
    print(f"\n| p50 / p95 ms | {' | '.join(names)} |\n| --- |{' ---: |' * len(names)}")
    for label, taken in rows.items():
        ordered = [sorted(taken[name]) for name in names]
        cells = [f"{statistics.median(each):.1f} / {each[int(0.95 * (len(each) - 1))]:.1f}" for each in ordered]
        print(f"| {label} | {' | '.join(cells)} |", flush=True)


def _count(engine: Engine) -> int:
    with engines.reading(engine) as conn:
        return conn.execute(select(func.count()).select_from(incident)).scalar_one()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--incidents", type=int, default=1_000_000)
    parser.add_argument("--keep", type=Path, help="an SQLite file that is filled once and asked again")
    parser.add_argument("--superset", type=Path, help="a virtual environment for Superset, made where there is none")
    options = parser.parse_args()
    city = cities.load(ROOT / "data/cities/tongxiang")
    with tempfile.TemporaryDirectory() as room:
        path = (options.keep or Path(room) / "bench.sqlite").resolve()
        engine = opening.open_store(f"sqlite:///{path}", city, NOW)
        if not _count(engine):
            fill(engine, city, options.incidents)
        print(f"{os.cpu_count()} cores, {_count(engine):,} incidents", flush=True)
        engine.dispose()
        var = Path(room) / "var"
        settings = {"DATABASE_URL": f"sqlite:///{path}", "VAR": str(var), **STILL}
        with Server(settings, start_seconds=600) as server, httpx.Client(base_url=server.url, timeout=600) as client:
            ours = Ours(client)
            wait_for_columns(ours, var / "columns")
            try:
                folder = (options.superset or Path(room) / "venv").resolve()
                with superset(folder, Path(room) / "superset") as address, httpx.Client(base_url=address, timeout=600) as other:
                    shown({"ours": ours, "Superset": Theirs(other, city, path)})
            except NoSuperset as reason:
                print(f"Superset cannot be asked: {reason}")
                shown({"ours": ours})


if __name__ == "__main__":
    main()
