"""`bilag login` and `bilag secrets`: what bilag keeps encrypted, and the keys for it."""

import asyncio
from pathlib import Path

import click

from bilag.app.login import log_in
from bilag.app.secrets import fresh_master_key, list_secrets, remove_secret, rotate_secrets
from bilag.cli.configured import config_option
from bilag.cli.exit_codes import ExitCode
from bilag.cli.output import err, out, plain, print_json, table


@click.command()
@config_option
def login(config_path: Path) -> None:
    """Log in to Pleo in the browser; the login is kept encrypted and renewed by itself."""
    company_id = asyncio.run(log_in(config_path, _show_address))
    out.print(plain(f"Logged in for company {company_id}. `bilag doctor` checks that it works."))


def _show_address(url: str) -> None:
    err.print(plain("Open this address in a browser on this machine, and agree there:"))
    # As it is: a console would fold the line, and the address would break.
    click.echo(url)


@click.group()
def secrets() -> None:
    """List, remove or encrypt anew what bilag keeps: `list`, `rotate`, `remove FIELD`, `new-key`."""


@secrets.command("list")
@config_option
@click.option("--json", "as_json", is_flag=True, help="One JSON object per secret.")
def list_(config_path: Path, as_json: bool) -> None:  # noqa: FBT001  click hands flags over
    """Name what is kept, without any value."""
    kept = list_secrets(config_path)
    if as_json:
        for one in kept:
            print_json({"company": one.company_id, "field": one.field, "keyVersion": one.key_version})
        return
    if not kept:
        out.print(plain("Nothing is kept yet."))
        return
    rows = [
        (one.company_id, one.field, str(one.key_version), "" if one.is_newest else "run `bilag secrets rotate`")
        for one in kept
    ]
    out.print(table(("company", "secret", "key version", ""), rows, right=(2,)))


@secrets.command()
@config_option
def rotate(config_path: Path) -> None:
    """Encrypt everything anew that is not under the newest master key yet."""
    done = rotate_secrets(config_path)
    out.print(plain(f"{done.changed} of {done.secrets} encrypted anew; all are under key version {done.key_version}."))


@secrets.command()
@click.argument("field")
@config_option
def remove(field: str, config_path: Path) -> None:
    """Forget the secret FIELD of the configured company."""
    if not remove_secret(config_path, field):
        err.print(plain(f"There is no secret {field} of this company. `bilag secrets list` names what there is."))
        raise SystemExit(ExitCode.NEEDS_ATTENTION)
    out.print(plain(f"{field} is forgotten."))


@secrets.command("new-key")
def new_key() -> None:
    """Print a fresh master key, and nothing else; it is kept nowhere."""
    click.echo(fresh_master_key().reveal())
