"""The holder's clock, when a case is at risk and badly late, when it wakes, who watches it, and why a step did nothing.

Every open incident is given a `wakes_at` in the past: the worker looks at it again and fills the new columns.
"""

import sqlalchemy as sa
from alembic import op

from data.columns import Code
from data.instants import Instant

revision = "0002"
down_revision = "0001"

LEVELS = ("county", "township", "village")
INSTANTS = ("holder_since_at", "holder_due_at", "at_risk_at", "badly_late_at", "wakes_at")
OPEN = sa.text("ended_at IS NULL")
BOUNCING = sa.text("ended_at IS NULL AND return_count >= 2")
ASLEEP = sa.text("wakes_at IS NOT NULL")


def upgrade() -> None:
    for name in INSTANTS:
        op.add_column("incident", sa.Column(name, Instant))
    op.add_column("incident", sa.Column("supervise_level", sa.SmallInteger, nullable=False, server_default="0"))
    op.add_column("step", sa.Column("problem_code", Code, nullable=False, server_default=""))
    op.execute("UPDATE step SET problem_code = 'state' WHERE NOT is_possible")
    op.execute("UPDATE incident SET wakes_at = reported_at WHERE ended_at IS NULL")
    _index_open("at_risk_at")
    op.create_index("ix_incident_bouncing", "incident", ["return_count"], postgresql_where=BOUNCING, sqlite_where=BOUNCING)
    op.create_index("ix_incident_wakes_at", "incident", ["wakes_at"], postgresql_where=ASLEEP, sqlite_where=ASLEEP)


def downgrade() -> None:
    op.drop_index("ix_incident_wakes_at", "incident")
    op.drop_index("ix_incident_bouncing", "incident")
    _index_open("reported_at")
    op.drop_column("step", "problem_code")
    for name in ("supervise_level", *INSTANTS):
        op.drop_column("incident", name)


def _index_open(last: str) -> None:
    for level in LEVELS:
        op.drop_index(f"ix_incident_open_{level}", "incident")
        asked = [f"{level}_code", "urgency_code", "due_at", "state_code", "state_since_at", last]
        op.create_index(f"ix_incident_open_{level}", "incident", asked, postgresql_where=OPEN, sqlite_where=OPEN)
