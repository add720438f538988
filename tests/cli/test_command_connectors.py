import json

from bilag.adapters.accounting.registry import CONNECTORS
from tests.cli.terminal import Terminal


async def test_every_connector_is_listed_with_what_it_can_do(bilag: Terminal) -> None:
    people = await bilag("connectors")
    machines = await bilag("connectors", "--json")

    assert people.code == machines.code == 0
    cards = [json.loads(line) for line in machines.out.splitlines()]
    assert [card["name"] for card in cards] == [connector.name for connector in CONNECTORS]
    assert all(list(card) == ["name", "summary", "abilities"] for card in cards)
    for card in cards:
        assert card["name"] in people.out
        assert all(subject in people.out for subject in card["abilities"])
