"""The part of a copy in columns whose words hold what is asked counts what the rows count, whatever has changed since."""

from __future__ import annotations

from typing import Any

import pytest
from cachetools import LRUCache
from sqlalchemy import Connection, Engine, delete
from support.cases import FIRST
from support.copying import ASKED, NOW, SHANGHAI, TIMELESS, History, compare, drawn, made

from data import behind, case_copy, case_words, column_counts, feed, row_counts, schema, search, store
from data import engine as engines
from data.behind import Behind
from data.case_copy import CaseCopy
from data.city import City
from data.filters import LONGEST, Filter
from data.periods import Span

WHOLE = Filter(Span.parse("1990-01-01..2100-01-01"), "county", "330483")


def counted(conn: Connection, text: str) -> int:
    """How many are found: by columns, as the rows say it too."""
    asked = WHOLE.of(text=text)
    found = column_counts.read(conn, asked, TIMELESS, "", NOW, SHANGHAI)
    assert found == row_counts.read(conn, asked, TIMELESS, "", NOW, SHANGHAI), text
    return found[""]["reported"] if found else 0


def save(engine: Engine, changes: list[tuple[dict[str, Any] | None, dict[str, Any]]]) -> list[int]:
    with engines.writing(engine) as conn:
        return store.save_incidents(conn, [(*pair, "note") for pair in changes], zone=SHANGHAI, at=FIRST)


