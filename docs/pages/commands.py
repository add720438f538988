"""The table of commands in docs/operations.md, from the command line itself."""

import click

from bilag.cli.main import cli
from docs.pages.markdown import table


def commands_table() -> str:
    """Every command with its options, in the order of the help."""
    rows = [(_usage(name, command), _summary(command), _options(command)) for name, command in cli.commands.items()]
    return table(("Command", "Does", "Options"), [("`bilag`", "options before any command", _options(cli)), *rows])


def _usage(name: str, command: click.Command) -> str:
    arguments = [parameter for parameter in command.params if isinstance(parameter, click.Argument)]
    words = [(a.name or "").upper() if a.required else f"[{(a.name or '').upper()}]" for a in arguments]
    return f"`{' '.join(('bilag', name, *words))}`"


def _summary(command: click.Command) -> str:
    paragraph = (command.help or "").partition("\n\n")[0]
    return " ".join(paragraph.split()).rstrip(".")


def _options(command: click.Command) -> str:
    options = [parameter for parameter in command.params if isinstance(parameter, click.Option)]
    return "<br>".join(f"`{option.opts[0]}` {(option.help or '').rstrip('.')}".strip() for option in options)
