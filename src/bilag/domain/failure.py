"""Failures: reasons that a person can act on. Values, never exceptions.

The codes are ours and stable; docs/failures.md explains each one. The reason types are Pleo's closed lists:
https://developers.pleo.io/reference/export-api
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class ItemReason(StrEnum):
    """Why one Export Item failed, in the words that Pleo takes."""

    RECEIPT_UPLOAD_FAILURE = "receipt_upload_failure"
    RECEIPT_DOWNLOAD_FAILURE = "receipt_download_failure"
    RECEIPT_FILE_SIZE_LIMIT_EXCEEDED = "receipt_file_size_limit_exceeded"
    RECEIPT_CONVERSION_FAILURE = "receipt_conversion_failure"
    UNEXPECTED_FAILURE = "unexpected_failure"
    INVALID_CONFIGURATION = "invalid_configuration"
    MISSING_CONFIGURATION = "missing_configuration"
    ACCOUNTING_SYSTEM_AUTHENTICATION_FAILURE = "accounting_system_authentication_failure"
    ACCOUNTING_SYSTEM_RATE_LIMIT = "accounting_system_rate_limit"
    ACCOUNTING_SYSTEM_UNREACHABLE = "accounting_system_unreachable"
    VALIDATION_FAILURE = "validation_failure"
    ACCOUNTING_SYSTEM_VALIDATION_FAILURE = "accounting_system_validation_failure"
    AUTHORIZATION_FAILURE = "authorization_failure"
    ACCOUNTING_SYSTEM_TIMEOUT = "accounting_system_timeout"
    VENDOR_UNKNOWN = "vendor_unknown"
    ACCOUNT_UNKNOWN = "account_unknown"
    TAX_CODE_UNKNOWN = "tax_code_unknown"
    TAG_UNKNOWN = "tag_unknown"


class JobReason(StrEnum):
    """Why a whole Export Job failed, in the words that Pleo takes."""

    INVALID_CONFIGURATION = "invalid_configuration"
    MISSING_CONFIGURATION = "missing_configuration"
    AUTHENTICATION_FAILURE = "authentication_failure"
    ACCOUNTING_SYSTEM_AUTHENTICATION_FAILURE = "accounting_system_authentication_failure"
    PLEO_RATE_LIMIT = "pleo_rate_limit"
    ACCOUNTING_SYSTEM_RATE_LIMIT = "accounting_system_rate_limit"
    SERVICE_UNREACHABLE = "service_unreachable"
    ACCOUNTING_SYSTEM_UNREACHABLE = "accounting_system_unreachable"
    VALIDATION_FAILURE = "validation_failure"
    AUTHORIZATION_FAILURE = "authorization_failure"
    INTEGRATION_UNUSABLE = "integration_unusable"
    JOB_EXPIRED = "job_expired"
    SERVICE_TIMEOUT = "service_timeout"
    ACCOUNTING_SYSTEM_TIMEOUT = "accounting_system_timeout"
    CANCELED_BY_USER = "canceled_by_user"


class FailureCode(StrEnum):
    """Every reason for which an Export Item can fail."""

    ITEM_MALFORMED = "item.malformed"
    ITEM_TYPE_UNKNOWN = "item.type-unknown"
    ITEM_SUBTYPE_UNKNOWN = "item.subtype-unknown"
    ITEM_METHOD_UNKNOWN = "item.method-unknown"
    ITEM_COMPANY_DIFFERS = "item.company-differs"
    ITEM_DATA_MISSING = "item.data-missing"
    ITEM_NOT_LISTED = "item.not-listed"
    JOB_FAILED = "job.failed"
    METHOD_NOT_SUPPORTED = "method.not-supported"
    LINES_MISSING = "lines.missing"
    LINES_SUM_DIFFERS = "lines.sum-differs"
    AMOUNT_INEXACT = "amount.inexact"
    AMOUNT_ZERO = "amount.zero"
    AMOUNT_DIRECTION_UNCLEAR = "amount.direction-unclear"
    CURRENCY_UNKNOWN = "currency.unknown"
    CURRENCY_MIXED = "currency.mixed"
    DATE_IMPOSSIBLE = "date.impossible"
    TAX_TYPE_UNKNOWN = "tax.type-unknown"
    TAX_AMOUNTS_DIFFER = "tax.amounts-differ"
    TAX_NOT_APPLICABLE = "tax.not-applicable"
    TAX_ACCOUNT_MISSING = "tax.account-missing"
    TAX_CODE_UNKNOWN = "tax.code-unknown"
    CATEGORY_MISSING = "account.category-missing"
    ACCOUNT_NOT_CONFIGURED = "account.not-configured"
    ACCOUNT_UNKNOWN = "account.unknown"
    ACCOUNT_CLOSED = "account.closed"
    ACCOUNT_CURRENCY_DIFFERS = "account.currency-differs"
    TAG_UNKNOWN = "tag.unknown"
    TAG_TOO_MANY = "tag.too-many"
    TEXT_TOO_LONG = "text.too-long"
    VENDOR_UNKNOWN = "vendor.unknown"
    VENDOR_BLOCKED = "vendor.blocked"
    PERIOD_CLOSED = "period.closed"
    PERIOD_MISSING = "period.missing"
    RECEIPT_DOWNLOAD = "receipt.download"
    RECEIPT_EMPTY = "receipt.empty"
    RECEIPT_TOO_LARGE = "receipt.too-large"
    RECEIPT_TYPE_REFUSED = "receipt.type-refused"
    RECEIPT_CONVERSION = "receipt.conversion"
    RECEIPT_UPLOAD = "receipt.upload"
    BOOKS_REJECTED = "books.rejected"
    BOOKS_CONFLICT = "books.conflict"
    BOOKS_OUTCOME_UNKNOWN = "books.outcome-unknown"
    BOOKS_FOUND_TWICE = "books.found-twice"
    BOOKS_UNREACHABLE = "books.unreachable"
    BOOKS_TIMEOUT = "books.timeout"
    BOOKS_UNAUTHORISED = "books.unauthorised"
    BOOKS_THROTTLED = "books.throttled"
    QUARANTINED = "item.quarantined"
    UNEXPECTED = "unexpected"


# One place for the choice of Pleo's type per reason. For account, tax code and tag Pleo's table of common errors
# says invalid_configuration while the enumeration offers finer words: docs/decisions/0003-inferences.md.
REASON_TYPES: Final = {
    **dict.fromkeys(FailureCode, ItemReason.VALIDATION_FAILURE),
    FailureCode.JOB_FAILED: ItemReason.INVALID_CONFIGURATION,
    FailureCode.METHOD_NOT_SUPPORTED: ItemReason.INVALID_CONFIGURATION,
    FailureCode.TAX_ACCOUNT_MISSING: ItemReason.MISSING_CONFIGURATION,
    FailureCode.TAX_CODE_UNKNOWN: ItemReason.INVALID_CONFIGURATION,
    FailureCode.CATEGORY_MISSING: ItemReason.MISSING_CONFIGURATION,
    FailureCode.ACCOUNT_NOT_CONFIGURED: ItemReason.MISSING_CONFIGURATION,
    FailureCode.ACCOUNT_UNKNOWN: ItemReason.INVALID_CONFIGURATION,
    FailureCode.ACCOUNT_CLOSED: ItemReason.INVALID_CONFIGURATION,
    FailureCode.ACCOUNT_CURRENCY_DIFFERS: ItemReason.INVALID_CONFIGURATION,
    FailureCode.TAG_UNKNOWN: ItemReason.INVALID_CONFIGURATION,
    FailureCode.TAG_TOO_MANY: ItemReason.INVALID_CONFIGURATION,
    FailureCode.VENDOR_UNKNOWN: ItemReason.VENDOR_UNKNOWN,
    FailureCode.VENDOR_BLOCKED: ItemReason.VENDOR_UNKNOWN,
    FailureCode.PERIOD_CLOSED: ItemReason.ACCOUNTING_SYSTEM_VALIDATION_FAILURE,
    FailureCode.PERIOD_MISSING: ItemReason.ACCOUNTING_SYSTEM_VALIDATION_FAILURE,
    FailureCode.RECEIPT_DOWNLOAD: ItemReason.RECEIPT_DOWNLOAD_FAILURE,
    FailureCode.RECEIPT_EMPTY: ItemReason.RECEIPT_DOWNLOAD_FAILURE,
    FailureCode.RECEIPT_TOO_LARGE: ItemReason.RECEIPT_FILE_SIZE_LIMIT_EXCEEDED,
    FailureCode.RECEIPT_TYPE_REFUSED: ItemReason.RECEIPT_UPLOAD_FAILURE,
    FailureCode.RECEIPT_CONVERSION: ItemReason.RECEIPT_CONVERSION_FAILURE,
    FailureCode.RECEIPT_UPLOAD: ItemReason.RECEIPT_UPLOAD_FAILURE,
    FailureCode.BOOKS_REJECTED: ItemReason.ACCOUNTING_SYSTEM_VALIDATION_FAILURE,
    FailureCode.BOOKS_CONFLICT: ItemReason.ACCOUNTING_SYSTEM_VALIDATION_FAILURE,
    FailureCode.BOOKS_OUTCOME_UNKNOWN: ItemReason.ACCOUNTING_SYSTEM_TIMEOUT,
    FailureCode.BOOKS_FOUND_TWICE: ItemReason.ACCOUNTING_SYSTEM_VALIDATION_FAILURE,
    FailureCode.BOOKS_UNREACHABLE: ItemReason.ACCOUNTING_SYSTEM_UNREACHABLE,
    FailureCode.BOOKS_TIMEOUT: ItemReason.ACCOUNTING_SYSTEM_TIMEOUT,
    FailureCode.BOOKS_UNAUTHORISED: ItemReason.ACCOUNTING_SYSTEM_AUTHENTICATION_FAILURE,
    FailureCode.BOOKS_THROTTLED: ItemReason.ACCOUNTING_SYSTEM_RATE_LIMIT,
    FailureCode.QUARANTINED: ItemReason.UNEXPECTED_FAILURE,
    FailureCode.UNEXPECTED: ItemReason.UNEXPECTED_FAILURE,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """One problem of one Export Item.

    `path` names the field in Pleo's own notation ("accountingEntryLines[1].account"), or the setting.
    `message` says what is wrong and `remedy` what to do, each a sentence for a bookkeeper.
    """

    code: FailureCode
    path: str
    message: str
    remedy: str

    @property
    def reason_type(self) -> ItemReason:
        """The type that Pleo is told."""
        return REASON_TYPES[self.code]


@dataclass(frozen=True, slots=True, kw_only=True)
class JobFailure:
    """A problem that stops a whole Export Job before or amid its items."""

    reason_type: JobReason
    message: str
    remedy: str
