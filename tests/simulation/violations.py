"""What must never be seen, by its number and name."""

from dataclasses import dataclass
from enum import StrEnum


class Invariant(StrEnum):
    """The promises that can be checked from outside of a whole course."""

    BALANCED = "I1 every document balances"
    NOTHING_TWICE = "I2 nothing is booked twice"
    NOTHING_LOST = "I3 nothing is lost"
    SUCCESSFUL_IS_BOOKED = "I4 successful is booked under the id told"
    FAILED_IS_NOT_BOOKED = "I5 failed is not booked"
    CLOSING_EVENT = "I6 the closing event follows from the items, after them"
    SUMS = "I7 the books say what the expenses say"
    ORDER = "I8 one job after another, oldest first"
    ONE_WORKER = "I9 one worker at a time sends for a company"
    RECEIPTS = "I10 each receipt once, with its own expense"
    JOURNAL_AGREES = "I11 our journal says what the books and Pleo say"
    COMES_TO_AN_END = "I14 without faults everything comes to its end"
    OWN_BOOKS = "I15 nothing of one company in the books of another"
    PAYABLES = "P1 open items and balances agree, nothing is settled twice"
    ONE_START_ONE_END = "P2 a job starts once and ends once"
    NO_BUG = "P3 no item fails for a bug of ours"


@dataclass(frozen=True, slots=True, kw_only=True)
class Violation:
    """One promise broken, and where."""

    invariant: Invariant
    what: str

    def __str__(self) -> str:
        return f"{self.invariant}: {self.what}"
