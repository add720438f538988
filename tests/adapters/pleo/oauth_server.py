"""A small OAuth server on this machine: PKCE is verified, refresh tokens rotate, and answers can be lost."""

from base64 import b64decode, urlsafe_b64encode
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from urllib.parse import parse_qs, unquote, urlencode, urlsplit

from aiohttp import web

from bilag.adapters.pleo.oauth import OAuthApp
from bilag.ports.secret import Secret

CLIENT_ID = "client-1"
CLIENT_SECRET = "canary-client-secret"
CODE = "canary-code"

Answer = Callable[[], web.StreamResponse]


@dataclass
class OAuthServer:
    """`script` holds what happens instead of the next answers: "lose" one, or answer something else.

    `grace` is how many times a void refresh token still works. `on_token` is told every access token given.
    """

    url: str = ""
    script: list[str | Answer] = field(default_factory=list)
    expires_in: int | None = 3600
    grace: int = 0
    calls: list[dict[str, str]] = field(default_factory=list)
    authorizations: list[str] = field(default_factory=list)
    challenges: dict[str, tuple[str, str]] = field(default_factory=dict)
    valid_refresh: set[str] = field(default_factory=set)
    spent_refresh: dict[str, int] = field(default_factory=dict)
    given: int = 0
    on_token: Callable[[str], None] = lambda _token: None

    def app(self, *, secret: bool = True, is_basic: bool = False) -> OAuthApp:
        return OAuthApp(
            client_id=CLIENT_ID,
            client_secret=Secret(CLIENT_SECRET) if secret else None,
            authorize_url=f"{self.url}/oauth/authorize",
            token_url=f"{self.url}/oauth/token",
            scopes=("export-jobs:read", "export-items:read"),
            is_basic=is_basic,
        )

    def agree(self, address: str, **changes: str) -> str:
        """A person opens the address and agrees: where the browser is sent then."""
        query = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
        assert query["response_type"] == "code"
        assert query["code_challenge_method"] == "S256"
        assert query["client_id"] == CLIENT_ID
        self.challenges[CODE] = (query["code_challenge"], query["redirect_uri"])
        return f"{query['redirect_uri']}?{urlencode({'code': CODE, 'state': query['state']} | changes)}"

    def revoke(self) -> None:
        """End every login."""
        self.valid_refresh.clear()
        self.spent_refresh.clear()

    async def token(self, request: web.Request) -> web.StreamResponse:
        """The token endpoint."""
        form = {name: str(value) for name, value in (await request.post()).items()}
        self.calls.append(form)
        self.authorizations.append(request.headers.get("Authorization", ""))
        step = self.script.pop(0) if self.script else ""
        if callable(step):
            return step()
        answer = self._answer(form, request)
        if step == "lose" and request.transport is not None:
            request.transport.abort()
        return answer

    def _answer(self, form: dict[str, str], request: web.Request) -> web.Response:
        if not self._knows_client(form, request):
            return refusal("invalid_client", 401)
        if form["grant_type"] == "authorization_code":
            is_good = self._takes_code(form)
        else:
            is_good = self._takes_refresh(form["refresh_token"])
        return self._pair() if is_good else refusal("invalid_grant")

    def _knows_client(self, form: dict[str, str], request: web.Request) -> bool:
        scheme, _, value = request.headers.get("Authorization", "").partition(" ")
        if scheme == "Basic":
            return [unquote(part) for part in b64decode(value).decode().split(":")] == [CLIENT_ID, CLIENT_SECRET]
        return (form.get("client_id"), form.get("client_secret", CLIENT_SECRET)) == (CLIENT_ID, CLIENT_SECRET)

    def _takes_code(self, form: dict[str, str]) -> bool:
        challenge, redirect_uri = self.challenges.pop(form["code"], ("", ""))
        digest = urlsafe_b64encode(sha256(form["code_verifier"].encode()).digest()).decode().rstrip("=")
        return digest == challenge and form["redirect_uri"] == redirect_uri and 43 <= len(form["code_verifier"]) <= 128

    def _takes_refresh(self, token: str) -> bool:
        if token in self.valid_refresh:
            self.valid_refresh.discard(token)
            self.spent_refresh[token] = self.grace
            return True
        self.spent_refresh[token] = self.spent_refresh.get(token, 0) - 1
        return self.spent_refresh[token] >= 0

    def _pair(self) -> web.Response:
        self.given += 1
        access, refresh = f"canary-access-{self.given}", f"canary-refresh-{self.given}"
        self.valid_refresh.add(refresh)
        self.on_token(access)
        body: dict[str, object] = {"access_token": access, "refresh_token": refresh, "token_type": "bearer"}
        return web.json_response(body | ({"expires_in": self.expires_in} if self.expires_in else {}))


def refusal(error: str, status: int = 400) -> web.Response:
    """What RFC 6749 says a refusal looks like, with a description that repeats what must not be repeated."""
    return web.json_response({"error": error, "error_description": f"{CLIENT_SECRET} {CODE}"}, status=status)


@asynccontextmanager
async def oauth_server() -> AsyncIterator[OAuthServer]:
    """The server, on a free port."""
    server = OAuthServer()
    app = web.Application()
    app.router.add_post("/oauth/token", server.token)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    try:
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        server.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
        yield server
    finally:
        await runner.cleanup()
