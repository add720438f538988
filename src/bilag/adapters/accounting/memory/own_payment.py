"""The payment that the books make by themselves, for vendors whose invoices they settle as they are posted."""

from dataclasses import replace
from typing import Final

from bilag.domain.ledger import AccountRole, Datapoints, DocumentKind, Posting, Side
from bilag.domain.money import Money
from bilag.domain.payables import Allocation, VendorDocument

# The other side of a payment that nobody asked for; no chart needs it.
BANK: Final = "bank"


def own_reference(invoice_reference: str) -> str:
    """What the books call their own payment of the invoice."""
    return f"{invoice_reference}.paid-by-the-books"


def own_payment(invoice: VendorDocument) -> VendorDocument | None:
    """The payment of what the invoice still owes after what it settles itself; None when it owes nothing."""
    if invoice.kind is not DocumentKind.VENDOR_INVOICE:
        return None
    settled = Money.total((allocation.amount for allocation in invoice.settles), invoice.currency)
    owed = invoice.payable_amount - settled
    if owed.is_zero:
        return None
    debit = Posting(account=invoice.payable_account, role=AccountRole.ACCOUNTS_PAYABLE, side=Side.DEBIT, amount=owed)
    credit = Posting(account=BANK, role=AccountRole.CONTRA, side=Side.CREDIT, amount=owed)
    return replace(
        invoice,
        external_reference=own_reference(invoice.external_reference),
        kind=DocumentKind.VENDOR_PAYMENT,
        postings=(debit, credit),
        datapoints=Datapoints(reconciliation_id="", description="Paid by the books"),
        paired_with=invoice.external_reference,
        settles=(Allocation(reference=invoice.external_reference, amount=owed),),
    )
