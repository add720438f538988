"""The table of capabilities in docs/connectors.md, from the registry."""

from bilag.app.connectors import list_connectors
from docs.pages.markdown import table


def capabilities_table() -> str:
    """One column for each connector, in the registry's order."""
    cards = list_connectors()
    rows = [(subject, *(card.abilities[subject] or "none" for card in cards)) for subject in cards[0].abilities]
    return table(("", *(f"`{card.name}`" for card in cards)), [("what it is", *(c.summary for c in cards)), *rows])
