"""Any number of realistic expenses from one seed, drawn when they are asked for.

Nothing is kept: an expense is built from its index alone, so 100,000 of them take no memory and come out the
same in any order. Draws come from one generator per index, and what the shares decide is drawn first, so that
setting one of them leaves all other expenses as they are.
"""

import hashlib
from random import Random
from typing import Final

from bilag.simulator.expense import Expense
from bilag.simulator.receipts import ReceiptKind
from bilag.simulator.scenario_draw import Circumstances, draw_entry
from bilag.simulator.scenario_entry import EntryKey
from bilag.simulator.scenario_faults import SPOILS
from bilag.simulator.scenario_item import export_item, receipts_of
from bilag.simulator.scenario_tables import CARD_PURCHASE, RECEIPT_SETS, SEATS, SETTLED_MAX

# How far back a reimbursement reaches for the expenses that it settles.
_SETTLED_BEFORE_MAX: Final = 40


class SeededExpenses:
    """An expense source of `count` expenses of one company, drawn from `seed`.

    Of all expenses `receipt_share` have receipts, `failing_share` cannot be booked (each for one of the reasons in
    `scenario_faults`), and `payable_share` of those that Pleo can tag with a vendor go through accounts payable.
    A share runs from 0 to 1. Raises ValueError for a negative count or another share.
    """

    def __init__(
        self,
        company_id: str,
        count: int,
        seed: int,
        *,
        receipt_share: float = 0.6,
        failing_share: float = 0.0,
        payable_share: float = 0.0,
    ) -> None:
        if count < 0:
            raise ValueError(f"count is {count}: a company cannot have fewer than 0 expenses")
        self.company_id = company_id
        self._count = count
        self._seed = seed
        self._receipt_share = _checked("receipt_share", receipt_share)
        self._failing_share = _checked("failing_share", failing_share)
        self._payable_share = _checked("payable_share", payable_share)

    def __len__(self) -> int:
        """How many expenses there are."""
        return self._count

    def entry_id(self, index: int) -> str:
        """The `accountingEntryId` at `index`; raises IndexError outside 0 up to the count."""
        if not 0 <= index < self._count:
            raise IndexError(f"expense {index} was asked for, the scenario has {self._count}")
        name = f"{self.company_id}:{self._seed}:{index}".encode()
        digest = hashlib.blake2b(name, digest_size=16).hexdigest()
        # RFC 9562, section 5.8: version 8 is for ids made in a way of one's own.
        return f"{digest[:8]}-{digest[8:12]}-8{digest[13:16]}-8{digest[17:20]}-{digest[20:]}"

    def expense(self, index: int) -> Expense:
        """The expense at `index`, a new object each time; raises IndexError outside 0 up to the count."""
        key = EntryKey(
            company_id=self.company_id,
            entry_id=self.entry_id(index),
            reconciliation_id=self._reconciliation_id(index),
        )
        rng = Random(f"{self.company_id}:{self._seed}:{index}")  # noqa: S311 -- a scenario is no secret
        receipt_draw, failing_draw, payable_draw = rng.random(), rng.random(), rng.random()
        seat, failing = int(rng.random() * len(SEATS)), failing_draw < self._failing_share
        given = Circumstances(
            kind=CARD_PURCHASE if failing else SEATS[seat],
            payable=not failing and payable_draw < self._payable_share,
            receipts=self._receipts(receipt_draw),
            settled=self._settled(rng, index),
        )
        entry = draw_entry(rng, given)
        item = export_item(key, entry)
        if failing:
            SPOILS[int(failing_draw / self._failing_share * len(SPOILS))](item)
        return Expense(item=item, receipts=receipts_of(key, entry))

    def _reconciliation_id(self, index: int) -> str:
        return f"S{self._seed}-{index + 1:06d}"

    def _receipts(self, receipt_draw: float) -> tuple[ReceiptKind, ...]:
        if receipt_draw >= self._receipt_share:
            return ()
        return RECEIPT_SETS[int(receipt_draw / self._receipt_share * len(RECEIPT_SETS))]

    def _settled(self, rng: Random, index: int) -> tuple[str, ...]:
        """Up to SETTLED_MAX expenses from shortly before, whatever they came to; the first expense settles none."""
        first = index - 1 - int(rng.random() * min(index, _SETTLED_BEFORE_MAX))
        count = 1 + int(rng.random() * SETTLED_MAX)
        return tuple(self._reconciliation_id(settled) for settled in range(max(0, first), min(first + count, index)))


def _checked(name: str, share: float) -> float:
    if not 0 <= share <= 1:
        raise ValueError(f"{name} is {share}: a share runs from 0 to 1")
    return share
