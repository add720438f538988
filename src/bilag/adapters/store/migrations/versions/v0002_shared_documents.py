"""Which document an item's document is part of, where several items share one."""

from typing import Final

import sqlalchemy as sa
from alembic import op

revision: Final = "0002"
down_revision: Final[str | None] = "0001"
branch_labels: Final[str | None] = None
depends_on: Final[str | None] = None


def upgrade() -> None:
    """Add the column; what was booked before stands by itself."""
    op.add_column("posting_journal", sa.Column("booked_in", sa.Text, nullable=False, server_default=""))
