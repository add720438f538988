import pytest

from bilag.domain.failure import REASON_TYPES, Failure, FailureCode, ItemReason

# The situations that Pleo's table of common errors names, and the word it wants for each.
# https://developers.pleo.io/docs/current/integration-design/exports/integration-design-exports-update-export-items
DOCUMENTED = {
    FailureCode.ACCOUNT_NOT_CONFIGURED: "missing_configuration",
    FailureCode.CATEGORY_MISSING: "missing_configuration",
    FailureCode.TAX_ACCOUNT_MISSING: "missing_configuration",
    FailureCode.ACCOUNT_UNKNOWN: "invalid_configuration",
    FailureCode.TAX_CODE_UNKNOWN: "invalid_configuration",
    FailureCode.TAG_UNKNOWN: "invalid_configuration",
    FailureCode.RECEIPT_TOO_LARGE: "receipt_file_size_limit_exceeded",
    FailureCode.RECEIPT_DOWNLOAD: "receipt_download_failure",
    FailureCode.RECEIPT_UPLOAD: "receipt_upload_failure",
    FailureCode.RECEIPT_CONVERSION: "receipt_conversion_failure",
    FailureCode.PERIOD_CLOSED: "accounting_system_validation_failure",
    FailureCode.BOOKS_REJECTED: "accounting_system_validation_failure",
    FailureCode.LINES_SUM_DIFFERS: "validation_failure",
    FailureCode.TAX_AMOUNTS_DIFFER: "validation_failure",
    FailureCode.ITEM_TYPE_UNKNOWN: "validation_failure",
    FailureCode.ITEM_SUBTYPE_UNKNOWN: "validation_failure",
    FailureCode.ITEM_METHOD_UNKNOWN: "validation_failure",
    FailureCode.UNEXPECTED: "unexpected_failure",
}


@pytest.mark.parametrize("code", list(FailureCode))
def test_every_code_has_a_reason_type_that_pleo_takes(code: FailureCode) -> None:
    failure = Failure(code=code, path="", message="", remedy="")
    assert failure.reason_type in ItemReason
    assert REASON_TYPES[code] is failure.reason_type


@pytest.mark.parametrize(("code", "reason"), list(DOCUMENTED.items()))
def test_a_documented_situation_is_reported_with_its_documented_word(code: FailureCode, reason: str) -> None:
    assert REASON_TYPES[code] == reason


def test_trouble_with_the_books_is_never_reported_as_bad_data() -> None:
    troubles = {
        FailureCode.BOOKS_UNREACHABLE: "accounting_system_unreachable",
        FailureCode.BOOKS_TIMEOUT: "accounting_system_timeout",
        FailureCode.BOOKS_OUTCOME_UNKNOWN: "accounting_system_timeout",
        FailureCode.BOOKS_UNAUTHORISED: "accounting_system_authentication_failure",
        FailureCode.BOOKS_THROTTLED: "accounting_system_rate_limit",
    }
    assert {code: REASON_TYPES[code].value for code in troubles} == troubles
