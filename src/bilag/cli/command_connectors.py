"""`bilag connectors`: what each accounting system can do."""

import click

from bilag.app.connectors import list_connectors
from bilag.cli.output import out, print_json, table


@click.command()
@click.option("--json", "as_json", is_flag=True, help="One JSON object per connector.")
def connectors(as_json: bool) -> None:  # noqa: FBT001  click hands flags over
    """List the accounting systems that bilag can book into, and what each can do."""
    found = list_connectors()
    if as_json:
        for connector in found:
            print_json(connector.as_json())
        return
    names = [connector.name for connector in found]
    subjects = list(found[0].abilities)
    rows = [(subject, *(connector.abilities[subject] for connector in found)) for subject in subjects]
    out.print(table(("", *names), rows))
