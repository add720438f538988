"""Attachment handling: which receipts go along, under which names, whole or combined into one file.

Formats, the 30 MB ceiling and the order are Pleo's.
https://developers.pleo.io/docs/current/platform/exports (attachments)
"""

from collections.abc import Sequence
from typing import Final

from bilag.domain.attachment import PLEO_FILE_BYTES_MAX, AttachmentRules, StoredFile
from bilag.domain.export_item import ItemFile
from bilag.domain.failure import Failure, FailureCode

# Far more than an expense has. What its receipts weigh together is what our disk must hold for one expense.
RECEIPTS_MAX: Final = 50
RECEIPTS_BYTES_MAX: Final = 10 * PLEO_FILE_BYTES_MAX


def too_many(count: int) -> Failure | None:
    """More receipts than are fetched for one expense."""
    if count <= RECEIPTS_MAX:
        return None
    return _beyond_bounds(f"The expense has {count} receipts; at most {RECEIPTS_MAX} are fetched.")


def too_heavy(files: Sequence[StoredFile]) -> Failure | None:
    """Receipts that weigh more together than is fetched for one expense."""
    size_bytes = sum(file.size_bytes for file in files)
    if size_bytes <= RECEIPTS_BYTES_MAX:
        return None
    limit = f"at most {_mib(RECEIPTS_BYTES_MAX)} MB are fetched"
    return _beyond_bounds(f"The first {len(files)} receipts of the expense have {_mib(size_bytes)} MB; {limit}.")


def announced_problem(file: ItemFile, rules: AttachmentRules | None) -> Failure | None:
    """A file that is too large by its own announcement, before a byte of it is fetched."""
    size_bytes_max = min(PLEO_FILE_BYTES_MAX, rules.size_bytes_max) if rules else PLEO_FILE_BYTES_MAX
    if file.size_bytes is not None and file.size_bytes > size_bytes_max:
        return _too_large(file.position, file.size_bytes, size_bytes_max)
    return None


def refused_by_books(file: StoredFile, position: int, rules: AttachmentRules) -> Failure | None:
    """A fetched file that the books don't take as it is."""
    if file.size_bytes > rules.size_bytes_max:
        return _too_large(position, file.size_bytes, rules.size_bytes_max)
    if file.format not in rules.formats:
        taken = ", ".join(sorted(f.upper() for f in rules.formats))
        return Failure(
            code=FailureCode.RECEIPT_TYPE_REFUSED,
            path=f"files[{position}].type",
            message=f"Receipt {position + 1} is a {file.format.upper()}; the books take {taken}.",
            remedy="Replace the receipt in Pleo with a PDF or a photo, then export the expense again.",
        )
    return None


def must_combine(files: Sequence[StoredFile], rules: AttachmentRules) -> bool:
    """Whether the books take fewer files than there are, so that they have to become one."""
    return rules.files_max is not None and len(files) > rules.files_max


def receipt_name(reconciliation_id: str, position: int) -> str:
    """What a receipt is called on our disk until it is in the books: Pleo sends no names."""
    plain = "".join(c if c.isascii() and (c.isalnum() or c in "-_") else "-" for c in reconciliation_id)
    return f"{plain[:60]}-{position + 1}"


def not_taken_warning(count: int, rules: AttachmentRules | None) -> tuple[str, ...]:
    """What the outcome says when the books take no attachments at all, so that receipts stay in Pleo."""
    if rules is not None or not count:
        return ()
    return (f"The accounting system takes no attachments; {count} receipts stay in Pleo.",)


def without_receipt_warning(failure: Failure) -> str:
    """What the item's outcome says when it was booked although a receipt is missing."""
    return f"Booked without a receipt ({failure.path}): {failure.message}"


def _beyond_bounds(message: str) -> Failure:
    return Failure(
        code=FailureCode.RECEIPT_TOO_LARGE,
        path="files",
        message=message,
        remedy="Put the receipts together into fewer or smaller files in Pleo, then export the expense again.",
    )


def _too_large(position: int, size_bytes: int, size_bytes_max: int) -> Failure:
    return Failure(
        code=FailureCode.RECEIPT_TOO_LARGE,
        path=f"files[{position}].size",
        message=f"Receipt {position + 1} has {_mib(size_bytes)} MB; at most {_mib(size_bytes_max)} MB can be taken.",
        remedy="Replace the receipt in Pleo with a smaller file, then export the expense again.",
    )


def _mib(size_bytes: int) -> str:
    tenths = -(-size_bytes * 10 // (1024 * 1024))
    return f"{tenths // 10}.{tenths % 10}"
