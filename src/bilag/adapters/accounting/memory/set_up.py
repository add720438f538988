"""What books in memory start with: a chart, periods and lists. What is not listed, they do not know."""

import calendar
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from bilag.domain.attachment import AttachmentRules, FileFormat
from bilag.domain.books_account import BooksAccount
from bilag.domain.capabilities import Capabilities, KeyClass
from bilag.domain.expense_type import BookkeepingMethod
from bilag.domain.known_vendor import KnownVendor
from bilag.domain.period import AccountingPeriod

CAPABILITIES: Final = Capabilities(
    system="Memory books",
    methods=frozenset({BookkeepingMethod.JOURNAL, BookkeepingMethod.NONE, BookkeepingMethod.ACCOUNTS_PAYABLE}),
    key_class=KeyClass.NATURAL_KEY,
    drafts=True,
    periods=True,
    attachments=AttachmentRules(formats=frozenset(FileFormat)),
    posts_at_once=16,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class BooksSetUp:
    """The books before the first entry. No two vendors share a number; any other key may be shared."""

    chart: tuple[BooksAccount, ...] = ()
    periods: tuple[AccountingPeriod, ...] = ()
    tax_codes: frozenset[str] = frozenset()
    dimensions: frozenset[tuple[str, str]] = field(default_factory=frozenset)
    vendors: tuple[KnownVendor, ...] = ()
    capabilities: Capabilities = CAPABILITIES

    def __post_init__(self) -> None:
        names = [period.name for period in self.periods]
        assert len(names) == len(set(names)), f"two periods share a name: {names}"
        numbers = [vendor.number for vendor in self.vendors]
        assert len(numbers) == len(set(numbers)), f"two vendors share a number: {numbers}"

    @property
    def pays_itself(self) -> frozenset[str]:
        """The numbers of the vendors whose invoices the books settle by themselves."""
        return frozenset(vendor.number for vendor in self.vendors if vendor.settles_on_posting)


def calendar_months(year: int) -> tuple[AccountingPeriod, ...]:
    """The twelve months of a year as open periods, named "2026-10"."""
    return tuple(
        AccountingPeriod(
            name=f"{year:04}-{month:02}",
            start=date(year, month, 1),
            end=date(year, month, calendar.monthrange(year, month)[1]),
        )
        for month in range(1, 13)
    )
