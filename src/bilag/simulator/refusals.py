"""How the simulator says no: one list of error types, each with its HTTP status."""

from enum import StrEnum
from typing import assert_never


class RefusalType(StrEnum):
    """The `type` of an error body.

    The first block is published by Pleo. The second is ours: Pleo publishes no types for general errors.
    """

    MISSING_CONTRA_ACCOUNTS = "MISSING_CONTRA_ACCOUNTS"
    EXPORT_NOT_FOUND = "EXPORT_NOT_FOUND"
    EXPORT_ENTRY_NOT_FOUND = "EXPORT_ENTRY_NOT_FOUND"
    EXPORT_ALREADY_IN_PROGRESS = "EXPORT_ALREADY_IN_PROGRESS"
    EXPORT_JOB_ITEMS_UPDATE_LIMIT = "EXPORT_JOB_ITEMS_UPDATE_LIMIT"
    EXPORT_JOB_STATUS_UNPROCESSABLE = "EXPORT_JOB_STATUS_UNPROCESSABLE"
    INVALID_EXPORT_JOB_STATUS_CHANGE = "INVALID_EXPORT_JOB_STATUS_CHANGE"

    BAD_REQUEST = "BAD_REQUEST"
    ENTRY_NOT_EXPORTABLE = "ENTRY_NOT_EXPORTABLE"
    UNAUTHORIZED = "UNAUTHORIZED"
    FORBIDDEN = "FORBIDDEN"
    NOT_FOUND = "NOT_FOUND"
    METHOD_NOT_ALLOWED = "METHOD_NOT_ALLOWED"
    PAYLOAD_TOO_LARGE = "PAYLOAD_TOO_LARGE"
    UNSUPPORTED_MEDIA_TYPE = "UNSUPPORTED_MEDIA_TYPE"


class Refusal(Exception):
    """A request that the simulator turns down; it changes nothing."""

    def __init__(self, kind: RefusalType, message: str) -> None:
        super().__init__(f"{kind}: {message}")
        self.kind = kind
        self.message = message


def http_status(kind: RefusalType) -> int:  # noqa: PLR0911 -- one return for each status
    """The HTTP status that goes with an error type."""
    match kind:
        case RefusalType.MISSING_CONTRA_ACCOUNTS | RefusalType.BAD_REQUEST | RefusalType.ENTRY_NOT_EXPORTABLE:
            return 400
        case RefusalType.UNAUTHORIZED:
            return 401
        case RefusalType.FORBIDDEN:
            return 403
        case RefusalType.EXPORT_NOT_FOUND | RefusalType.EXPORT_ENTRY_NOT_FOUND | RefusalType.NOT_FOUND:
            return 404
        case RefusalType.METHOD_NOT_ALLOWED:
            return 405
        case RefusalType.EXPORT_ALREADY_IN_PROGRESS:
            return 409
        case RefusalType.EXPORT_JOB_ITEMS_UPDATE_LIMIT | RefusalType.PAYLOAD_TOO_LARGE:
            return 413
        case RefusalType.UNSUPPORTED_MEDIA_TYPE:
            return 415
        case RefusalType.EXPORT_JOB_STATUS_UNPROCESSABLE | RefusalType.INVALID_EXPORT_JOB_STATUS_CHANGE:
            return 422
        case _:
            assert_never(kind)


def bad_request(message: str) -> Refusal:
    """A refusal of a request that is not well formed."""
    return Refusal(RefusalType.BAD_REQUEST, message)
