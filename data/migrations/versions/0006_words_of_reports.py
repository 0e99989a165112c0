"""An index of the words of reports: pairs of characters, of every report that is there and whose content may be shown; raw
bytes by their source and time, as a step names them."""

from typing import Any

import sqlalchemy as sa
from alembic import op

from data.grams import folded, pairs_of_text

revision = "0006"
down_revision = "0003"

CHUNK = 5000


def upgrade() -> None:
    op.create_index("ix_snapshot_source_received_at", "snapshot", ["source", "received_at"])
    is_postgresql = op.get_bind().dialect.name == "postgresql"
    if is_postgresql:
        op.execute("CREATE TABLE report_words (id bigint PRIMARY KEY, words text NOT NULL, pairs tsvector NOT NULL)")
    else:
        # Of pairs only, without the text: what is taken out is named by its pairs. The tokens are ours: ascii parts them at spaces.
        op.execute("CREATE VIRTUAL TABLE report_words USING fts5 (pairs, content = '', columnsize = 0, tokenize = 'ascii')")
    last = 0
    while rows := _chunk(last):
        last = rows[-1][0]
        ready = [(key, folded(f"{report} {address}")) for key, report, address, is_restricted in rows if not is_restricted]
        _insert(is_postgresql, [{"id": key, "words": text, "pairs": pairs_of_text(text)} for key, text in ready if text])
    if is_postgresql:
        op.execute("CREATE INDEX ix_report_words_pairs ON report_words USING gin (pairs)")


def _chunk(last: int) -> list[Any]:
    asked = sa.text(f"SELECT id, report_text, address_text, is_restricted FROM incident WHERE id > :last ORDER BY id LIMIT {CHUNK}")
    return list(op.get_bind().execute(asked, {"last": last}))


def _insert(is_postgresql: bool, rows: list[dict[str, Any]]) -> None:
    if rows:
        columns, values = (
            ("id, words, pairs", ":id, :words, CAST(:pairs AS tsvector)") if is_postgresql else ("rowid, pairs", ":id, :pairs")
        )
        op.get_bind().execute(sa.text(f"INSERT INTO report_words ({columns}) VALUES ({values})"), rows)


def downgrade() -> None:
    op.execute("DROP TABLE report_words")
    op.drop_index("ix_snapshot_source_received_at", "snapshot")
