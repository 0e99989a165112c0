"""When each incident and step was first known here, and what an incident said before it was overwritten.

Rows of before have no such instant: they count as known since they were received.
"""

import sqlalchemy as sa
from alembic import op

from data.columns import Code, Id
from data.instants import Instant

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    op.add_column("incident", sa.Column("known_at", Instant))
    op.add_column("step", sa.Column("known_at", Instant))
    op.create_table(
        "overwritten",
        sa.Column("id", Id, primary_key=True, autoincrement=True),
        sa.Column("incident_id", Id, sa.ForeignKey("incident.id", name="fk_overwritten_incident_id_incident"), nullable=False),
        sa.Column("until_at", Instant, nullable=False),
        sa.Column("action_code", Code, nullable=False, server_default=""),
        sa.Column("content", sa.Text, nullable=False),
    )
    for name in ("until_at", "incident_id"):
        op.create_index(f"ix_overwritten_{name}", "overwritten", [name])


def downgrade() -> None:
    op.drop_table("overwritten")
    for table in ("incident", "step"):
        op.drop_column(table, "known_at")
