import json
import threading
from pathlib import Path

import pytest

from bilag.adapters.secrets.envelope import SecretUnreadable
from bilag.adapters.secrets.place import Place
from bilag.adapters.secrets.store import SecretStore, kept_secrets
from bilag.ports.errors import NeedsPerson, StoreFailed
from bilag.ports.secret import Secret
from tests.adapters.secrets.samples import CANARY, HOME, OTHER_COMPANY, OTHER_FIELD, key_text, keys_of
from tests.adapters.secrets.stopping_disk import FullDisk, Killed, StoppingDisk

PLACES = (HOME, OTHER_COMPANY, OTHER_FIELD)
STEPS_MAX = 40


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "state" / "secrets.json"


def filled(path: Path, *versions: int) -> SecretStore:
    """A store with a secret in every place."""
    store = SecretStore(path, keys_of(*versions))
    for place in PLACES:
        store.put(place, text_of(place))
    return store


def text_of(place: Place) -> Secret:
    return Secret(f"{CANARY} {place.company_id} {place.field}")


def assert_complete(path: Path, *versions: int) -> None:
    store = SecretStore(path, keys_of(*versions))
    assert [store.get(place) for place in PLACES] == [text_of(place) for place in PLACES]


def test_secret_is_there_for_the_next_process_and_replaced_by_a_newer_one(path: Path) -> None:
    store = filled(path, 1)
    assert_complete(path, 1)
    store.put(HOME, Secret("newer"))

    assert SecretStore(path, keys_of(1)).get(HOME) == Secret("newer")
    assert SecretStore(path, keys_of(1)).get(OTHER_FIELD) == text_of(OTHER_FIELD)


def test_place_without_a_secret_is_empty(path: Path) -> None:
    assert SecretStore(path, keys_of(1)).get(HOME) is None
    assert kept_secrets(path) == ()
    filled(path, 1)
    assert SecretStore(path, keys_of(1)).get(Place(company_id="nobody", field="none")) is None


def test_nothing_in_the_open_is_ever_on_the_disk(path: Path) -> None:
    store = filled(path, 1)
    SecretStore(path, keys_of(1, 2)).rotate()
    store.remove(OTHER_FIELD)
    with pytest.raises(Killed):
        SecretStore(path, keys_of(1), disk=StoppingDisk(3)).put(HOME, text_of(HOME))

    files = list(path.parent.iterdir())
    assert {file.name for file in files} == {"secrets.json", "secrets.json.lock", "secrets.json.new"}
    for file in files:
        assert CANARY.encode() not in file.read_bytes()
        assert key_text(1).reveal().encode() not in file.read_bytes()
        assert file.stat().st_mode & 0o077 == 0


def test_what_is_kept_is_named_without_a_key(path: Path) -> None:
    filled(path, 3)

    assert [(kept.place, kept.key_version) for kept in kept_secrets(path)] == [(place, 3) for place in sorted(PLACES)]


def test_rows_of_two_companies_that_change_places_do_not_open(path: Path) -> None:
    store = filled(path, 1)
    document = json.loads(path.read_text())
    first, second = (
        next(
            row for row in document["secrets"] if row["company_id"] == place.company_id and row["field"] == place.field
        )
        for place in (HOME, OTHER_COMPANY)
    )
    first["company_id"], second["company_id"] = second["company_id"], first["company_id"]
    path.write_text(json.dumps(document))

    for place in (HOME, OTHER_COMPANY):
        with pytest.raises(SecretUnreadable):
            store.get(place)
    assert store.get(OTHER_FIELD) == text_of(OTHER_FIELD)


def test_removed_secret_is_gone_and_the_others_stay(path: Path) -> None:
    store = filled(path, 1)

    assert store.remove(HOME)
    assert not store.remove(HOME)
    assert store.get(HOME) is None
    assert store.get(OTHER_COMPANY) == text_of(OTHER_COMPANY)


def test_secret_that_does_not_open_can_be_replaced_and_removed(path: Path) -> None:
    filled(path, 1)
    other = SecretStore(path, keys_of(2))
    other.put(HOME, Secret("newer"))

    assert other.get(HOME) == Secret("newer")
    assert other.remove(OTHER_FIELD)


def test_rotation_puts_everything_under_the_newest_key_and_a_second_one_has_nothing_to_do(path: Path) -> None:
    filled(path, 1)
    store = SecretStore(path, keys_of(1, 2))
    store.put(HOME, text_of(HOME))
    done = store.rotate()
    content = path.read_bytes()
    again = store.rotate()

    assert (done.secrets, done.changed, done.key_version) == (3, 2, 2)
    assert (again.secrets, again.changed) == (3, 0)
    assert path.read_bytes() == content
    assert_complete(path, 2)


def test_rotation_of_nothing_makes_no_file(path: Path) -> None:
    assert SecretStore(path, keys_of(1)).rotate().secrets == 0
    assert not path.exists()


def test_rotation_that_can_not_open_everything_changes_nothing(path: Path) -> None:
    filled(path, 1)
    SecretStore(path, keys_of(1, 2)).put(HOME, text_of(HOME))
    content = path.read_bytes()

    with pytest.raises(SecretUnreadable, match="version 1"):
        SecretStore(path, keys_of(2, 3)).rotate()
    assert path.read_bytes() == content


def test_rotation_killed_before_any_step_loses_nothing_and_the_next_one_ends_it(path: Path) -> None:
    filled(path, 1)
    stopped = 0
    for steps in range(STEPS_MAX):
        try:
            SecretStore(path, keys_of(1, 2), disk=StoppingDisk(steps)).rotate()
        except Killed:
            stopped += 1
            versions = {kept.key_version for kept in kept_secrets(path)}
            assert versions in ({1}, {2}), "all or nothing"
            assert_complete(path, *versions)
        else:
            break
    assert stopped > 5
    assert_complete(path, 2)


def test_put_killed_before_any_step_leaves_the_old_or_the_new_secret(path: Path) -> None:
    filled(path, 1)
    for steps in range(STEPS_MAX):
        store = SecretStore(path, keys_of(1), disk=StoppingDisk(steps))
        try:
            store.put(HOME, Secret(f"version {steps}"))
        except Killed:
            assert store.get(HOME) in (text_of(HOME), Secret(f"version {steps}"), Secret(f"version {steps - 1}"))
        else:
            break
    assert steps < STEPS_MAX - 1
    assert store.get(HOME) == Secret(f"version {steps}")


def test_full_disk_leaves_the_file_as_it_was(path: Path) -> None:
    filled(path, 1)
    with pytest.raises(StoreFailed, match="No space left") as failed:
        SecretStore(path, keys_of(1), disk=FullDisk()).put(HOME, Secret(CANARY))

    assert CANARY not in str(failed.value)
    assert_complete(path, 1)
    assert not path.with_name("secrets.json.new").exists()


def test_writers_at_the_same_time_lose_nothing_of_each_other(path: Path) -> None:
    places = [Place(company_id=str(number), field="pleo.login") for number in range(12)]

    def write(place: Place) -> None:
        SecretStore(path, keys_of(1)).put(place, text_of(place))

    threads = [threading.Thread(target=write, args=(place,)) for place in places]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    store = SecretStore(path, keys_of(1))
    assert [store.get(place) for place in places] == [text_of(place) for place in places]


def test_file_that_others_can_read_is_refused_with_the_command_that_mends_it(path: Path) -> None:
    store = filled(path, 1)
    path.chmod(0o640)

    with pytest.raises(NeedsPerson, match="chmod 600"):
        store.get(HOME)
