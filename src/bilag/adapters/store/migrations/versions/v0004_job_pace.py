"""When a job was started, and the calls that it took, so that its time can be held against the quotas."""

from typing import Final

import sqlalchemy as sa
from alembic import op

revision: Final = "0004"
down_revision: Final[str | None] = "0003"
branch_labels: Final[str | None] = None
depends_on: Final[str | None] = None


def upgrade() -> None:
    """Add the columns; of earlier jobs nothing is known."""
    op.add_column("export_job", sa.Column("started_at", sa.DateTime(timezone=True)))
    op.add_column("export_job", sa.Column("pleo_calls", sa.Integer, nullable=False, server_default="0"))
    op.add_column("export_job", sa.Column("books_calls", sa.Integer, nullable=False, server_default="0"))
