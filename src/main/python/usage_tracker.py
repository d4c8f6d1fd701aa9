"""Record your program's usage of paid APIs in a usage exporter, and query how much is left.

    from usage_tracker import get_usage_summary, track_anthropic, track_apify

    track_anthropic(client.messages.create(...), category="recommendations")
    track_apify(client.actor("apify/instagram-scraper").call(), platform="instagram")
    get_usage_summary()["remaining"]["anthropic"]["daily"]["requests"]

A single file without dependencies, for Python 3.9 or later: copy it next to your code. The exporter's address comes
from the environment variable ``USAGE_EXPORTER_URL`` (default: ``http://127.0.0.1:5000``); ``https``, a path prefix and
``user:password@`` are supported. An API token comes from ``USAGE_EXPORTER_TOKEN``, or from the file that
``USAGE_EXPORTER_TOKEN_FILE`` names; ``USAGE_EXPORTER_CA_FILE`` names the certificates of the authorities to trust.

Recording never raises and never waits for the network: it puts an event into a bounded in-memory queue, which a daemon
thread sends in batches. An event's id and time are fixed when it is recorded, so a retried event still counts once, and
in the window in which it happened. While the exporter is down, up to ``max_queue`` events are kept; further ones are
dropped, counted and logged. Problems are logged by the logger ``usage_tracker``, at most once a minute each, without
secrets and without the recorded data.

All functions are thread-safe and may be used after a fork (gunicorn, multiprocessing): each process sends its own
events.
"""

import atexit
import base64
import collections
import decimal
import email.utils
import encodings.idna  # noqa: F401 - the first connection would import it, and a fork during that breaks the child
import http.client
import ipaddress
import json
import logging
import math
import numbers
import os
import random
import re
import socket
import ssl
import sys
import threading
import time
import unicodedata
import urllib.parse
import urllib.request
import uuid
import weakref
from collections.abc import Mapping
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from types import TracebackType
from typing import Any, Callable, NamedTuple, Optional, Union

__all__ = [
    "UsageExporterError",
    "UsageTracker",
    "close",
    "flush",
    "get_usage_summary",
    "record",
    "track_anthropic",
    "track_apify",
]

DEFAULT_URL = "http://127.0.0.1:5000"

_LOG = logging.getLogger("usage_tracker")
_LOG_INTERVAL_SECONDS = 60.0
_MAX_LOG_KEYS = 50

_MAX_AMOUNT = 10**12
_MAX_EVENT_BYTES = 1 << 20
_MAX_BATCH_BYTES = 512 * 1024  # accepted even by proxies with small limits
_MAX_RESPONSE_BYTES = 8 << 20
_MAX_TOKEN = 8000

_INITIAL_BACKOFF_SECONDS = 0.25
_MAX_BACKOFF_SECONDS = 30.0
_MISCONFIGURED_BACKOFF_SECONDS = 60.0  # retrying will not help until the setup is fixed
_FLUSH_BACKOFF_SECONDS = 0.5
_MAX_RETRY_AFTER_SECONDS = 60.0
_EXIT_FLUSH_SECONDS = 2.0


class UsageExporterError(Exception):
    """The exporter could not be read. Says where, what happened and what to do, without secrets or bodies."""


# --------------------------------------------------------------------------------------------------------------------
# Events: extracting usage from the objects that the providers' SDKs return
# --------------------------------------------------------------------------------------------------------------------


class _InvalidInput(Exception):
    """The input is invalid. The message says why, without quoting the input."""


class _NotBillable(Exception):
    """The input is valid, but there is nothing to record."""


_COUNTS = ("input_tokens", "output_tokens", "cache_creation_input_tokens", "cache_read_input_tokens")
_SEARCHES = "web_search_requests"
_TERMS = ("service_tier", "speed", "inference_geo")  # on which the price depends
_CACHE_WRITES = ("ephemeral_5m_input_tokens", "ephemeral_1h_input_tokens")
_TERMINAL = ("SUCCEEDED", "FAILED", "TIMED-OUT", "ABORTED")
_ACTIVE = ("READY", "RUNNING", "TIMING-OUT", "ABORTING")
_DECIMAL_CONTEXT = decimal.Context(prec=40, rounding=decimal.ROUND_HALF_EVEN, traps=[decimal.InvalidOperation])


class _Term(str):
    """A text of a usage object; all its other values are numbers."""


def _get(thing: Any, *names: str) -> Any:
    """The first of these fields of a mapping or object that is present and not None."""
    for name in names:
        value = thing.get(name) if isinstance(thing, Mapping) else getattr(thing, name, None)
        if value is not None:
            return value
    return None


def _get_text(thing: Any, *names: str) -> Optional[str]:
    for name in names:
        value = _get(thing, name)
        if isinstance(value, str) and value:
            return value
    return None


def _anthropic_event(
    response: Any,
    category: Optional[str],
    request_id: Optional[str],
    at: Union[datetime, str, None],
    consumer: Optional[str],
) -> bytes:
    if isinstance(response, (list, tuple)):
        message = _accumulate(response)
    else:
        message = _unwrap_message(response)
    usage = _get(message, "usage")
    if usage is not None:
        counts = _messages_usage(usage)
    elif _get(message, "type") == "completion":  # legacy text completions, which do not report tokens
        counts = {"requests": 1}
    else:
        raise _InvalidInput("it has no usage; pass a Message, a raw response or a MessageStream")
    if message is not response and message is _get(_get(response, "result"), "message"):
        counts["service_tier"] = _Term("batch")  # whether the result of a batch says so or not
    request = request_id or _get_text(response, "_request_id", "request_id") or _header(response, "request-id")
    event_id = request or _get_text(message, "id")
    return _event(
        "anthropic",
        counts,
        category,
        _model(_get_text(message, "model")),
        None if event_id is None else "anthropic:" + event_id,
        at,
        consumer,
    )


