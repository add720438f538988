"""What the exit codes mean. docs/operations.md repeats them for people who write cron jobs."""

from enum import IntEnum


class ExitCode(IntEnum):
    """How a command ended."""

    OK = 0
    NEEDS_ATTENTION = 1
    USAGE_OR_CONFIGURATION = 2
    TRY_LATER = 3
    BUG = 70
