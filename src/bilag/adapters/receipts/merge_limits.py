"""What one merge may cost, and how the process that merges is told."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Self

from bilag.domain.attachment import MIB

_MEMORY_BYTES: Final = "BILAG_MERGE_MEMORY_BYTES_MAX"
_CPU_SECONDS: Final = "BILAG_MERGE_CPU_SECONDS_MAX"


@dataclass(frozen=True, slots=True, kw_only=True)
class MergeLimits:
    """Bounds of the process. Wall time is longer than processor time, because the machine has other work."""

    memory_bytes_max: int = 1024 * MIB
    cpu_seconds_max: int = 30
    wall_seconds_max: float = 90.0

    def as_environment(self) -> Mapping[str, str]:
        """What the process bounds itself by; the one who started it watches the wall clock."""
        return {_MEMORY_BYTES: str(self.memory_bytes_max), _CPU_SECONDS: str(self.cpu_seconds_max)}

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> Self:
        """The same on the other side; raises KeyError when nothing was told."""
        return cls(memory_bytes_max=int(environment[_MEMORY_BYTES]), cpu_seconds_max=int(environment[_CPU_SECONDS]))