def _model(name: Optional[str]) -> Optional[str]:
    """A model name that the exporter accepts: at most 100 characters, without control characters."""
    return name and "".join("?" if unicodedata.category(c) in ("Cc", "Cs") else c for c in name[:100])


def _unwrap_message(response: Any) -> Any:
    """The Message: the SDK's object itself, or the one in a MessageStream, a raw response or a batch result."""
    if _get(response, "usage") is not None:
        return response
    result = _get(response, "result")
    for inner in (_get(response, "current_message_snapshot"), _get(result, "message")):
        if inner is not None:
            return inner
    if _get(result, "type") in ("errored", "canceled", "expired"):
        raise _NotBillable("this batch result did not succeed")
    raw = _get(response, "http_response")
    content = _get(response if raw is None else raw, "content")
    return json.loads(content) if isinstance(content, bytes) else response


def _accumulate(events: Any) -> Any:
    """Accumulates the raw events of a stream. Their counts are cumulative; a smaller later count is ignored."""
    message: Any = None
    usage: dict[str, Any] = {}
    for event in events:
        kind = _get(event, "type")
        if kind == "message_start":
            message = _get(event, "message")
        if kind in ("message_start", "message_delta"):
            counts = _get(message if kind == "message_start" else event, "usage")
            for name in (*_COUNTS, *_TERMS, "cache_creation", "iterations"):
                value = _get(counts, name)
                if value is not None and not (name in _COUNTS and _count(name, usage, 0) > _count(name, counts)):
                    usage[name] = value
            tools = _get(counts, "server_tool_use")
            if tools is not None:
                searches = max(_count(_SEARCHES, each, 0) for each in (_get(usage, "server_tool_use"), tools))
                usage["server_tool_use"] = {_SEARCHES: searches}
    return {"id": _get(message, "id"), "model": _get(message, "model"), "usage": usage or None}


def _messages_usage(usage: Any, top_level: bool = True) -> dict[str, Any]:
    """
    The fields of the Messages API's usage object that count or that the price depends on, for the exporter to sum up.
    None means absent, ``cache_creation`` breaks down another field, and ``iterations`` replaces the other counts.
    """
    picked: dict[str, Any] = {name: _count(name, usage) for name in _COUNTS if _get(usage, name) is not None}
    writes = _get(usage, "cache_creation")
    if writes is not None:
        picked["cache_creation"] = {
            name: _count(name, writes) for name in _CACHE_WRITES if _get(writes, name) is not None
        }
    if top_level:
        for name in _TERMS:
            value = _get_text(usage, name)
            if value is not None:
                picked[name] = _Term(value)
        tools = _get(usage, "server_tool_use")
        if _get(tools, _SEARCHES) is not None:
            picked["server_tool_use"] = {_SEARCHES: _count(_SEARCHES, tools)}
    iterations = _get(usage, "iterations") if top_level else None
    if iterations is not None:
        if not isinstance(iterations, (list, tuple)):
            raise _InvalidInput("its usage.iterations is not a list")
        picked["iterations"] = [_messages_usage(iteration, top_level=False) for iteration in iterations]
    if not any(name not in _TERMS for name in picked) and top_level and not any(_has(usage, name) for name in _COUNTS):
        raise _InvalidInput("its usage has no tokens")
    picked.setdefault("input_tokens", 0)  # identifies this format to the exporter
    return picked


def _has(thing: Any, name: str) -> bool:
    return name in thing if isinstance(thing, Mapping) else hasattr(thing, name)


def _count(name: str, usage: Any, default: Any = None) -> int:
    """An integer count; 12.0 and "12" are accepted."""
    value = _get(usage, name)
    value = default if value is None else value
    try:
        if isinstance(value, (str, numbers.Real, Decimal)) and not isinstance(value, bool) and len(str(value)) <= 40:
            exact = Decimal(str(value))
            if 0 <= exact <= _MAX_AMOUNT and exact == exact.to_integral_value():
                return int(exact)
    except (decimal.InvalidOperation, ValueError):
        pass  # not a number, or one with thousands of digits
    raise _InvalidInput(f"its {name} is not a whole number from 0 to 10^12")


def _header(response: Any, name: str) -> Optional[str]:
    for holder in (response, _get(response, "http_response")):
        headers = _get(holder, "headers")
        if isinstance(headers, Mapping):
            for key, value in headers.items():
                if isinstance(key, str) and key.lower() == name and isinstance(value, str) and value:
                    return value
    return None


def _apify_event(run: Any, platform: Optional[str], consumer: Optional[str]) -> bytes:
    inner = _get(run, "data", "resource")  # the wrappers of API responses and of webhooks
    run = run if inner is None else inner
    run_id = _get_text(run, "id")
    if run_id is None:
        raise _InvalidInput("it has no id; pass the run returned by the Apify client")
    finished = _get(run, "finishedAt", "finished_at")
    status = _get(run, "status")
    state = str(getattr(status, "value", status)).upper().replace("_", "-")
    finished_run = status is None or state in _TERMINAL or (finished is not None and state not in _ACTIVE)
    if not finished_run:
        raise _NotBillable("the run has not finished; track it once it has")
    units = 0 if _is_paid_by_developer(run) else _get(_get(run, "stats"), "computeUnits", "compute_units")
    if units is None:
        raise _InvalidInput("it has no stats.computeUnits; entries of a run list have none, so get each run by its id")
    usage = {"compute_units": units, "usd": _get(run, "usageTotalUsd", "usage_total_usd")}
    return _event("apify", usage, platform, None, "apify:" + run_id, _run_time(run, finished), consumer)


