"""Signs that a case is nobody's, the way it took and through whose hands, the counts of ways, merges both ways, badly late.

The new columns are empty until `data.opening` has derived every incident anew.
"""

import sqlalchemy as sa
from alembic import op

from data.instants import Instant

revision = "0005"
down_revision = "0002"

LEVELS = ("county", "township", "village")
INSTANTS = ("bounced_at", "unaccepted_at", "unheard_at", "unowned_at", "sign_at", "alarm_at")
BOUNCING = sa.text("ended_at IS NULL AND return_count >= 2")
HAS_MASTER = sa.text("master_ref <> ''")


def upgrade() -> None:
    for name in INSTANTS:
        op.add_column("incident", sa.Column(name, Instant))
    for name in ("path_text", "hands_text"):
        op.add_column("incident", sa.Column(name, sa.Text, nullable=False, server_default=""))
    op.drop_index("ix_incident_bouncing", "incident")
    for level in LEVELS:
        _index_open(f"ix_incident_sign_{level}", f"{level}_code", "sign_at")
        _index_open(f"ix_incident_badly_{level}", f"{level}_code", "badly_late_at")
    for name in ("alarm_at", "master_id"):
        is_known = sa.text(f"{name} IS NOT NULL")
        op.create_index(f"ix_incident_{name}", "incident", [name], postgresql_where=is_known, sqlite_where=is_known)
    merged = ["incident_source", "master_ref"]
    op.create_index("ix_step_master", "step", merged, postgresql_where=HAS_MASTER, sqlite_where=HAS_MASTER)
    op.create_table(
        "path_count",
        sa.Column("kind_code", sa.String(16), nullable=False),
        sa.Column("area_code", sa.String(32), nullable=False),
        sa.Column("key", sa.String(512), nullable=False),
        sa.Column("period_start", sa.Integer, nullable=False),
        sa.Column("bucket", sa.SmallInteger, nullable=False),
        sa.Column("value", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("kind_code", "area_code", "key", "period_start", "bucket", name="pk_path_count"),
        sqlite_with_rowid=False,
    )


def downgrade() -> None:
    op.drop_table("path_count")
    op.drop_index("ix_step_master", "step")
    for name in ("alarm_at", "master_id"):
        op.drop_index(f"ix_incident_{name}", "incident")
    for level in LEVELS:
        op.drop_index(f"ix_incident_badly_{level}", "incident")
        op.drop_index(f"ix_incident_sign_{level}", "incident")
    op.create_index("ix_incident_bouncing", "incident", ["return_count"], postgresql_where=BOUNCING, sqlite_where=BOUNCING)
    for name in ("path_text", "hands_text", *INSTANTS):
        op.drop_column("incident", name)


def _index_open(name: str, *columns: str) -> None:
    is_known = sa.text(f"ended_at IS NULL AND {columns[-1]} IS NOT NULL")
    op.create_index(name, "incident", list(columns), postgresql_where=is_known, sqlite_where=is_known)
