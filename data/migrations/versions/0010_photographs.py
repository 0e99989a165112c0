"""Photographs of reports: those of messages that were filed before are known, too; most are too old to be fetched."""

import sqlalchemy as sa
from alembic import op

from data.columns import Code, Id
from data.instants import Instant

revision = "0010"
down_revision = "0009"

THREE_DAYS = 3 * 86_400 * 1_000_000  # microseconds


def upgrade() -> None:
    op.create_table(
        "photograph",
        sa.Column("id", Id, autoincrement=True, nullable=False),
        sa.Column("message_id", Id, nullable=False),
        sa.Column("state_code", Code, nullable=False),
        sa.Column("reason", Code, nullable=False),
        sa.Column("attempt_count", sa.Integer, nullable=False),
        sa.Column("next_try_at", Instant),
        sa.Column("tried_at", Instant),
        sa.Column("expires_at", Instant, nullable=False),
        sa.Column("kept_at", Instant),
        sa.Column("checksum", sa.String(64)),
        sa.Column("width", sa.Integer),
        sa.Column("height", sa.Integer),
        sa.Column("size_bytes", sa.BigInteger),
        sa.ForeignKeyConstraint(["message_id"], ["message.id"], name=op.f("fk_photograph_message_id_message")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_photograph")),
        sa.UniqueConstraint("message_id", name=op.f("uq_photograph_message_id")),
    )
    op.create_index("ix_photograph_state_code_next_try_at", "photograph", ["state_code", "next_try_at"])
    op.create_index("ix_photograph_checksum", "photograph", ["checksum"])
    op.execute(
        "INSERT INTO photograph (message_id, state_code, reason, attempt_count, next_try_at, expires_at) "
        f"SELECT id, 'waiting', '', 0, received_at, coalesce(sent_at, received_at) + {THREE_DAYS} "
        "FROM message WHERE kind_code = 'image' AND state_code = 'filed' ORDER BY id"
    )


def downgrade() -> None:
    op.drop_table("photograph")