def _is_paid_by_developer(run: Any) -> bool:
    """Whether the developer pays the platform usage: as the run says, or else for pay-per-result and pay-per-event."""
    payer = _get(run, "platformUsageBillingModel", "platform_usage_billing_model")
    if payer is not None:
        return str(getattr(payer, "value", payer)).upper() == "DEVELOPER"
    pricing = _get(_get(run, "pricingInfo", "pricing_info"), "pricingModel", "pricing_model")
    return str(getattr(pricing, "value", pricing)) in ("PRICE_PER_DATASET_ITEM", "PAY_PER_EVENT")


def _run_time(run: Any, finished: Any) -> Optional[datetime]:
    """When a run started, as in the gateway; the oldest time allowed if it started before that and finished after."""
    started, ended = _zoned_time(_get(run, "startedAt", "started_at")), _zoned_time(finished)
    oldest = datetime.now(timezone.utc) - timedelta(days=39, hours=23)
    if started is not None and started < oldest and (ended is None or ended >= oldest):
        return oldest
    return started if started is not None else ended


def _event(
    provider: str,
    usage: Any,
    category: Optional[str] = None,
    model: Optional[str] = None,
    id: Optional[str] = None,
    at: Union[datetime, str, None] = None,
    consumer: Optional[str] = None,
    pricing: Optional[str] = None,
) -> bytes:
    """The JSON to post; retries send it unchanged."""
    texts = {
        "id": str(uuid.uuid4()) if id is None else id,
        "provider": provider,
        "category": category,
        "consumer": consumer,
        "model": model,
        "pricing": pricing,
        "at": _utc(datetime.now(timezone.utc) if at is None else at),
    }
    fields = []
    for name, text in texts.items():
        if isinstance(text, str):
            fields.append(f'"{name}":{json.dumps(text)}')
        elif text is not None or name == "provider":
            raise _InvalidInput(f"{name} is not a string")
    if provider == "anthropic" and _get(usage, *_COUNTS) is not None:
        usage = _messages_usage(usage)
    elif not isinstance(usage, Mapping):
        raise _InvalidInput('usage is not a dict such as {"requests": 1}')
    fields.append('"usage":' + _json(usage))
    body = ("{" + ",".join(fields) + "}").encode("ascii")
    if len(body) > _MAX_EVENT_BYTES:
        raise _InvalidInput("it is larger than 1 MiB")
    return body


def _json(usage: Any) -> str:
    """The JSON of amounts and of their containers. None values are omitted."""
    if isinstance(usage, Mapping):
        if not all(isinstance(name, str) for name in usage):
            raise _InvalidInput("usage has a name that is not a string")
        fields = (f"{json.dumps(name)}:{_json(part)}" for name, part in usage.items() if part is not None)
        return "{" + ",".join(fields) + "}"
    if isinstance(usage, _Term):
        return json.dumps(usage)
    if isinstance(usage, (list, tuple)):
        return "[" + ",".join(map(_json, usage)) + "]"
    return _amount(usage)


def _amount(value: Any) -> str:
    """A number in the exporter's precision: an exact decimal, rounded half-even to six places."""
    exact: Union[int, Decimal]
    if isinstance(value, bool) or not isinstance(value, (numbers.Real, Decimal)):
        raise _InvalidInput("usage contains a value that is not a number")
    if isinstance(value, numbers.Integral):
        exact = int(value)
    else:
        exact = value if isinstance(value, Decimal) else Decimal(float.__repr__(float(value)))
        if not exact.is_finite():
            raise _InvalidInput("usage contains a number that is not finite")
    if not 0 <= exact <= _MAX_AMOUNT:
        raise _InvalidInput("usage contains a number outside of 0 to 10^12")
    if isinstance(exact, int):
        return str(exact)
    rounded = exact.copy_abs().quantize(Decimal("0.000001"), context=_DECIMAL_CONTEXT)
    return format(rounded.normalize(_DECIMAL_CONTEXT), "f")


def _utc(at: Any) -> Any:
    """A time in the exporter's format. A naive datetime is local time, as is Python's convention."""
    if isinstance(at, datetime):
        return at.astimezone(timezone.utc).replace(tzinfo=None).isoformat(timespec="milliseconds") + "Z"
    return at


def _zoned_time(value: Any) -> Optional[datetime]:
    """A time of a run: a datetime in the Apify clients, a string in the API."""
    if isinstance(value, str):
        try:
            value = datetime.fromisoformat(value.replace("Z", "+00:00"))
        except ValueError:
            return None
    return value if isinstance(value, datetime) and value.tzinfo is not None else None


# --------------------------------------------------------------------------------------------------------------------
# Transport: the exporter's address, and a connection to it
# --------------------------------------------------------------------------------------------------------------------


class _Response(NamedTuple):
    """An HTTP response."""

    status: int
    retry_after: Optional[str]
    body: bytes

    def json(self) -> dict[str, Any]:
        """The body as a JSON object; empty if it is none."""
        try:
            value = json.loads(self.body)
        except (ValueError, RecursionError):
            return {}
        return value if isinstance(value, dict) else {}


def _read_token(token: Optional[str], file: Optional[str]) -> Optional[str]:
    """The API token, from the arguments or else from the environment. No message shows it."""
    if token is None and file is None:
        token, file = os.environ.get("USAGE_EXPORTER_TOKEN") or None, os.environ.get("USAGE_EXPORTER_TOKEN_FILE") or None
    if token is None and file is not None:
        try:
            with open(file, encoding="ascii") as opened:
                token = opened.read(_MAX_TOKEN + 2).strip() or None
        except (OSError, ValueError) as error:
            raise UsageExporterError(f"the token file {file} cannot be read ({type(error).__name__})") from None
    if token is not None and not (0 < len(token) <= _MAX_TOKEN and all("!" <= character <= "~" for character in token)):
        raise UsageExporterError("the token of the usage exporter is not one line of printable ASCII without blanks")
    return token


