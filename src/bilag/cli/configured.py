"""The --config option that most commands share."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

Command = TypeVar("Command", bound=Callable[..., Any])


def config_option(command: Command) -> Command:
    """Adds --config, also read from BILAG_CONFIG."""
    return click.option(
        "--config",
        "config_path",
        type=click.Path(path_type=Path, dir_okay=False),
        default=Path("bilag.toml"),
        show_default=True,
        envvar="BILAG_CONFIG",
        help="The configuration file.",
    )(command)
