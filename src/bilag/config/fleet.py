"""Several companies, one file each: read together, every problem of every file named at once."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

from bilag.config.load import ConfigInvalid, ConfigProblem, load_config
from bilag.config.shape import Config

COMPANIES_MAX: Final = 10_000


class FleetInvalid(ConfigInvalid):
    """Several files, or files together, can't be used. `problems` lists everything that is wrong with them."""

    def __init__(self, invalid: Sequence[ConfigInvalid]) -> None:
        super().__init__(invalid[0].path, [problem for one in invalid for problem in one.problems])
        self.args = ("\n".join(map(str, invalid)),)


def config_files(places: Sequence[Path]) -> tuple[Path, ...]:
    """The files, and of a folder every `*.toml` in it by name; each once. Raises ConfigInvalid for an empty folder."""
    files: dict[Path, Path] = {}
    for place in places:
        found = sorted(place.glob("*.toml")) if place.is_dir() else [place]
        if not found:
            raise ConfigInvalid(place, [ConfigProblem(key="", message="holds no file that ends in .toml")])
        files.update({path.absolute(): path for path in found})
    if len(files) > COMPANIES_MAX:
        message = f"{len(files)} files are too many for one process; at most {COMPANIES_MAX}"
        raise ConfigInvalid(places[0], [ConfigProblem(key="", message=message)])
    return tuple(files.values())


def load_fleet(files: Sequence[Path], each: Callable[[Path, Config], None]) -> None:
    """Read every file and hand it on, one after another, so that not all need to be held.

    Raises FleetInvalid in the end, for files that can't be used and for what no two companies may share.
    """
    invalid: list[ConfigInvalid] = []
    taken: dict[tuple[str, str], Path] = {}
    for path in files:
        try:
            config = load_config(path)
        except ConfigInvalid as problem:
            invalid.append(problem)
            continue
        if shared := _shared(path, config, taken):
            invalid.append(ConfigInvalid(path, shared))
        else:
            each(path, config)
    if invalid:
        raise FleetInvalid(invalid)


def _shared(path: Path, config: Config, taken: dict[tuple[str, str], Path]) -> list[ConfigProblem]:
    """What this file has in common with an earlier one, and may not."""
    own = {
        "pleo.company_id": str(config.pleo.company_id),
        "state.folder": str(config.state.folder.resolve()),
        "books.plaintext.folder": str(config.books.plaintext.folder.resolve()),
    }
    return [
        ConfigProblem(key=key, message=f"is that of {other}, too; every company has its own")
        for key, value in own.items()
        if (other := taken.setdefault((key, value), path)) is not path
    ]
