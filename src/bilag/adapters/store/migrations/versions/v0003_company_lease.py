"""Who exports a company, where workers share the database; ids in the order of their bytes on PostgreSQL, too."""

from typing import Final

import sqlalchemy as sa
from alembic import op

revision: Final = "0003"
down_revision: Final[str | None] = "0002"
branch_labels: Final[str | None] = None
depends_on: Final[str | None] = None


def upgrade() -> None:
    """Create the table, and let an index find an entry by the beginning of its id whatever the server's language."""
    op.create_table(
        "company_lease",
        sa.Column("company_id", sa.Text, nullable=False),
        sa.Column("holder", sa.Text, nullable=False),
        sa.Column("fence", sa.BigInteger, nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("company_id", name="company_lease_key"),
    )
    if op.get_bind().dialect.name == "postgresql":
        op.alter_column("item_outcome", "entry_id", type_=sa.Text(collation="C"))
