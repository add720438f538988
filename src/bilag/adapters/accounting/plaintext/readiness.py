"""What keeps the folder from taking entries, found out by looking only."""

import os
from collections.abc import Iterator

from bilag.adapters.accounting.plaintext.books import Books
from bilag.adapters.accounting.plaintext.lock import holder
from bilag.domain.failure import JobFailure, JobReason


def folder_problems(books: Books) -> tuple[JobFailure, ...]:
    """Everything wrong with the folder, each with what to do."""
    layout = books.layout
    if not layout.folder.is_dir():
        return (
            JobFailure(
                reason_type=JobReason.MISSING_CONFIGURATION,
                message=f"Text books: the folder {layout.folder} does not exist.",
                remedy="Create the folder, or correct its path in the configuration.",
            ),
        )
    return (*_links(books), *_rights(books), *_lock(books), *_accounts(books))


def _links(books: Books) -> Iterator[JobFailure]:
    for link in books.own_links():
        yield JobFailure(
            reason_type=JobReason.INVALID_CONFIGURATION,
            message=f"Text books: {link} is a link, and what bilag keeps there is written over.",
            remedy="Put a folder in its place.",
        )


def _rights(books: Books) -> Iterator[JobFailure]:
    layout = books.layout
    places = (layout.folder, layout.journal, layout.documents, layout.accounts, *layout.journal.glob("*"))
    for path in places:
        if path.exists() and not os.access(path, os.R_OK | os.W_OK):
            yield JobFailure(
                reason_type=JobReason.AUTHORIZATION_FAILURE,
                message=f"Text books: {path} may not be read and written.",
                remedy="Give the user that runs bilag the right to read and write it.",
            )


def _lock(books: Books) -> Iterator[JobFailure]:
    other = "" if books.is_open else holder(books.layout.lock)
    if other:
        yield JobFailure(
            reason_type=JobReason.ACCOUNTING_SYSTEM_UNREACHABLE,
            message=f"Text books: {books.layout.folder} is in use by {other}.",
            remedy="Wait until the other bilag is done, or stop it; one at a time may write.",
        )


def _accounts(books: Books) -> Iterator[JobFailure]:
    try:
        differing = books.accounts.differing_names()
    except OSError as problem:
        differing = (f"the accounts cannot be read: {problem}",)
    for what in differing:
        yield JobFailure(
            reason_type=JobReason.INVALID_CONFIGURATION,
            message=f"Text books: {what}.",
            remedy="Give the account the same name in the configuration and in the accounts file.",
        )
