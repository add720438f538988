"""When a document was first sent that may still arrive; how often an item met trouble of its own."""

from typing import Final

import sqlalchemy as sa
from alembic import op

revision: Final = "0005"
down_revision: Final[str | None] = "0004"
branch_labels: Final[str | None] = None
depends_on: Final[str | None] = None


def upgrade() -> None:
    """Add the column and the table; of earlier sends nothing but the last change is known."""
    op.add_column("posting_journal", sa.Column("first_sent_at", sa.DateTime(timezone=True)))
    op.create_table(
        "item_troubles",
        sa.Column("company_id", sa.Text, nullable=False),
        sa.Column("entry_id", sa.Text, nullable=False),
        sa.Column("content_hash", sa.Text, nullable=False),
        sa.Column("count", sa.Integer, nullable=False),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("evidence", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("company_id", "entry_id", name="item_troubles_key"),
    )
