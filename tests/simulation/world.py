"""The world of one seed: companies with their books and settings, one Pleo, one posting journal."""

import random
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import count
from typing import Final

from bilag.adapters.accounting.memory.connector import MemoryBooks
from bilag.adapters.accounting.memory.set_up import CAPABILITIES, BooksSetUp, calendar_months
from bilag.adapters.store.memory import MemoryPostingJournal
from bilag.domain.attachment import AttachmentRules, FileFormat
from bilag.domain.books_account import BooksAccount
from bilag.domain.capabilities import Capabilities, TextLimits
from bilag.domain.expense_type import BookkeepingMethod
from bilag.domain.known_vendor import KnownVendor
from bilag.domain.ledger import PostingMode
from bilag.domain.period import ClosedPeriodStep
from bilag.domain.settings import ExportSettings, JournalConstruction, TaxStyle
from tests.builders import settings_with
from tests.simulation.expenses import Expense, ExpenseMaker
from tests.simulation.pleo_at_work import PleoAtWork
from tests.simulation.virtual_loop import VirtualClock, dice_of

COMPANIES_MAX: Final = 3
JOBS_MAX: Final = 4
ITEMS_MAX: Final = 30
PERIODS: Final = (*calendar_months(2026), *calendar_months(2027))
_CHART: Final = ("1910", "1930", "1940", "2440", "2610", "2640", "2890", "6010", "6110")
_VENDORS: Final = (
    KnownVendor(number="V1001", name="Papirhuset"),
    KnownVendor(number="V1002", name="Blocked", blocked=True),
    KnownVendor(number="V1003", name="Kassevogn", settles_on_posting=True),
    KnownVendor(number="V1004", name="Byghuset"),
    KnownVendor(number="E007", name="Astrid Holm", employee_code="M007"),
)
_STEPS: Final = (
    (),
    (ClosedPeriodStep.NEXT_OPEN_PERIOD,),
    (ClosedPeriodStep.EXPORT_DATE,),
    (ClosedPeriodStep.EXPORT_DATE, ClosedPeriodStep.NEXT_OPEN_PERIOD),
)
_EVEN: Final = 0.5
_MOSTLY: Final = 0.8
_SELDOM: Final = 0.2


@dataclass(slots=True, kw_only=True)
class Company:
    """A company, what it spends, and what was taken out of its books by hand (external ids)."""

    settings: ExportSettings
    books: MemoryBooks
    items_at_once_max: int
    expenses: dict[str, Expense]
    waiting: list[str]
    job_sizes: list[int]
    removed: set[str] = field(default_factory=set)
    removed_references: set[str] = field(default_factory=set)

    @property
    def id(self) -> str:
        return self.settings.company_id

    @property
    def shares_entries(self) -> bool:
        return self.settings.journal_construction is JournalConstruction.PER_JOB

    @property
    def keeps_payables(self) -> bool:
        return BookkeepingMethod.ACCOUNTS_PAYABLE in self.books.capabilities.methods


@dataclass(slots=True, kw_only=True)
class World:
    """Everything that outlives a process of ours."""

    companies: tuple[Company, ...]
    pleo: PleoAtWork
    journal: MemoryPostingJournal
    clock: VirtualClock
    job_numbers: Iterator[int] = field(default_factory=lambda: count(1))

    def next_job_id(self) -> str:
        return f"10b00000-0000-4000-8000-{next(self.job_numbers):012}"


def world_of(seed: int) -> World:
    """The same world for the same seed."""
    dice, clock = dice_of(seed, "world"), VirtualClock()
    pleo, numbers = PleoAtWork(clock), count(1)
    companies = dice.choice([1, 1, 1, 2, 2, COMPANIES_MAX])
    return World(
        companies=tuple(_company(number, dice, numbers, pleo) for number in range(1, companies + 1)),
        pleo=pleo,
        journal=MemoryPostingJournal(),
        clock=clock,
    )


def _company(number: int, dice: random.Random, numbers: Iterator[int], pleo: PleoAtWork) -> Company:
    settings = _settings(number, dice)
    keeps_payables = dice.random() < _MOSTLY
    sizes = [min(ITEMS_MAX, 1 + int(dice.expovariate(0.25))) for _ in range(dice.randint(1, JOBS_MAX))]
    maker = ExpenseMaker(settings.company_id, dice, numbers, pleo.files)
    drawn = maker.draw(
        max(1, sum(sizes) - dice.randrange(3)),
        keeps_payables=keeps_payables,
        staff_as_vendors=settings.employees_as_vendors,
    )
    return Company(
        settings=settings,
        books=MemoryBooks(_books(dice, keeps_payables=keeps_payables)),
        items_at_once_max=dice.choice([1, 2, 4, 16]),
        expenses={expense.entry_id: expense for expense in drawn},
        waiting=[expense.entry_id for expense in drawn],
        job_sizes=sizes,
    )


def _settings(number: int, dice: random.Random) -> ExportSettings:
    return settings_with(
        company_id=f"{number:08x}-6a51-4c27-9d0f-2f6f0d9d1a01",
        closed_period=dice.choice(_STEPS),
        posting_mode=dice.choice(list(PostingMode)),
        book_without_receipts=dice.random() < _EVEN,
        post_again=dice.random() < _SELDOM,
        employees_as_vendors=dice.random() < _EVEN,
        journal_construction=dice.choice([*JournalConstruction, JournalConstruction.PER_JOB]),
        tax_style=dice.choice(list(TaxStyle)),
    )


def _books(dice: random.Random, *, keeps_payables: bool) -> BooksSetUp:
    closed = dice.choice([None, None, date(2026, 9, 1), date(2026, 10, 1)])
    periods = (replace(p, closed=p.start == closed) for p in PERIODS)
    return BooksSetUp(
        chart=tuple(BooksAccount(number=account, name=account) for account in _CHART),
        periods=tuple(periods),
        tax_codes=frozenset({"K25"}),
        vendors=_VENDORS,
        capabilities=_capabilities(dice, keeps_payables=keeps_payables),
    )


def _capabilities(dice: random.Random, *, keeps_payables: bool) -> Capabilities:
    methods = CAPABILITIES.methods
    rules = AttachmentRules(formats=frozenset(FileFormat), files_max=dice.choice([None, None, 1]))
    return replace(
        CAPABILITIES,
        methods=methods if keeps_payables else methods - {BookkeepingMethod.ACCOUNTS_PAYABLE},
        attachments=rules if dice.random() < 0.9 else None,
        text=TextLimits(comment_max=dice.choice([None, 20])),
    )
