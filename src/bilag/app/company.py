"""One company of a bilag that keeps running: what is held of it between two looks. Thousands may be held."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from bilag.adapters.pleo.opening import PleoAccess
from bilag.adapters.webhooks.key_ring import KeyRing
from bilag.app.wiring import JOURNAL_FILE
from bilag.config.load import ConfigInvalid, load_config
from bilag.config.shape import Config
from bilag.lifecycle.connection_breaker import BreakerState, Line
from bilag.lifecycle.wake import Looked, Pace, Rhythm
from bilag.ports.errors import NeedsPerson

# A file's time and size, by which a change is seen.
Stamp = tuple[int, int]
_GONE: Final = (0, 0)


@dataclass(slots=True, kw_only=True, eq=False)
class Company:
    """`id` is in lower case; `access` is kept unless it is a login, which gets renewed.

    `is_sure` says that no job of ours can be open without Pleo listing it.
    """

    id: str
    path: Path
    stamp: Stamp
    pace: Pace
    journal: Path | None
    keys: KeyRing
    access: PleoAccess | None = None
    has_login: bool = False
    rhythm: Rhythm = field(default_factory=Rhythm)
    books_line: Line = field(default_factory=Line)
    is_sure: bool = False
    is_exporting: bool = False
    good_look_at_seconds: float | None = None

    def read_again(self) -> None:
        """Take up what changed in the file, if anything did. Raises NeedsPerson while it can't be used."""
        stamp = stamp_of(self.path)
        if stamp != self.stamp:
            self.access = None
            config = self.config()
            self.pace = _pace(config)
            self.journal = _journal(config)
            self.has_login = config.pleo.oauth is not None
            self.stamp = stamp

    def config(self) -> Config:
        """The file as it is now. Raises NeedsPerson when it can't be used, or is another company's."""
        try:
            config = load_config(self.path)
        except ConfigInvalid as invalid:
            raise NeedsPerson(str(invalid)) from None
        if company_id(config) != self.id:
            raise NeedsPerson(f"{self.path}: pleo.company_id is that of another company now; start bilag again")
        return config

    @property
    def may_have_left_a_job(self) -> bool:
        """Whether our journal has to be asked for jobs that ended without us."""
        return not self.is_sure and (self.journal is None or self.journal.exists())

    def pace_now(self, *, is_taking_webhooks: bool) -> Pace:
        """The pause grows only while webhooks can end it."""
        if is_taking_webhooks and self.keys:
            return self.pace
        return Pace(poll_seconds=self.pace.poll_seconds, poll_seconds_max=self.pace.poll_seconds)

    def health(self, now_seconds: float) -> Mapping[str, object]:
        """How it goes, without names and amounts, JSON-ready."""
        since = self.good_look_at_seconds
        return {
            "company": self.id,
            "status": "trouble" if self.rhythm.troubles_in_a_row else "ok",
            "pleo": BreakerState.OPEN if self.rhythm.troubles_in_a_row else BreakerState.CLOSED,
            "books": self.books_line.state_at(now_seconds),
            "exporting": self.is_exporting,
            "heldElsewhere": self.rhythm.is_held_elsewhere,
            "troublesInARow": self.rhythm.troubles_in_a_row,
            "secondsSinceGoodLook": None if since is None else int(now_seconds - since),
        }

    def looked(self, looked: Looked, now_seconds: float) -> Rhythm:
        """Note what a look came to; the rhythm before."""
        before, self.rhythm = self.rhythm, self.rhythm.after(looked)
        if looked in (Looked.FOUND, Looked.NOTHING):
            self.good_look_at_seconds = now_seconds
        return before


def company_of(path: Path, config: Config, keys: KeyRing) -> Company:
    """The company that the file describes."""
    return Company(
        id=company_id(config),
        path=path,
        stamp=stamp_of(path),
        pace=_pace(config),
        journal=_journal(config),
        keys=keys,
        has_login=config.pleo.oauth is not None,
    )


def company_id(config: Config) -> str:
    """As companies are told apart."""
    return str(config.pleo.company_id).lower()


def stamp_of(path: Path) -> Stamp:
    """Changes when the file does; the same while there is none."""
    try:
        status = path.stat()
    except OSError:
        return _GONE
    return status.st_mtime_ns, status.st_size


def _pace(config: Config) -> Pace:
    return Pace(poll_seconds=config.serve.poll_seconds, poll_seconds_max=config.serve.poll_seconds_max)


def _journal(config: Config) -> Path | None:
    """The file of the posting journal; None when it is in a shared database."""
    return None if config.state.database is not None else config.state.folder / JOURNAL_FILE
