"""Posting journal, receipts owed, Export Jobs and item outcomes."""

from typing import Any, Final

import sqlalchemy as sa
from alembic import op

revision: Final = "0001"
down_revision: Final[str | None] = None
branch_labels: Final[str | None] = None
depends_on: Final[str | None] = None


def upgrade() -> None:
    """Create the first tables."""
    _create_posting_journal()
    _create_receipt_obligation()
    _create_export_job()
    _create_item_outcome()


def _position() -> sa.Column[int]:
    return sa.Column("position", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True)


def _instant(name: str, *, nullable: bool = False) -> sa.Column[Any]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text, nullable=False)


def _key_columns() -> tuple[sa.Column[Any], ...]:
    generation = sa.Column("generation", sa.Integer, nullable=False)
    return _text("company_id"), _text("entry_id"), _text("part"), generation


def _create_posting_journal() -> None:
    op.create_table(
        "posting_journal",
        *_key_columns(),
        _text("external_reference"),
        _text("job_id"),
        _text("state"),
        _text("content_hash"),
        _instant("changed_at"),
        _text("external_id"),
        _text("external_url"),
        sa.Column("posting_date", sa.Date),
        _text("note"),
        sa.PrimaryKeyConstraint("entry_id", "company_id", "part", "generation", name="posting_journal_key"),
        sa.UniqueConstraint("external_reference", name="posting_journal_reference"),
    )


def _create_receipt_obligation() -> None:
    op.create_table(
        "receipt_obligation",
        _position(),
        *_key_columns(),
        _text("sha256"),
        _text("name"),
        _text("state"),
        _text("note"),
        sa.UniqueConstraint("entry_id", "company_id", "part", "generation", "sha256", name="receipt_obligation_file"),
    )


def _create_export_job() -> None:
    op.create_table(
        "export_job",
        _text("job_id"),
        _text("company_id"),
        _text("state"),
        sa.Column("number_of_items", sa.Integer, nullable=False),
        _instant("created_at"),
        _instant("first_seen_at"),
        _instant("ended_at", nullable=True),
        _text("failure_reason"),
        _text("failure_reason_type"),
        sa.PrimaryKeyConstraint("job_id", name="export_job_key"),
    )
    op.create_index("export_job_seen", "export_job", ["first_seen_at", "job_id"])


def _create_item_outcome() -> None:
    op.create_table(
        "item_outcome",
        _position(),
        _text("job_id"),
        _text("company_id"),
        _text("entry_id"),
        _instant("settled_at"),
        _text("label"),
        _text("external_id"),
        _text("external_url"),
        sa.Column("failures", sa.JSON),
        sa.Column("warnings", sa.JSON),
        sa.Column("plan_json", sa.LargeBinary, nullable=False),
        _instant("reported_at", nullable=True),
        _instant("success_reported_at", nullable=True),
        sa.UniqueConstraint("job_id", "entry_id", name="item_outcome_item"),
    )
    op.create_index("item_outcome_order", "item_outcome", ["job_id", "position"])
    op.create_index("item_outcome_entry", "item_outcome", ["entry_id", "position"])
    for name, condition in (
        ("item_outcome_failed", sa.text("failures IS NOT NULL")),
        ("item_outcome_unreported", sa.text("reported_at IS NULL")),
    ):
        op.create_index(
            name, "item_outcome", ["job_id", "position"], sqlite_where=condition, postgresql_where=condition
        )
