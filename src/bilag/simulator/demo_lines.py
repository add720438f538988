"""A short way to write the demo's lines down."""

from bilag.simulator.scenario_entry import EntryLine


def paid(
    account: str | None,
    value: int,
    tax_code: str | None = None,
    *tags: str,
    supplier_value: int | None = None,
) -> EntryLine:
    """A line of `value` hundredths in the wallet's currency; `supplier_value` only where the currencies differ."""
    return EntryLine(
        wallet_value=value,
        supplier_value=value if supplier_value is None else supplier_value,
        account=account,
        tax_code=tax_code,
        tags=tags,
    )


def reconciliation_id(number: int) -> str:
    """The book number that Pleo shows for a demo entry."""
    return f"MS-{number}"
