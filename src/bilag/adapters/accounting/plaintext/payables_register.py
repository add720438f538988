"""Which vendor documents stand and how much of each is open: built from the journal files, kept current by posts.

What counts is the text: an allocation stands in the document that made it, and counts while both documents stand.
"""

from collections.abc import Iterable, Iterator, Mapping

from bilag.adapters.accounting.plaintext.account_book import AccountBook, PayableKey
from bilag.adapters.accounting.plaintext.amounts import Unreadable
from bilag.adapters.accounting.plaintext.dialect import Dialect, StandingEntry
from bilag.adapters.accounting.plaintext.disk import Signature
from bilag.adapters.accounting.plaintext.index import Place, file_and_offset, place
from bilag.adapters.accounting.plaintext.journal_folder import JournalFolder, unreadable
from bilag.adapters.accounting.plaintext.payables_table import MINOR_MAX, PayablesTable, Standing
from bilag.adapters.accounting.plaintext.repair import torn_range
from bilag.adapters.accounting.plaintext.scan import vendor_documents
from bilag.adapters.accounting.plaintext.vendor_fields import VendorFields
from bilag.domain.money import Money
from bilag.domain.payables import PayableKeys, SharedKey, shared_keys
from bilag.ports.errors import BadAnswer


def payable_amount(entry: StandingEntry, accounts: Mapping[str, PayableKey]) -> tuple[str, Money]:
    """The payable account's number and what the entry adds to what we owe the vendor. Raises Unreadable."""
    assert entry.vendor is not None
    number = entry.vendor.vendor_number
    own = [(key[0], amount) for name, amount in entry.postings if (key := accounts.get(name)) and key[1] == number]
    if not own:
        raise Unreadable(f"no posting is on an account of vendor {number!r}")
    owed = -Money.total((amount for _, amount in own), entry.total.currency)
    if abs(owed.minor) > MINOR_MAX:
        raise Unreadable(f"{owed} is more than can be added up")
    return own[0][0], owed


class PayablesRegister:
    """The register over one set of journal files. Used by one thread at a time."""

    def __init__(self, folder: JournalFolder, dialect: Dialect, accounts: AccountBook) -> None:
        self._folder = folder
        self._dialect = dialect
        self._accounts = accounts
        self._names: Mapping[str, PayableKey] = {}
        self._seen: dict[str, Signature] = {}
        self._broken: dict[Place, str] = {}
        self._table = PayablesTable()

    def close(self) -> None:
        """Let go of the memory."""
        self._table.close()

    def belongs_to(self, folder: JournalFolder) -> bool:
        """Whether it was built over these files."""
        return self._folder is folder

    def sync(self) -> None:
        """Take in what changed since the last time, as the folder has seen it. Raises OSError."""
        self._take_names()
        current = self._folder.signatures
        if current == self._seen:
            return
        changed = {name for name in self._seen.keys() | current.keys() if self._seen.get(name) != current.get(name)}
        copied = self._table.copied_files()
        changed.update(name for name in current if self._folder.number_of(name) in copied)
        for name in changed:
            self._forget(self._folder.number_of(name))
            self._seen.pop(name, None)
        for name in sorted(changed & current.keys()):
            self._scan(name)
            self._seen[name] = current[name]

    def added(self, name: str, entries: Iterable[tuple[StandingEntry, Place]]) -> None:
        """The entries were just appended to the journal file of this name. Raises OSError."""
        if self._take_names():
            return  # The next sync reads everything.
        for entry, where in entries:
            self._add(entry, where)
        if name in self._folder.signatures:
            self._seen[name] = self._folder.signatures[name]

    def standing(self, reference: str) -> Standing | None:
        """The vendor document with the reference, or None."""
        return self._table.standing(reference)

    def between(self, one: str, other: str) -> int:
        """How much is settled between two documents, in minor units."""
        return self._table.between(one, other)

    def places(self, keys: PayableKeys) -> tuple[Place, ...]:
        """Where the documents stand that could share one of the keys, by their stand-ins."""
        return self._table.places(keys.references, keys.shared)

    def open_documents(self) -> Iterator[Standing]:
        """Every document that is not settled entirely. Raises BadAnswer where one cannot be read, OSError."""
        if self._broken and (trouble := self.trouble_with(min(self._broken))):
            raise trouble
        return (standing for standing in self._table.all_standing() if standing.open_amount.minor)

    def trouble_with(self, where: Place) -> BadAnswer | None:
        """Why the vendor document at the place does not count, or None when it does."""
        why = self._broken.get(where)
        return None if why is None else unreadable(self._folder.file_of(where), file_and_offset(where)[1], why)

    def _take_names(self) -> bool:
        """Whether all has to be read again: a renamed account, or one known again, can change any document."""
        names = self._accounts.vendor_accounts
        if names is self._names:
            return False
        kept = all(names.get(name) == key for name, key in self._names.items())
        anew = not kept or bool(self._broken and len(names) != len(self._names))
        if anew:
            self._table.close()
            self._table, self._seen, self._broken = PayablesTable(), {}, {}
        self._names = names
        return anew

    def _scan(self, name: str) -> None:
        number = self._folder.number_of(name)
        path = self._folder.layout.journal / name
        with self._table.together():
            for offset, text in vendor_documents(path, torn_range(path), self._dialect):
                where = place(number, offset)
                try:
                    entry = self._dialect.read_entry(text)
                except Unreadable as why:
                    self._broken[where] = str(why)
                else:
                    self._add(entry, where)

    def _add(self, entry: StandingEntry, where: Place) -> None:
        vendor = entry.vendor
        if vendor is None:
            return
        try:
            _, amount = payable_amount(entry, self._names)
        except Unreadable as why:
            self._broken[where] = str(why)
            return
        reference = entry.external_reference
        if not self._table.add(reference, where, vendor.vendor_number, amount):
            return
        for allocation in vendor.settles:
            if allocation.amount.currency == amount.currency:
                self._table.settle(reference, allocation.reference, _bounded(allocation.amount), where)
        for reopening in vendor.reopens:
            if reopening.amount.currency == amount.currency:
                self._table.settle(reopening.payment, reopening.bill, -_bounded(reopening.amount), where)
        self._table.share(_keys(vendor), where)

    def _forget(self, file_number: int) -> None:
        self._table.forget(file_number)
        self._broken = {where: why for where, why in self._broken.items() if file_and_offset(where)[0] != file_number}


def shares(vendor: VendorFields, reference: str, keys: PayableKeys) -> bool:
    """Whether a document of the vendor is what the keys ask for."""
    return vendor.vendor_number == keys.vendor_number and (
        reference in keys.references or not keys.shared.isdisjoint(_keys(vendor))
    )


def _bounded(amount: Money) -> int:
    return min(amount.minor, MINOR_MAX)


def _keys(vendor: VendorFields) -> frozenset[SharedKey]:
    return shared_keys(vendor.vendor_number, vendor.invoice_number, vendor.reconciliation_id, vendor.reconciled_entries)
