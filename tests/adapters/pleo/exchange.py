"""A client over a script, with a clock that waits in no time."""

from random import Random

from bilag.adapters.pleo.auth import ApiKeyAuth, Auth
from bilag.adapters.pleo.calls import PleoCalls
from bilag.adapters.pleo.client import PleoExportApi
from bilag.adapters.pleo.downloads import ReceiptDownloads
from bilag.adapters.transport.rate_budget import RateBudget
from bilag.adapters.transport.retry import Retrier, RetryPolicy
from bilag.domain.quota_profiles import pleo_profile
from bilag.ports.errors import Trouble
from bilag.ports.secret import Secret
from tests.adapters.pleo.scripted_transport import Canned, ScriptedTransport
from tests.adapters.transport.fake_clock import FakeClock

API_KEY = "canary-key"
BASE_URL = "https://pleo.example"
ATTEMPTS_MAX = 4


class Exchange:
    """`api` talks to `transport` and fetches files from `files`; both answer from their scripts."""

    def __init__(
        self,
        *script: Canned | Trouble,
        auth: Auth | None = None,
        files: tuple[Canned | Trouble, ...] = (),
        calls_per_minute: int = 60_000,
    ) -> None:
        self.clock = FakeClock()
        self.transport = ScriptedTransport(*script)
        self.files = ScriptedTransport(*files)
        retrier = Retrier(self.clock, RetryPolicy(attempts_max=ATTEMPTS_MAX), Random(1))  # noqa: S311  jitter
        self.calls = PleoCalls(
            self.transport,
            auth or ApiKeyAuth(Secret(API_KEY)),
            base_url=BASE_URL,
            clock=self.clock,
            budget=RateBudget(self.clock, pleo_profile(calls_per_minute)),
            retrier=retrier,
        )
        self.downloads = ReceiptDownloads(self.files, clock=self.clock, retrier=retrier)
        self.api = PleoExportApi(self.calls, self.downloads)

    @property
    def asked(self) -> list[str]:
        """Method and address of every call, without the base."""
        return [f"{request.method} {request.url.removeprefix(BASE_URL)}" for request in self.transport.requests]
