"""Why the books do not take a document or a file, decided from the set-up and from what stands there already."""

from collections.abc import Iterator

from bilag.adapters.accounting.memory.set_up import BooksSetUp
from bilag.domain.attachment import AttachmentRules, StoredFile
from bilag.domain.document import Document
from bilag.domain.expense_type import BookkeepingMethod
from bilag.domain.failure import Failure, FailureCode
from bilag.domain.ledger import Posting, PostingMode
from bilag.domain.payables import VendorDocument


def document_failures(document: Document, set_up: BooksSetUp) -> tuple[Failure, ...]:
    """Everything that keeps the document out of these books, its period aside."""
    found: list[Failure] = []
    if document.mode is PostingMode.DRAFT and not set_up.capabilities.drafts:
        found.append(
            _failure(FailureCode.BOOKS_REJECTED, "mode", "The books have no drafts.", "Ask for a final entry.")
        )
    methods = set_up.capabilities.methods
    if isinstance(document, VendorDocument) and BookkeepingMethod.ACCOUNTS_PAYABLE not in methods:
        text = "The books keep no accounts payable."
        found.append(_failure(FailureCode.METHOD_NOT_SUPPORTED, "kind", text, "Ask for a journal entry."))
    for position, posting in enumerate(document.postings):
        found.extend(_posting_failures(posting, f"postings[{position}]", set_up))
    return tuple(found)


def day_without_period(document: Document) -> Failure:
    """No period covers the posting date."""
    day = document.posting_date.date
    return _failure(
        FailureCode.PERIOD_MISSING, "date", f"The books have no accounting period for {day}.", "Create the period."
    )


def other_content(reference: str) -> Failure:
    """The reference names an entry that was made from other content."""
    return _failure(
        FailureCode.BOOKS_CONFLICT,
        "",
        f"{reference} stands in the books with other content.",
        "Compare the entry with the expense.",
    )


def paid_by_the_books(reference: str) -> Failure:
    """A payment came for an invoice that the books settled by themselves."""
    return _failure(
        FailureCode.BOOKS_REJECTED,
        "settles",
        f"The books paid {reference} by themselves as it was posted.",
        "Book no payment of it.",
    )


def file_failure(file: StoredFile, rules: AttachmentRules | None, attached: int) -> Failure | None:
    """Why an entry with so many files does not take this one; None when it does."""
    if rules is None:
        return _upload(f"The books take no files, so not {file.name}.")
    if file.format not in rules.formats:
        return _upload(f"The books take no {file.format} files, so not {file.name}.")
    if file.size_bytes > rules.size_bytes_max:
        return _upload(f"{file.name} has {file.size_bytes} bytes, the books take {rules.size_bytes_max}.")
    if rules.files_max is not None and attached >= rules.files_max:
        return _upload(f"The entry has {attached} files already, so {file.name} does not fit.")
    return None


def not_in_books(external_id: str) -> Failure:
    """A file came for an entry that is gone."""
    return _upload(f"The entry {external_id} does not stand in the books.")


def _posting_failures(posting: Posting, path: str, set_up: BooksSetUp) -> Iterator[Failure]:
    account = next((account for account in set_up.chart if account.number == posting.account), None)
    where, remedy = f"{path}.account", "Correct the chart, or choose another account in Pleo."
    if account is None:
        yield _failure(FailureCode.ACCOUNT_UNKNOWN, where, f"There is no account {posting.account}.", remedy)
    elif account.closed:
        yield _failure(FailureCode.ACCOUNT_CLOSED, where, f"The account {posting.account} is closed.", remedy)
    elif account.currencies and posting.amount.currency not in account.currencies:
        text = f"The account {posting.account} does not take {posting.amount.currency}."
        yield _failure(FailureCode.ACCOUNT_CURRENCY_DIFFERS, where, text, remedy)
    if posting.tax_code and posting.tax_code not in set_up.tax_codes:
        text = f"There is no tax code {posting.tax_code}."
        yield _failure(FailureCode.TAX_CODE_UNKNOWN, f"{path}.taxCode", text, "Create it, or choose another in Pleo.")
    for dimension in posting.dimensions:
        if (dimension.group, dimension.code) not in set_up.dimensions:
            text = f"{dimension.code} is no value of {dimension.group}."
            yield _failure(FailureCode.TAG_UNKNOWN, f"{path}.dimensions", text, "Create it, or choose another in Pleo.")


def _upload(message: str) -> Failure:
    return _failure(FailureCode.RECEIPT_UPLOAD, "files", message, "Add the file to the entry by hand.")


def _failure(code: FailureCode, path: str, message: str, remedy: str) -> Failure:
    return Failure(code=code, path=path, message=message, remedy=remedy)