def _read_authorities(file: Optional[str]) -> Optional[ssl.SSLContext]:
    """Trusts the authorities in a file, or else in the one that the environment names, in place of the usual ones."""
    file = file or os.environ.get("USAGE_EXPORTER_CA_FILE") or None
    try:
        return None if file is None or not os.path.getsize(file) else ssl.create_default_context(cafile=file)
    except (OSError, ValueError) as error:  # an SSLError is an OSError
        raise UsageExporterError(f"the CA file {file} cannot be read ({type(error).__name__})") from None


class _Endpoint:
    """The exporter's address, parsed. Its string form is safe to log: it lacks user, password and token."""

    def __init__(
        self, url: Any, token: Optional[str] = None, authorities: Optional[ssl.SSLContext] = None
    ) -> None:
        try:
            url = url.strip()
            parts = urllib.parse.urlsplit(url)
            host, port = parts.hostname, parts.port
            valid = parts.scheme in ("http", "https") and not parts.query and not parts.fragment
            valid = valid and "@" not in parts.path and all(" " < character != "\x7f" for character in url)
        except (ValueError, TypeError, AttributeError):
            valid = False
        if not valid or not host:
            # The URL is not quoted, because it may contain a misplaced password.
            raise UsageExporterError(
                "the URL of the usage exporter is not valid; set USAGE_EXPORTER_URL (or url=) to a URL such as"
                f" {DEFAULT_URL} or https://user:password@host/prefix, with special characters encoded as %XX"
            )
        self._tls = parts.scheme == "https"
        self._host = host
        self._port = port or (443 if self._tls else 80)
        self._path = urllib.parse.quote(parts.path.rstrip("/"), safe="/%:~!$&'()*+,;=")
        url_host = f"[{host}]" if ":" in host else host
        self._base = f"{parts.scheme}://{url_host}" + (f":{port}" if port else "") + self._path
        self._headers = {"Accept": "application/json", "User-Agent": "usage-tracker-python"}
        self._headers.update(_basic_auth("Authorization", parts))
        if token is not None:
            self._headers["X-Usage-Token"] = token
        self._authorities = authorities

    def __str__(self) -> str:
        return self._base

    def connect(self, timeout: float) -> tuple[http.client.HTTPConnection, str, dict[str, str]]:
        """An unopened connection, the path prefix of requests over it, and the headers to send."""
        proxy = self._proxy()
        if proxy is None:
            return self._connection(self._host, self._port, timeout), self._path, self._headers
        connection = self._connection(proxy.hostname or "", proxy.port or 80, timeout)
        auth = _basic_auth("Proxy-Authorization", proxy)
        if self._tls:
            connection.set_tunnel(self._host, self._port, auth)
            return connection, self._path, self._headers
        return connection, self._base, {**self._headers, **auth}

    def _connection(self, host: str, port: int, timeout: float) -> http.client.HTTPConnection:
        if self._tls:
            return http.client.HTTPSConnection(host, port, timeout=timeout, context=self._authorities)
        return http.client.HTTPConnection(host, port, timeout=timeout)

    def _proxy(self) -> Optional[urllib.parse.SplitResult]:
        """The proxy that the environment sets for this address; none for loopback addresses."""
        if _is_loopback(self._host):
            return None
        found = urllib.request.getproxies_environment().get("https" if self._tls else "http")
        if not found or urllib.request.proxy_bypass(f"{self._host}:{self._port}"):
            return None
        return urllib.parse.urlsplit(found if "://" in found else "http://" + found)


def _basic_auth(header: str, parts: urllib.parse.SplitResult) -> dict[str, str]:
    if parts.username is None:
        return {}
    pair = urllib.parse.unquote(parts.username) + ":" + urllib.parse.unquote(parts.password or "")
    return {header: "Basic " + base64.b64encode(pair.encode()).decode("ascii")}


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


class _Connection:
    """Sends requests over one persistent connection. Not thread-safe."""

    def __init__(self, endpoint: _Endpoint, timeout: float) -> None:
        self._endpoint = endpoint
        self._timeout = timeout
        self._open: Optional[tuple[http.client.HTTPConnection, str, dict[str, str]]] = None

    def request(self, method: str, path: str, body: Optional[bytes] = None) -> _Response:
        """
        Sends a request. Raises OSError or HTTPException if there is no response. If the exporter has closed the
        persistent connection in the meantime, the request is retried on a new one, which is safe since events have ids.
        """
        reused = self._open is not None
        try:
            return self._request(method, path, body)
        except socket.timeout:
            self.close()
            raise
        except (OSError, http.client.HTTPException):
            self.close()
            if not reused:
                raise
        try:
            return self._request(method, path, body)
        except BaseException:
            self.close()
            raise

    def _request(self, method: str, path: str, body: Optional[bytes]) -> _Response:
        if self._open is None:
            self._open = self._endpoint.connect(self._timeout)
        connection, prefix, headers = self._open
        if body is not None:
            headers = {**headers, "Content-Type": "application/json"}
        rejected_early = False
        try:
            connection.request(method, prefix + path, body, headers)
        except (BrokenPipeError, ConnectionResetError):
            if connection.sock is None:
                raise
            rejected_early = True  # the response may have arrived and say why
        response = connection.getresponse()
        result = _Response(response.status, response.headers.get("Retry-After"), self._read(response))
        if rejected_early or response.will_close or not response.isclosed():
            self.close()
        return result

    def _read(self, response: http.client.HTTPResponse) -> bytes:
        """The body, up to a maximum size. The timeout covers reading all of it."""
        deadline = time.monotonic() + self._timeout
        parts = []
        size = 0
        while size <= _MAX_RESPONSE_BYTES:
            part = response.read1(64 * 1024)
            if not part:
                response.read()  # empty, but some versions need it to detect the end
                break
            parts.append(part)
            size += len(part)
            if time.monotonic() > deadline:
                raise socket.timeout("timed out")
        return b"".join(parts)

    def close(self) -> None:
        """Closes the connection; the next request opens a new one."""
        if self._open is not None:
            self._open[0].close()
            self._open = None


