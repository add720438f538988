import socket

import pytest

from bilag.adapters.transport.destinations import ANY_HOST, Destinations
from bilag.adapters.transport.resolver import ADDRESSES_MAX, CheckedResolver, system_addresses
from bilag.ports.errors import AddressRefused


class Names:
    """Answers from a list, one entry per question."""

    def __init__(self, *answers: tuple[str, ...]) -> None:
        self.answers = list(answers)
        self.asked: list[tuple[str, int]] = []

    async def __call__(self, host: str, port: int) -> tuple[str, ...]:
        self.asked.append((host, port))
        return self.answers.pop(0)


PUBLIC = Destinations(public_hosts=[ANY_HOST])


async def test_checked_addresses_are_handed_out_as_numbers() -> None:
    resolver = CheckedResolver(PUBLIC, Names(("8.8.8.8", "2606:4700::1111")))

    results = await resolver.resolve("files.example", 443)

    assert [(result["host"], result["family"]) for result in results] == [
        ("8.8.8.8", socket.AF_INET),
        ("2606:4700::1111", socket.AF_INET6),
    ]
    assert all(result["flags"] == socket.AI_NUMERICHOST for result in results)
    await resolver.close()


async def test_name_that_changes_its_mind_is_refused_the_second_time() -> None:
    names = Names(("8.8.8.8",), ("169.254.169.254",))
    resolver = CheckedResolver(PUBLIC, names)

    assert (await resolver.resolve("rebinding.example", 443))[0]["host"] == "8.8.8.8"
    with pytest.raises(AddressRefused):
        await resolver.resolve("rebinding.example", 443)
    assert names.asked == [("rebinding.example", 443)] * 2


@pytest.mark.parametrize(
    "answer",
    [("127.0.0.1",), ("10.0.0.1", "8.8.8.8"), ("8.8.8.8", "::1"), ("fe80::1%1",), ("nonsense",), ("127.1",)],
)
async def test_one_bad_address_refuses_the_name(answer: tuple[str, ...]) -> None:
    with pytest.raises(AddressRefused):
        await CheckedResolver(PUBLIC, Names(answer)).resolve("files.example", 443)


async def test_name_without_an_address_is_an_operating_system_error() -> None:
    with pytest.raises(OSError, match="no address"):
        await CheckedResolver(PUBLIC, Names(())).resolve("files.example", 443)


async def test_number_of_addresses_is_bounded() -> None:
    many = tuple(f"8.8.{number // 256}.{number % 256}" for number in range(1000))

    assert len(await CheckedResolver(PUBLIC, Names(many)).resolve("files.example", 443)) == ADDRESSES_MAX


async def test_operating_system_knows_this_machine() -> None:
    assert set(await system_addresses("localhost", 80)) <= {"127.0.0.1", "::1"}
