import pytest

from bilag.domain.ledger import (
    AccountRole,
    Datapoints,
    DocumentKind,
    JournalEntry,
    Posting,
    PostingMode,
    Side,
    UnbalancedEntry,
)
from bilag.domain.money import CurrencyMismatch
from tests.builders import DKK, a_posting_date, money

DEBIT, CREDIT = Side.DEBIT, Side.CREDIT


def a_posting(side: Side, amount: str) -> Posting:
    return Posting(account="6010", role=AccountRole.EXPENSE, side=side, amount=money(amount))


def an_entry(*postings: Posting) -> JournalEntry:
    return JournalEntry(
        external_reference="4b1f0c5e.entry.je1",
        posting_date=a_posting_date(),
        mode=PostingMode.DRAFT,
        currency=DKK,
        postings=postings,
        datapoints=Datapoints(reconciliation_id="rec-1", description="Papirhuset"),
    )


def test_a_balanced_entry_can_be_built_and_knows_its_totals() -> None:
    entry = an_entry(a_posting(DEBIT, "100.00 DKK"), a_posting(DEBIT, "25.00 DKK"), a_posting(CREDIT, "125.00 DKK"))
    assert entry.total(DEBIT) == entry.total(CREDIT) == money("125.00 DKK")
    assert entry.kind is DocumentKind.JOURNAL_ENTRY


@pytest.mark.parametrize(
    "postings",
    [
        (),
        (a_posting(DEBIT, "1.00 DKK"),),
        (a_posting(DEBIT, "1.00 DKK"), a_posting(CREDIT, "1.01 DKK")),
        (a_posting(DEBIT, "1.00 DKK"), a_posting(DEBIT, "1.00 DKK")),
    ],
)
def test_an_entry_that_does_not_balance_to_the_minor_unit_cannot_exist(postings: tuple[Posting, ...]) -> None:
    with pytest.raises(UnbalancedEntry):
        an_entry(*postings)


def test_an_entry_holds_one_currency() -> None:
    with pytest.raises(CurrencyMismatch):
        an_entry(a_posting(DEBIT, "1.00 EUR"), a_posting(CREDIT, "1.00 EUR"))


def test_a_posting_has_an_account_and_no_sign() -> None:
    with pytest.raises(AssertionError, match="side, not its sign"):
        a_posting(DEBIT, "-1.00 DKK")
    with pytest.raises(AssertionError, match="needs an account"):
        Posting(account="", role=AccountRole.EXPENSE, side=DEBIT, amount=money("1.00 DKK"))


def test_the_other_side_of_the_other_side_is_the_side() -> None:
    assert (DEBIT.other, CREDIT.other) == (CREDIT, DEBIT)