def _explain(error: Exception, timeout: float) -> str:
    """Why a request failed, without anything that was sent or received."""
    if isinstance(error, (socket.timeout, TimeoutError)):
        return f"no response within {timeout:g} s"
    return getattr(error, "strerror", None) or type(error).__name__


# --------------------------------------------------------------------------------------------------------------------
# Interpreting responses, and logging
# --------------------------------------------------------------------------------------------------------------------


class _BatchResult(NamedTuple):
    """The outcome for the events of a batch, by index. Events neither counted nor rejected stay in the queue."""

    counted: frozenset[int] = frozenset()
    rejected: dict[int, str] = {}
    conflict: bool = False  # the ids of the counted events were recorded with different content
    halve: bool = False  # the response names no single event: send fewer
    failure: str = ""  # why to retry later
    needs_intervention: bool = False  # retrying is unlikely to help until the setup is fixed
    retry_after_seconds: float = 0.0


def _interpret(response: _Response, count: int) -> _BatchResult:
    """Interprets the response to a batch of ``count`` events."""
    status, body = response.status, response.json()
    if status == 200 and isinstance(body.get("recorded"), int):
        return _BatchResult(counted=frozenset(range(count)))
    if status == 413 or (status in (400, 409) and ("detail" in body or "errors" in body)):
        detail = _loggable(body.get("detail") or "too large")
        named = {} if status == 413 else _errors_by_index(body, count)
        if not named and count > 1:
            return _BatchResult(halve=True)
        named = named or {0: detail}
        if status == 409:  # already counted by the gateway or another process, which recorded it first
            return _BatchResult(counted=frozenset(named), conflict=True)
        return _BatchResult(rejected=named)
    failure = f"responded with {status} {http.client.responses.get(status, '')}".rstrip()
    if status >= 500 or status in (408, 425, 429):
        return _BatchResult(failure=failure, retry_after_seconds=_retry_after(response.retry_after))
    if status == 200:
        failure += ", but not like a usage exporter; is this its address?"
    elif status in (401, 403):
        failure += "; give it a token that may do this, or put user:password@ into its URL"
    elif status == 404:
        failure += "; is this its address?"
    return _BatchResult(failure=failure, needs_intervention=True)


def _errors_by_index(body: dict[str, Any], count: int) -> dict[int, str]:
    """The error of each event that a response names."""
    errors = body.get("errors")
    named: dict[int, str] = {}
    for error in errors if isinstance(errors, list) else []:
        index = error.get("index") if isinstance(error, dict) else None
        if isinstance(index, int) and not isinstance(index, bool) and 0 <= index < count:
            named[index] = _loggable(error.get("detail"))
    return named


def _loggable(text: Any) -> str:
    """The text as one short line."""
    line = "".join(character if character.isprintable() else "?" for character in str(text)[:200])
    return line + ("…" if len(str(text)) > 200 else "")


def _events(count: int) -> str:
    return f"{count} event" + ("" if count == 1 else "s")


def _retry_after(value: Optional[str]) -> float:
    """The bounded delay of a Retry-After header, which may be a number or a date."""
    if value is None:
        return 0.0
    try:
        seconds = float(value)
    except ValueError:
        try:
            seconds = email.utils.parsedate_to_datetime(value).timestamp() - time.time()
        except (ValueError, TypeError, IndexError, OverflowError):
            return 0.0
    return min(max(seconds, 0.0), _MAX_RETRY_AFTER_SECONDS) if math.isfinite(seconds) else 0.0


