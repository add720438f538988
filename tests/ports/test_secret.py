import copy
import logging
import pickle
from dataclasses import asdict, dataclass

import pytest

from bilag.ports.secret import Secret

CANARY = "canary-4711"


@dataclass(frozen=True)
class Holder:
    key: Secret


@pytest.mark.parametrize(
    "shown",
    [
        str(Secret(CANARY)),
        repr(Secret(CANARY)),
        f"{Secret(CANARY)}",
        f"{Secret(CANARY):>40}",
        f"{Secret(CANARY)!r}",
        f"{Secret(CANARY)!s}",
        repr([Secret(CANARY)]),
        repr(Holder(Secret(CANARY))),
        str(asdict(Holder(Secret(CANARY)))),
        repr(copy.deepcopy(Holder(Secret(CANARY)))),
        str(ValueError(Secret(CANARY))),
    ],
)
def test_secret_is_masked_however_it_is_shown(shown: str) -> None:
    assert CANARY not in shown
    assert "***" in shown


def test_secret_is_masked_in_a_log(caplog: pytest.LogCaptureFixture) -> None:
    logging.getLogger("test").warning("key %s %r", Secret(CANARY), Secret(CANARY))

    assert CANARY not in caplog.text


def test_secret_is_revealed_by_name_only() -> None:
    assert Secret(CANARY).reveal() == CANARY


def test_secret_masks_itself_in_the_text_of_others() -> None:
    assert Secret(CANARY).mask_in(f"no such key {CANARY}, {CANARY}") == "no such key ***, ***"
    assert Secret("").mask_in("text") == "text"


def test_equal_secrets_are_equal_and_hash_alike() -> None:
    assert Secret("a") == Secret("a")
    assert hash(Secret("a")) == hash(Secret("a"))
    assert Secret("a") != Secret("b")
    assert Secret("a") != "a"
    assert Secret("å") != Secret("a")


def test_secret_is_true_when_it_holds_something() -> None:
    assert Secret("a")
    assert not Secret("")


def test_secret_cannot_be_pickled() -> None:
    with pytest.raises(TypeError, match="not pickled"):
        pickle.dumps(Secret(CANARY))
