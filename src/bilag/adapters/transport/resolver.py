"""Name resolution that hands out checked addresses only.

The connection is made to the very addresses that were checked, so a name that answers differently a moment
later (DNS rebinding) gains nothing.
"""

import asyncio
import socket
from collections.abc import Awaitable, Callable
from typing import Final

from aiohttp.abc import AbstractResolver, ResolveResult

from bilag.adapters.transport.destinations import Destinations
from bilag.ports.errors import AddressRefused

Resolve = Callable[[str, int], Awaitable[tuple[str, ...]]]

ADDRESSES_MAX: Final = 32


async def system_addresses(host: str, port: int) -> tuple[str, ...]:
    """The addresses that the operating system knows for the host; raises OSError when it knows none."""
    loop = asyncio.get_running_loop()
    found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return tuple(dict.fromkeys(str(sockaddr[0]) for *_, sockaddr in found))


class CheckedResolver(AbstractResolver):
    """aiohttp's resolver, with the allow-list between the name and the connection."""

    def __init__(self, destinations: Destinations, resolve: Resolve = system_addresses) -> None:
        self._destinations = destinations
        self._resolve = resolve

    async def resolve(
        self,
        host: str,
        port: int = 0,
        family: socket.AddressFamily = socket.AF_INET,  # noqa: ARG002  aiohttp passes it; both families are looked up
    ) -> list[ResolveResult]:
        """Every address of the host; raises AddressRefused when one of them may not be connected to."""
        addresses = (await self._resolve(host, port))[:ADDRESSES_MAX]
        if not addresses:
            raise OSError(f"no address is known for {host}")
        try:
            self._destinations.check_addresses(host, port, addresses)
        except ValueError:
            addresses = ()
        if not addresses:
            raise AddressRefused(f"{host}:{port} stands for something that is no address")
        return [_result(host, port, address) for address in addresses]

    async def close(self) -> None:
        """Nothing is held."""


def _result(host: str, port: int, address: str) -> ResolveResult:
    return ResolveResult(
        hostname=host,
        host=address,
        port=port,
        family=socket.AF_INET6 if ":" in address else socket.AF_INET,
        proto=socket.IPPROTO_TCP,
        flags=socket.AI_NUMERICHOST,
    )
