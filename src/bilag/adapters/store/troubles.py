"""Items with trouble of their own, to the table and back. Few rows: an item that is booked leaves."""

from collections.abc import Mapping, Sequence
from typing import Final

from sqlalchemy import Connection, bindparam, delete, insert, select

from bilag.adapters.store.rows import zoned
from bilag.adapters.store.schema import item_troubles
from bilag.domain.item_troubles import ItemTroubles

_DELETE: Final = delete(item_troubles).where(
    item_troubles.c.company_id == bindparam("company"), item_troubles.c.entry_id == bindparam("entry")
)
_INSERT: Final = insert(item_troubles)
_SELECT: Final = select(item_troubles).where(item_troubles.c.company_id == bindparam("company"))


def store_troubles(connection: Connection, troubles: Sequence[ItemTroubles]) -> None:
    """The newest of each item, instead of what was known of it; one without trouble leaves."""
    newest = {(one.company_id, one.entry_id): one for one in troubles}
    connection.execute(_DELETE, [{"company": company, "entry": entry} for company, entry in newest])
    rows = [
        {
            "company_id": one.company_id,
            "entry_id": one.entry_id,
            "content_hash": one.content_hash,
            "count": one.count,
            "last_at": zoned(one.last_at),
            "evidence": one.evidence,
        }
        for one in newest.values()
        if one.count
    ]
    if rows:
        connection.execute(_INSERT, rows)


def troubled(connection: Connection, company_id: str) -> Mapping[str, ItemTroubles]:
    """The company's items with trouble, by their entry."""
    rows = connection.execute(_SELECT, {"company": company_id}).mappings()
    return {row["entry_id"]: ItemTroubles(**row) for row in rows}
