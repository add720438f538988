"""Spans made by OpenTelemetry's SDK. To be imported where it is asked for: it is an extra, bilag[telemetry]."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace

from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter
from opentelemetry.trace import Status, StatusCode, get_current_span

from bilag import __version__
from bilag.adapters.telemetry.under_way import now_under_way, working_on


class OtlpSpans:
    """Keeps the protocol Spans. Everything but `exporter` follows the standard variables."""

    def __init__(self, environment: Mapping[str, str], exporter: SpanExporter | None = None) -> None:
        named = {} if environment.get("OTEL_SERVICE_NAME") else {"service.name": "bilag"}
        resource = Resource.create({"service.version": __version__, **named})
        self._provider = TracerProvider(resource=resource, shutdown_on_exit=False)
        self._provider.add_span_processor(BatchSpanProcessor(exporter or OTLPSpanExporter()))
        self._tracer = self._provider.get_tracer("bilag", __version__)

    @contextmanager
    def around(self, name: str, attributes: Mapping[str, str | int]) -> Iterator[None]:
        """A span around the block; what is logged inside carries its ids."""
        with self._tracer.start_as_current_span(
            name, attributes=attributes, record_exception=False, set_status_on_exception=False
        ) as span:
            context = span.get_span_context()
            ids = replace(now_under_way(), trace_id=f"{context.trace_id:032x}", span_id=f"{context.span_id:016x}")
            is_through = False
            try:
                with working_on(ids):
                    yield
                is_through = True
            finally:
                if not is_through:
                    span.set_status(Status(StatusCode.ERROR))

    def add(self, name: str, value: str | int) -> None:
        """One more attribute of the span that the task is in."""
        get_current_span().set_attribute(name, value)

    def close(self) -> None:
        """Send what is left. Blocks for the exporter's time limit at most."""
        self._provider.shutdown()
