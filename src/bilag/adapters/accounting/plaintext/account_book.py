"""The accounts of the books: the chart of the configuration and the accounts file, where the file has the last word."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final, TypeAlias

from bilag.adapters.accounting.plaintext.account_names import derived_below, derived_name, kind_of_role, number_problem
from bilag.adapters.accounting.plaintext.config import ChartAccount, PlaintextConfig
from bilag.adapters.accounting.plaintext.dialect import BooksAccountLine, Dialect
from bilag.adapters.accounting.plaintext.disk import Disk, Signature, replace_file
from bilag.adapters.accounting.plaintext.layout import Layout
from bilag.domain.books_account import BooksAccount
from bilag.domain.ledger import AccountRole
from bilag.domain.money import Currency
from bilag.domain.payables import BooksVendor

# Answers that are kept; an expense can name any number, so their number is bounded.
FOUND_MAX: Final = 10_000

# The numbers of a payable account and of a vendor.
PayableKey: TypeAlias = tuple[str, str]


class AccountBook:
    """Which accounts are open, under which names, and how more of them are opened.

    An account keeps the name that it has in the accounts file, found by the number that stands there with it.
    """

    def __init__(self, config: PlaintextConfig, layout: Layout, dialect: Dialect, disk: Disk) -> None:
        self._config = config
        self._layout = layout
        self._dialect = dialect
        self._disk = disk
        self._chart = {account.number: account for account in config.chart}
        self._lines: dict[str, BooksAccountLine] = {}
        self._vendor_lines: dict[PayableKey, BooksAccountLine] = {}
        self._names: frozenset[str] = frozenset()
        self._currencies: frozenset[str] = frozenset()
        self._signature: Signature | None = None
        self._keys_by_name: Mapping[str, PayableKey] = {}
        self._found: dict[str, BooksAccount | None] = {}

    @property
    def vendor_accounts(self) -> Mapping[str, PayableKey]:
        """The numbers of payable account and vendor by the name of the vendor's own account; a new map per change."""
        return self._keys_by_name

    def payable_names(self) -> Mapping[str, str]:
        """The payable accounts with vendors' own accounts: their numbers by their names."""
        numbers = {payable for payable, _ in self._vendor_lines}
        return {line.name: number for number in sorted(numbers) if (line := self._lines.get(number))}

    def refresh(self) -> None:
        """Read the accounts file again when somebody changed it. Raises OSError."""
        signature = Signature.of(self._layout.accounts.stat())
        if signature == self._signature:
            return
        text = self._layout.accounts.read_text(encoding="utf-8", errors="replace")
        own = self._dialect.accounts_in(text)
        others = [line for path in self._other_files() for line in self._dialect.accounts_in(_text(path))]
        named = {line.name: line for line in (*own, *others)}
        self._names = frozenset(named)
        self._lines = {line.number: line for line in (*others, *own) if line.number}
        self._vendor_lines = {(line.payable, line.vendor): line for line in (*others, *own) if _is_vendors(line)}
        self._keys_by_name = {line.name: (line.payable, line.vendor) for line in (*others, *own) if _is_vendors(line)}
        for account in self._config.chart:
            if account.account in named:
                self._lines.setdefault(account.number, named[account.account])
        self._currencies = self._dialect.currencies_in(text)
        self._found.clear()
        self._signature = signature

    def open_chart(self) -> None:
        """Open the accounts of the chart that are not open yet. Raises Unreachable, OSError."""
        missing = [account for account in self._config.chart if account.number not in self._lines]
        self._open(self._planned(missing), [self._config.currency])

    def find(self, number: str) -> BooksAccount | None:
        """The account, or None when the books neither know it nor may, or can, open it."""
        if number not in self._found:
            if len(self._found) >= FOUND_MAX:
                self._found.clear()
            self._found[number] = self._find(number)
        return self._found[number]

    def _find(self, number: str) -> BooksAccount | None:
        line, chart = self._lines.get(number), self._chart.get(number)
        if line is None and chart is None:
            may_open = self._config.open_accounts and not number_problem(number)
            return BooksAccount(number=number, name=number) if may_open else None
        chart_currencies = chart.currencies if chart else frozenset[Currency]()
        line_currencies = line.currencies if line else frozenset[Currency]()
        names = (line.name if line else "", chart.name if chart else "", chart.account if chart else "", number)
        return BooksAccount(
            number=number,
            name=next(name for name in names if name),
            closed=bool((chart and chart.closed) or (line and line.closed)),
            currencies=(chart_currencies & line_currencies) or line_currencies or chart_currencies,
        )

    def find_vendor_account(self, payable: str, vendor_number: str) -> BooksAccount | None:
        """The vendor's own account below the payable account, or None before its first posting."""
        line = self._vendor_lines.get((payable, vendor_number))
        if line is None:
            return None
        return BooksAccount(number=payable, name=line.name, closed=line.closed, currencies=line.currencies)

    def opened_for_vendor(self, payables: Iterable[str], vendor: BooksVendor) -> Mapping[str, str]:
        """The name of the vendor's own account below each of these open payable accounts; opened now where missing.

        Raises Unreachable, OSError; then nothing was changed.
        """
        wanted = tuple(dict.fromkeys(payables))
        taken, planned = set(self._names), []
        for payable in wanted:
            if (payable, vendor.number) not in self._vendor_lines:
                name = derived_below(self._lines[payable].name, vendor.number, vendor.name, taken)
                taken.add(name)
                planned.append(BooksAccountLine(name=name, title=vendor.name, payable=payable, vendor=vendor.number))
        self._open(planned, [])
        return {payable: self._vendor_lines[payable, vendor.number].name for payable in wanted}

    def opened(self, wanted: Mapping[str, AccountRole], currencies: Iterable[Currency]) -> Mapping[str, str]:
        """The name of every wanted account by its number; accounts that are not open yet are opened now.

        Raises Unreachable, OSError; then nothing was changed.
        """
        missing = [
            ChartAccount(number=number, kind=kind_of_role(role))
            for number, role in wanted.items()
            if number not in self._lines
        ]
        self._open(self._planned(missing), currencies)
        return {number: self._lines[number].name for number in wanted}

    def differing_names(self) -> tuple[str, ...]:
        """What the chart says against the accounts file. Raises OSError."""
        if self._layout.accounts.exists():
            self.refresh()
        return tuple(
            f"account {account.number} is {line.name} in the books and {account.account} in the configuration"
            for account in self._config.chart
            if account.account and (line := self._lines.get(account.number)) and line.name != account.account
        )

    def _planned(self, missing: Iterable[ChartAccount]) -> list[BooksAccountLine]:
        taken, planned = set(self._names), []
        taken.update(account.account for account in self._config.chart)
        for account in missing:
            name = account.account or derived_name(account.number, account.name, account.kind, taken)
            taken.add(name)
            planned.append(BooksAccountLine(name=name, kind=account.kind, number=account.number, title=account.name))
        return planned

    def _open(self, planned: list[BooksAccountLine], currencies: Iterable[Currency]) -> None:
        new_currencies = sorted({one for one in currencies if one.code not in self._currencies})
        text = "".join(
            [
                *(self._dialect.currency_text(currency) for currency in new_currencies),
                *(self._dialect.account_text(line) for line in planned),
            ]
        )
        if text:
            unchanged = Signature.of(self._layout.accounts.stat()) == self._signature
            before = self._layout.accounts.read_bytes()
            glue = b"" if before.endswith(b"\n") else b"\n"
            replace_file(self._disk, self._layout.accounts, before + glue + text.encode(), spare=self._layout.spare)
            self._signature = None
            if unchanged:
                self._take_in(text)
            else:
                self.refresh()

    def _take_in(self, text: str) -> None:
        """Add what we have just written ourselves, so that opening one of many accounts does not read them all."""
        lines = self._dialect.accounts_in(text)
        self._names |= {line.name for line in lines}
        self._lines.update({line.number: line for line in lines if line.number})
        own = [line for line in lines if _is_vendors(line)]
        self._vendor_lines.update({(line.payable, line.vendor): line for line in own})
        if own:
            self._keys_by_name = {**self._keys_by_name, **{line.name: (line.payable, line.vendor) for line in own}}
        self._currencies |= self._dialect.currencies_in(text)
        self._found.clear()
        self._signature = Signature.of(self._layout.accounts.stat())

    def _other_files(self) -> list[Path]:
        """Where a person may keep accounts of their own: beside the accounts file, and with the opening entries."""
        beside = sorted(self._layout.folder.glob(f"*.{self._layout.ending}"))
        return [path for path in (*beside, self._layout.opening) if path != self._layout.accounts and path.is_file()]


def _is_vendors(line: BooksAccountLine) -> bool:
    return bool(line.payable and line.vendor)


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8", errors="replace")
