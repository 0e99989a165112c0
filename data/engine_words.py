"""What is said to each kind of database in its own words beside `data.engine`: the index of the words of reports (pairs of
characters in FTS5 or in a tsvector), which index not to take, and what a code begins with.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import Boolean, ColumnElement, Connection, Select, and_, column, func, select, table
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement

from data.grams import folded, pairs, pairs_of_text, safely

AT_ONCE: Final = 16  # words of one question to the index


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


class HasWords(ColumnElement[bool]):
    """The condition that an id is of an incident whose text contains all these folded words, one at least; each kind of database
    asks its own index."""

    inherit_cache = False
    type = Boolean()

    def __init__(self, incident_id: ColumnElement[int], words: Sequence[str]) -> None:
        self.incident_id, self.words = incident_id, tuple(words)

    def on(self, dialect_name: str) -> ColumnElement[bool]:
        """The same in the words of a kind of database."""
        return and_(*(self.incident_id.in_(each) for each in with_words(dialect_name, self.words)))


@compiles(HasWords)
def _compiled(condition: HasWords, compiler: Any, **more: Any) -> str:
    return str(compiler.process(condition.on(compiler.dialect.name).self_group(), **more))


class Unsought(FunctionElement[Any]):
    """A column by whose index nothing is sought: SQLite without statistics takes that of a county, which holds nearly all there is.
    PostgreSQL has statistics.
    """

    name = "unsought"
    inherit_cache = True


@compiles(Unsought)
def _unsought(column: Unsought, compiler: Any, **more: Any) -> str:
    sign = "+" if compiler.dialect.name == "sqlite" else ""
    return sign + str(compiler.process(column.clauses, **more))


class Begins(FunctionElement[bool]):
    """The condition that a code begins with a text, case included. PostgreSQL has statistics for its own word of that only; LIKE
    takes a for A on SQLite.
    """

    name = "begins"
    type = Boolean()
    inherit_cache = True


@compiles(Begins)
def _begins(condition: Begins, compiler: Any, **more: Any) -> str:
    code, beginning = condition.clauses
    if compiler.dialect.name == "postgresql":
        return str(compiler.process(code.op("^@", is_comparison=True)(beginning), **more))
    return str(compiler.process(func.substr(code, 1, func.length(beginning)) == beginning, **more))


def with_words(dialect_name: str, words: Sequence[str]) -> list[Select[Any]]:
    """Ids of the incidents whose text contains all these folded words, one at least: in every one of these, as FTS5 reads only so
    many at once."""
    found = _on_postgresql if dialect_name == "postgresql" else _on_sqlite
    return [found(words[first : first + AT_ONCE]) for first in range(0, len(words), AT_ONCE)]


def _texts() -> Any:
    return table("report_words", *(column(name) for name in ("id", "rowid", "report_words", "words", "pairs")))


def _on_postgresql(words: Sequence[str]) -> Select[Any]:
    texts = _texts()
    asked = [f"'{pair}'" for word in words for pair in pairs(word)]
    asked += [f"'{safely(word)}':*" for word in words if len(word) == 1]
    # Pairs say what is in a text, not in which order.
    in_order = [func.strpos(texts.c.words, word) > 0 for word in words if len(word) > 2]
    matches = texts.c.pairs.op("@@")(func.tsquery(" & ".join(asked)))
    return select(texts.c.id).where(matches, *in_order)


def _on_sqlite(words: Sequence[str]) -> Select[Any]:
    texts = _texts()
    phrases = [f'"{" ".join(pairs(word))}"' if len(word) > 1 else f'"{safely(word)}"*' for word in words]
    return select(texts.c.rowid).where(texts.c.report_words.op("MATCH")(" ".join(phrases)))
