"""Alembic's entry point. The connection is handed in, already inside its transaction; logging is left alone."""

from alembic import context

from bilag.adapters.store.schema import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,
)
context.run_migrations()
