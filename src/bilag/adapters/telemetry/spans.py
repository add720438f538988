"""Spans for OpenTelemetry, where it is installed and the standard OTEL_ variables ask for traces.

https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/
"""

import logging
from collections.abc import Mapping
from contextlib import AbstractContextManager
from importlib import import_module
from typing import Any, Final, Protocol

_ENDPOINTS: Final = ("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT")
_log: Final = logging.getLogger("bilag.telemetry")


class Spans(Protocol):
    """Makes spans; ids in them, no texts: a trouble is named by its kind."""

    def around(self, name: str, attributes: Mapping[str, str | int]) -> AbstractContextManager[None]:
        """A span around the block; what is logged inside carries its ids."""
        ...

    def add(self, name: str, value: str | int) -> None:
        """One more attribute of the span that the task is in."""
        ...

    def close(self) -> None:
        """Send what is left. Blocks for the exporter's time limit at most."""
        ...


def wants_traces(environment: Mapping[str, str]) -> bool:
    """Whether the standard variables name a place for traces and nothing switches them off."""
    if environment.get("OTEL_SDK_DISABLED", "").strip().lower() == "true":
        return False
    exporter = environment.get("OTEL_TRACES_EXPORTER", "").strip().lower()
    return exporter == "otlp" or (not exporter and any(environment.get(name) for name in _ENDPOINTS))


def open_spans(environment: Mapping[str, str], exporter: Any = None) -> Spans | None:
    """Spans that go to the collector which the variables name, or to `exporter`; None when nobody asks for them.

    A variable may be meant for other programs, so that a missing package is told and stops nothing.
    """
    if exporter is None and not wants_traces(environment):
        return None
    try:
        # Loaded here only: it takes a quarter of a second, and is seldom asked for.
        otlp = import_module("bilag.adapters.telemetry.otlp_spans")
    except ModuleNotFoundError as missing:
        _log.warning("traces are asked for and %s is not installed: pip install 'bilag[telemetry]'", missing.name)
        return None
    spans: Spans = otlp.OtlpSpans(environment, exporter)
    return spans
