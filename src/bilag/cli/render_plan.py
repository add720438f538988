"""Plans as a bookkeeper reads them: debit left, credit right, and the reason beside each."""

from collections.abc import Iterable, Mapping
from typing import Any

from rich.text import Text

from bilag.cli.output import out, plain, table

PlanJson = Mapping[str, Any]


def print_plan(plan: PlanJson) -> None:
    """One item: its entry with both sides, or what keeps it out of the books."""
    out.print(plain(f"{plan['accountingEntryId']}  {plan['method'] or 'no method'}", "bold"))
    for document in plan["documents"]:
        moved = f" (moved from {document['date']}: {document['movedBy']})" if document["movedBy"] else ""
        kind = document["kind"].replace("_", " ")
        vendor = document["vendor"]
        whose = f" of {vendor['number']} {vendor['name']}".rstrip() if vendor else ""
        out.print(plain(f"  {kind}{whose}, {document['mode']}, {document['postingDate']}{moved}"))
        out.print(plain(f"  {document['datapoints']['description']}", "dim"))
        out.print(table(("  account", "role", "debit", "credit", "tax", ""), _postings(document), right=(2, 3)))
        _print_settlement(document, plan["trace"])
    if plan.get("nothingToBook"):
        out.print(plain(f"  {plan['nothingToBook']}"))
    print_failures(plan["failures"])
    out.print()


def _print_settlement(document: Mapping[str, Any], trace: Iterable[Mapping[str, Any]]) -> None:
    """What a vendor document settles and opens again, or what it waits for."""
    for step in trace:
        if step["subject"] == f"{document['kind']}.settles":
            out.print(plain(f"  settles: {step['value']}", "dim"))
    for one in document.get("reopens", ()):
        out.print(plain(f"  opens again: {one['amount']} {document['currency']} of {one['bill']}", "dim"))


def print_failures(failures: Iterable[Mapping[str, str]]) -> None:
    """Every failure with its code, its place, and what to do."""
    for failure in failures:
        out.print(Text("  ✗ ", "red") + plain(failure["message"]))
        out.print(plain(f"    {failure['remedy']}"))
        out.print(plain(f"    {failure['code']} at {failure['path'] or 'the item'}", "dim"))


def print_trace(plan: PlanJson) -> None:
    """Why every value is what it is, one value after another."""
    if plan.get("settingsVersion"):
        out.print(plain(f"  settings {plan['settingsVersion']}", "dim"))
    for step in plan["trace"]:
        out.print(plain(f"  {step['subject']}  ") + plain(step["value"], "bold"))
        out.print(plain(f"    {step['because']}"))
        tried = f"; before it were tried {', '.join(step['refused'])}" if step["refused"] else ""
        out.print(plain(f"    {step['rule']}, from {step['source']}{tried}", "dim"))


def _postings(document: Mapping[str, Any]) -> list[tuple[str, str, str, str, str, str]]:
    rows = []
    for posting in document["postings"]:
        amount = f"{posting['amount']} {document['currency']}"
        debit, credit = (amount, "") if posting["side"] == "debit" else ("", amount)
        dimensions = " ".join(f"{d['group']}={d['code']}" for d in posting["dimensions"])
        original = posting["original"]
        foreign = f"{original['amount']} {original['currency']} " if original else ""
        role = posting["role"].replace("_", " ")
        rows.append(
            (f"  {posting['account']}", role, debit, credit, posting["taxCode"] or "", f"{foreign}{dimensions}")
        )
    return rows
