from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bilag.simulator.files import LINK_LIFETIME, LinkDesk
from tests.simulator.builders import NOON

NAMES = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=40)


@given(
    company=st.integers(0, 9_999),
    index=st.integers(0, 2**32 - 1),
    receipt=st.integers(0, 999),
    name=NAMES.filter(lambda name: "/" not in name),
)
def test_link_opens_what_it_was_issued_for(company: int, index: int, receipt: int, name: str) -> None:
    desk = LinkDesk()
    token = desk.path(company, index, receipt, name=name, now=NOON).split("/")[2]

    target = desk.open(token, name)

    assert target is not None
    assert (target.company_number, target.index, target.receipt_number) == (company, index, receipt)


def test_link_lives_until_24_hours_after_it_was_issued() -> None:
    desk = LinkDesk()
    token = desk.path(0, 0, 0, name="a.pdf", now=NOON).split("/")[2]
    target = desk.open(token, "a.pdf")

    assert target is not None
    assert not target.is_expired(NOON + LINK_LIFETIME - timedelta(seconds=1))
    assert target.is_expired(NOON + LINK_LIFETIME)


@pytest.mark.parametrize("token", ["", "AAAA", "ä", "====", "A" * 41])
def test_token_that_was_never_issued_opens_nothing(token: str) -> None:
    assert LinkDesk().open(token, "a.pdf") is None


def test_link_of_another_name_or_another_desk_opens_nothing() -> None:
    desk = LinkDesk()
    token = desk.path(0, 0, 0, name="a.pdf", now=NOON).split("/")[2]

    assert desk.open(token, "b.pdf") is None
    assert LinkDesk().open(token, "a.pdf") is None


@given(place=st.integers(0, 39))
def test_link_that_was_tampered_with_opens_nothing(place: int) -> None:
    desk = LinkDesk()
    token = desk.path(3, 5, 1, name="a.pdf", now=NOON).split("/")[2]
    changed = token[:place] + ("A" if token[place] != "A" else "B") + token[place + 1 :]

    assert desk.open(changed, "a.pdf") is None
