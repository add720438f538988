"""`bilag webhooks`: who at Pleo tells us of new Export Jobs."""

import asyncio
from pathlib import Path
from typing import Any

import click

from bilag.app.webhooks import AddedSubscription, KnownSubscription, open_subscription_desk
from bilag.cli.configured import config_option
from bilag.cli.output import err, out, plain, print_json, table


@click.group()
def webhooks() -> None:
    """Manage the webhook subscriptions of the configured credential at Pleo."""


@webhooks.command()
@click.argument("url")
@config_option
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
def add(url: str, config_path: Path, as_json: bool) -> None:  # noqa: FBT001  click hands flags over
    """Have new Export Jobs told to URL, the public address of `bilag serve`, and keep the secret for it."""
    added = asyncio.run(_add(config_path, url))
    if as_json:
        print_json({"id": added.subscription.id, "url": added.subscription.url, "isNew": added.is_new})
    else:
        done = "Added" if added.is_new else "Took up what was there already:"
        out.print(plain(f"{done} {added.subscription.id}. Its secret is in {added.secret_file}"))
    for note in _notes(added):
        err.print(plain(note))


@webhooks.command("list")
@config_option
@click.option("--json", "as_json", is_flag=True, help="One JSON object per subscription.")
def list_(config_path: Path, as_json: bool) -> None:  # noqa: FBT001  click hands flags over
    """List the subscriptions, and whether the secret of each is kept here."""
    known = asyncio.run(_all(config_path))
    if as_json:
        for one in known:
            print_json(_as_json(one))
        return
    if not known:
        out.print(plain("Pleo has no subscription of this credential. `bilag webhooks add URL` makes one."))
        return
    rows = [
        (
            one.subscription.id,
            one.subscription.status.lower(),
            "kept" if one.has_secret else "not here",
            ", ".join(one.subscription.event_types),
            one.subscription.url,
        )
        for one in known
    ]
    out.print(table(("subscription", "status", "secret", "events", "address"), rows))


@webhooks.command()
@click.argument("subscription")
@config_option
def remove(subscription: str, config_path: Path) -> None:
    """End SUBSCRIPTION (its id) and forget its secret."""
    was_there = asyncio.run(_remove(config_path, subscription))
    out.print(plain(f"Removed {subscription}." if was_there else f"{subscription} was gone; its secret is forgotten."))


async def _add(config_path: Path, url: str) -> AddedSubscription:
    async with open_subscription_desk(config_path) as desk:
        return await desk.add(url)


async def _all(config_path: Path) -> tuple[KnownSubscription, ...]:
    async with open_subscription_desk(config_path) as desk:
        return await desk.all()


async def _remove(config_path: Path, subscription: str) -> bool:
    async with open_subscription_desk(config_path) as desk:
        return await desk.remove(subscription)


def _notes(added: AddedSubscription) -> list[str]:
    """What to know, and to do, after adding."""
    notes = []
    if added.others:
        others = ", ".join(added.others)
        notes.append(f"The address has other subscriptions, too: {others}. Remove those that are not needed any more.")
    if added.secrets_elsewhere:
        notes.append(
            "serve.webhook_secrets in bilag.toml names the secrets that count: add { file = ... } with this file to it,"
            " or leave webhook_secrets out."
        )
    if added.path_differs:
        notes.append("`bilag serve` answers at /webhooks/pleo: have the proxy pass this address on to there.")
    return notes


def _as_json(one: KnownSubscription) -> dict[str, Any]:
    return {
        "id": one.subscription.id,
        "url": one.subscription.url,
        "status": one.subscription.status,
        "eventTypes": list(one.subscription.event_types),
        "createdAt": one.subscription.created_at,
        "secretKept": one.has_secret,
    }
