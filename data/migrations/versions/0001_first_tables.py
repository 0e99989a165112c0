"""The first tables."""

import sqlalchemy as sa
from alembic import op

from data.instants import Instant

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "area",
        sa.Column("area_code", sa.String(length=64), nullable=False),
        sa.Column("valid_from_on", sa.Date(), nullable=False),
        sa.Column("valid_to_on", sa.Date(), nullable=True),
        sa.Column("level_code", sa.String(length=64), nullable=False),
        sa.Column("kind_code", sa.String(length=64), nullable=False),
        sa.Column("parent_code", sa.String(length=64), nullable=True),
        sa.Column("name_zh", sa.Text(), nullable=False),
        sa.Column("name_en", sa.Text(), nullable=False),
        sa.Column("lon", sa.Float(), nullable=True),
        sa.Column("lat", sa.Float(), nullable=True),
        sa.PrimaryKeyConstraint("area_code", "valid_from_on", name=op.f("pk_area")),
    )
    op.create_table(
        "batch",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("source", sa.String(length=64), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("checksum", sa.String(length=64), nullable=True),
        sa.Column("started_at", Instant(), nullable=False),
        sa.Column("finished_at", Instant(), nullable=True),
        sa.Column("read_count", sa.BigInteger(), nullable=False),
        sa.Column("accepted_count", sa.BigInteger(), nullable=False),
        sa.Column("repeated_count", sa.BigInteger(), nullable=False),
        sa.Column("rejected_count", sa.BigInteger(), nullable=False),
        sa.Column("remark", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_batch")),
        sa.UniqueConstraint("source", "name", "checksum", name=op.f("uq_batch_source_name_checksum")),
    )
    op.create_table(
        "category",
        sa.Column("category_code", sa.String(length=64), nullable=False),
        sa.Column("parent_code", sa.String(length=64), nullable=True),
        sa.Column("level", sa.SmallInteger(), nullable=False),
        sa.Column("name_zh", sa.Text(), nullable=False),
        sa.Column("name_en", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("category_code", name=op.f("pk_category")),
    )
    op.create_table(
        "change",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("kind_code", sa.String(length=64), nullable=False),
        sa.Column("incident_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("content", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_change")),
    )
    op.create_index(op.f("ix_change_at"), "change", ["at"], unique=False)
    op.create_index(op.f("ix_change_incident_id"), "change", ["incident_id"], unique=False)
    op.create_table(
        "change_head",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("last_id", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_change_head")),
    )
    op.create_table(
        "incident",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("source", sa.String(length=64), nullable=False),
        sa.Column("source_ref", sa.Text(), nullable=False),
        sa.Column("reported_at", Instant(), nullable=False),
        sa.Column("reported_precision", sa.String(length=64), nullable=False),
        sa.Column("received_at", Instant(), nullable=False),
        sa.Column("committed_at", Instant(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("channel_code", sa.String(length=64), nullable=False),
        sa.Column("reporter_kind_code", sa.String(length=64), nullable=False),
        sa.Column("reporter_key", sa.String(length=64), nullable=True),
        sa.Column("category_code", sa.String(length=64), nullable=False),
        sa.Column("category_certainty", sa.Float(), nullable=True),
        sa.Column("condition_code", sa.String(length=64), nullable=False),
        sa.Column("urgency_code", sa.String(length=64), nullable=False),
        sa.Column("report_text", sa.Text(), nullable=False),
        sa.Column("address_text", sa.Text(), nullable=False),
        sa.Column("media_count", sa.Integer(), nullable=False),
        sa.Column("is_restricted", sa.Boolean(), nullable=False),
        sa.Column("lon", sa.Float(), nullable=True),
        sa.Column("lat", sa.Float(), nullable=True),
        sa.Column("place_basis_code", sa.String(length=64), nullable=False),
        sa.Column("county_code", sa.String(length=64), nullable=False),
        sa.Column("township_code", sa.String(length=64), nullable=True),
        sa.Column("village_code", sa.String(length=64), nullable=True),
        sa.Column("grid_code", sa.String(length=64), nullable=True),
        sa.Column("state_code", sa.String(length=64), nullable=False),
        sa.Column("state_since_at", Instant(), nullable=False),
        sa.Column("holder_code", sa.String(length=64), nullable=True),
        sa.Column("triaged_at", Instant(), nullable=True),
        sa.Column("dispatched_at", Instant(), nullable=True),
        sa.Column("accepted_at", Instant(), nullable=True),
        sa.Column("resolved_at", Instant(), nullable=True),
        sa.Column("closed_at", Instant(), nullable=True),
        sa.Column("feedback_at", Instant(), nullable=True),
        sa.Column("ended_at", Instant(), nullable=True),
        sa.Column("accept_due_at", Instant(), nullable=True),
        sa.Column("due_at", Instant(), nullable=True),
        sa.Column("due_basis_code", sa.String(length=64), nullable=False),
        sa.Column("return_count", sa.Integer(), nullable=False),
        sa.Column("rework_count", sa.Integer(), nullable=False),
        sa.Column("extend_count", sa.Integer(), nullable=False),
        sa.Column("suspend_count", sa.Integer(), nullable=False),
        sa.Column("urge_count", sa.Integer(), nullable=False),
        sa.Column("reopen_count", sa.Integer(), nullable=False),
        sa.Column("step_count", sa.Integer(), nullable=False),
        sa.Column("impossible_count", sa.Integer(), nullable=False),
        sa.Column("master_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_incident")),
        sa.UniqueConstraint("source", "source_ref", name=op.f("uq_incident_source_source_ref")),
    )
    op.create_index(op.f("ix_incident_county_code_reported_at"), "incident", ["county_code", "reported_at"], unique=False)
    for level in ("county", "township", "village"):
        op.create_index(
            f"ix_incident_open_{level}",
            "incident",
            [f"{level}_code", "urgency_code", "due_at", "state_code", "state_since_at", "reported_at"],
            postgresql_where=sa.text("ended_at IS NULL"),
            sqlite_where=sa.text("ended_at IS NULL"),
        )
    op.create_index(op.f("ix_incident_reported_at"), "incident", ["reported_at"], unique=False)
    op.create_index(op.f("ix_incident_reporter_key_reported_at"), "incident", ["reporter_key", "reported_at"], unique=False)
    op.create_index(op.f("ix_incident_township_code_reported_at"), "incident", ["township_code", "reported_at"], unique=False)
    op.create_index(op.f("ix_incident_village_code_reported_at"), "incident", ["village_code", "reported_at"], unique=False)
    op.create_table(
        "organisation",
        sa.Column("organisation_code", sa.String(length=64), nullable=False),
        sa.Column("kind_code", sa.String(length=64), nullable=False),
        sa.Column("area_code", sa.String(length=64), nullable=False),
        sa.Column("name_zh", sa.Text(), nullable=False),
        sa.Column("name_en", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("organisation_code", name=op.f("pk_organisation")),
    )
    op.create_table(
        "organisation_token",
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("organisation_code", sa.String(length=64), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("revoked_at", Instant(), nullable=True),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_organisation_token")),
    )
    op.create_table(
        "progress",
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("done_count", sa.BigInteger(), nullable=False),
        sa.Column("total_count", sa.BigInteger(), nullable=False),
        sa.Column("updated_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_progress")),
    )
    op.create_table(
        "reporter",
        sa.Column("reporter_key", sa.String(length=64), nullable=False),
        sa.Column("source", sa.String(length=64), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("reporter_key", name=op.f("pk_reporter")),
    )
    op.create_table(
        "rollup",
        sa.Column("grouping_code", sa.String(length=16), nullable=False),
        sa.Column("measure_code", sa.String(length=32), nullable=False),
        sa.Column("period_start", sa.Integer(), nullable=False),
        sa.Column("area_code", sa.String(length=32), nullable=False),
        sa.Column("category_code", sa.String(length=32), nullable=False),
        sa.Column("channel_code", sa.String(length=16), nullable=False),
        sa.Column("bucket", sa.SmallInteger(), nullable=False),
        sa.Column("value", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint(
            "grouping_code",
            "measure_code",
            "period_start",
            "area_code",
            "category_code",
            "channel_code",
            "bucket",
            name=op.f("pk_rollup"),
        ),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "snapshot",
        sa.Column("checksum", sa.String(length=64), nullable=False),
        sa.Column("source", sa.String(length=64), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("media_type", sa.Text(), nullable=False),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.Column("received_at", Instant(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("checksum", name=op.f("pk_snapshot")),
    )
    op.create_table(
        "source_state",
        sa.Column("source", sa.String(length=64), nullable=False),
        sa.Column("last_event_at", Instant(), nullable=True),
        sa.Column("last_received_at", Instant(), nullable=True),
        sa.Column("accepted_count", sa.BigInteger(), nullable=False),
        sa.Column("rejected_count", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("source", name=op.f("pk_source_state")),
    )
    op.create_table(
        "message",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("source", sa.String(length=64), nullable=False),
        sa.Column("source_ref", sa.Text(), nullable=False),
        sa.Column("checksum", sa.String(length=64), nullable=False),
        sa.Column("received_at", Instant(), nullable=False),
        sa.Column("sent_at", Instant(), nullable=True),
        sa.Column("sender_key", sa.String(length=64), nullable=True),
        sa.Column("kind_code", sa.String(length=64), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("state_code", sa.String(length=64), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("attempt_count", sa.Integer(), nullable=False),
        sa.Column("incident_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.ForeignKeyConstraint(["checksum"], ["snapshot.checksum"], name=op.f("fk_message_checksum_snapshot")),
        sa.ForeignKeyConstraint(["incident_id"], ["incident.id"], name=op.f("fk_message_incident_id_incident")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_message")),
        sa.UniqueConstraint("source", "source_ref", name=op.f("uq_message_source_source_ref")),
    )
    op.create_index(op.f("ix_message_incident_id"), "message", ["incident_id"], unique=False)
    op.create_index(op.f("ix_message_sender_key_sent_at"), "message", ["sender_key", "sent_at"], unique=False)
    op.create_index(op.f("ix_message_state_code_id"), "message", ["state_code", "id"], unique=False)
    op.create_table(
        "rejected_row",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("batch_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("source", sa.String(length=64), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("row_number", sa.BigInteger(), nullable=True),
        sa.Column("reason", sa.String(length=64), nullable=False),
        sa.Column("sentence", sa.Text(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("checksum", sa.String(length=64), nullable=True),
        sa.Column("rejected_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["batch_id"], ["batch.id"], name=op.f("fk_rejected_row_batch_id_batch")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rejected_row")),
    )
    op.create_index(op.f("ix_rejected_row_batch_id"), "rejected_row", ["batch_id"], unique=False)
    op.create_index(op.f("ix_rejected_row_source_rejected_at"), "rejected_row", ["source", "rejected_at"], unique=False)
    op.create_table(
        "step",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("source", sa.String(length=64), nullable=False),
        sa.Column("source_ref", sa.Text(), nullable=False),
        sa.Column("incident_source", sa.String(length=64), nullable=False),
        sa.Column("incident_ref", sa.Text(), nullable=False),
        sa.Column("incident_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("action_code", sa.String(length=64), nullable=False),
        sa.Column("activity_name", sa.Text(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("precision_code", sa.String(length=64), nullable=False),
        sa.Column("received_at", Instant(), nullable=False),
        sa.Column("organisation_code", sa.String(length=64), nullable=True),
        sa.Column("to_organisation_code", sa.String(length=64), nullable=True),
        sa.Column("actor_key", sa.String(length=64), nullable=True),
        sa.Column("outcome_code", sa.String(length=64), nullable=False),
        sa.Column("remark", sa.Text(), nullable=False),
        sa.Column("until_at", Instant(), nullable=True),
        sa.Column("master_ref", sa.Text(), nullable=False),
        sa.Column("is_possible", sa.Boolean(), nullable=False),
        sa.Column("state_after_code", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["incident_id"], ["incident.id"], name=op.f("fk_step_incident_id_incident")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_step")),
        sa.UniqueConstraint("source", "source_ref", name=op.f("uq_step_source_source_ref")),
    )
    op.create_index(op.f("ix_step_incident_id_at"), "step", ["incident_id", "at"], unique=False)
    op.create_index(
        "ix_step_waiting",
        "step",
        ["incident_source", "incident_ref"],
        unique=False,
        postgresql_where=sa.text("incident_id IS NULL"),
        sqlite_where=sa.text("incident_id IS NULL"),
    )

    op.execute("INSERT INTO change_head (id, last_id) VALUES (1, 0)")


def downgrade() -> None:
    for name in (
        "step",
        "rejected_row",
        "message",
        "source_state",
        "snapshot",
        "rollup",
        "reporter",
        "progress",
        "organisation_token",
        "organisation",
        "incident",
        "change_head",
        "change",
        "category",
        "batch",
        "area",
    ):
        op.drop_table(name)
