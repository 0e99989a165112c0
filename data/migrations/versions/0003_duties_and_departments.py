"""When a case was filed, which department handles it, until when each post had to act; rollup cells by organisation.

The new columns are derived, and the cells counted, when the store is opened: see `data.opening`.
"""

import sqlalchemy as sa
from alembic import op

from data.columns import Code
from data.instants import Instant

revision = "0003"
down_revision = "0005"

INSTANTS = ("filed_at", "triage_due_at", "dispatch_due_at", "first_accept_due_at", "check_due_at", "checked_at")
COHORTS = ("due_at", "resolved_at", "closed_at", "filed_at")
OPEN = sa.text("ended_at IS NULL")
ASKED = ["grid_code", "urgency_code", "due_at", "state_code", "state_since_at", "at_risk_at"]


def upgrade() -> None:
    for name in INSTANTS:
        op.add_column("incident", sa.Column(name, Instant))
    op.add_column("incident", sa.Column("handler_code", Code))
    op.add_column("incident", sa.Column("supervise_count", sa.Integer, nullable=False, server_default="0"))
    for name in COHORTS:
        op.create_index(f"ix_incident_{name}", "incident", [name])
    op.create_index("ix_incident_open_grid", "incident", ASKED, postgresql_where=OPEN, sqlite_where=OPEN)
    _rollup(("organisation_code",))


def downgrade() -> None:
    _rollup(())
    op.drop_index("ix_incident_open_grid", "incident")
    for name in COHORTS:
        op.drop_index(f"ix_incident_{name}", "incident")
    for name in ("supervise_count", "handler_code", *INSTANTS):
        op.drop_column("incident", name)


def _rollup(more: tuple[str, ...]) -> None:
    """The cells anew, empty: whoever opens the store counts them."""
    op.drop_table("rollup")
    op.execute("DELETE FROM progress WHERE key = 'rollups-version'")
    keys = ("grouping_code", "measure_code", "period_start", "area_code", "category_code", "channel_code", *more, "bucket")
    sizes = {"grouping_code": 16, "channel_code": 16, "organisation_code": 64}
    kinds = {name: sa.String(sizes.get(name, 32)) for name in keys} | {"period_start": sa.Integer, "bucket": sa.SmallInteger}
    op.create_table(
        "rollup",
        *(sa.Column(name, kinds[name], nullable=False) for name in keys),
        sa.Column("value", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint(*keys, name=op.f("pk_rollup")),
        sqlite_with_rowid=False,
    )
