from bilag.adapters.accounting.registry import CONNECTORS
from bilag.app.connectors import list_connectors


def test_every_connector_of_the_registry_has_its_card() -> None:
    assert [card.name for card in list_connectors()] == [connector.name for connector in CONNECTORS]


def test_cards_have_the_same_subjects_so_that_they_stand_in_one_table() -> None:
    (first, *others) = [list(card.abilities) for card in list_connectors()]

    assert all(subjects == first for subjects in others)


def test_card_tells_what_the_connector_declares() -> None:
    for card, connector in zip(list_connectors(), CONNECTORS, strict=True):
        can = connector.capabilities
        assert card.abilities["drafts"] == ("yes" if can.drafts else "no")
        assert card.abilities["entries at once"] == str(can.posts_at_once)
        assert set(card.abilities["bookkeeping methods"].split(", ")) == {str(method) for method in can.methods}
        assert all(isinstance(ability, str) for ability in card.abilities.values())
        assert card.as_json() == {"name": card.name, "summary": card.summary, "abilities": card.abilities}


def test_text_books_say_that_a_reference_settles_a_lost_answer() -> None:
    abilities = next(card.abilities for card in list_connectors() if card.name == "plaintext")

    assert abilities["lost answers settled by"] == "natural key"
    assert abilities["attachments"] == "any number of up to 30 MiB"
