"""The tables, as the newest migration leaves them.

To change them: add a step under migrations/versions, change this page, and let the test compare the two.
"""

from datetime import UTC, datetime
from typing import Final

from sqlalchemy import (
    JSON,
    BigInteger,
    Column,
    Date,
    DateTime,
    Dialect,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    Table,
    Text,
    UniqueConstraint,
)
from sqlalchemy.types import TypeDecorator, TypeEngine


class UtcDateTime(TypeDecorator[datetime]):
    """An instant, which comes back in UTC, exact to the microsecond."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002  SQLAlchemy's signature
        """The instant in UTC, whatever zone it was told in."""
        return None if value is None else value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002  SQLAlchemy's signature
        """The instant in UTC; SQLite keeps no zone, so what it gives back is UTC already."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class FreeText(TypeDecorator[str]):
    """What people wrote. PostgreSQL keeps no NUL in a text, so that it gets the sign that shows one."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        """The text as the database can keep it."""
        if value is None or dialect.name != "postgresql":
            return value
        return value.replace("\x00", "\N{SYMBOL FOR NULL}")


# Found by its beginning, so that it must sort by its bytes, whatever the server's language.
SORTED_TEXT: Final[TypeEngine[str]] = Text().with_variant(Text(collation="C"), "postgresql")

# SQLite numbers rows by itself only where the column is exactly INTEGER.
POSITION: Final[TypeEngine[int]] = BigInteger().with_variant(Integer, "sqlite")

metadata: Final = MetaData()

# Keys begin with the entry's id, so that one look at an index finds what many callers ask for: SQLite does not use an
# index to search for several columns at once in a list of tuples.
posting_journal: Final = Table(
    "posting_journal",
    metadata,
    Column("company_id", Text, nullable=False),
    Column("entry_id", Text, nullable=False),
    Column("part", Text, nullable=False),
    Column("generation", Integer, nullable=False),
    Column("external_reference", Text, nullable=False),
    Column("job_id", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("content_hash", Text, nullable=False),
    Column("changed_at", UtcDateTime, nullable=False),
    Column("external_id", Text, nullable=False),
    Column("external_url", Text, nullable=False),
    Column("posting_date", Date),
    Column("note", FreeText, nullable=False),
    Column("booked_in", Text, nullable=False, server_default=""),
    Column("first_sent_at", UtcDateTime),
    PrimaryKeyConstraint("entry_id", "company_id", "part", "generation", name="posting_journal_key"),
    UniqueConstraint("external_reference", name="posting_journal_reference"),
)

receipt_obligation: Final = Table(
    "receipt_obligation",
    metadata,
    Column("position", POSITION, primary_key=True),
    Column("company_id", Text, nullable=False),
    Column("entry_id", Text, nullable=False),
    Column("part", Text, nullable=False),
    Column("generation", Integer, nullable=False),
    Column("sha256", Text, nullable=False),
    Column("name", FreeText, nullable=False),
    Column("state", Text, nullable=False),
    Column("note", FreeText, nullable=False),
    UniqueConstraint("entry_id", "company_id", "part", "generation", "sha256", name="receipt_obligation_file"),
)

export_job: Final = Table(
    "export_job",
    metadata,
    Column("job_id", Text, nullable=False),
    Column("company_id", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("number_of_items", Integer, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("first_seen_at", UtcDateTime, nullable=False),
    Column("ended_at", UtcDateTime),
    Column("failure_reason", FreeText, nullable=False),
    Column("failure_reason_type", Text, nullable=False),
    Column("started_at", UtcDateTime),
    Column("pleo_calls", Integer, nullable=False, server_default="0"),
    Column("books_calls", Integer, nullable=False, server_default="0"),
    PrimaryKeyConstraint("job_id", name="export_job_key"),
    Index("export_job_seen", "first_seen_at", "job_id"),
)

# `failures` and `warnings` null mean none; an item without failures was successful. `success_reported_at` outlives a
# new outcome of the same job and entry, because Pleo once took the success. `plan_json` is compressed with zlib.
item_outcome: Final = Table(
    "item_outcome",
    metadata,
    Column("position", POSITION, primary_key=True),
    Column("job_id", Text, nullable=False),
    Column("company_id", Text, nullable=False),
    Column("entry_id", SORTED_TEXT, nullable=False),
    Column("settled_at", UtcDateTime, nullable=False),
    Column("label", FreeText, nullable=False),
    Column("external_id", Text, nullable=False),
    Column("external_url", Text, nullable=False),
    Column("failures", JSON(none_as_null=True)),
    Column("warnings", JSON(none_as_null=True)),
    Column("plan_json", LargeBinary, nullable=False),
    Column("reported_at", UtcDateTime),
    Column("success_reported_at", UtcDateTime),
    UniqueConstraint("job_id", "entry_id", name="item_outcome_item"),
    Index("item_outcome_order", "job_id", "position"),
    Index("item_outcome_entry", "entry_id", "position"),
)

# Small beside the table: few items fail, and few wait for their report.
Index(
    "item_outcome_failed",
    item_outcome.c.job_id,
    item_outcome.c.position,
    sqlite_where=item_outcome.c.failures.is_not(None),
    postgresql_where=item_outcome.c.failures.is_not(None),
)
Index(
    "item_outcome_unreported",
    item_outcome.c.job_id,
    item_outcome.c.position,
    sqlite_where=item_outcome.c.reported_at.is_(None),
    postgresql_where=item_outcome.c.reported_at.is_(None),
)

item_troubles: Final = Table(
    "item_troubles",
    metadata,
    Column("company_id", Text, nullable=False),
    Column("entry_id", Text, nullable=False),
    Column("content_hash", Text, nullable=False),
    Column("count", Integer, nullable=False),
    Column("last_at", UtcDateTime, nullable=False),
    Column("evidence", FreeText, nullable=False),
    PrimaryKeyConstraint("company_id", "entry_id", name="item_troubles_key"),
)

# Written on PostgreSQL only: a file on one machine has a lock of the operating system's. See lease.py.
company_lease: Final = Table(
    "company_lease",
    metadata,
    Column("company_id", Text, nullable=False),
    Column("holder", Text, nullable=False),
    Column("fence", BigInteger, nullable=False),
    Column("expires_at", UtcDateTime, nullable=False),
    PrimaryKeyConstraint("company_id", name="company_lease_key"),
)
