"""Reports refused, answers to reporters, evidence of what was settled, and the check of the ledger.

What was set aside before is taken for one report a row, for the older code did not say; steps that were posted are none.
Evidence is read from the logs as the replay reads it: what came before a rework or a reopening counts no more.
"""

import sqlalchemy as sa
from alembic import op

from data.columns import Code, Id
from data.instants import Instant

revision = "0004"
down_revision = "0002"

STANDING = sa.text("admitted_at IS NULL")
SET_ASIDE = "name <> '/intake/steps' AND checksum IS NOT NULL"
PROVES = "(action_code IN ('resolve', 'close') AND remark <> '' OR action_code = 'check' AND outcome_code <> 'fail')"
UNDOES = "(action_code IN ('rework', 'reopen') OR action_code = 'check' AND outcome_code = 'fail')"


def upgrade() -> None:
    op.add_column("incident", sa.Column("has_evidence", sa.Boolean, nullable=False, server_default=sa.false()))
    op.add_column("incident", sa.Column("answer_code", Code, nullable=False, server_default=""))
    op.add_column("rejected_row", sa.Column("report_ref", sa.Text, nullable=False, server_default=""))
    _create_refusals()
    _create_answers()
    op.create_table(
        "ledger_check",
        sa.Column("id", Id, autoincrement=True, nullable=False),
        sa.Column("first_at", Instant, nullable=False),
        sa.Column("last_at", Instant, nullable=False),
        sa.Column("missing_count", sa.BigInteger, nullable=False),
        sa.Column("named", sa.Text, nullable=False),
        sa.Column("counts", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger_check")),
    )
    _fill()


def _create_refusals() -> None:
    op.create_table(
        "refusal",
        sa.Column("source", Code, nullable=False),
        sa.Column("report_ref", sa.Text, nullable=False),
        sa.Column("reason", Code, nullable=False),
        sa.Column("refused_at", Instant, nullable=False),
        sa.Column("admitted_at", Instant),
        sa.PrimaryKeyConstraint("source", "report_ref", name=op.f("pk_refusal")),
    )
    op.create_index("ix_refusal_standing", "refusal", ["refused_at"], postgresql_where=STANDING, sqlite_where=STANDING)


def _create_answers() -> None:
    op.create_table(
        "answer",
        sa.Column("id", Id, autoincrement=True, nullable=False),
        sa.Column("incident_id", Id, nullable=False),
        sa.Column("reporter_key", sa.String(64), nullable=False),
        sa.Column("kind_code", Code, nullable=False),
        sa.Column("round", sa.Integer, nullable=False),
        sa.Column("words", sa.Text, nullable=False),
        sa.Column("created_at", Instant, nullable=False),
        sa.Column("state_code", Code, nullable=False),
        sa.Column("reason", Code, nullable=False),
        sa.Column("attempt_count", sa.Integer, nullable=False),
        sa.Column("doubtful_count", sa.Integer, nullable=False),
        sa.Column("next_try_at", Instant),
        sa.Column("tried_at", Instant),
        sa.Column("sent_at", Instant),
        sa.ForeignKeyConstraint(["incident_id"], ["incident.id"], name=op.f("fk_answer_incident_id_incident")),
        sa.ForeignKeyConstraint(["reporter_key"], ["reporter.reporter_key"], name=op.f("fk_answer_reporter_key_reporter")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_answer")),
        sa.UniqueConstraint(
            "incident_id", "reporter_key", "kind_code", "round", name=op.f("uq_answer_incident_id_reporter_key_kind_code_round")
        ),
    )
    op.create_index("ix_answer_state_code_next_try_at", "answer", ["state_code", "next_try_at"])


def _fill() -> None:
    op.execute(f"UPDATE rejected_row SET report_ref = checksum || ':' || coalesce(row_number, 0) WHERE {SET_ASIDE}")
    op.execute(
        "INSERT INTO refusal (source, report_ref, reason, refused_at) SELECT source, report_ref, min(reason), min(rejected_at) "
        "FROM rejected_row WHERE report_ref <> '' GROUP BY source, report_ref"
    )
    later = f"l.incident_id = s.incident_id AND l.is_possible AND l.at > s.at AND {_of('l', UNDOES)}"
    proves = f"s.incident_id = incident.id AND s.is_possible AND {_of('s', PROVES)}"
    proven = f"EXISTS (SELECT 1 FROM step s WHERE {proves} AND NOT EXISTS (SELECT 1 FROM step l WHERE {later}))"
    op.execute(f"UPDATE incident SET has_evidence = true WHERE {proven}")


def _of(alias: str, condition: str) -> str:
    for name in ("action_code", "outcome_code", "remark"):
        condition = condition.replace(name, f"{alias}.{name}")
    return condition


def downgrade() -> None:
    op.drop_table("ledger_check")
    op.drop_table("answer")
    op.drop_table("refusal")
    op.drop_column("rejected_row", "report_ref")
    for name in ("answer_code", "has_evidence"):
        op.drop_column("incident", name)
