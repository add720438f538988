"""Brings the tables of a database up to date, inside the caller's transaction."""

from pathlib import Path
from typing import Final

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from bilag.ports.errors import NeedsPerson

_MIGRATIONS: Final = Path(__file__).parent / "migrations"


def upgrade(connection: Connection, database: str) -> None:
    """Run the steps that are missing. Raises NeedsPerson, and changes nothing, when the tables are newer than we."""
    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    scripts = ScriptDirectory.from_config(config)
    known = {script.revision for script in scripts.walk_revisions()}
    current = set(MigrationContext.configure(connection).get_current_heads())
    if not current <= known:
        raise NeedsPerson(
            f"The database {database} comes from a newer version of bilag "
            f"(tables {', '.join(sorted(current - known))}). Install that version or a newer one."
        )
    if current != set(scripts.get_heads()):
        command.upgrade(config, "head")
