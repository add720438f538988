"""A simulated company: its expenses, and which of them may go into a job."""

from array import array
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from enum import IntEnum

from bilag.simulator.expense import ExpenseSource
from bilag.simulator.refusals import Refusal, RefusalType

_NAMED_MAX = 5
_HASH_MASK = (1 << 64) - 1


class EntryState(IntEnum):
    """Whether an accounting entry may go into a job; one byte an entry."""

    FREE = 0
    LOCKED = 1
    EXPORTED = 2


class Company:
    """One company of the simulated Pleo.

    Per entry it keeps a byte of state and twelve bytes to find an entry id, whatever the number of expenses.
    `contra_currencies` are the wallet currencies with a mapped contra account; `None` means that every
    currency has one.
    """

    def __init__(self, source: ExpenseSource, *, contra_currencies: frozenset[str] | None = None) -> None:
        self.id = source.company_id
        self.source = source
        self.contra_currencies = contra_currencies
        self.states = bytearray(len(source))
        self._order = array("I", sorted(range(len(source)), key=self._hash_at))
        self._hashes = array("Q", (self._hash_at(index) for index in self._order))

    def index_of(self, entry_id: str) -> int | None:
        """Where an accounting entry stands in the source, `None` for an unknown one."""
        wanted = hash(entry_id) & _HASH_MASK
        place = bisect_left(self._hashes, wanted)
        while place < len(self._hashes) and self._hashes[place] == wanted:
            if self.source.entry_id(self._order[place]) == entry_id:
                return self._order[place]
            place += 1
        return None

    def free_indexes(self) -> Sequence[int]:
        """Every entry that no job holds and none has exported, in the order of the source."""
        if not any(self.states):
            return range(len(self.states))
        return array("I", (index for index, state in enumerate(self.states) if state == EntryState.FREE))

    def require_exportable(self, indexes: Iterable[int], *, again: bool) -> None:
        """Refuse entries that a running job holds, and exported ones unless they shall go `again`."""
        barred = {EntryState.LOCKED} if again else {EntryState.LOCKED, EntryState.EXPORTED}
        refused = [index for index in indexes if self.states[index] in barred]
        if refused:
            named = ", ".join(
                f"{self.source.entry_id(index)} ({EntryState(self.states[index]).name.lower()})"
                for index in refused[:_NAMED_MAX]
            )
            more = f" and {len(refused) - _NAMED_MAX} more" if len(refused) > _NAMED_MAX else ""
            raise Refusal(RefusalType.ENTRY_NOT_EXPORTABLE, f"accounting entries not exportable: {named}{more}")

    def mark(self, indexes: Iterable[int], state: EntryState) -> None:
        """Note the new state of entries."""
        for index in indexes:
            self.states[index] = state

    def wallet_currencies(self, indexes: Iterable[int]) -> frozenset[str]:
        """The wallet currencies of some expenses. Draws each of them: slow for a long job."""
        found = (_wallet_currency(self.source.expense(index).item) for index in indexes)
        return frozenset(currency for currency in found if currency)

    def _hash_at(self, index: int) -> int:
        return hash(self.source.entry_id(index)) & _HASH_MASK


def _wallet_currency(item: dict[str, object]) -> str:
    value: object = item
    for key in ("amount", "inWalletCurrency", "currency"):
        value = value.get(key) if isinstance(value, dict) else None
    return value if isinstance(value, str) else ""
