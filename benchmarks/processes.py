"""What processes cost, as the kernel counts it. Linux only."""

import os
import re
import subprocess
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

_TICKS_PER_SECOND: Final = os.sysconf("SC_CLK_TCK")
_USER, _SYSTEM = 11, 12
_IDLE, _WAITING = 3, 4
LOOK_SECONDS: Final = 0.05
MIB: Final = 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """What a process and its children took until its end. `memory` is (seconds since its start, resident MiB)."""

    exit_code: int
    cpu_seconds: float
    peak_mib: float
    memory: tuple[tuple[float, float], ...]


def watched(process: "subprocess.Popen[bytes]", seconds_max: float, look_seconds: float = LOOK_SECONDS) -> Cost:
    """Wait for the end of the process; one that takes too long is killed."""
    started_seconds = time.monotonic()
    peak_mib, memory = 0.0, []
    while True:
        pid, status, usage = os.wait4(process.pid, os.WNOHANG)
        elapsed_seconds = time.monotonic() - started_seconds
        if pid:
            break
        if elapsed_seconds > seconds_max:
            process.kill()
        now_mib, highest_mib = memory_of(process.pid)
        peak_mib = max(peak_mib, highest_mib)
        memory.append((round(elapsed_seconds, 2), round(now_mib, 1)))
        time.sleep(look_seconds)
    process.returncode = os.waitstatus_to_exitcode(status)
    return Cost(
        exit_code=process.returncode,
        cpu_seconds=usage.ru_utime + usage.ru_stime,
        peak_mib=round(peak_mib, 1),
        memory=tuple(memory),
    )


def memory_of(pid: int) -> tuple[float, float]:
    """Resident now and at most, MiB; zeros once the process is gone."""
    text = ""
    with suppress(OSError):
        text = Path(f"/proc/{pid}/status").read_text()
    found = {name: int(value) / MIB for name, value in re.findall(r"(VmRSS|VmHWM):\s+(\d+) kB", text)}
    return found.get("VmRSS", 0.0), found.get("VmHWM", 0.0)


def cpu_seconds_of(pid: int) -> float:
    """User and system time of a running process."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[_USER]) + int(fields[_SYSTEM])) / _TICKS_PER_SECOND


def busy_seconds() -> float:
    """What all cores together have worked, for whomever, since the machine was started."""
    fields = [int(field) for field in Path("/proc/stat").read_text().splitlines()[0].split()[1:9]]
    return (sum(fields) - fields[_IDLE] - fields[_WAITING]) / _TICKS_PER_SECOND
