import pytest

from bilag.adapters.webhooks.key_ring import READ_EVERY_SECONDS, KeyRing
from bilag.adapters.webhooks.signature import NotAuthentic, SignedHeaders, UnusableKey
from bilag.ports.errors import NeedsPerson
from bilag.ports.secret import Secret
from tests.adapters.webhooks.signing import a_body, a_key, signed
from tests.lifecycle.fake_clock import FakeClock


class Kept:
    """Secrets that somebody changes; an empty text stands for a file that can't be read."""

    def __init__(self, *keys: str) -> None:
        self.keys = keys
        self.reads = 0

    def __call__(self) -> list[Secret]:
        self.reads += 1
        if "" in self.keys:
            raise NeedsPerson("the file can be read by others")
        return [Secret(key) for key in self.keys]


def require(ring: KeyRing, key: str) -> None:
    ring.require_authentic(SignedHeaders(signed(key=key).items()), a_body())


def test_key_that_came_since_is_good_without_a_restart() -> None:
    clock, kept = FakeClock(), Kept()
    ring = KeyRing(kept, clock)
    assert not ring
    kept.keys = (a_key(1),)
    clock.advance(READ_EVERY_SECONDS)
    require(ring, a_key(1))
    assert ring


def test_key_that_was_removed_is_good_no_more_once_they_are_read_again() -> None:
    clock, kept = FakeClock(), Kept(a_key(1))
    ring = KeyRing(kept, clock)
    kept.keys = (a_key(2),)
    clock.advance(READ_EVERY_SECONDS)
    require(ring, a_key(2))
    with pytest.raises(NotAuthentic):
        require(ring, a_key(1))


def test_forged_webhooks_do_not_make_it_read_again_and_again() -> None:
    clock, kept = FakeClock(), Kept(a_key(1))
    ring = KeyRing(kept, clock)
    for _ in range(50):
        clock.advance(READ_EVERY_SECONDS / 16)
        with pytest.raises(NotAuthentic):
            require(ring, a_key(9))
    assert kept.reads == 1 + 4, "the first one at once, then one for every second"


@pytest.mark.parametrize("broken", ["", "whsec_no"])
def test_keys_at_hand_stay_while_they_cannot_be_read(broken: str) -> None:
    clock, kept = FakeClock(), Kept(a_key(1))
    ring = KeyRing(kept, clock)
    kept.keys = (broken,)
    clock.advance(READ_EVERY_SECONDS)
    with pytest.raises(NotAuthentic):
        require(ring, a_key(9))
    require(ring, a_key(1))


def test_secret_that_is_no_key_keeps_us_from_starting() -> None:
    with pytest.raises(UnusableKey):
        KeyRing(Kept("whsec_no"), FakeClock())
