"""The answers against Pleo's published file, with requests that nobody thought of."""

import asyncio
import copy
import threading
from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode

from bilag.simulator.endpoints import ENDPOINTS
from bilag.simulator.middlewares import Exchange
from bilag.simulator.server import SimulatorServer
from bilag.simulator.subscriptions import SubscriptionTerms
from bilag.simulator.terms import EventType
from bilag.simulator.world import PleoWorld
from tests.simulator.builders import API_KEY, COMPANY, OTHER_COMPANY, a_source, entry_id
from tests.simulator.contract import MEDIA_TYPE, AnswerContract, require_contract

EXAMPLES_PER_OPERATION = 40
ANSWER_SECONDS_MAX = 10
REQUEST_SCHEMAS = (
    "AuthCredential",
    "CreateExportJob",
    "CreateExportJobEvent",
    "EndpointAuth",
    "Options",
    "SearchExportJobItemsRequest",
    "SubscriptionRequest",
    "UpdateExportJobItemV3",
)
NEEDED_QUERY = {("job_id", "/v3/export-items"), ("company_id", "/v3/export-jobs")}
OPERATIONS = [(endpoint.method, endpoint.path) for endpoint in ENDPOINTS]


class LiveSimulator:
    """A simulator in a thread of its own, for a client that knows no event loop."""

    def __init__(self, contract: AnswerContract) -> None:
        self.contract = contract
        self.world = PleoWorld()
        self.world.add_company(a_source(30))
        self.world.add_company(a_source(2, company_id=OTHER_COMPANY))
        self.world.accept_api_key(API_KEY)
        self.job_id = self.world.create_job(COMPANY, indexes=range(25)).id
        self._server = SimulatorServer(self.world, on_answer=contract, retry_waits_seconds=())
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever)

    @property
    def url(self) -> str:
        return self._server.api_url

    def start(self) -> None:
        self._thread.start()
        asyncio.run_coroutine_threadsafe(self._server.start(), self._loop).result(ANSWER_SECONDS_MAX)

    def stop(self) -> None:
        asyncio.run_coroutine_threadsafe(self._server.stop(), self._loop).result(ANSWER_SECONDS_MAX)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def subscription_id(self) -> str:
        """A new subscription, made in the thread of the server."""
        return asyncio.run_coroutine_threadsafe(self._subscribe(), self._loop).result(ANSWER_SECONDS_MAX)

    async def _subscribe(self) -> str:
        terms = SubscriptionTerms(endpoint_url="http://127.0.0.1:9/", event_types=(EventType.VENDOR_CREATED,))
        owner_urn, companies = f"urn:pleo:organisation:{self.world.organisation_id}", frozenset({COMPANY})
        now = self.world.now()
        return self.world.subscriptions.create(terms, owner_urn=owner_urn, company_ids=companies, now=now).id


@pytest.fixture
def live() -> Iterator[LiveSimulator]:
    live = LiveSimulator(AnswerContract(require_contract()))
    live.start()
    yield live
    live.stop()


def with_closed_bodies(document: dict[str, Any]) -> dict[str, Any]:
    """The published file where request bodies have no further fields, or hardly any generated body would be taken."""
    closed = copy.deepcopy(document)
    for name in REQUEST_SCHEMAS:
        closed["components"]["schemas"][name]["additionalProperties"] = False
    return closed


def steer(case: schemathesis.Case[Any], live: LiveSimulator, subscription_id: str) -> None:
    """Point a generated request at things that are there, or it would only ever meet refusals."""
    for name, known in (("jobId", live.job_id), ("id", subscription_id)):
        if f"{{{name}}}" in case.path:
            case.path_parameters[name] = known
    query = case.query or {}
    for name, known in (("job_id", live.job_id), ("company_id", COMPANY), ("accounting_entry_id", entry_id(3))):
        if name in query or (name, case.path) in NEEDED_QUERY:
            query[name] = known
    for name in ("before", "after", "sorting_keys", "sorting_order"):
        query.pop(name, None)
    there: dict[str, Any] = {
        "companyId": OTHER_COMPANY,
        "jobId": live.job_id,
        "accountingEntryIds": [entry_id(0), entry_id(1)],
        "accountingEntryId": entry_id(3),
        "endpointUrl": "http://127.0.0.1:9/",
        "eventTypes": ["v1.vendor.created"],
    }
    for body in case.body if isinstance(case.body, list) else [case.body]:
        if isinstance(body, dict):
            body.update({name: known for name, known in there.items() if name in body})


@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE])
@pytest.mark.parametrize(("method", "path"), OPERATIONS)
def test_no_request_breaks_the_simulator_or_its_contract(
    live: LiveSimulator, method: str, path: str, mode: GenerationMode
) -> None:
    schema = schemathesis.openapi.from_dict(with_closed_bodies(require_contract()))
    subscription_id = live.subscription_id()

    @settings(
        max_examples=EXAMPLES_PER_OPERATION,
        deadline=None,
        database=None,
        derandomize=True,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=schema[path][method].as_strategy(generation_mode=mode), steered=st.booleans())
    def send(*, case: schemathesis.Case[Any], steered: bool) -> None:
        if steered:
            steer(case, live, subscription_id)
        answer = case.call(base_url=live.url, auth=(API_KEY, ""), timeout=ANSWER_SECONDS_MAX)
        assert answer.status_code < 500, f"{method} {path}: {answer.status_code} {answer.content[:300]!r}"

    send()
    assert live.contract.checked > 0
    live.contract.assert_kept()


@pytest.mark.parametrize(
    ("path", "status", "content_type", "body", "problem"),
    [
        ("/v3/export-jobs", 200, MEDIA_TYPE, b'{"data":[]}', "'pagination' is a required property"),
        ("/v3/export-jobs", 200, "application/json", b'{"data":[]}', "media type"),
        ("/v3/export-jobs", 200, MEDIA_TYPE, b"{", "no JSON"),
        ("/v3/export-jobs", 202, MEDIA_TYPE, b"", "knows no such answer"),
        ("/v3/export-jobs", 500, MEDIA_TYPE, b"{}", "knows no such answer"),
        ("/v3/export-jobs", 404, MEDIA_TYPE, b"{}", "'type' is a required property"),
        ("/v1/subscriptions/{id}", 404, MEDIA_TYPE, b"{}", "'type' is a required property"),
    ],
)
def test_answer_that_breaks_the_contract_is_noticed(
    path: str, status: int, content_type: str, body: bytes, problem: str
) -> None:
    contract = AnswerContract(require_contract())

    contract(Exchange(method="GET", path=path, status=status, content_type=content_type, body=body, faulted=False))

    with pytest.raises(AssertionError, match=problem):
        contract.assert_kept()


def test_answer_that_met_a_fault_is_let_pass() -> None:
    contract = AnswerContract(require_contract())

    contract(Exchange(method="GET", path="/", status=500, content_type="", body=b"", faulted=True))

    contract.assert_kept()


def test_tolerated_violation_is_let_pass_and_no_other() -> None:
    contract = AnswerContract(require_contract(), tolerated=("'pagination' is a required property",))

    contract(
        Exchange(
            method="GET",
            path="/v3/export-jobs",
            status=200,
            content_type=MEDIA_TYPE,
            body=b'{"data":7}',
            faulted=False,
        )
    )

    assert [violation.split(": ", 1)[1] for violation in contract.violations] == ["$.data: 7 is not of type 'array'"]


def test_every_published_operation_is_served() -> None:
    published = {
        (method.upper(), path) for path, operations in require_contract()["paths"].items() for method in operations
    }

    assert set(OPERATIONS) == published
