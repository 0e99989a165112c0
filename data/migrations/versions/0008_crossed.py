"""Indexes that answer what an analyst crosses without a look at the rows: they begin as those they replace."""

from alembic import op

revision = "0008"
down_revision = "0007"

CROSSED = ("category_code", "channel_code", "handler_code", "state_code", "urgency_code", "reporter_kind_code", "village_code",
           "grid_code")  # fmt: skip


def upgrade() -> None:
    op.create_index("ix_incident_crossed", "incident", ["reported_at", "county_code", "township_code", *CROSSED])
    op.create_index("ix_incident_crossed_township", "incident", ["township_code", "reported_at", *CROSSED])
    op.drop_index("ix_incident_reported_at", "incident")
    op.drop_index("ix_incident_township_code_reported_at", "incident")


def downgrade() -> None:
    op.create_index("ix_incident_township_code_reported_at", "incident", ["township_code", "reported_at"])
    op.create_index("ix_incident_reported_at", "incident", ["reported_at"])
    op.drop_index("ix_incident_crossed_township", "incident")
    op.drop_index("ix_incident_crossed", "incident")
