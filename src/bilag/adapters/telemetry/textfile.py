"""Metrics of a process that ends, in a file for the textfile collector of Prometheus' node exporter.

https://github.com/prometheus/node_exporter#textfile-collector. Counters go on where the file left off, since a run
every few minutes would else always show the same small number. Histograms and the process's own figures are left out.
"""

import logging
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from prometheus_client import CollectorRegistry, Counter, write_to_textfile
from prometheus_client.metrics_core import Metric
from prometheus_client.parser import text_string_to_metric_families
from prometheus_client.registry import Collector

from bilag.adapters.telemetry.metrics import Metrics

FILE_BYTES_MAX: Final = 1024 * 1024
_KINDS: Final = frozenset({"counter", "gauge", "info"})
_GOOD_LOOK: Final = "bilag_last_good_look_timestamp_seconds"
_IN_A_ROW: Final = "bilag_troubles_in_a_row"
_log: Final = logging.getLogger("bilag.telemetry")


def take_up(metrics: Metrics, path: Path, company_id: str) -> None:
    """Let every counter go on from the file, and remember the last good look, where there is a file of ours."""
    counters = {_name(counter): counter for counter in metrics.counters()}
    try:
        with path.open("rb") as file:
            text = file.read(FILE_BYTES_MAX).decode()
        for family in text_string_to_metric_families(text):
            if family.name in counters:
                _add(counters[family.name], family)
            for sample in family.samples:
                if sample.name == _GOOD_LOOK and sample.value > 0:
                    metrics.looked_well(company_id, datetime.fromtimestamp(sample.value, UTC))
                elif sample.name == _IN_A_ROW:
                    metrics.in_a_row.set(sample.value)
    except FileNotFoundError:
        return
    except (OSError, ValueError) as problem:
        _log.warning("the metrics in %s cannot be read, counting begins anew: %s", path, problem)


def leave(metrics: Metrics, path: Path) -> None:
    """Put the metrics into the file, at once. One that can't be written is told and stops nothing."""
    metrics.add_up()
    registry = CollectorRegistry()
    registry.register(_ForTextfile(metrics.registry))
    try:
        write_to_textfile(str(path), registry)
    except OSError as problem:
        _log.warning("the metrics cannot be left in %s: %s", path, problem.strerror)


def _add(counter: Counter, family: Metric) -> None:
    for sample in family.samples:
        if sample.name != f"{family.name}_total" or sample.value < 0:
            continue
        if sample.labels:
            counter.labels(**sample.labels).inc(sample.value)
        else:
            counter.inc(sample.value)


def _name(counter: Counter) -> str:
    (family,) = counter.describe()
    return family.name


class _ForTextfile(Collector):
    """What makes sense in a file."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._registry = registry

    def collect(self) -> Iterator[Metric]:
        """Ours, without histograms."""
        families: Iterable[Metric] = self._registry.collect()
        return (family for family in families if family.type in _KINDS and family.name.startswith("bilag"))
