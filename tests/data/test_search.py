"""Search in words, on both engines: what it finds is what Python's own `in` finds, whatever signs are asked for."""

from __future__ import annotations

import random
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Connection, Engine, select, text
from support.cases import FIRST, incident
from support.filed import report
from support.migrating import downgraded

from data import engine as engines
from data import grams, search, store
from data.city import City
from data.filters import Filter
from data.periods import Span
from data.schema import incident as table

SHANGHAI = ZoneInfo("Asia/Shanghai")
TEXTS = [
    "长浜南高速涵洞旁的铁丝网护栏坏了一大片", "路灯不亮", "路灯坏了，灯不亮", "灯", "", "路 灯", "100% 是积水_很深", 'He said "LIGHT" & (dark)',
    "O'Brien; DROP TABLE incident;--", "back\\slash * star ^caret", "ＡＢＣ１２３全角", "𠮷野家门口𠮷", "路灯路灯路灯", "红绿灯\n第二行", "138****1234",
    "NEAR(a b) AND OR NOT", "café ÉCLAIR", "[证件号]", "a:b c-d", "路灯*", "😀灯😀",
]  # fmt: skip
HOSTILE = ['"', "'", "%", "_", "*", "^", "\\", ":", "&", "|", "!", "(", ")", "-", ";", "''", '""', '" OR "1', "路*", "灯 OR 路", "NOT 灯", "NEAR(灯 路)",
           "%灯%", "_灯", "pairs:灯", "灯:*", "' OR 1=1 --", "\x00", "灯\x00路", "{灯}", "<->", "路 <-> 灯", "\\u0041", "[", "AND", "$$", "?", ":asked", "%s"]  # fmt: skip


def filled(engine: Engine, texts: list[str], **columns: object) -> None:
    rows = [incident(str(number), report_text=words, **columns) for number, words in enumerate(texts)]
    with engines.writing(engine) as conn:
        store.save_incidents(conn, [(None, row, "report") for row in rows], zone=SHANGHAI, at=FIRST)


def found(conn: Connection, asked: str) -> set[str]:
    return set(conn.execute(select(table.c.source_ref).where(search.condition(asked))).scalars())


def recounted(texts: list[str], asked: str) -> set[str]:
    """By Python's own `in`, of each part between spaces; the width and case of signs folded as the search says it does."""
    parts = grams.folded(asked).split(" ") if grams.folded(asked) else []
    return {str(number) for number, words in enumerate(texts) if all(part in grams.folded(words) for part in parts)}


def test_every_part_of_every_text_is_found_where_it_stands_and_nowhere_else(engine: Engine) -> None:
    filled(engine, TEXTS)
    parts = {words[first:last] for words in TEXTS for first in range(len(words)) for last in range(first + 1, len(words) + 1)}
    asked = sorted(each for each in parts if len(each) <= 3 or each in TEXTS or hash(each) % 7 == 0)
    with engines.reading(engine) as conn:
        wrong = {each: found(conn, each) ^ recounted(TEXTS, each) for each in asked}
    assert {each: numbers for each, numbers in wrong.items() if numbers} == {}
    assert len(asked) > 300


def test_plain_chinese_is_found_as_in_finds_it(engine: Engine) -> None:
    chance = random.Random(5)
    texts = ["".join(chance.choice("路灯不亮坏了桥") for _ in range(chance.randint(1, 12))) for _ in range(400)]
    filled(engine, texts)
    with engines.reading(engine) as conn:
        for _ in range(250):
            asked = "".join(chance.choice("路灯不亮坏了桥") for _ in range(chance.randint(1, 5)))
            assert found(conn, asked) == {str(number) for number, words in enumerate(texts) if asked in words}, asked


