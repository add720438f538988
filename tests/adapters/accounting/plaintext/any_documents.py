"""Documents with anything in them that a person or a supplier could write, as hypothesis draws them."""

from dataclasses import replace
from datetime import date

from hypothesis import strategies as st

from bilag.domain.export_item import BankAccount, InvoiceInformation, ServicePeriod
from bilag.domain.ledger import (
    AccountRole,
    Datapoints,
    Dimension,
    DocumentKind,
    JournalEntry,
    Posting,
    PostingMode,
    Side,
)
from bilag.domain.money import Currency, Money
from bilag.domain.payables import Allocation, BooksVendor, Reopening, VendorDocument
from bilag.domain.period import ClosedPeriodStep
from tests.adapters.accounting.plaintext.samples import dated

HOSTILE = (
    '"',
    "\\",
    '\\"',
    "\n",
    "\r\n",
    ";",
    "|",
    ",",
    "  ",
    "\t",
    "\x00",
    "\x0b\x0c\x1c",
    "\x85",
    "\u2028",
    "\u202e",
    "\ufeff",
    "\ud800",
    "%2C",
    "{{}}",
    "[2026-99-99]",
    "date:2026-99-99",
    "\n2026-01-01 open Assets:Evil\n",
    '"\n\n2026-01-01 * "Evil"\n  Assets:Evil  1 EUR\n  Equity:Evil\n',
    '\n  external_reference: "evil"\n',
    "\n    ; external_reference:evil\n",
    "\n; end of voucher 2026-000001\n",
    "\ninclude evil.journal\n",
    "= 5 EUR",
    "(code)",
    "* !",
    "\u00e6\u00f8\u00e5 \u4e2d\u6587 \U0001f355",
)
texts = st.lists(st.sampled_from(HOSTILE) | st.text(max_size=8), max_size=5).map("".join)
currencies = st.sampled_from([Currency(code) for code in ("EUR", "JPY", "KWD", "CLF")])
days = st.dates(min_value=date(2020, 1, 1), max_value=date(2030, 12, 31))


@st.composite
def entries(draw: st.DrawFn) -> JournalEntry:
    """A balanced entry of two to five postings in one currency."""
    currency = draw(currencies)
    debits = draw(st.lists(st.integers(0, 10**12), min_size=1, max_size=4))
    postings = [_posting(draw, Side.DEBIT, Money(minor, currency), AccountRole.EXPENSE) for minor in debits]
    postings.append(_posting(draw, Side.CREDIT, Money(sum(debits), currency), AccountRole.WALLET))
    original = draw(days)
    posting_date = dated(original)
    if draw(st.booleans()):
        posting_date = dated(
            original, date=date(2031, 1, 1), moved_by=draw(st.sampled_from(ClosedPeriodStep)), period=draw(texts)
        )
    return JournalEntry(
        external_reference=draw(texts.filter(bool)),
        posting_date=posting_date,
        mode=draw(st.sampled_from(PostingMode)),
        currency=currency,
        postings=tuple(postings),
        datapoints=draw(_datapoints()),
    )


@st.composite
def vendor_documents(draw: st.DrawFn) -> VendorDocument:
    """A vendor document with any texts, allocations and reopenings."""
    currency = draw(currencies)
    minor = draw(st.integers(1, 10**12))
    kind = draw(st.sampled_from(sorted(set(DocumentKind) - {DocumentKind.JOURNAL_ENTRY})))
    owes = kind is DocumentKind.VENDOR_INVOICE or (kind is DocumentKind.VENDOR_PAYMENT and draw(st.booleans()))
    amount, side = Money(minor, currency), Side.CREDIT if owes else Side.DEBIT
    allocations = st.builds(Allocation, reference=texts.filter(bool), amount=st.just(Money(1, currency)))
    reopenings = st.builds(
        Reopening, payment=texts.filter(bool), bill=texts.filter(bool), amount=st.just(Money(7, currency))
    )
    returned = kind is DocumentKind.VENDOR_PAYMENT and owes
    return VendorDocument(
        external_reference=draw(texts.filter(bool)),
        posting_date=dated(draw(days)),
        mode=draw(st.sampled_from(PostingMode)),
        currency=currency,
        postings=(
            _posting(draw, side.other, amount, AccountRole.EXPENSE),
            replace(_posting(draw, side, amount, AccountRole.ACCOUNTS_PAYABLE), account="6800"),
        ),
        datapoints=draw(_datapoints()),
        kind=kind,
        vendor=BooksVendor(number=draw(texts), name=draw(texts)),
        paired_with=draw(texts),
        settles=tuple(draw(st.lists(allocations, max_size=min(minor, 3)))),
        reopens=tuple(draw(st.lists(reopenings, max_size=3))) if returned else (),
    )


def _posting(draw: st.DrawFn, side: Side, amount: Money, role: AccountRole) -> Posting:
    groups = draw(st.lists(texts, max_size=3))
    return Posting(
        account=draw(st.sampled_from(["6010", "6110", "1910"])),
        role=role,
        side=side,
        amount=amount,
        description=draw(texts),
        original=draw(st.none() | st.just(Money(123, Currency("USD")))),
        tax_code=draw(st.none() | texts),
        tax_amount=draw(st.none() | st.just(Money(-5, amount.currency))),
        dimensions=tuple(Dimension(group=group, code=draw(texts)) for group in groups),
    )


def _datapoints() -> st.SearchStrategy[Datapoints]:
    bank = st.builds(BankAccount, bank_name=texts, country=texts, iban=texts)
    invoice = st.builds(
        InvoiceInformation, number=texts, invoice_date=days, status=texts, supplier_bank_account=st.none() | bank
    )
    return st.builds(
        Datapoints,
        reconciliation_id=texts,
        description=texts,
        payee=texts,
        attendees=st.lists(texts, max_size=2).map(tuple),
        reconciled_entries=st.lists(texts, max_size=2).map(tuple),
        employee=texts,
        team=texts,
        note=texts,
        web_link=texts,
        original_amount=st.none() | st.just(Money(4711, Currency("KWD"))),
        service_period=st.none() | st.just(ServicePeriod(start=date(2026, 1, 1), end=date(2026, 3, 31))),
        invoice=st.none() | invoice,
    )