class _ThrottledLogger:
    """
    Logs each reason at most once a minute, with the number of lines suppressed since. Reasons that differ only in
    numbers are the same; beyond 50 reasons a minute, so are all reasons of a kind.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._logged: dict[str, float] = {}
        self._suppressed: dict[str, int] = {}

    def log(self, kind: str, text: str, level: int = logging.WARNING, reason: str = "") -> None:
        now = self._clock()
        if len(self._logged) >= _MAX_LOG_KEYS:
            self._logged = {key: at for key, at in self._logged.items() if now - at < _LOG_INTERVAL_SECONDS}
        if len(self._logged) < _MAX_LOG_KEYS:
            kind += re.sub(r"[0-9]+", "#", reason)
        if now - self._logged.get(kind, -math.inf) < _LOG_INTERVAL_SECONDS:
            self._suppressed[kind] = self._suppressed.get(kind, 0) + 1
            return
        self._logged[kind] = now
        suppressed = self._suppressed.pop(kind, 0)
        try:
            _LOG.log(level, "%s%s", text, f" ({suppressed} similar lines suppressed)" if suppressed else "")
        except Exception:  # a failing handler or filter must stop neither the application nor the sending
            self._suppressed[kind] = suppressed + 1


# --------------------------------------------------------------------------------------------------------------------
# The queue, and the thread that sends it
# --------------------------------------------------------------------------------------------------------------------


class _SendQueue:
    """
    A bounded queue of events and the thread that sends them, oldest first. Thread-safe; only ``flush`` and ``close``
    block.
    """

    def __init__(
        self, endpoint: _Endpoint, logger: _ThrottledLogger, timeout: float, max_queue: int, batch_size: int
    ) -> None:
        self._endpoint = endpoint
        self._logger = logger
        self._timeout = timeout
        self._max_queue = max_queue
        self._batch_size = batch_size
        self._closed = False
        self.reset()
        _send_queues.add(self)

    def reset(self) -> None:
        """Starts empty, also in a forked child: the parent sends the queued events, and its locks may be held."""
        self._changed = threading.Condition()  # guards the fields below; reentrant because of signal handlers
        self._pending: collections.deque[tuple[int, bytes]] = collections.deque()
        self._accepted = 0
        self._delivered = 0
        self._dropped = 0
        self._dropped_before_flush = 0
        self._flushing = 0
        self._retry_now = False
        self._failing = False
        self._thread: Optional[threading.Thread] = None

    def put(self, body: bytes) -> bool:
        """Queues an event if there is room for it."""
        with self._changed:
            if not self._closed and len(self._pending) < self._max_queue:
                self._ensure_thread()
                self._changed.notify_all()
                self._pending.append((self._accepted + 1, body))  # last, so that an exception leaves it out
                self._accepted += 1
                return True
            closed = self._closed
        why = "the tracker is closed" if closed else f"the queue is full with {self._max_queue} events"
        self.drop("not accepted", f"an event was dropped: {why}")
        return False

    def drop(self, kind: str, text: str) -> None:
        """Counts an event that will not be sent, and logs why."""
        with self._changed:
            self._dropped += 1
        self._logger.log(kind, text)

    def stats(self) -> dict[str, int]:
        """The number of events waiting, delivered and dropped so far."""
        with self._changed:
            return {"waiting": len(self._pending), "delivered": self._delivered, "dropped": self._dropped}

    def flush(self, seconds: float) -> int:
        """See UsageTracker.flush."""
        with self._changed:
            last = self._accepted
            self._flushing += 1
            self._retry_now = True
            if self._pending:
                self._ensure_thread()
            self._changed.notify_all()
            try:
                self._changed.wait_for(lambda: not self._pending or self._pending[0][0] > last, max(0.0, seconds))
            finally:
                self._flushing -= 1
            dropped = self._dropped - self._dropped_before_flush
            self._dropped_before_flush = self._dropped
            return sum(1 for number, _ in list(self._pending) if number <= last) + dropped

    def close(self, seconds: float) -> int:
        """See UsageTracker.close."""
        deadline = time.monotonic() + max(0.0, seconds)
        with self._changed:
            self._closed = True
        missing = self.flush(seconds)
        with self._changed:
            abandoned = len(self._pending)
            self._dropped += abandoned
            self._dropped_before_flush += abandoned
            self._pending.clear()
            self._changed.notify_all()
            thread = self._thread
        if thread is not None:
            thread.join(max(0.0, deadline - time.monotonic()))
        if abandoned:
            self._logger.log("abandoned", f"dropped {_events(abandoned)} not delivered to {self._endpoint} before closing")
        return missing

    def _ensure_thread(self) -> None:
        if self._thread is None or not self._thread.is_alive():
            self._thread = threading.Thread(target=self._run, name="usage-tracker", daemon=True)
            try:
                self._thread.start()
            except RuntimeError as error:  # too many threads, or interpreter shutdown; the next event retries
                self._logger.log("no thread", f"events are queued, but no thread can be started: {error}")
            _flush_at_worker_exit()

    def _run(self) -> None:
        """The thread: sends events until the queue is closed. Only one runs at a time."""
        connection = _Connection(self._endpoint, self._timeout)
        limit = self._batch_size
        failures = 0
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._pending or self._closed)
                if not self._pending or self._thread is not threading.current_thread():
                    connection.close()
                    return
                batch = self._batch(limit)
            result = self._send(connection, batch)
            self._report(result)
            with self._changed:
                self._remove(batch, result)
                if result.failure:
                    self._back_off(result, failures)
            failures = failures + 1 if result.failure else 0
            if result.halve:
                limit = len(batch) // 2
            elif not result.failure:
                limit = min(self._batch_size, 2 * limit)

    def _batch(self, limit: int) -> list[tuple[int, bytes]]:
        """The head of the queue, up to the limits of a batch."""
        batch: list[tuple[int, bytes]] = []
        size = 0
        for number, body in self._pending:
            size += len(body) + 1
            if batch and (len(batch) >= limit or size > _MAX_BATCH_BYTES):
                break
            batch.append((number, body))
        return batch

    def _send(self, connection: _Connection, batch: list[tuple[int, bytes]]) -> _BatchResult:
        try:
            body = b"[" + b",".join(body for _, body in batch) + b"]"
            return _interpret(connection.request("POST", "/api/usage", body), len(batch))
        except Exception as error:  # the events stay in the queue, whatever failed
            return _BatchResult(failure=_explain(error, self._timeout))

    def _report(self, result: _BatchResult) -> None:
        where = str(self._endpoint)
        if result.failure:
            self._failing = True
            text = f"{where}: {result.failure}; {_events(len(self._pending))} queued for retry"
            self._logger.log(result.failure, text)
        elif self._failing and result.counted:
            self._failing = False
            self._logger.log("recovered", f"{where} accepts events again", logging.INFO)
        if result.rejected:
            for detail, count in collections.Counter(result.rejected.values()).items():
                text = f"dropped {_events(count)} rejected by {where}: {detail}"
                self._logger.log("rejected", text, reason=detail)
        if result.conflict:
            text = f"{where} already has {_events(len(result.counted))} with different content; the recorded content counts"
            self._logger.log("conflict", text, logging.INFO)

    def _remove(self, batch: list[tuple[int, bytes]], result: _BatchResult) -> None:
        """Removes counted and rejected events. The batch is the head of the queue, unless ``close`` has emptied it."""
        if not self._pending:
            return
        for _ in batch:
            self._pending.popleft()
        remaining = [e for i, e in enumerate(batch) if i not in result.counted and i not in result.rejected]
        self._pending.extendleft(reversed(remaining))
        self._delivered += len(result.counted)
        self._dropped += len(result.rejected)
        self._changed.notify_all()

    def _back_off(self, result: _BatchResult, failures: int) -> None:
        """Waits before the next attempt. A flush shortens the delay, but not below the exporter's Retry-After."""
        now = time.monotonic()
        if result.needs_intervention:
            seconds = _MISCONFIGURED_BACKOFF_SECONDS
        else:
            seconds = min(_MAX_BACKOFF_SECONDS, _INITIAL_BACKOFF_SECONDS * 2 ** min(failures, 10))
        seconds *= random.uniform(0.5, 1.0)  # jitter, so that many programs do not retry at the same time
        if self._flushing:
            seconds = min(seconds, _FLUSH_BACKOFF_SECONDS)
        earliest = now + result.retry_after_seconds
        retry = max(now + seconds, earliest)
        self._retry_now = False
        while self._pending:
            delay = (earliest if self._retry_now else retry) - time.monotonic()
            if delay <= 0:
                return
            self._changed.wait(delay)


