"""Brings the tables of a database up to date, inside the caller's transaction."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from bilag.ports.errors import NeedsPerson

_MIGRATIONS: Final = Path(__file__).parent / "migrations"


@dataclass(frozen=True, slots=True, kw_only=True)
class Tables:
    """The last steps that a database's tables have behind them, none without tables, and the steps that we know."""

    found: frozenset[str]
    newest: str
    known: frozenset[str]

    @property
    def too_new(self) -> str:
        """The steps that only a newer bilag knows; empty when there are none."""
        return ", ".join(sorted(self.found - self.known))

    @property
    def are_newest(self) -> bool:
        """Whether no step is missing."""
        return self.found == {self.newest}


def tables_of(connection: Connection) -> Tables:
    """How far the tables are. Changes nothing."""
    scripts = ScriptDirectory.from_config(_config(connection))
    return Tables(
        found=frozenset(MigrationContext.configure(connection).get_current_heads()),
        newest=str(scripts.get_current_head()),
        known=frozenset(script.revision for script in scripts.walk_revisions()),
    )


def upgrade(connection: Connection, database: str) -> None:
    """Run the steps that are missing. Raises NeedsPerson, and changes nothing, when the tables are newer than we."""
    tables = tables_of(connection)
    if tables.too_new:
        raise NeedsPerson(
            f"The database {database} comes from a newer version of bilag "
            f"(tables {tables.too_new}). Install that version or a newer one."
        )
    if not tables.are_newest:
        command.upgrade(_config(connection), "head")


def _config(connection: Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config