def test_words_beside_any_filter_agree_after_any_mix_of_changes(
    engine: Engine, city: City, copy: CaseCopy, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked, real, total = list[str](), search.found_ids, 0

    def spied(conn: Connection, text: str, most: int) -> list[int] | None:
        asked.append(text)
        return real(conn, text, most)

    monkeypatch.setattr(search, "found_ids", spied)
    history = History(engine, 21)
    history.go_on(120, 0, is_bulk=True)
    copy.load()
    for number in range(8):
        with engines.reading(engine) as conn:
            for text in ASKED:
                total += counted(conn, text)
            compare(conn, city, history.chance, 10)
        history.go_on(history.chance.randint(0, 6), history.chance.randint(0, 20), is_bulk=number % 2 == 1)
    assert total > 500 and copy.loaded_count == 1
    assert sorted(asked) == sorted(ASKED), "the index is asked for each text once, whatever changes"


def test_a_case_whose_words_come_and_go_is_found_while_it_has_them(engine: Engine, city: City, copy: CaseCopy) -> None:
    history = History(engine, 22)
    history.go_on(30, 0)
    copy.load()
    key, old = next(iter(history.known.items()))
    old |= {"id": key}
    with engines.reading(engine) as conn:
        before = counted(conn, "白鹭")
    assert before == 0
    for words, is_restricted, expected in (
        ("白鹭飞过", False, 1),
        ("白鹭又来", False, 1),
        ("白鹭又来", True, 0),
        ("白鹭", False, 1),
        ("鸭", False, 0),
    ):
        new = old | {"report_text": words, "is_restricted": is_restricted}
        save(engine, [(old, new)])
        old = new
        with engines.reading(engine) as conn:
            assert counted(conn, "白鹭") == expected, words
    (fresh,) = save(engine, [(None, made(history.chance, "new") | {"report_text": "白鹭", "is_restricted": False})])
    with engines.reading(engine) as conn:
        assert counted(conn, "白鹭") == 1
    with engines.writing(engine) as conn:
        conn.execute(delete(schema.incident).where(schema.incident.c.id == fresh))
        feed.name_rows(conn, FIRST, [fresh])
    with engines.reading(engine) as conn:
        assert counted(conn, "白鹭") == 0


def test_who_sees_an_older_state_is_told_nothing_of_a_newer_one(engine: Engine, city: City, copy: CaseCopy) -> None:
    history = History(engine, 23)
    history.go_on(40, 0)
    copy.load()
    with engines.reading(engine) as older:
        before = counted(older, "路灯")
        save(engine, [(None, made(history.chance, "new") | {"report_text": "路灯", "is_restricted": False})])
        with engines.reading(engine) as newer:
            assert counted(newer, "路灯") == before + 1
        assert column_counts.read(older, WHOLE.of(text="路灯"), TIMELESS, "", NOW, SHANGHAI) is None
        assert row_counts.read(older, WHOLE.of(text="路灯"), ["reported"], "", NOW, SHANGHAI)[""]["reported"] == before


@pytest.mark.parametrize("text", [" ".join(chr(0x4E00 + number) for number in range(20)), "路" * (LONGEST + 1), "路灯 " * LONGEST])
def test_what_the_index_is_not_asked_at_once_is_counted_from_the_rows(engine: Engine, copy: CaseCopy, text: str) -> None:
    History(engine, 24).go_on(5, 0)
    copy.load()
    with engines.reading(engine) as conn:
        assert case_copy.snapshot(conn) is not None and case_copy.snapshot(conn, text=text) is None
        assert case_copy.snapshot(conn, text=" 　") is case_copy.snapshot(conn), "nothing is asked"


def test_more_than_is_kept_is_counted_from_the_rows(engine: Engine, copy: CaseCopy, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(case_words, "KEPT_ROWS", 10)
    history, asked = History(engine, 25), list[str]()

    def come(words: str, count: int) -> None:
        more = {"report_text": words, "is_restricted": False}
        save(engine, [(None, made(history.chance, f"{words}{number}-{len(asked)}") | more) for number in range(count)])

    come("路", 12)
    come("鹭", 8)
    copy.load()
    words, real = copy._follower.words if copy._follower else None, search.found_ids
    monkeypatch.setattr(search, "found_ids", lambda conn, text, most: (asked.append(text), real(conn, text, most))[1])
    assert words is not None
    words._kept = LRUCache(10, lambda found: max(len(found.ids), 1))
    with engines.reading(engine) as conn:
        assert case_copy.snapshot(conn, text="路") is None and case_copy.snapshot(conn, text="路") is None
        assert counted(conn, "鹭") == 8
    come("鹭", 3)
    for _ in range(2):
        with engines.reading(engine) as conn:
            assert case_copy.snapshot(conn, text="鹭") is None
            assert row_counts.read(conn, WHOLE.of(text="鹭"), ["reported"], "", NOW, SHANGHAI)[""]["reported"] == 11
    assert asked == ["路", "鹭"], "what was found too often is not sought again"


def test_who_waits_too_long_for_others_asks_the_rows(engine: Engine, copy: CaseCopy, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(case_words, "WAIT_SECONDS", 0.01)
    History(engine, 27).go_on(5, 0)
    copy.load()
    assert copy._follower is not None
    with engines.reading(engine) as conn:
        with copy._follower.words._lock:
            assert case_copy.snapshot(conn, text="路") is None
        assert case_copy.snapshot(conn, text="路") is not None


@pytest.mark.parametrize("looked_at", [20, 2000])
def test_the_newest_rows_behind_a_figure_with_words_are_those_of_the_whole_order(
    engine: Engine, monkeypatch: pytest.MonkeyPatch, looked_at: int
) -> None:  # fmt: skip
    monkeypatch.setattr(search, "LOOKED_AT", looked_at)
    history, rows = History(engine, 26), 0
    history.go_on(400, 0)
    with engines.reading(engine) as conn:
        for number in range(60):
            asked = drawn(history.chance).of(text=ASKED[number % len(ASKED)])
            chosen = Behind(asked, ("reported", "resolved", "closed", "open_now")[number % 4])
            first, count = history.chance.randint(0, 12), history.chance.randint(1, 15)
            page = behind.page(conn, chosen, NOW, SHANGHAI, first=first, count=count)
            assert page == list(behind.every(conn, chosen, NOW, SHANGHAI))[first : first + count], chosen
            rows += len(page)
    assert rows > 40