# The queues of all trackers, flushed at exit and reset in forked children.
_send_queues: "weakref.WeakSet[_SendQueue]" = weakref.WeakSet()
_worker_process: Optional[int] = None


def _flush_all() -> None:
    """Flushes all trackers, within at most two seconds altogether."""
    deadline = time.monotonic() + _EXIT_FLUSH_SECONDS
    for queue in list(_send_queues):
        if queue.stats()["waiting"]:
            missing = queue.flush(deadline - time.monotonic())
            if missing:
                _LOG.warning("%s not delivered before the program exited", _events(missing))


def _flush_at_worker_exit() -> None:
    """multiprocessing workers exit without atexit, but run finalizers of their own."""
    global _worker_process
    process, util = sys.modules.get("multiprocessing.process"), sys.modules.get("multiprocessing.util")
    if process is None or util is None or process.parent_process() is None or _worker_process == os.getpid():
        return
    _worker_process = os.getpid()
    util.Finalize(None, _flush_all, exitpriority=0)


def _after_fork_in_child() -> None:
    global _default_lock
    _default_lock = threading.RLock()
    for queue in list(_send_queues):
        queue.reset()


atexit.register(_flush_all)
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork_in_child)


# --------------------------------------------------------------------------------------------------------------------
# Public API
# --------------------------------------------------------------------------------------------------------------------


class UsageTracker:
    """
    Records usage in an exporter, and reads it. Thread-safe. The recording methods return whether they accepted the
    event; they never raise and never wait for the network. Close a tracker, or use it in a ``with`` statement, to send
    the events that are still queued. At program exit they are sent too, within at most two seconds.
    """

    def __init__(
        self,
        url: Optional[str] = None,
        timeout: float = 5.0,
        max_queue: int = 10_000,
        batch_size: int = 200,
        *,
        token: Optional[str] = None,
        token_file: Optional[str] = None,
        ca_file: Optional[str] = None,
    ) -> None:
        """
        url: the exporter's URL, by default ``USAGE_EXPORTER_URL``. If it is invalid, which is logged, nothing is
            recorded, and reading raises.
        timeout: in seconds, for connecting and for each response.
        max_queue: the maximum number of queued events. When it is reached, new events are dropped and counted.
        batch_size: the maximum number of events per request.
        token: an API token of the exporter, by default ``USAGE_EXPORTER_TOKEN``.
        token_file: a file with nothing but the token, by default ``USAGE_EXPORTER_TOKEN_FILE``; read once.
        ca_file: PEM file of the authorities to trust in place of the usual ones, by default ``USAGE_EXPORTER_CA_FILE``.
        """
        if not (math.isfinite(timeout) and timeout > 0 and max_queue >= 1 and batch_size >= 1):
            raise ValueError("timeout, max_queue and batch_size must be above 0")
        self._timeout = timeout
        self._logger = _ThrottledLogger()
        self._url_error = ""
        try:
            endpoint = _Endpoint(
                url or os.environ.get("USAGE_EXPORTER_URL") or DEFAULT_URL,
                _read_token(token, token_file),
                _read_authorities(ca_file),
            )
        except UsageExporterError as error:
            self._url_error = str(error)
            self._logger.log("url", f"no usage is recorded: {error}", logging.ERROR)
            endpoint = _Endpoint(DEFAULT_URL)  # unused
        self._endpoint = endpoint
        self._queue = _SendQueue(endpoint, self._logger, timeout, max_queue, batch_size)

    def __repr__(self) -> str:
        return f"<UsageTracker of {self._endpoint}>"

    def __enter__(self) -> "UsageTracker":
        return self

    def __exit__(
        self, kind: Optional[type[BaseException]], error: Optional[BaseException], trace: Optional[TracebackType]
    ) -> None:
        self.close()

    def track_anthropic(
        self,
        response: Any,
        category: Optional[str] = None,
        *,
        request_id: Optional[str] = None,
        at: Union[datetime, str, None] = None,
        consumer: Optional[str] = None,
    ) -> bool:
        """
        Records a response of Anthropic's Messages API: the SDK's Message or its dict, a raw response, a finished or
        interrupted MessageStream, the list of a stream's raw events, or a batch result.

        The event's id is the request id, which the exporter's gateway uses too, or else the message id. The Message
        returned by ``get_final_message()`` has no request id: if calls also pass through the gateway, pass the stream
        itself or ``request_id=stream.request_id``; otherwise they count twice.
        """
        return self._record(
            "track_anthropic", response, lambda: _anthropic_event(response, category, request_id, at, consumer)
        )

    def track_apify(self, run: Any, platform: Optional[str] = None, *, consumer: Optional[str] = None) -> bool:
        """
        Records the compute units and the cost of a finished Apify run (succeeded, failed, timed out or aborted) at its
        start time, from the client's run object or dict, or the API's response. Units paid by the actor's developer
        count as 0.

        A run that is still active is not recorded, since its figures would be final: track it once it has finished.
        Apify settles a run's figures about ten seconds after its end; the figures tracked first count.
        """
        return self._record("track_apify", run, lambda: _apify_event(run, platform, consumer))

    def record(
        self,
        provider: str,
        usage: Mapping[str, Any],
        category: Optional[str] = None,
        model: Optional[str] = None,
        id: Optional[str] = None,
        at: Union[datetime, str, None] = None,
        consumer: Optional[str] = None,
        pricing: Optional[str] = None,
    ) -> bool:
        """
        Records any usage, such as ``record("maps", {"tiles": 12})`` or ``{"requests": 1, "tokens": {"input": 1200}}``.

        id: makes retries idempotent; generated if absent.
        at: the time of the usage, by default now: a datetime (local time if naive) or an RFC 3339 string.
        consumer: who used it, such as a team or an application.
        pricing: at what price it is billed where that is not the standard one, such as ``batch``.
        """
        return self._record("record", usage, lambda: _event(provider, usage, category, model, id, at, consumer, pricing))

    def _record(self, caller: str, given: Any, make: Callable[[], bytes]) -> bool:
        try:
            try:
                if self._url_error:
                    raise _InvalidInput(self._url_error)
                return self._queue.put(make())
            except _NotBillable as reason:
                self._logger.log(f"nothing: {reason}", f"{caller}: nothing was recorded: {reason}")
            except Exception as error:
                why = str(error) if isinstance(error, _InvalidInput) else f"{type(error).__name__} while reading it"
                self._queue.drop("invalid", f"{caller}: a {type(given).__name__} was dropped: {why}")
        except Exception:  # such as a RecursionError in the handlers above: never fail the application
            return False
        return False

    def get_usage_summary(self, at: Union[datetime, str, None] = None) -> dict[str, Any]:
        """
        Returns the response of ``GET /api/usage``: ``limits``, ``used``, ``remaining``, ``percent``, ``status`` and
        more, each by provider, window (``"daily"`` and ``"monthly"``; ``"hourly"``, ``"weekly"`` and ``"session"``
        where the provider has a limit in it) and resource. Queued events are not included; see ``flush``.

        at: returns the windows that contain this time instead of the current ones.
        Raises UsageExporterError if it cannot be read.
        """
        if self._url_error:
            raise UsageExporterError(self._url_error)
        connection = _Connection(self._endpoint, self._timeout)
        try:
            query = "" if at is None else "?" + urllib.parse.urlencode({"at": _utc(at)})
            response = connection.request("GET", "/api/usage" + query)
        except Exception as error:
            raise UsageExporterError(
                f"{self._endpoint} cannot be read: {_explain(error, self._timeout)};"
                " start the exporter there, or set USAGE_EXPORTER_URL to its address"
            ) from None  # the cause may quote the response
        finally:
            connection.close()
        body = response.json()
        if response.status == 200 and isinstance(body.get("remaining"), dict):
            return body
        if response.status == 400 and "detail" in body:
            raise UsageExporterError(f"{self._endpoint} cannot be read: {_loggable(body['detail'])}")
        if response.status >= 500 or response.status == 429:
            advice = "; try again, and see its log"
        elif response.status in (401, 403):
            advice = "; give it a token that may do this, or put user:password@ into its URL"
        elif response.status == 200:
            advice = ", but not like a usage exporter; set USAGE_EXPORTER_URL to its address"
        else:
            advice = "; set USAGE_EXPORTER_URL to the exporter's address"
        raise UsageExporterError(f"{self._endpoint} cannot be read: it responded with {response.status}{advice}")

    def flush(self, timeout: Optional[float] = None) -> int:
        """
        Sends the events recorded before this call immediately, and waits for that at most ``timeout`` seconds (by
        default the tracker's timeout).

        Returns the number of undelivered events: those recorded before this call that are still queued (and sent
        later), and those dropped since the last flush because they were invalid, rejected by the exporter, or too many.
        Events that the exporter already had count as delivered.
        """
        return self._queue.flush(self._timeout if timeout is None else timeout)

    def close(self, timeout: Optional[float] = None) -> int:
        """
        Stops accepting events, flushes, and ends the thread. Events that are still queued are dropped, which is logged.
        Returns the same as ``flush``; may be called repeatedly.
        """
        return self._queue.close(self._timeout if timeout is None else timeout)

    def stats(self) -> dict[str, int]:
        """The number of events ``waiting``, ``delivered`` and ``dropped`` since the tracker or this process started."""
        return self._queue.stats()


