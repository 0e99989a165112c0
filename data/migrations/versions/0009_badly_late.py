"""What is badly late is counted without a look at the rows: a case settled in time is none, however long its check takes."""

from alembic import op
from sqlalchemy import text

revision = "0009"
down_revision = "0008"

LEVELS = ("county", "township", "village")


def upgrade() -> None:
    _index("badly_late_at", "state_code", "due_at", "resolved_at")


def downgrade() -> None:
    _index("badly_late_at", "state_code")


def _index(*columns: str) -> None:
    is_known = text("ended_at IS NULL AND badly_late_at IS NOT NULL")
    for level in LEVELS:
        name = f"ix_incident_badly_{level}"
        op.drop_index(name, "incident")
        op.create_index(name, "incident", [f"{level}_code", *columns], sqlite_where=is_known, postgresql_where=is_known)
