"""Receipts on their way from Pleo into the books."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

MIB: Final = 1024 * 1024
# Pleo's own ceiling: https://developers.pleo.io/docs/current/platform/exports/attachments
PLEO_FILE_BYTES_MAX: Final = 30 * MIB


class FileFormat(StrEnum):
    """The file formats that Pleo lets through, by their usual name ending."""

    PDF = "pdf"
    JPEG = "jpg"
    PNG = "png"
    TXT = "txt"
    DOC = "doc"
    DOCX = "docx"
    XLS = "xls"
    XLSX = "xlsx"
    ZIP = "zip"


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredFile:
    """A receipt that lies on our disk: `path` is where, `name` what the books will call it."""

    name: str
    path: str
    format: FileFormat
    size_bytes: int
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteFile:
    """A text that did not fit a field of the books and goes along as a file, so that nothing is lost."""

    name: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AttachmentRules:
    """What an accounting system takes as attachments. `files_max` None means any number."""

    formats: frozenset[FileFormat]
    size_bytes_max: int = PLEO_FILE_BYTES_MAX
    files_max: int | None = None
