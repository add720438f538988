import re
from typing import Final

import click

from bilag.adapters.accounting.registry import CONNECTORS
from bilag.cli.exit_codes import ExitCode
from bilag.cli.main import cli
from tests.house.documents import page

PAGES: Final = ("README.md", "docs/operations.md")


def test_every_command_and_option_is_explained() -> None:
    text = "\n".join(page(name) for name in PAGES)
    for name, command in cli.commands.items():
        assert f"`bilag {name}" in text, f"bilag {name} stands neither in README.md nor in docs/operations.md"
        for parameter in command.params:
            if isinstance(parameter, click.Option):
                assert parameter.help, f"bilag {name} {parameter.opts[0]} has no help"
                assert f"`{parameter.opts[0]}`" in text, f"bilag {name} {parameter.opts[0]} stands in no page"


def test_commands_that_pages_tell_people_to_type_exist() -> None:
    for name in (*PAGES, "docs/failures.md", "docs/configuration.md", "docs/plan.md", "CHANGELOG.md"):
        for typed in re.findall(r"`bilag ([a-z]+)", page(name)):
            assert typed in cli.commands, f"{name} speaks of `bilag {typed}`, which does not exist"


def test_every_exit_code_is_explained() -> None:
    for code in ExitCode:
        assert re.search(rf"^\| {code.value} \| \w", page("docs/operations.md"), re.MULTILINE), code


def test_every_connector_has_its_column() -> None:
    for connector in CONNECTORS:
        assert f"`{connector.name}`" in page("docs/connectors.md"), connector.name
