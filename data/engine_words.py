"""The index of the words of reports, as each kind of database keeps one: pairs of characters in FTS5 or in a tsvector."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Select, column, func, select, table

from data.grams import folded, pairs, pairs_of_text, safely


def index_words(conn: Connection, changes: Sequence[tuple[int, str, str]]) -> None:
    """Keep texts for `with_words`: (id of the incident, its text before, its text now); an empty text is found by nobody."""
    if not conn.get_execution_options().get("keeps_words", True):
        return
    gone = [(key, words) for key, before, _ in changes if (words := folded(before))]
    new = [(key, words) for key, _, now in changes if (words := folded(now))]
    cursor = conn.connection.cursor()
    try:
        if conn.dialect.name == "postgresql":
            cursor.executemany("DELETE FROM report_words WHERE id = %s", [(key,) for key, _ in gone])
            with cursor.copy("COPY report_words (id, words, pairs) FROM STDIN") as copy:
                for key, words in new:
                    copy.write_row((key, words, pairs_of_text(words)))
            return
        taken = "INSERT INTO report_words (report_words, rowid, pairs) VALUES ('delete', ?, ?)"
        cursor.executemany(taken, [(key, pairs_of_text(words)) for key, words in gone])
        put = "INSERT INTO report_words (rowid, pairs) VALUES (?, ?)"
        cursor.executemany(put, [(key, pairs_of_text(words)) for key, words in new])
    finally:
        cursor.close()


def with_words(conn: Connection, words: Sequence[str]) -> Select[Any]:
    """Ids of the incidents whose text contains all these folded words: one at least, and not many, as FTS5 reads only so deep."""
    texts = table("report_words", *(column(name) for name in ("id", "rowid", "report_words", "words", "pairs")))
    if conn.dialect.name == "postgresql":
        asked = [f"'{pair}'" for word in words for pair in pairs(word)]
        asked += [f"'{safely(word)}':*" for word in words if len(word) == 1]
        # Pairs say what is in a text, not in which order.
        in_order = [func.strpos(texts.c.words, word) > 0 for word in words if len(word) > 2]
        matches = texts.c.pairs.op("@@")(func.tsquery(" & ".join(asked)))
        return select(texts.c.id).where(matches, *in_order)
    phrases = [f'"{" ".join(pairs(word))}"' if len(word) > 1 else f'"{safely(word)}"*' for word in words]
    return select(texts.c.rowid).where(texts.c.report_words.op("MATCH")(" ".join(phrases)))