@pytest.mark.parametrize("asked", [*HOSTILE, "灯" * 3000, " ".join(f"灯{each}" for each in range(300)), "a" * 2000, "'" * 500])
def test_whatever_signs_are_asked_for_are_text(engine: Engine, asked: str) -> None:
    filled(engine, [*TEXTS, asked.replace("\x00", "")])
    with engines.reading(engine) as conn:
        expected = set() if len(asked) > search.LONGEST else recounted([*TEXTS, asked.replace("\x00", "")], asked)
        assert found(conn, asked) == expected
        assert conn.execute(text("SELECT count(*) FROM incident")).scalar_one() == len(TEXTS) + 1


def test_nothing_asked_is_all_and_words_between_spaces_are_all_needed(engine: Engine) -> None:
    filled(engine, TEXTS)
    with engines.reading(engine) as conn:
        assert len(found(conn, "  ")) == len(TEXTS)
        assert found(conn, "护栏 涵洞") == {"0"}
        assert found(conn, "护栏 路灯") == set()
        assert found(conn, "abc123") == {"10"} and found(conn, "light DARK") == {"7"}


def test_a_search_goes_with_area_days_and_category(engine: Engine) -> None:
    texts = ["路灯不亮", "路灯不亮", "路灯不亮", "桥坏了"]
    for number, words in enumerate(texts):
        columns = {"township_code": "330483101"} if number == 1 else {"category_code": "B.01.02"} if number == 2 else {}
        row = incident(str(number), report_text=words, reported_at=FIRST + timedelta(days=number), **columns)
        with engines.writing(engine) as conn:
            store.save_incidents(conn, [(None, row, "report")], zone=SHANGHAI, at=FIRST)
    days = Span(FIRST.date(), FIRST.date() + timedelta(days=30))
    with engines.reading(engine) as conn:
        for scope, expected in (
            (Filter(days, "township", "330483100"), {"0", "2"}),
            (Filter(days, "county", "330483", category_code="B.01"), {"2"}),
            (Filter(days, "township", "330483101"), {"1"}),
        ):
            asked = select(table.c.source_ref).where(scope.condition(), search.condition("灯不"))
            assert set(conn.execute(asked).scalars()) == expected
        late = select(table.c.source_ref).where(search.condition("灯"), table.c.reported_at > FIRST + timedelta(days=1))
        assert set(conn.execute(late).scalars()) == {"2"}


@pytest.mark.parametrize("few", [10, 1000])
def test_the_newest_come_first_whether_a_word_is_common_or_rare(engine: Engine, monkeypatch: pytest.MonkeyPatch, few: int) -> None:
    monkeypatch.setattr(search, "FEW", few)
    monkeypatch.setattr(search, "LOOKED_AT", 40)
    monkeypatch.setattr(search, "READ_AT_ONCE", 7)
    rows = [
        incident(str(number), report_text="路灯" if number % 3 else "桥裂", reported_at=FIRST + timedelta(minutes=number * 7 % 300),
                 township_code="330483100" if number % 2 else "330483101", is_restricted=number % 11 == 0)
        for number in range(300)
    ]  # fmt: skip
    rows.append(incident("rare", report_text="白鹭飞过", reported_at=FIRST))
    with engines.writing(engine) as conn:
        store.save_incidents(conn, [(None, row, "report") for row in rows], zone=SHANGHAI, at=FIRST)
    town = table.c.township_code == "330483101"
    with engines.reading(engine) as conn:
        ids = {row["source_ref"]: row["id"] for row in conn.execute(select(table)).mappings()}
        for asked, conditions in (
            ("路", []),
            ("桥裂", [town]),
            ("白鹭", [town]),
            ("白鹭", []),
            ("路灯", [town]),
            ("", []),
            ("没有", []),
        ):
            shown = [row for row in rows if (not conditions or row["township_code"] == "330483101")
                     and (not asked or (not row["is_restricted"] and asked in row["report_text"]))]  # fmt: skip
            ordered = sorted(shown, key=lambda row: (row["reported_at"], ids[row["source_ref"]]), reverse=True)
            assert search.newest(conn, asked, conditions, 30) == [ids[row["source_ref"]] for row in ordered[:30]]
            found = conn.execute(select(table.c.id).where(search.condition(asked), *conditions)).scalars()
            assert set(found) == {ids[row["source_ref"]] for row in shown}


