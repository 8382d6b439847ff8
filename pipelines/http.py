"""One HTTP session with time limits and bounded retries; foreign errors become ours here and nowhere else."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from types import TracebackType
from typing import Any
from urllib.parse import urljoin, urlsplit

import requests
from requests.adapters import HTTPAdapter
from urllib3.connectionpool import ConnectionPool
from urllib3.exceptions import MaxRetryError, ReadTimeoutError
from urllib3.response import BaseHTTPResponse
from urllib3.util.retry import Retry

from data.clock import clock
from data.settings import HttpLimits
from pipelines.errors import StopSource, SyncError, TryAgain

_LIMITED = (420, 429)
"""A rate limit is used up; 420 is how Statuspage may say it."""

_BUSY = (*_LIMITED, 500, 502, 503, 504)
_A_MINUTE = 60.0


class _BoundedRetry(Retry):
    """Pauses as long as a source asks for, unless that is longer than the limit: then its answer is handed on."""

    def __init__(self, *args: Any, longest_wait: float = 60, **kwargs: Any) -> None:
        self._longest_wait = longest_wait
        super().__init__(*args, **kwargs)

    def new(self, **kwargs: Any) -> _BoundedRetry:
        return super().new(longest_wait=self._longest_wait, **kwargs)

    def get_retry_after(self, response: BaseHTTPResponse) -> float | None:
        """Also what other headers than Retry-After say of a rate limit, and a minute where none does."""
        if response.status in _LIMITED:
            return _limited_for(response.headers)
        return super().get_retry_after(response)

    def increment(
        self,
        method: str | None = None,
        url: str | None = None,
        response: BaseHTTPResponse | None = None,
        error: Exception | None = None,
        _pool: ConnectionPool | None = None,
        _stacktrace: TracebackType | None = None,
    ) -> _BoundedRetry:
        if response is not None and (self.get_retry_after(response) or 0) > self._longest_wait:
            raise MaxRetryError(_pool, url or "")  # type: ignore[arg-type]
        return super().increment(method, url, response, error, _pool, _stacktrace)


class _TimedAdapter(HTTPAdapter):
    """Gives every request a time limit, also those that a library sends through our session."""

    def __init__(self, limits: HttpLimits) -> None:
        self._timeout = (limits.connect_seconds, limits.read_seconds)
        retry = _BoundedRetry(
            total=limits.retries,
            backoff_factor=limits.backoff_seconds,
            backoff_max=limits.longest_wait_seconds,
            status_forcelist=_BUSY,
            allowed_methods={"GET", "POST"},  # every POST that we send is a query
            raise_on_status=False,
            longest_wait=limits.longest_wait_seconds,
        )
        super().__init__(max_retries=retry)

    def send(self, request: requests.PreparedRequest, *args: Any, **kwargs: Any) -> requests.Response:
        kwargs["timeout"] = kwargs.get("timeout") or self._timeout
        return super().send(request, *args, **kwargs)


class _HomeSession(requests.Session):
    """A session that follows redirects only within the origin of its base address."""

    def __init__(self, base_url: str, limits: HttpLimits) -> None:
        super().__init__()
        self._origin = _origin(base_url)
        self.trust_env = False  # no proxy and no .netrc password that nobody named in the settings
        self.mount("https://", _TimedAdapter(limits))
        self.mount("http://", _TimedAdapter(limits))

    def get_redirect_target(self, resp: requests.Response) -> str | None:
        target = super().get_redirect_target(resp)
        if target is not None and _origin(urljoin(resp.url, target)) != self._origin:
            resp.close()
            raise StopSource(f"{_named(resp)} redirects to another address ({_origin(target)}): correct base_url.")
        return target


class Http:
    """Calls to one source, all below its base address; `headers` carry its credentials and are never printed."""

    def __init__(self, base_url: str, limits: HttpLimits, headers: Mapping[str, str] | None = None) -> None:
        self.base_url = base_url.rstrip("/")
        self._limits = limits
        self.session: requests.Session = _HomeSession(base_url, limits)
        self.session.headers.update(headers or {})

    def get(self, path: str, params: Mapping[str, Any] | None = None) -> requests.Response:
        """The answer to GET; `path` is relative to the base address, or a full address below it."""
        return self._send("GET", path, params=params)

    def post(self, path: str, body: Mapping[str, Any]) -> requests.Response:
        """The answer to a query sent as a JSON body."""
        return self._send("POST", path, json=body)

    def address(self, path: str) -> str:
        """The full address; StopSource where it lies outside the configured base address."""
        full = path if "://" in path else f"{self.base_url}/{path.lstrip('/')}"
        inside = "/.." not in full
        if not inside or (full != self.base_url and not full.startswith((self.base_url + "/", self.base_url + "?"))):
            raise StopSource(
                f"The source sent us to {_origin(full)}, outside its base_url {self.base_url}: not followed."
            )
        return full

    def _send(self, method: str, path: str, **kwargs: Any) -> requests.Response:
        address = self.address(path)
        what = f"{method} {urlsplit(address).path}"
        with speaking_plainly(what):
            response = self.session.request(method, address, **kwargs)
        for _ in range(self._limits.retries):
            pause = _asked_pause(response) if response.status_code == 403 else None  # 429 was retried below already
            if pause is None or pause > self._limits.longest_wait_seconds:
                break
            time.sleep(pause)
            with speaking_plainly(what):
                response = self.session.request(method, address, **kwargs)
        if fault := fault_of(response):
            raise fault
        return response


def json_of(response: requests.Response) -> Any:
    """The decoded body; StopSource where it is no JSON, TryAgain where it is JSON that ends too early."""
    try:
        return response.json()
    except requests.exceptions.JSONDecodeError as error:
        kind = response.headers.get("Content-Type", "no content type")
        if "json" in kind and response.text.lstrip().startswith(("{", "[")):
            raise TryAgain(f"{_named(response)}: the answer broke off; the next run resumes here.") from error
        raise StopSource(f"{_named(response)} answered {kind}, not JSON: check that base_url is the API's.") from error


def fault_of(response: requests.Response) -> SyncError | None:
    """The error that an answer stands for, None where it is good."""
    status = response.status_code
    named = f"{_named(response)}: {status} {response.reason or ''}".rstrip()
    if status < 400:
        return None
    pause = _asked_pause(response)
    if pause is not None:
        at = clock() + timedelta(seconds=pause)
        return TryAgain(f"{named}: the rate limit is used up until {at:%H:%M} UTC.", at)
    if status in _BUSY or status == 408:
        return TryAgain(f"{named}: the source is not answering properly; the next run resumes here.")
    advice = {
        400: "the request was refused; check the options of this source",
        401: "the credentials were refused; renew the secret that this source names",
        403: "the credentials lack a permission; see what `check` asks for",
        404: "nothing is there; check the names in the options, and that the credentials may see it",
    }
    return StopSource(f"{named}: {advice.get(status, 'the source refuses this request')}.", status)


@contextmanager
def speaking_plainly(what: str) -> Iterator[None]:
    """Turns the errors of requests into ours, without addresses that may hold secrets."""
    try:
        yield
    except requests.exceptions.InvalidURL as error:
        raise StopSource(f"{what}: base_url is not an address: write https://host/path.") from error
    except requests.exceptions.TooManyRedirects as error:
        raise StopSource(f"{what}: the source redirects in a circle: correct base_url.") from error
    except requests.exceptions.SSLError as error:
        raise StopSource(f"{what}: the certificate of the source is not trusted: install its authority.") from error
    except requests.exceptions.Timeout as error:
        raise TryAgain(f"{what}: no answer within the time limit; the next run resumes here.") from error
    except requests.exceptions.ConnectionError as error:
        if _was_silence(error):
            raise TryAgain(f"{what}: no answer within the time limit; the next run resumes here.") from error
        raise TryAgain(f"{what}: no connection; check base_url and the network. The next run resumes here.") from error
    except requests.exceptions.RequestException as error:
        raise TryAgain(f"{what}: the answer broke off ({type(error).__name__}); the next run resumes here.") from error


def _was_silence(error: requests.exceptions.ConnectionError) -> bool:
    """Whether it was a time limit that used up the retries: requests calls that an error of the connection."""
    cause = error.args[0] if error.args else None
    return isinstance(cause, MaxRetryError) and isinstance(cause.reason, ReadTimeoutError)


def _asked_pause(response: requests.Response) -> float | None:
    """Seconds that a rate limit asks us to wait; None where the answer is not about a rate limit."""
    if response.status_code in _LIMITED:
        return _limited_for(response.headers)
    if response.status_code == 403:
        if after := response.headers.get("Retry-After"):
            return _seconds(after)
        if response.headers.get("X-RateLimit-Remaining") == "0":
            return _limited_for(response.headers)
    return None


def _limited_for(headers: Mapping[str, str]) -> float:
    """Seconds until a rate limit ends: `ratelimit-reset` counts them, `X-RateLimit-Reset` is an instant."""
    if after := headers.get("Retry-After"):
        return _seconds(after)
    if (pause := headers.get("ratelimit-reset", "")).isdigit():
        return max(1.0, float(pause))
    if (reset := headers.get("X-RateLimit-Reset", "")).isdigit():
        return max(1.0, (datetime.fromtimestamp(int(reset), UTC) - clock()).total_seconds())
    return _A_MINUTE


def _seconds(retry_after: str) -> float:
    try:
        return max(0.0, float(retry_after))
    except ValueError:
        pass
    try:
        return max(0.0, (parsedate_to_datetime(retry_after) - clock()).total_seconds())
    except ValueError:
        return _A_MINUTE


def _origin(address: str) -> str:
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.hostname or ''}" + (f":{parts.port}" if parts.port else "")


def _named(response: requests.Response) -> str:
    return f"{response.request.method} {urlsplit(response.url).path}"
