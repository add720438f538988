from bilag.adapters.accounting.registry import CONNECTORS, CONNECTORS_BY_NAME


def test_every_connector_goes_by_the_name_that_it_declares() -> None:
    assert len(CONNECTORS_BY_NAME) == len(CONNECTORS)
    assert all(name == connector.capabilities.system for name, connector in CONNECTORS_BY_NAME.items())
    assert all(connector.summary for connector in CONNECTORS)


def test_the_text_books_are_listed() -> None:
    assert "plaintext" in CONNECTORS_BY_NAME
