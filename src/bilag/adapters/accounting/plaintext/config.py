"""How one company's text books are set up: a plain value that can name everything that is wrong with it."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Final, assert_never

from bilag.adapters.accounting.plaintext.account_names import (
    AccountKind,
    beancount_problem,
    hledger_problem,
    number_problem,
    vendor_number_problem,
)
from bilag.adapters.accounting.plaintext.periods import MONTHS_PER_YEAR, CalendarMonths, Periods
from bilag.domain.failure import JobFailure, JobReason
from bilag.domain.known_vendor import KnownVendor
from bilag.domain.money import Currency

_EURO: Final = Currency("EUR")


class Syntax(StrEnum):
    """The program whose syntax the books are written in."""

    BEANCOUNT = "beancount"
    HLEDGER = "hledger"


@dataclass(frozen=True, slots=True, kw_only=True)
class ChartAccount:
    """One account of the chart.

    `number` is what Pleo and the settings know it by, `name` what people call it. `account` is its full name in the
    books ("Expenses:Travel"); when empty, it is made from kind, number and name. `currencies` empty means any.
    """

    number: str
    kind: AccountKind
    name: str = ""
    account: str = ""
    currencies: frozenset[Currency] = frozenset()
    closed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaintextConfig:
    """The set-up of the books in `folder`, which must exist.

    `open_accounts` lets an account that no chart mentions be opened by its first posting; otherwise such a posting
    is refused. `tax_codes` and `dimensions` (group, code) empty means that any are taken. `fava_url` is where
    Fava shows these books ("http://127.0.0.1:5000/books"); documents then carry a link into it.
    """

    folder: Path
    periods: Periods = CalendarMonths()  # noqa: RUF009  a frozen value
    syntax: Syntax = Syntax.BEANCOUNT
    title: str = "Books"
    currency: Currency = _EURO
    fiscal_year_first_month: int = 1
    chart: tuple[ChartAccount, ...] = ()
    open_accounts: bool = True
    tax_codes: frozenset[str] = frozenset()
    dimensions: frozenset[tuple[str, str]] = frozenset()
    vendors: tuple[KnownVendor, ...] = ()
    fava_url: str = ""

    def problems(self) -> tuple[JobFailure, ...]:
        """Everything that is wrong with the values, each with what to do. Does not look at the disk."""
        return (
            *(_invalid(text, "Correct the period table of these books.") for text in self.periods.problems()),
            *self._year_problems(),
            *(_invalid(text, "Correct the chart of accounts of these books.") for text in self._chart_problems()),
            *(_invalid(text, "Correct the vendors of these books.") for text in self._vendor_problems()),
            *self._address_problems(),
        )

    def _year_problems(self) -> Iterator[JobFailure]:
        if not 1 <= self.fiscal_year_first_month <= MONTHS_PER_YEAR:
            yield _invalid(
                f"the fiscal year cannot start in month {self.fiscal_year_first_month}",
                "Give the month as a number from 1 to 12.",
            )

    def _address_problems(self) -> Iterator[JobFailure]:
        if self.fava_url and not self.fava_url.startswith(("http://", "https://")):
            yield _invalid(
                f"the Fava address {self.fava_url!r} is not a web address",
                "Give the address as the browser shows it, starting with http:// or https://, or leave it empty.",
            )

        if "@" in self.fava_url.partition("://")[2].partition("/")[0]:
            yield _invalid(
                "the Fava address holds a user name, which everybody would see in Pleo",
                "Give the address without user name and password.",
            )

    def _chart_problems(self) -> Iterator[str]:
        for account in self.chart:
            yield from self._account_problems(account)
        for number, times in Counter(account.number for account in self.chart).items():
            if times > 1:
                yield f"account {number} stands in the chart {times} times"
        for name, times in Counter(account.account for account in self.chart if account.account).items():
            if times > 1:
                yield f"{times} account numbers share the name {name}"

    def _vendor_problems(self) -> Iterator[str]:
        chart = {account.number for account in self.chart}
        for number, times in Counter(vendor.number for vendor in self.vendors).items():
            if problem := vendor_number_problem(number):
                yield problem
            if times > 1:
                yield f"vendor {number!r} stands among the vendors {times} times"
        for vendor in self.vendors:
            payable = vendor.payable_account
            if payable and payable not in chart and not self.open_accounts:
                yield f"vendor {vendor.number}: its payable account {payable} does not stand in the chart"
            elif payable and (problem := number_problem(payable)):
                yield f"vendor {vendor.number}: {problem}"

    def _account_problems(self, account: ChartAccount) -> Iterator[str]:
        number = account.number
        if problem := number_problem(number):
            yield problem
        if not account.account:
            return
        problem = self._name_problem(account.account)
        if problem:
            yield f"account {number}: {problem}"
        elif self.syntax is Syntax.BEANCOUNT and not account.account.startswith(f"{account.kind.value}:"):
            yield f"account {number} is of the kind {account.kind.value}, its name {account.account} is not"

    def _name_problem(self, name: str) -> str:
        match self.syntax:
            case Syntax.BEANCOUNT:
                return beancount_problem(name)
            case Syntax.HLEDGER:
                return hledger_problem(name)
            case _:
                assert_never(self.syntax)


def _invalid(message: str, remedy: str) -> JobFailure:
    return JobFailure(reason_type=JobReason.INVALID_CONFIGURATION, message=f"Text books: {message}.", remedy=remedy)
