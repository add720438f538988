"""Where everything lies in the folder of the books."""

from dataclasses import dataclass
from pathlib import Path

from bilag.adapters.accounting.plaintext.periods import OPENING_FILE_NAME


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """The paths below one folder, for files with one ending."""

    folder: Path
    ending: str

    @property
    def main(self) -> Path:
        """What a person opens."""
        return self.folder / f"main.{self.ending}"

    @property
    def accounts(self) -> Path:
        """The accounts."""
        return self.folder / f"accounts.{self.ending}"

    @property
    def journal(self) -> Path:
        """One file per period."""
        return self.folder / "journal"

    @property
    def opening(self) -> Path:
        """For a person's own entries; the journal is never without a file, so that main can include all of it."""
        return self.period_file(OPENING_FILE_NAME)

    def period_file(self, name: str) -> Path:
        """The journal file of a period."""
        return self.journal / f"{name}.{self.ending}"

    @property
    def documents(self) -> Path:
        """Receipts, in one folder per period."""
        return self.folder / "documents"

    @property
    def state(self) -> Path:
        """What is of no use to a reader of the books."""
        return self.folder / ".bilag"

    @property
    def incoming(self) -> Path:
        """Receipts that are still being copied; beside the documents, so that moving them is one step."""
        return self.documents / ".incoming"

    @property
    def lock(self) -> Path:
        """The lock."""
        return self.state / "lock"

    @property
    def vouchers(self) -> Path:
        """The highest voucher numbers that were ever given."""
        return self.state / "vouchers"

    @property
    def spare(self) -> Path:
        """Where a file is written before it replaces another."""
        return self.state / "spare"