def test_words_change_with_their_row_and_go_back_with_it(engine: Engine, city: City) -> None:
    report(engine, city, "r", FIRST, report_text="路灯不亮", address_text="庆丰路")
    with engines.reading(engine) as conn:
        assert found(conn, "路灯") == found(conn, "庆丰") == {"r"}
    report(engine, city, "r", FIRST, report_text="井盖没了")
    with engines.reading(engine) as conn:
        assert found(conn, "路灯") == found(conn, "庆丰") == set()
        assert found(conn, "井盖") == {"r"}
    with engine.connect().execution_options(writing=True) as conn, conn.begin() as half_done:
        row = next(iter(store.incidents_by_ref(conn, [("test", "r")]).values()))
        store.save_incidents(conn, [(row, row | {"report_text": "桥裂"}, "report")], zone=SHANGHAI, at=FIRST)
        assert found(conn, "桥裂") == {"r"}
        half_done.rollback()
    with engines.reading(engine) as conn:
        assert found(conn, "桥裂") == set() and found(conn, "井盖") == {"r"}


def test_what_is_not_shown_is_found_by_no_word(engine: Engine, city: City) -> None:
    report(engine, city, "quiet", FIRST, report_text="邻居打架", is_restricted=True)
    with engines.reading(engine) as conn:
        assert found(conn, "打架") == set() and found(conn, "") == {"quiet"}
    report(engine, city, "quiet", FIRST, report_text="邻居打架", is_restricted=False)
    with engines.reading(engine) as conn:
        assert found(conn, "打架") == {"quiet"}
    report(engine, city, "quiet", FIRST, report_text="邻居打架", is_restricted=True)
    with engines.reading(engine) as conn:
        assert found(conn, "打架") == set()


def test_a_bulk_load_is_found_like_a_single_report(engine: Engine) -> None:
    rows = [(incident(str(number), report_text=words), []) for number, words in enumerate(TEXTS)]
    with engines.writing(engine) as conn:
        store.bulk_file(conn, rows, zone=SHANGHAI, at=FIRST)
    with engines.reading(engine) as conn:
        for asked in ("灯", "路灯", "铁丝网护栏", "%"):
            assert found(conn, asked) == recounted(TEXTS, asked)


def test_the_rows_of_an_older_database_are_found_after_the_upgrade(engine: Engine) -> None:
    filled(engine, TEXTS)
    with engines.writing(engine) as conn:
        store.save_incidents(conn, [(None, incident("quiet", report_text="路灯", is_restricted=True), "report")], zone=SHANGHAI, at=FIRST)  # fmt: skip
    downgraded(engine, "0003")
    engines.upgrade(engine)
    with engines.reading(engine) as conn:
        for asked in ("灯", "路灯", "铁丝网护栏", '"', "𠮷"):
            assert found(conn, asked) == recounted(TEXTS, asked)
    filled_again = incident("new", report_text="路灯又坏")
    with engines.writing(engine) as conn:
        store.save_incidents(conn, [(None, filled_again, "report")], zone=SHANGHAI, at=FIRST)
        assert "new" in found(conn, "路灯")


@given(st.text(max_size=30), st.text(max_size=4))
def test_pairs_stand_in_a_text_in_order_where_the_word_does(written: str, asked: str) -> None:
    text_pairs = f" {grams.pairs_of_text(grams.folded(written))} "
    for word in grams.words_of(asked):
        sought = " ".join(grams.pairs(word)) if len(word) > 1 else grams.safely(word)
        is_there = f" {sought} " in text_pairs if len(word) > 1 else f" {sought}" in text_pairs
        assert is_there == (word in grams.folded(written))
