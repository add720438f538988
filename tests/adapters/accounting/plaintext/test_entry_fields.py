import pytest

from bilag.adapters.accounting.plaintext.entry_fields import narration, posting_fields
from bilag.domain.ledger import AccountRole, Datapoints, Posting, Side
from tests.adapters.accounting.plaintext.samples import an_entry
from tests.builders import money


@pytest.mark.parametrize(
    ("payee", "description", "shown"),
    [
        ("Hotel Elbe", "Hotel Elbe - Ann Bee - Two nights", "Ann Bee - Two nights"),
        ("Hotel  Elbe ", "Hotel Elbe - Ann Bee", "Ann Bee"),
        ("Hotel Elbe", "Hotel Elbe", "Hotel Elbe"),
        ("", "Ann Bee - Taxi", "Ann Bee - Taxi"),
        ("Hotel", "Hotel Elbe - Ann Bee", "Hotel Elbe - Ann Bee"),
    ],
)
def test_narration_does_not_say_the_payee_twice(payee: str, description: str, shown: str) -> None:
    assert narration(Datapoints(reconciliation_id="r-1", payee=payee, description=description)) == shown


def test_posting_shows_a_description_only_when_it_says_something_new() -> None:
    document = an_entry(1)
    same = a_posting(document.datapoints.description)
    assert "description" not in dict(posting_fields(same, document))
    assert dict(posting_fields(a_posting("Tax of line 1"), document))["description"] == "Tax of line 1"


def a_posting(description: str) -> Posting:
    return Posting(
        account="6010",
        role=AccountRole.EXPENSE,
        side=Side.DEBIT,
        amount=money("1.00 EUR"),
        description=description,
    )
