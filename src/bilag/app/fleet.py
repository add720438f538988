"""The companies of one process, read from their files."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from bilag.app.company import Company, company_of
from bilag.app.looking import Surroundings
from bilag.app.receiving import key_ring
from bilag.app.shared_ways import SharedWays
from bilag.app.wiring import shared_database
from bilag.config.fleet import config_files, load_fleet
from bilag.config.serve_shape import ServeSection
from bilag.config.shape import Config
from bilag.config.telemetry_shape import TelemetrySection
from bilag.ports.errors import NeedsPerson
from bilag.ports.secret import Secret


@dataclass(slots=True, kw_only=True)
class Fleet:
    """Companies by id, in the order of their files; `place`, `state_folder` and `telemetry` are the first file's.

    `databases` holds the shared databases, each with its companies.
    """

    place: ServeSection
    state_folder: Path
    telemetry: TelemetrySection
    companies: dict[str, Company] = field(default_factory=dict)
    databases: dict[str, tuple[Secret, set[str]]] = field(default_factory=dict)


def open_fleet(places: Sequence[Path], around: Surroundings, ways: SharedWays) -> Fleet:
    """Read every file and every webhook secret.

    Raises ConfigInvalid, NeedsPerson with everything that keeps us from starting, of all files.
    """
    fleet: list[Fleet] = []
    problems: list[str] = []

    def take(path: Path, config: Config) -> None:
        if not fleet:
            fleet.append(Fleet(place=config.serve, state_folder=config.state.folder, telemetry=config.telemetry))
        try:
            company = company_of(path, config, key_ring(config, around.environment, around.clock))
            database = shared_database(config, around.environment)
        except NeedsPerson as problem:
            problems.append(f"{path}: {problem}")
            return
        if not company.has_login:
            with suppress(NeedsPerson):  # said when the company is looked at: it may be mended until then
                company.access = ways.access(config)
        fleet[0].companies[company.id] = company
        if database is not None:
            fleet[0].databases.setdefault(database.reveal(), (database, set()))[1].add(company.id)

    load_fleet(config_files(places), take)
    if problems:
        raise NeedsPerson("\n".join(problems))
    return fleet[0]
