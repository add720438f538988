"""What `bilag doctor` looks at. Changes nothing."""

import os
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from bilag.adapters.store.exclusive import is_used_exclusively
from bilag.adapters.store.looking import SeenJournal, look_at_file, look_at_server
from bilag.app.credentials import credential_problem
from bilag.app.system_clock import SYSTEM_CLOCK
from bilag.app.wiring import JOURNAL_FILE, open_planner, open_pleo, shared_database
from bilag.config.load import ConfigInvalid, load_config
from bilag.config.shape import AccountsSection, Config
from bilag.domain.export_job import JobStatus
from bilag.domain.payables import VendorKey, VendorQuery
from bilag.lifecycle.desk import Planner
from bilag.ports.errors import Forbidden, NeedsPerson, Trouble, TryLater, Unauthorised

# What can't be booked while the account of a role is missing.
_NEEDED_FOR: Final = {
    "wallet": "card expenses for which Pleo names no contra account",
    "out_of_pocket": "out-of-pocket, mileage, per diem, reimbursements, cash and personal spend",
    "contra": "wallet loads and unloads",
    "accounts_payable": "invoices and their payments",
    "input_tax": "tax codes that name no ingoing account",
    "output_tax": "reverse charge with tax codes that name no outgoing account",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing looked at. `good` None means that it works, with something to know."""

    what: str
    good: bool | None
    message: str
    remedy: str = ""


async def check_everything(config_path: Path) -> AsyncIterator[Finding]:
    """Configuration, credentials, Pleo, books, accounts, state, journal: each looked at even when another fails."""
    try:
        config = load_config(config_path)
    except ConfigInvalid as invalid:
        for problem in invalid.problems:
            where = f"{problem.key}: " if problem.key else ""
            yield Finding(what="configuration", good=False, message=f"{invalid.path}: {where}{problem.message}")
        return
    yield Finding(what="configuration", good=True, message=f"{config_path} is complete")
    for finding in [await _pleo(config), *await _books(config), *await _state(config)]:
        yield finding


async def _pleo(config: Config) -> Finding:
    missing = credential_problem(config, os.environ, SYSTEM_CLOCK)
    if missing:
        remedy = 'docs/configuration.md says under "A secret" where it can be put.'
        return Finding(what="Pleo", good=False, message=missing, remedy=remedy)
    try:
        async with open_pleo(config, os.environ) as pleo:
            waiting = await pleo.jobs(str(config.pleo.company_id), (JobStatus.PENDING, JobStatus.IN_PROGRESS))
    except Trouble as trouble:
        return Finding(what="Pleo", good=False, message=str(trouble), remedy=_pleo_remedy(trouble))
    return Finding(
        what="Pleo", good=True, message=f"reachable; Export Jobs that wait or are in progress: {len(waiting)}"
    )


def _pleo_remedy(trouble: Trouble) -> str:
    match trouble:
        case Unauthorised():
            return "Check that the whole key or token is there, and that it has not expired."
        case Forbidden():
            scopes = "export-jobs:read, export-jobs:write and export-items:read"
            return f"Check pleo.company_id, and that the key or token has the scopes {scopes}."
        case TryLater():
            return "Check pleo.base_url and the network, then ask again."
        case _:
            return "Check pleo.base_url, pleo.company_id and what the message names."


async def _books(config: Config) -> list[Finding]:
    unusable = _unusable(config.books.plaintext.folder)
    if unusable:
        remedy = "Correct books.plaintext.folder, or give bilag the right to write there."
        return [Finding(what="books", good=False, message=unusable, remedy=remedy)]
    async with open_planner(config) as planner:
        findings = await _readiness(config, planner)
        if any(finding.good is False for finding in findings):
            return findings
        try:
            findings += [
                *await _accounts(config.accounts, planner),
                *await _default_vendor(planner),
                await _period(planner),
            ]
        except Trouble as trouble:
            remedy = "Put right what it names, then ask again."
            findings.append(Finding(what="books", good=False, message=str(trouble), remedy=remedy))
    return findings


async def _readiness(config: Config, planner: Planner) -> list[Finding]:
    folder = config.books.plaintext.folder
    if not folder.exists():
        remedy = "bilag creates them with the first run; nothing to do if that is what you want."
        return [Finding(what="books", good=None, message=f"{folder} does not exist yet", remedy=remedy)]
    problems = await planner.books.problems()
    if problems:
        return [Finding(what="books", good=False, message=p.message, remedy=p.remedy) for p in problems]
    return [Finding(what="books", good=True, message=f"{planner.books.capabilities.system} in {folder} is ready")]


async def _accounts(section: AccountsSection, planner: Planner) -> list[Finding]:
    findings = []
    roles = {name: number for name in _NEEDED_FOR if (number := getattr(section, name)) is not None}
    others = filter(None, (section.external_reimbursement,))
    numbers = [*roles.values(), *section.wallets.values(), *section.contras.values(), *others]
    known = await planner.books.accounts(numbers)
    for number in dict.fromkeys(numbers):
        if number not in known:
            remedy = "Create the account in the books, or correct the number in [accounts]."
            findings.append(
                Finding(what="accounts", good=False, message=f"the books have no account {number}", remedy=remedy)
            )
    for name, needed_for in _NEEDED_FOR.items():
        if name not in roles and not {"contra": section.contras, "wallet": section.wallets}.get(name):
            message = f"accounts.{name} is not set; these fail without it: {needed_for}"
            findings.append(Finding(what="accounts", good=None, message=message))
    if not findings:
        findings.append(Finding(what="accounts", good=True, message="the books take every account of [accounts]"))
    return findings


async def _default_vendor(planner: Planner) -> list[Finding]:
    number = planner.settings.default_vendor
    if not number:
        return []
    query = VendorQuery(key=VendorKey.CODE, value=number, source="settings.bookkeeping.default_vendor")
    found = await planner.books.vendors(query)
    if len(found) == 1 and not found[0].blocked:
        name = f"{number} {found[0].name}".rstrip()
        return [Finding(what="vendors", good=True, message=f"{name} takes what no other vendor matches")]
    problem = f"the default vendor {number} is blocked" if found else f"the books have no vendor {number}"
    remedy = "Correct bookkeeping.default_vendor, or the vendor in the books."
    return [Finding(what="vendors", good=False, message=problem, remedy=remedy)]


async def _period(planner: Planner) -> Finding:
    today = planner.clock.now().astimezone(planner.settings.time_zone).date()
    period = await planner.books.period_of(today)
    if period is None:
        remedy = "Extend the period table of the books."
        return Finding(what="periods", good=False, message=f"the books have no period for {today}", remedy=remedy)
    if period.closed:
        remedy = "Open it in the books; until then expenses of today fail, or move as bookkeeping.closed_period says."
        return Finding(
            what="periods", good=False, message=f"today lies in {period.name}, which is closed", remedy=remedy
        )
    return Finding(what="periods", good=True, message=f"today lies in {period.name}, which is open")


async def _state(config: Config) -> list[Finding]:
    folder = config.state.folder
    unusable = _unusable(folder)
    if unusable:
        remedy = "Correct state.folder, or give bilag the right to write there."
        return [Finding(what="state", good=False, message=unusable, remedy=remedy)]
    findings = [Finding(what="state", good=True, message=f"{folder} can be written")]
    if is_used_exclusively(folder):
        findings = [Finding(what="state", good=None, message=f"another bilag is exporting with {folder} now")]
    try:
        seen = await _seen_journal(config)
    except Trouble as trouble:
        return [*findings, Finding(what="journal", good=False, message=str(trouble), remedy=_journal_remedy(trouble))]
    return findings if seen is None else [*findings, *_journal(seen)]


async def _seen_journal(config: Config) -> SeenJournal | None:
    database = shared_database(config, os.environ)
    if database is not None:
        return await look_at_server(database, str(config.pleo.company_id))
    path = config.state.folder / JOURNAL_FILE
    return look_at_file(path) if path.exists() else None


def _journal(seen: SeenJournal) -> list[Finding]:
    """The posting journal's tables, and who has the lease of the company."""
    tables, found = seen.tables, ", ".join(sorted(seen.tables.found))
    if tables.too_new:
        message = f"{seen.database} comes from a newer version of bilag (tables {tables.too_new})"
        return [Finding(what="journal", good=False, message=message, remedy="Install that version or a newer one.")]
    if not found:
        findings = [
            Finding(what="journal", good=None, message=f"{seen.database} has no tables yet; the next run makes them")
        ]
    elif not tables.are_newest:
        message = f"{seen.database} has tables {found}; the next run brings them up to {tables.newest}"
        findings = [Finding(what="journal", good=None, message=message)]
    else:
        findings = [Finding(what="journal", good=True, message=f"{seen.database} is reached and has tables {found}")]
    if seen.holder:
        message = f"the company is being exported by {seen.holder}; its lease runs for {seen.seconds} more seconds"
        findings.append(Finding(what="lease", good=None, message=message))
    return findings


def _journal_remedy(trouble: Trouble) -> str:
    if isinstance(trouble, NeedsPerson):
        return "Correct state.database or what it names, then ask again."
    return "docs/operations.md says what the posting journal is needed for, and how to restore it."


def _unusable(folder: Path) -> str:
    """Why the folder can't be written or made; empty when it can."""
    nearest = next(path for path in (folder, *folder.parents) if path.exists())
    if not nearest.is_dir():
        return f"{nearest} is not a folder"
    return "" if os.access(nearest, os.W_OK | os.X_OK) else f"{nearest} can't be written"