_default: Optional[UsageTracker] = None
_default_lock = threading.RLock()


def _default_tracker() -> UsageTracker:
    global _default
    tracker = _default
    if tracker is None:
        with _default_lock:
            tracker = _default = _default or UsageTracker()
    return tracker


def track_anthropic(
    response: Any,
    category: Optional[str] = None,
    *,
    request_id: Optional[str] = None,
    at: Union[datetime, str, None] = None,
    consumer: Optional[str] = None,
) -> bool:
    """See ``UsageTracker.track_anthropic``."""
    return _default_tracker().track_anthropic(
        response, category, request_id=request_id, at=at, consumer=consumer
    )


def track_apify(run: Any, platform: Optional[str] = None, *, consumer: Optional[str] = None) -> bool:
    """See ``UsageTracker.track_apify``."""
    return _default_tracker().track_apify(run, platform, consumer=consumer)


def record(
    provider: str,
    usage: Mapping[str, Any],
    category: Optional[str] = None,
    model: Optional[str] = None,
    id: Optional[str] = None,
    at: Union[datetime, str, None] = None,
    consumer: Optional[str] = None,
    pricing: Optional[str] = None,
) -> bool:
    """See ``UsageTracker.record``."""
    return _default_tracker().record(provider, usage, category, model, id, at, consumer, pricing)


def get_usage_summary(at: Union[datetime, str, None] = None) -> dict[str, Any]:
    """See ``UsageTracker.get_usage_summary``."""
    return _default_tracker().get_usage_summary(at)


def flush(timeout: Optional[float] = None) -> int:
    """See ``UsageTracker.flush``."""
    return _default_tracker().flush(timeout)


def close(timeout: Optional[float] = None) -> int:
    """See ``UsageTracker.close``. The next call of another function creates a new tracker."""
    global _default
    with _default_lock:
        tracker, _default = _default, None
    return 0 if tracker is None else tracker.close(timeout)
