"""What vendors are owed, in the words of the port: items from the register, balances from every posting."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from bilag.adapters.accounting.plaintext.books import Books
from bilag.adapters.accounting.plaintext.dialect import StandingEntry
from bilag.adapters.accounting.plaintext.index import Place
from bilag.adapters.accounting.plaintext.journal_folder import JournalFolder
from bilag.adapters.accounting.plaintext.payable_balances import payable_balances
from bilag.adapters.accounting.plaintext.payables_register import PayablesRegister, payable_amount, shares
from bilag.adapters.accounting.plaintext.payables_table import Against
from bilag.adapters.accounting.plaintext.text_escape import holdable
from bilag.domain.ledger import DocumentKind
from bilag.domain.money import Money
from bilag.domain.payables import Allocation, BooksVendor, PayableItem, PayableKeys, PayableStatement


def payable_items(books: Books, keys: PayableKeys) -> tuple[PayableItem, ...]:
    """The vendor's documents that share a key, open or settled, oldest first. Raises BadAnswer, OSError."""
    return _Items(books).sharing(keys)


def payable_statement(books: Books) -> PayableStatement:
    """Open items, and the balances beside them. Raises BadAnswer, OSError."""
    return PayableStatement(open_items=_Items(books).open(), balances=payable_balances(books))


class _Items:
    """Vendor documents as they stand now."""

    def __init__(self, books: Books) -> None:
        self._books = books
        self._folder: JournalFolder = books.view()
        self._register: PayablesRegister = books.register(self._folder)

    def sharing(self, keys: PayableKeys) -> tuple[PayableItem, ...]:
        for reference in keys.references:
            for where in self._folder.index.places(holdable(reference)):
                if trouble := self._register.trouble_with(where):
                    raise trouble
        found = self._folder.entries(self._register.places(keys))
        return _oldest_first(
            self._item(entry)
            for entry in found
            if entry.vendor is not None and shares(entry.vendor, entry.external_reference, keys)
        )

    def open(self) -> tuple[PayableItem, ...]:
        places = [standing.place for standing in self._register.open_documents()]
        return _oldest_first(self._item(entry) for entry in self._folder.entries(places))

    def _item(self, entry: StandingEntry) -> PayableItem:
        vendor, standing = entry.vendor, self._register.standing(entry.external_reference)
        assert vendor is not None
        assert standing is not None, "the register knows what it found"
        account, _ = payable_amount(entry, self._books.accounts.vendor_accounts)
        return PayableItem(
            external_reference=entry.external_reference,
            external_id=entry.voucher or entry.external_reference,
            kind=vendor.kind,
            vendor=self._vendor(vendor.vendor_number, vendor.vendor_name),
            account=account,
            posting_date=entry.day,
            amount=standing.amount,
            open_amount=standing.open_amount,
            invoice_number=vendor.invoice_number,
            due_date=None if vendor.kind is DocumentKind.VENDOR_PAYMENT else vendor.due_date,
            reconciliation_id=vendor.reconciliation_id,
            reconciled_entries=vendor.reconciled_entries,
            paired_with=vendor.paired_with,
            settled_with=tuple(self._allocations(standing.against, standing.amount)),
            misses=tuple(a.reference for a in vendor.settles if self._register.standing(a.reference) is None),
        )

    def _allocations(self, against: Iterable[Against], amount: Money) -> Iterator[Allocation]:
        for one in against:
            reference = self._reference_at(one.place)
            yield Allocation(reference=reference, amount=Money(one.minor, amount.currency))

    def _reference_at(self, where: Place) -> str:
        (entry,) = self._folder.entries([where])
        return entry.external_reference

    def _vendor(self, number: str, name: str) -> BooksVendor:
        known = self._books.vendors.numbered(number) or BooksVendor(number=number, name=name)
        return known if known.name else replace(known, name=name)


def _oldest_first(items: Iterable[PayableItem]) -> tuple[PayableItem, ...]:
    return tuple(sorted(items, key=lambda item: (item.posting_date, item.external_id)))
