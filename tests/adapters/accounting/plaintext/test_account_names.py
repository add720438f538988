import pytest
from beancount import loader
from beancount.core.data import Open
from beancount.parser import parser
from hypothesis import given, settings
from hypothesis import strategies as st

from bilag.adapters.accounting.plaintext.account_names import (
    AccountKind,
    beancount_problem,
    derived_name,
    hledger_problem,
    kind_of_role,
)
from bilag.domain.ledger import AccountRole
from tests.adapters.accounting.plaintext.any_documents import texts


@settings(deadline=None)
@given(texts | st.text(), texts | st.text(), st.sampled_from(AccountKind))
def test_a_derived_name_is_one_that_both_programs_take(number: str, name: str, kind: AccountKind) -> None:
    derived = derived_name(number, name, kind, frozenset())
    assert beancount_problem(derived) == ""
    assert hledger_problem(derived) == ""
    entries, errors, _ = parser.parse_string(f"2026-01-01 open {derived}\n")
    assert not errors
    assert [one.account for one in entries if isinstance(one, Open)] == [derived]


@pytest.mark.parametrize(
    ("number", "name", "expected"),
    [
        ("4010", "Travel", "Expenses:4010-Travel"),
        ("4010", "", "Expenses:4010"),
        ("d2:100", "k\u00f8rsel & br\u00e6ndstof", "Expenses:D2-100-k\u00f8rsel-br\u00e6ndstof"),
        ("\u00e6", "", "Expenses:\u00c6"),
        ("\u4e2d\u6587", "", "Expenses:X\u4e2d\u6587"),
        ("%%", "", "Expenses:X"),
    ],
)
def test_numbers_and_names_become_account_names(number: str, name: str, expected: str) -> None:
    assert derived_name(number, name, AccountKind.EXPENSE, frozenset()) == expected


def test_a_taken_name_is_never_given_again() -> None:
    taken: set[str] = set()
    for number in ("40 10", "40-10", "40.10", "40/10"):
        taken.add(derived_name(number, "", AccountKind.ASSET, taken))
    assert taken == {"Assets:40-10", "Assets:40-10-2", "Assets:40-10-3", "Assets:40-10-4"}


def test_every_role_has_its_branch() -> None:
    kinds = {role: kind_of_role(role) for role in AccountRole}
    assert kinds[AccountRole.EXPENSE] is AccountKind.EXPENSE
    assert kinds[AccountRole.WALLET] is AccountKind.ASSET
    assert kinds[AccountRole.OUT_OF_POCKET] is AccountKind.LIABILITY


@pytest.mark.parametrize(
    "name", ["Travel", "Costs:Travel", "Expenses", "Expenses:travel", "Expenses:A b", "Expenses::A"]
)
def test_names_that_beancount_refuses_are_told(name: str) -> None:
    assert name in beancount_problem(name)
    _, errors, _ = loader.load_string(f"2026-01-01 open {name}\n")
    assert errors


@pytest.mark.parametrize("name", ["", " a", "a  b", "a:", ":a", "a;b", "(a)", "a\nb", "a=b", "a|b"])
def test_names_that_mean_something_else_to_hledger_are_told(name: str) -> None:
    assert hledger_problem(name)


def test_names_of_a_persons_choice_are_taken() -> None:
    assert beancount_problem("Expenses:Rejse-\u00c6:2026") == ""
    assert hledger_problem("expenses:travel costs:2026") == ""
