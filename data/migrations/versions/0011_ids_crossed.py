"""The id in the indexes of what an analyst crosses, so that the newest are known without a look at the rows.

Only on PostgreSQL: an index of SQLite has it anyway.
"""

from alembic import op

revision = "0011"
down_revision = "0010"

CROSSED = ("category_code", "channel_code", "handler_code", "state_code", "urgency_code", "reporter_kind_code", "village_code",
           "grid_code")  # fmt: skip
INDEXES = {
    "ix_incident_crossed": ("reported_at", "county_code", "township_code", *CROSSED),
    "ix_incident_crossed_township": ("township_code", "reported_at", *CROSSED),
}


def upgrade() -> None:
    _with(["id"])


def downgrade() -> None:
    _with([])


def _with(more: list[str]) -> None:
    if op.get_bind().dialect.name == "postgresql":
        for name, columns in INDEXES.items():
            op.drop_index(name, "incident")
            op.create_index(name, "incident", list(columns), postgresql_include=more)
