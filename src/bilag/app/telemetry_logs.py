"""Which form log records have: what the command line asks for, else what the settings say."""

import logging

from bilag.adapters.telemetry.json_records import JsonRecords
from bilag.config.telemetry_shape import LogFormat


class LogRecords(logging.Formatter):
    """A line for people by `text`, or a JSON object. Once chosen on the command line, settings change nothing."""

    def __init__(self, text: logging.Formatter, chosen: LogFormat | None = None) -> None:
        super().__init__()
        self._text = text
        self._json = JsonRecords()
        self._is_chosen = chosen is not None
        self._format = chosen or LogFormat.TEXT

    def follow(self, wanted: LogFormat) -> None:
        """What the settings say."""
        if not self._is_chosen:
            self._format = wanted

    def format(self, record: logging.LogRecord) -> str:
        """The record."""
        return (self._json if self._format is LogFormat.JSON else self._text).format(record)


def follow_settings(wanted: LogFormat) -> None:
    """Let every handler of ours write as the settings say."""
    for handler in logging.getLogger().handlers:
        if isinstance(handler.formatter, LogRecords):
            handler.formatter.follow(wanted)
