"""Spans: a job, its items, their calls; ids and kinds of trouble in them, no texts."""

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager

import pytest
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from bilag.adapters.telemetry.spans import Spans, open_spans, wants_traces
from bilag.adapters.telemetry.telemetry import Telemetry
from bilag.adapters.telemetry.under_way import now_under_way
from bilag.adapters.transport.transport import Request, Response
from bilag.ports.errors import Unreachable

ENDPOINT = {"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:4318"}
CALL = Request(method="GET", url="https://external.pleo.io/v3/export-jobs?token=secret", purpose="list Export Jobs")


@asynccontextmanager
async def answered() -> AsyncIterator[Response]:
    async def body() -> AsyncIterator[bytes]:
        yield b"{}"

    yield Response(status=200, headers={}, body=body())


class Lost(AbstractAsyncContextManager[Response]):
    async def __aenter__(self) -> Response:
        raise Unreachable("api_key=never-to-be-seen")

    async def __aexit__(self, *_: object) -> None: ...


def opened() -> tuple[Spans, InMemorySpanExporter]:
    exporter = InMemorySpanExporter()
    spans = open_spans({}, exporter)
    assert spans is not None
    return spans, exporter


def by_name(exporter: InMemorySpanExporter) -> dict[str, ReadableSpan]:
    return {span.name: span for span in exporter.get_finished_spans()}


async def test_call_lies_in_its_item_and_the_item_in_its_job() -> None:
    spans, exporter = opened()
    telemetry = Telemetry(spans=spans)
    with telemetry.job("job-1"), telemetry.item("job-1", "item-1"):
        async with telemetry.around(answered(), CALL, "pleo"):
            pass
    telemetry.close()

    found = by_name(exporter)
    call, item, job = found["list Export Jobs"], found["export item"], found["export job"]
    assert call.parent is not None
    assert item.parent is not None
    assert item.context is not None
    assert job.context is not None
    assert (call.parent.span_id, item.parent.span_id, job.parent) == (item.context.span_id, job.context.span_id, None)
    assert dict(item.attributes or {}) == {"bilag.job.id": "job-1", "bilag.item.id": "item-1"}
    assert dict(call.attributes or {}) == {
        "http.request.method": "GET",
        "bilag.side": "pleo",
        "http.response.status_code": 200,
    }


async def test_trouble_is_named_by_its_kind_and_never_by_its_text() -> None:
    spans, exporter = opened()
    telemetry = Telemetry(spans=spans)
    with pytest.raises(Unreachable):
        async with telemetry.around(Lost(), CALL, "pleo"):
            pass
    telemetry.close()

    (span,) = exporter.get_finished_spans()
    assert (span.attributes or {})["error.type"] == "Unreachable"
    assert not span.status.is_ok
    assert "seen" not in span.to_json()
    assert "secret" not in span.to_json()


def test_records_carry_the_ids_of_the_span_that_they_are_written_in() -> None:
    spans, exporter = opened()
    with Telemetry(spans=spans).item("job-1", "item-1"):
        what = now_under_way()
    spans.close()

    (span,) = exporter.get_finished_spans()
    assert span.context is not None
    assert (what.trace_id, what.span_id) == (f"{span.context.trace_id:032x}", f"{span.context.span_id:016x}")
    assert (what.job_id, what.entry_id) == ("job-1", "item-1")


@pytest.mark.parametrize(
    ("environment", "wanted"),
    [
        ({}, False),
        (ENDPOINT, True),
        ({"OTEL_TRACES_EXPORTER": "otlp"}, True),
        (ENDPOINT | {"OTEL_TRACES_EXPORTER": "none"}, False),
        (ENDPOINT | {"OTEL_SDK_DISABLED": "true"}, False),
    ],
)
def test_the_standard_variables_decide_and_without_them_nothing_is_traced(
    environment: dict[str, str], *, wanted: bool
) -> None:
    assert wants_traces(environment) is wanted


def test_nobody_who_asks_for_no_traces_gets_any() -> None:
    assert open_spans({}) is None
