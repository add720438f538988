"""The table of bilag.toml on how bilag is watched."""

from enum import StrEnum
from pathlib import Path

from pydantic import Field, field_validator

from bilag.config.section import Section


class LogFormat(StrEnum):
    """How log records are written: a line for people, or a JSON object for machines."""

    TEXT = "text"
    JSON = "json"


class TelemetrySection(Section):
    """Metrics and logs. Traces follow OpenTelemetry's own OTEL_ variables."""

    metrics: bool = Field(default=True, strict=True)
    """Whether `bilag serve` shows metrics at /metrics, to this machine only."""
    textfile: Path | None = None
    """Where `bilag run` leaves its metrics for node exporter, ending in .prom; relative to the file."""
    log_format: LogFormat = LogFormat.TEXT
    """How log records are written; `--log-format` wins."""

    @field_validator("textfile")
    @classmethod
    def _seen_by_the_collector(cls, textfile: Path | None) -> Path | None:
        if textfile is not None and textfile.suffix != ".prom":
            raise ValueError("must end in .prom, or node exporter passes it over")
        return textfile
