"""Rotates to and fro without end and says so once it began. Runs as its own process, to be killed."""

import sys
from itertools import count
from pathlib import Path

from bilag.adapters.secrets.store import SecretStore
from tests.adapters.secrets.samples import keys_of


def main(path: Path) -> None:
    for version in count(2):
        done = SecretStore(path, keys_of(version - 1, version)).rotate()
        sys.stdout.write(f"{done.key_version}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
