"""Whether the books know what an item refers to: its accounts, tax codes and dimensions."""

from collections.abc import Iterable, Iterator, Mapping
from typing import assert_never

from bilag.domain.books_account import BooksAccount
from bilag.domain.export_item import ExportItem
from bilag.domain.failure import Failure, FailureCode
from bilag.domain.ledger import AccountRole
from bilag.domain.money import Currency
from bilag.rules.accounts_mapping import VENDOR_SOURCE, AccountChoice


def check_accounts(
    choices: Iterable[AccountChoice], known: Mapping[str, BooksAccount], currency: Currency
) -> tuple[Failure, ...]:
    """A failure for every chosen account that is unknown, closed, or kept in another currency."""
    found = (_account(choice, known.get(choice.number), currency) for choice in choices)
    return tuple(f for f in found if f is not None)


def check_codes(
    item: ExportItem, unknown_tax_codes: frozenset[str], unknown_dimensions: frozenset[tuple[str, str]]
) -> tuple[Failure, ...]:
    """A failure for every tax code and tag that the books do not know."""
    return tuple(_codes(item, unknown_tax_codes, unknown_dimensions))


def check_dimension_count(item: ExportItem, dimensions_max: int | None) -> tuple[Failure, ...]:
    """A failure for every line with more tags than a posting of the books can carry; none is left out silently."""
    if dimensions_max is None:
        return ()
    return tuple(
        Failure(
            code=FailureCode.TAG_TOO_MANY,
            path=f"accountingEntryLines[{index}].tags",
            message=f"Line {index + 1} has {len(line.tags)} tags; the books take {dimensions_max} on a posting.",
            remedy="Remove tags from this line in Pleo, then export the expense again.",
        )
        for index, line in enumerate(item.lines)
        if len(line.tags) > dimensions_max
    )


def _codes(
    item: ExportItem, unknown_tax_codes: frozenset[str], unknown_dimensions: frozenset[tuple[str, str]]
) -> Iterator[Failure]:
    for index, line in enumerate(item.lines):
        path = f"accountingEntryLines[{index}]"
        if line.tax and line.tax.code and line.tax.code in unknown_tax_codes:
            yield Failure(
                code=FailureCode.TAX_CODE_UNKNOWN,
                path=f"{path}.tax.code",
                message=f"The books do not know the tax code {line.tax.code}.",
                remedy="Create the tax code in the books or choose another one in Pleo.",
            )
        for position, tag in enumerate(line.tags):
            if (tag.group_code, tag.code) in unknown_dimensions:
                yield Failure(
                    code=FailureCode.TAG_UNKNOWN,
                    path=f"{path}.tags[{position}].code",
                    message=f"The books do not know the value {tag.code} of the dimension {tag.group_code}.",
                    remedy="Create the dimension value in the books or choose another tag in Pleo.",
                )


def _account(choice: AccountChoice, known: BooksAccount | None, currency: Currency) -> Failure | None:
    role = choice.role.replace("_", " ")
    if known is None:
        return Failure(
            code=FailureCode.ACCOUNT_UNKNOWN,
            path=choice.source,
            message=f"The books have no account {choice.number} ({role}).",
            remedy=f"Create the account in the books, or {_elsewhere(choice)}.",
        )
    if known.closed:
        return Failure(
            code=FailureCode.ACCOUNT_CLOSED,
            path=choice.source,
            message=f"The account {choice.number} {known.name} ({role}) is closed in the books.",
            remedy=f"Open the account in the books, or {_elsewhere(choice)}.",
        )
    if known.currencies and currency not in known.currencies:
        kept_in = ", ".join(sorted(c.code for c in known.currencies))
        return Failure(
            code=FailureCode.ACCOUNT_CURRENCY_DIFFERS,
            path=choice.source,
            message=f"The account {choice.number} {known.name} is kept in {kept_in}, the expense is in {currency}.",
            remedy=f"Let the account take {currency} in the books, or {_elsewhere(choice)}.",
        )
    return None


def _elsewhere(choice: AccountChoice) -> str:
    """Where another account is chosen, which depends on where this one comes from."""
    if choice.source.startswith("settings."):
        return f"configure another one as {choice.source.removeprefix('settings.')}"
    if choice.source == VENDOR_SOURCE:
        return "give the vendor another payable account in the books"
    match choice.role:
        case AccountRole.EXPENSE:
            return "map the category to another account in Pleo"
        case AccountRole.INPUT_TAX | AccountRole.OUTPUT_TAX:
            return "give the tax code another account in Pleo"
        case AccountRole.WALLET | AccountRole.OUT_OF_POCKET | AccountRole.CONTRA | AccountRole.ACCOUNTS_PAYABLE:
            return "choose another contra account in Pleo's settings"
        case _:
            assert_never(choice.role)
