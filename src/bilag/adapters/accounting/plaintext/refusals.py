"""Why the books do not take a document, decided from the chart, the period table and what stands there already."""

from collections.abc import Iterator

from bilag.adapters.accounting.plaintext.account_book import AccountBook
from bilag.adapters.accounting.plaintext.account_names import vendor_number_problem
from bilag.adapters.accounting.plaintext.config import PlaintextConfig
from bilag.adapters.accounting.plaintext.dialect import BLOCK_BYTES_MAX, StandingEntry
from bilag.domain.books_account import BooksAccount
from bilag.domain.document import Document
from bilag.domain.failure import Failure, FailureCode
from bilag.domain.ledger import AccountRole, Posting
from bilag.domain.payables import VendorDocument


def posting_failures(document: Document, accounts: AccountBook, config: PlaintextConfig) -> tuple[Failure, ...]:
    """Everything that keeps the postings out of the books."""
    found: list[Failure] = []
    for position, posting in enumerate(document.postings):
        path = f"postings[{position}]"
        found.extend(_account_failures(posting, accounts.find(posting.account), path))
        found.extend(_code_failures(posting, config, path))
        if isinstance(document, VendorDocument) and posting.role is AccountRole.ACCOUNTS_PAYABLE:
            own = accounts.find_vendor_account(posting.account, document.vendor.number)
            found.extend(_account_failures(posting, own, path) if own else ())
    if isinstance(document, VendorDocument) and (problem := vendor_number_problem(document.vendor.number)):
        found.append(_vendor_unknown(problem))
    return tuple(found)


def day_without_period(document: Document) -> Failure:
    """No period of the table covers the posting date."""
    return Failure(
        code=FailureCode.PERIOD_MISSING,
        path="date",
        message=f"The books have no accounting period for {document.posting_date.date}.",
        remedy="Add the period to the period table of these books, then export again.",
    )


def other_content(standing: StandingEntry) -> Failure:
    """The reference is taken by other content."""
    return _conflict(
        f"The books already have {standing.external_reference} as voucher {standing.voucher or 'without number'}"
        f" of {standing.day} over {standing.total}, made from other content.",
        "Compare the voucher with the expense. Remove the voucher, if the expense shall be booked anew.",
    )


def standing_twice(reference: str, vouchers: Iterator[str]) -> Failure:
    """A person copied the entry."""
    return _conflict(
        f"The reference {reference} stands more than once in the books: voucher {', voucher '.join(vouchers)}.",
        "Remove the copies, or their external_reference lines, so that one is left.",
    )


def too_long(document: Document) -> Failure:
    """The texts are beyond any reason."""
    return Failure(
        code=FailureCode.TEXT_TOO_LONG,
        path="",
        message=f"The entry {document.external_reference} would take more than {BLOCK_BYTES_MAX} bytes.",
        remedy="Shorten the note of the expense, then export again.",
    )


def not_readable(document: Document, why: str) -> Failure:
    """The written entry would not say what the document says."""
    return Failure(
        code=FailureCode.BOOKS_REJECTED,
        path="",
        message=f"The entry {document.external_reference} would not read back as it was meant: {why}.",
        remedy="Report this as a bug of bilag, with the texts of the expense; nothing was booked.",
    )


def not_in_books(external_id: str) -> Failure:
    """A receipt came for an entry that is gone."""
    return Failure(
        code=FailureCode.BOOKS_REJECTED,
        path="files",
        message=f"The voucher {external_id} does not stand in the books, so nothing can be attached to it.",
        remedy="Export the expense again; it is booked anew when it was removed from the books.",
    )


def _conflict(message: str, remedy: str) -> Failure:
    return Failure(code=FailureCode.BOOKS_CONFLICT, path="", message=message, remedy=remedy)


def _account_failures(posting: Posting, account: BooksAccount | None, path: str) -> Iterator[Failure]:
    if account is None:
        yield Failure(
            code=FailureCode.ACCOUNT_UNKNOWN,
            path=f"{path}.account",
            message=f"The books do not know the account {posting.account}.",
            remedy="Add the account to the chart of these books, or choose another account in Pleo.",
        )
        return
    if account.closed:
        yield Failure(
            code=FailureCode.ACCOUNT_CLOSED,
            path=f"{path}.account",
            message=f"The account {posting.account} ({account.name}) is closed.",
            remedy="Open the account in the chart of these books, or choose another account in Pleo.",
        )
    currency = posting.amount.currency
    if account.currencies and currency not in account.currencies:
        allowed = ", ".join(sorted(one.code for one in account.currencies))
        yield Failure(
            code=FailureCode.ACCOUNT_CURRENCY_DIFFERS,
            path=f"{path}.account",
            message=f"The account {posting.account} ({account.name}) takes {allowed}, not {currency}.",
            remedy=f"Choose an account that takes {currency}, or allow the currency in the chart.",
        )


def _vendor_unknown(problem: str) -> Failure:
    return Failure(
        code=FailureCode.VENDOR_UNKNOWN,
        path="vendor",
        message=f"These books cannot have the vendor: {problem}.",
        remedy="Correct the vendor's number in Pleo and among the vendors of these books.",
    )


def _code_failures(posting: Posting, config: PlaintextConfig, path: str) -> Iterator[Failure]:
    if posting.tax_code and config.tax_codes and posting.tax_code not in config.tax_codes:
        yield Failure(
            code=FailureCode.TAX_CODE_UNKNOWN,
            path=f"{path}.taxCode",
            message=f"The books do not know the tax code {posting.tax_code}.",
            remedy="Add the tax code to these books, or choose another one in Pleo.",
        )
    for dimension in posting.dimensions:
        if config.dimensions and (dimension.group, dimension.code) not in config.dimensions:
            yield Failure(
                code=FailureCode.TAG_UNKNOWN,
                path=f"{path}.dimensions",
                message=f"The books do not know {dimension.code} as a value of {dimension.group}.",
                remedy="Add the value to the dimensions of these books, or choose another tag in Pleo.",
            )
