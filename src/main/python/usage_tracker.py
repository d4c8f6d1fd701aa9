"""Tell a usage exporter what your program uses of paid APIs, and ask it how much is left.

    from usage_tracker import get_usage_summary, track_anthropic, track_apify

    track_anthropic(client.messages.create(...), category="recommendations")
    track_apify(client.actor("apify/instagram-scraper").call(), platform="instagram")
    get_usage_summary()["remaining"]["anthropic"]["daily"]["requests"]

One file, nothing but the standard library, Python 3.9 or later: copy it beside your code. The exporter's address comes
from the environment variable ``USAGE_EXPORTER_URL`` (``http://127.0.0.1:5000`` when it is not set); ``https``, a path
prefix and ``user:password@`` work.

Recording never raises and never waits for the network: it puts an event into a bounded queue in memory, and one daemon
thread sends what waits there, in batches. An event's id and instant are fixed when it is recorded; so what was not
answered is sent again and still counts once, and in the window in which it happened. While the exporter is down, events
wait, ``max_queue`` of them; further ones are dropped, counted and logged. Trouble is logged by the logger
``usage_tracker``, a line a minute for each kind of it, without secrets and without what was recorded.

All functions may be called from any thread, and after a fork (gunicorn, multiprocessing): each process sends its own
events.
"""

import atexit
import base64
import collections
import decimal
import email.utils
import encodings.idna  # noqa: F401 - else the first connection does, and a fork in the midst of it harms the child
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
_LOG_AGAIN_SECONDS = 60.0
_MAX_REASONS = 50

_MAX_AMOUNT = 10**12
_MAX_EVENT_BYTES = 1 << 20
_MAX_BATCH_BYTES = 512 * 1024  # of which even a proxy with small limits takes one
_MAX_ANSWER_BYTES = 8 << 20

_FIRST_RETRY_SECONDS = 0.25
_LAST_RETRY_SECONDS = 30.0
_SLOW_RETRY_SECONDS = 60.0  # where somebody has to mend something first
_FLUSH_RETRY_SECONDS = 0.5
_MAX_RETRY_AFTER_SECONDS = 60.0
_EXIT_SECONDS = 2.0


class UsageExporterError(Exception):
    """The exporter could not be read. Says where, what happened and what to do; holds no secrets and no bodies."""


# --------------------------------------------------------------------------------------------------------------------
# What was used: from what the providers' SDKs return to events
# --------------------------------------------------------------------------------------------------------------------


class _NotUnderstood(Exception):
    """What is wrong with what the application gave, without repeating it."""


class _NothingUsed(Exception):
    """Why there is nothing to record, although all is well."""


_COUNTS = ("input_tokens", "output_tokens", "cache_creation_input_tokens", "cache_read_input_tokens")
_CACHE_WRITES = ("ephemeral_5m_input_tokens", "ephemeral_1h_input_tokens")
_ENDED = ("SUCCEEDED", "FAILED", "TIMED-OUT", "ABORTED")
_GOING_ON = ("READY", "RUNNING", "TIMING-OUT", "ABORTING")
_DECIMALS = decimal.Context(prec=40, rounding=decimal.ROUND_HALF_EVEN, traps=[decimal.InvalidOperation])


def _get(thing: Any, *names: str) -> Any:
    """The first of these fields that is there and not None, of a mapping or of an object."""
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
    response: Any, category: Optional[str], request_id: Optional[str], at: Union[datetime, str, None]
) -> bytes:
    if isinstance(response, (list, tuple)):
        message = _merge_stream(response)
    else:
        message = _message_of(response)
    usage = _get(message, "usage")
    if usage is not None:
        counts = _messages_usage(usage)
    elif _get(message, "type") == "completion":  # the legacy text completions, which do not tell their tokens
        counts = {"requests": 1}
    else:
        raise _NotUnderstood("it has no usage; pass a Message, a raw response or a MessageStream")
    request = request_id or _get_text(response, "_request_id", "request_id") or _header(response, "request-id")
    event_id = request or _get_text(message, "id")
    return _event(
        "anthropic",
        counts,
        category,
        _model(_get_text(message, "model")),
        None if event_id is None else "anthropic:" + event_id,
        at,
    )


def _model(name: Optional[str]) -> Optional[str]:
    """A model's name as the exporter takes it: cut to 100 characters, without control characters."""
    return name and "".join("?" if unicodedata.category(c) in ("Cc", "Cs") else c for c in name[:100])


def _message_of(response: Any) -> Any:
    """The Message in what the SDK returned: itself, or that of a MessageStream, a raw response or a batch's result."""
    if _get(response, "usage") is not None:
        return response
    result = _get(response, "result")
    for inner in (_get(response, "current_message_snapshot"), _get(result, "message")):
        if inner is not None:
            return inner
    if _get(result, "type") in ("errored", "canceled", "expired"):
        raise _NothingUsed("this entry of a batch did not succeed")
    raw = _get(response, "http_response")
    content = _get(response if raw is None else raw, "content")
    return json.loads(content) if isinstance(content, bytes) else response


def _merge_stream(events: Any) -> Any:
    """What the raw events of a stream amount to. Their figures are cumulative, and a later smaller one takes nothing away."""
    message: Any = None
    usage: dict[str, Any] = {}
    for event in events:
        kind = _get(event, "type")
        if kind == "message_start":
            message = _get(event, "message")
        if kind in ("message_start", "message_delta"):
            counts = _get(message if kind == "message_start" else event, "usage")
            for name in (*_COUNTS, "cache_creation", "iterations"):
                value = _get(counts, name)
                if value is not None and not (name in _COUNTS and _count(name, usage, 0) > _count(name, counts)):
                    usage[name] = value
    return {"id": _get(message, "id"), "model": _get(message, "model"), "usage": usage or None}


def _messages_usage(usage: Any, iterated: bool = True) -> dict[str, Any]:
    """
    Those fields of the Messages API's usage object that count, for the exporter to sum up: null is as good as absent,
    ``cache_creation`` splits another field up, and ``iterations`` stands in place of the rest.
    """
    picked: dict[str, Any] = {name: _count(name, usage) for name in _COUNTS if _get(usage, name) is not None}
    writes = _get(usage, "cache_creation")
    if writes is not None:
        picked["cache_creation"] = {
            name: _count(name, writes) for name in _CACHE_WRITES if _get(writes, name) is not None
        }
    iterations = _get(usage, "iterations") if iterated else None
    if iterations is not None:
        if not isinstance(iterations, (list, tuple)):
            raise _NotUnderstood("its usage.iterations is not a list")
        picked["iterations"] = [_messages_usage(iteration, iterated=False) for iteration in iterations]
    if not picked and iterated and not any(_has(usage, name) for name in _COUNTS):
        raise _NotUnderstood("its usage has no tokens")
    picked.setdefault("input_tokens", 0)  # by which the exporter knows this form
    return picked


def _has(thing: Any, name: str) -> bool:
    return name in thing if isinstance(thing, Mapping) else hasattr(thing, name)


def _count(name: str, usage: Any, otherwise: Any = None) -> int:
    """A count, also where it is written 12.0 or "12"."""
    value = _get(usage, name)
    value = otherwise if value is None else value
    try:
        if isinstance(value, (str, numbers.Real, Decimal)) and not isinstance(value, bool) and len(str(value)) <= 40:
            exact = Decimal(str(value))
            if 0 <= exact <= _MAX_AMOUNT and exact == exact.to_integral_value():
                return int(exact)
    except (decimal.InvalidOperation, ValueError):
        pass  # it is no number, or one of thousands of digits
    raise _NotUnderstood(f"its {name} is not a whole number from 0 to 10^12")


def _header(response: Any, name: str) -> Optional[str]:
    for holder in (response, _get(response, "http_response")):
        headers = _get(holder, "headers")
        if isinstance(headers, Mapping):
            for key, value in headers.items():
                if isinstance(key, str) and key.lower() == name and isinstance(value, str) and value:
                    return value
    return None


def _apify_event(run: Any, platform: Optional[str]) -> bytes:
    inner = _get(run, "data", "resource")  # as the API answers it, and as a webhook brings it
    run = run if inner is None else inner
    run_id = _get_text(run, "id")
    if run_id is None:
        raise _NotUnderstood("it has no id; pass the run that the Apify client returned")
    finished = _get(run, "finishedAt", "finished_at")
    status = _get(run, "status")
    state = str(getattr(status, "value", status)).upper().replace("_", "-")
    ended = status is None or state in _ENDED or (finished is not None and state not in _GOING_ON)
    if not ended:
        raise _NothingUsed("the run has not ended; track it when it has")
    units = 0 if _developer_pays(run) else _get(_get(run, "stats"), "computeUnits", "compute_units")
    if units is None:
        raise _NotUnderstood("it has no stats.computeUnits; a list of runs has none, so get each run by its id")
    return _event("apify", {"compute_units": units}, platform, None, "apify:" + run_id, _run_instant(run, finished))


def _developer_pays(run: Any) -> bool:
    """Whether the platform usage is not the account's own: as the run says, or else by result and by event."""
    payer = _get(run, "platformUsageBillingModel", "platform_usage_billing_model")
    if payer is not None:
        return str(getattr(payer, "value", payer)).upper() == "DEVELOPER"
    pricing = _get(_get(run, "pricingInfo", "pricing_info"), "pricingModel", "pricing_model")
    return str(getattr(pricing, "value", pricing)) in ("PRICE_PER_DATASET_ITEM", "PAY_PER_EVENT")


def _run_instant(run: Any, finished: Any) -> Optional[datetime]:
    """When a run began, by which it counts in the gateway too; the oldest day allowed if it began before and ended since."""
    began, ended = _instant_or_none(_get(run, "startedAt", "started_at")), _instant_or_none(finished)
    oldest = datetime.now(timezone.utc) - timedelta(days=39, hours=23)
    if began is not None and began < oldest and (ended is None or ended >= oldest):
        return oldest
    return began if began is not None else ended


def _event(
    provider: str,
    usage: Any,
    category: Optional[str] = None,
    model: Optional[str] = None,
    id: Optional[str] = None,
    at: Union[datetime, str, None] = None,
) -> bytes:
    """The JSON that is posted, now and at each repeat."""
    texts = {
        "id": str(uuid.uuid4()) if id is None else id,
        "provider": provider,
        "category": category,
        "model": model,
        "at": _utc(datetime.now(timezone.utc) if at is None else at),
    }
    fields = []
    for name, text in texts.items():
        if isinstance(text, str):
            fields.append(f'"{name}":{json.dumps(text)}')
        elif text is not None or name == "provider":
            raise _NotUnderstood(f"{name} is not a string")
    if provider == "anthropic" and _get(usage, *_COUNTS) is not None:
        usage = _messages_usage(usage)
    elif not isinstance(usage, Mapping):
        raise _NotUnderstood('usage is not a dict such as {"requests": 1}')
    fields.append('"usage":' + _json(usage))
    body = ("{" + ",".join(fields) + "}").encode("ascii")
    if len(body) > _MAX_EVENT_BYTES:
        raise _NotUnderstood("it is larger than 1 MiB")
    return body


def _json(usage: Any) -> str:
    """The JSON of amounts, and of what holds them. None is the same as nothing."""
    if isinstance(usage, Mapping):
        if not all(isinstance(name, str) for name in usage):
            raise _NotUnderstood("usage has a name that is not a string")
        fields = (f"{json.dumps(name)}:{_json(part)}" for name, part in usage.items() if part is not None)
        return "{" + ",".join(fields) + "}"
    if isinstance(usage, (list, tuple)):
        return "[" + ",".join(map(_json, usage)) + "]"
    return _amount(usage)


def _amount(value: Any) -> str:
    """A number as the exporter counts it: an exact decimal, rounded half-even to six places."""
    exact: Union[int, Decimal]
    if isinstance(value, bool) or not isinstance(value, (numbers.Real, Decimal)):
        raise _NotUnderstood("usage holds something that is not a number")
    if isinstance(value, numbers.Integral):
        exact = int(value)
    else:
        exact = value if isinstance(value, Decimal) else Decimal(float.__repr__(float(value)))
        if not exact.is_finite():
            raise _NotUnderstood("usage holds something that is not a finite number")
    if not 0 <= exact <= _MAX_AMOUNT:
        raise _NotUnderstood("usage holds a number that is not from 0 to 10^12")
    if isinstance(exact, int):
        return str(exact)
    return format(exact.copy_abs().quantize(Decimal("0.000001"), context=_DECIMALS).normalize(_DECIMALS), "f")


def _utc(at: Any) -> Any:
    """An instant as the exporter reads it. A datetime without a zone is local time, as everywhere in Python."""
    if isinstance(at, datetime):
        return at.astimezone(timezone.utc).replace(tzinfo=None).isoformat(timespec="milliseconds") + "Z"
    return at


def _instant_or_none(value: Any) -> Optional[datetime]:
    """When a run finished, of which the Apify clients make a datetime, and the API a text."""
    if isinstance(value, str):
        try:
            value = datetime.fromisoformat(value.replace("Z", "+00:00"))
        except ValueError:
            return None
    return value if isinstance(value, datetime) and value.tzinfo is not None else None


# --------------------------------------------------------------------------------------------------------------------
# Where to: the exporter's address, and a connection to it
# --------------------------------------------------------------------------------------------------------------------


class _Answer(NamedTuple):
    """What came back over HTTP."""

    status: int
    retry_after: Optional[str]
    body: bytes

    def json(self) -> dict[str, Any]:
        """The JSON object that it is, or an empty one."""
        try:
            value = json.loads(self.body)
        except (ValueError, RecursionError):
            return {}
        return value if isinstance(value, dict) else {}


class _Endpoint:
    """The exporter's address, taken apart. Its text form is fit for logs: it lacks user and password."""

    def __init__(self, url: Any) -> None:
        try:
            url = url.strip()
            parts = urllib.parse.urlsplit(url)
            host, port = parts.hostname, parts.port
            valid = parts.scheme in ("http", "https") and not parts.query and not parts.fragment
            valid = valid and "@" not in parts.path and all(" " < character != "\x7f" for character in url)
        except (ValueError, TypeError, AttributeError):
            valid = False
        if not valid or not host:
            # It is not repeated, as it may hold a password in the wrong place.
            raise UsageExporterError(
                "the URL of the usage exporter is not valid; set USAGE_EXPORTER_URL (or url=) to one such as"
                f" {DEFAULT_URL} or https://user:password@host/prefix, with special characters in them as %XX"
            )
        self._tls = parts.scheme == "https"
        self._host = host
        self._port = port or (443 if self._tls else 80)
        self._path = urllib.parse.quote(parts.path.rstrip("/"), safe="/%:~!$&'()*+,;=")
        shown_host = f"[{host}]" if ":" in host else host
        self._base = f"{parts.scheme}://{shown_host}" + (f":{port}" if port else "") + self._path
        self._headers = {"Accept": "application/json", "User-Agent": "usage-tracker-python"}
        self._headers.update(_basic_auth("Authorization", parts))

    def __str__(self) -> str:
        return self._base

    def connect(self, timeout: float) -> tuple[http.client.HTTPConnection, str, dict[str, str]]:
        """A connection that is not open yet, the prefix of what is requested over it, and the headers to send."""
        kind = http.client.HTTPSConnection if self._tls else http.client.HTTPConnection
        proxy = self._proxy()
        if proxy is None:
            return kind(self._host, self._port, timeout=timeout), self._path, self._headers
        connection = kind(proxy.hostname or "", proxy.port or 80, timeout=timeout)
        auth = _basic_auth("Proxy-Authorization", proxy)
        if self._tls:
            connection.set_tunnel(self._host, self._port, auth)
            return connection, self._path, self._headers
        return connection, self._base, {**self._headers, **auth}

    def _proxy(self) -> Optional[urllib.parse.SplitResult]:
        """The proxy that the environment names for this address; never one for this machine itself."""
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
    """Requests over one connection, which is kept open. For one thread at a time."""

    def __init__(self, endpoint: _Endpoint, timeout: float) -> None:
        self._endpoint = endpoint
        self._timeout = timeout
        self._open: Optional[tuple[http.client.HTTPConnection, str, dict[str, str]]] = None

    def request(self, method: str, path: str, body: Optional[bytes] = None) -> _Answer:
        """
        The answer. Raises OSError or HTTPException when there is none. A kept connection that the exporter has closed
        meanwhile is replaced, and the request repeated, which is harmless since events have ids.
        """
        kept = self._open is not None
        try:
            return self._request(method, path, body)
        except socket.timeout:
            self.close()
            raise
        except (OSError, http.client.HTTPException):
            self.close()
            if not kept:
                raise
        try:
            return self._request(method, path, body)
        except BaseException:
            self.close()
            raise

    def _request(self, method: str, path: str, body: Optional[bytes]) -> _Answer:
        if self._open is None:
            self._open = self._endpoint.connect(self._timeout)
        connection, prefix, headers = self._open
        if body is not None:
            headers = {**headers, "Content-Type": "application/json"}
        refused_early = False
        try:
            connection.request(method, prefix + path, body, headers)
        except (BrokenPipeError, ConnectionResetError):
            if connection.sock is None:
                raise
            refused_early = True  # the answer may be there, and say why
        response = connection.getresponse()
        answer = _Answer(response.status, response.headers.get("Retry-After"), self._read(response))
        if refused_early or response.will_close or not response.isclosed():
            self.close()
        return answer

    def _read(self, response: http.client.HTTPResponse) -> bytes:
        """The body, as far as it is of a reasonable size. The time-out is for all of it."""
        deadline = time.monotonic() + self._timeout
        parts = []
        size = 0
        while size <= _MAX_ANSWER_BYTES:
            part = response.read1(64 * 1024)
            if not part:
                response.read()  # nothing, but without it some versions do not see the end
                break
            parts.append(part)
            size += len(part)
            if time.monotonic() > deadline:
                raise socket.timeout("timed out")
        return b"".join(parts)

    def close(self) -> None:
        """Closes the connection; the next request opens another one."""
        if self._open is not None:
            self._open[0].close()
            self._open = None


def _explain(error: Exception, timeout: float) -> str:
    """What a failed request met with, without anything that was sent or received."""
    if isinstance(error, (socket.timeout, TimeoutError)):
        return f"no answer within {timeout:g} s"
    return getattr(error, "strerror", None) or type(error).__name__


# --------------------------------------------------------------------------------------------------------------------
# What answers mean, and what is logged
# --------------------------------------------------------------------------------------------------------------------


class _Verdict(NamedTuple):
    """What an answer means for the events of a batch, by their index. Those in neither set stay in the queue."""

    counted: frozenset[int] = frozenset()
    refused: dict[int, str] = {}
    conflict: bool = False  # other content was recorded under the ids of those that are counted
    halve: bool = False  # nothing is known of any single one: send fewer
    trouble: str = ""  # why to try again later
    slowly: bool = False
    not_before_seconds: float = 0.0


def _judge(answer: _Answer, count: int) -> _Verdict:
    """What the answer to a batch of so many events means."""
    status, said = answer.status, answer.json()
    if status == 200 and isinstance(said.get("recorded"), int):
        return _Verdict(counted=frozenset(range(count)))
    if status == 413 or (status in (400, 409) and ("detail" in said or "errors" in said)):
        detail = _loggable(said.get("detail") or "too large")
        named = {} if status == 413 else _named(said, count)
        if not named and count > 1:
            return _Verdict(halve=True)
        named = named or {0: detail}
        if status == 409:  # whoever recorded it first, gateway or another process, has counted it
            return _Verdict(counted=frozenset(named), conflict=True)
        return _Verdict(refused=named)
    trouble = f"answered {status} {http.client.responses.get(status, '')}".rstrip()
    if status >= 500 or status in (408, 425, 429):
        return _Verdict(trouble=trouble, not_before_seconds=_retry_after(answer.retry_after))
    if status == 200:
        trouble += ", but not as the usage exporter does; is this its address?"
    elif status in (401, 403):
        trouble += "; put user:password@ into its URL"
    elif status == 404:
        trouble += "; is this its address?"
    return _Verdict(trouble=trouble, slowly=True)


def _named(said: dict[str, Any], count: int) -> dict[int, str]:
    """The events that an answer names, with what it says of each."""
    errors = said.get("errors")
    named: dict[int, str] = {}
    for error in errors if isinstance(errors, list) else []:
        index = error.get("index") if isinstance(error, dict) else None
        if isinstance(index, int) and not isinstance(index, bool) and 0 <= index < count:
            named[index] = _loggable(error.get("detail"))
    return named


def _loggable(text: Any) -> str:
    """One short line."""
    line = "".join(character if character.isprintable() else "?" for character in str(text)[:200])
    return line + ("…" if len(str(text)) > 200 else "")


def _retry_after(value: Optional[str]) -> float:
    """The seconds that a Retry-After asks for, within bounds; it may be a number or a date."""
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


class _Complaints:
    """
    Logs each reason once a minute at the most, and how often it went unsaid meanwhile. Reasons that differ by nothing but
    numbers are the same; past 50 in a minute, those of a kind are.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._said: dict[str, float] = {}
        self._unsaid: dict[str, int] = {}

    def say(self, kind: str, text: str, level: int = logging.WARNING, reason: str = "") -> None:
        now = self._clock()
        if len(self._said) >= _MAX_REASONS:
            self._said = {key: at for key, at in self._said.items() if now - at < _LOG_AGAIN_SECONDS}
        if len(self._said) < _MAX_REASONS:
            kind += re.sub(r"[0-9]+", "#", reason)
        if now - self._said.get(kind, -math.inf) < _LOG_AGAIN_SECONDS:
            self._unsaid[kind] = self._unsaid.get(kind, 0) + 1
            return
        self._said[kind] = now
        unsaid = self._unsaid.pop(kind, 0)
        try:
            _LOG.log(level, "%s%s", text, f" (and {unsaid} times more since the last such line)" if unsaid else "")
        except Exception:  # of a handler or filter, which must stop neither the application nor the sending
            self._unsaid[kind] = unsaid + 1


# --------------------------------------------------------------------------------------------------------------------
# The queue, and the thread that empties it
# --------------------------------------------------------------------------------------------------------------------


class _Outbox:
    """
    Events on their way to the exporter: a bounded queue and the thread that sends what waits in it, oldest first. May
    be used by any number of threads; only ``flush`` and ``close`` wait.
    """

    def __init__(
        self, endpoint: _Endpoint, complaints: _Complaints, timeout: float, max_queue: int, batch_size: int
    ) -> None:
        self._endpoint = endpoint
        self._complaints = complaints
        self._timeout = timeout
        self._max_queue = max_queue
        self._batch_size = batch_size
        self._closed = False
        self.reset()
        _outboxes.add(self)

    def reset(self) -> None:
        """Begins anew, as in a forked child: what waits is the parent's to send, and locks may be held for ever."""
        self._changed = threading.Condition()  # guards all that follows; reentrant, for the sake of signal handlers
        self._waiting: collections.deque[tuple[int, bytes]] = collections.deque()
        self._taken = 0
        self._delivered = 0
        self._dropped = 0
        self._dropped_before_flush = 0
        self._flushing = 0
        self._prodded = False
        self._in_trouble = False
        self._thread: Optional[threading.Thread] = None

    def put(self, body: bytes) -> bool:
        """Takes an event, if there is room for it."""
        with self._changed:
            if not self._closed and len(self._waiting) < self._max_queue:
                self._ensure_thread()
                self._changed.notify_all()
                self._waiting.append((self._taken + 1, body))  # last, so that it is taken if nothing was raised
                self._taken += 1
                return True
            closed = self._closed
        why = "the tracker is closed" if closed else f"{self._max_queue} events wait already"
        self.drop("not taken", f"an event was dropped: {why}")
        return False

    def drop(self, kind: str, text: str) -> None:
        """Counts an event that is not sent, and says why."""
        with self._changed:
            self._dropped += 1
        self._complaints.say(kind, text)

    def stats(self) -> dict[str, int]:
        """How many events wait, were delivered and were dropped, so far."""
        with self._changed:
            return {"waiting": len(self._waiting), "delivered": self._delivered, "dropped": self._dropped}

    def flush(self, seconds: float) -> int:
        """See UsageTracker.flush."""
        with self._changed:
            last = self._taken
            self._flushing += 1
            self._prodded = True
            if self._waiting:
                self._ensure_thread()
            self._changed.notify_all()
            try:
                self._changed.wait_for(lambda: not self._waiting or self._waiting[0][0] > last, max(0.0, seconds))
            finally:
                self._flushing -= 1
            dropped = self._dropped - self._dropped_before_flush
            self._dropped_before_flush = self._dropped
            return sum(1 for number, _ in list(self._waiting) if number <= last) + dropped

    def close(self, seconds: float) -> int:
        """See UsageTracker.close."""
        deadline = time.monotonic() + max(0.0, seconds)
        with self._changed:
            self._closed = True
        missing = self.flush(seconds)
        with self._changed:
            given_up = len(self._waiting)
            self._dropped += given_up
            self._dropped_before_flush += given_up
            self._waiting.clear()
            self._changed.notify_all()
            thread = self._thread
        if thread is not None:
            thread.join(max(0.0, deadline - time.monotonic()))
        if given_up:
            self._complaints.say("given up", f"{given_up} events were not delivered to {self._endpoint} before the end")
        return missing

    def _ensure_thread(self) -> None:
        if self._thread is None or not self._thread.is_alive():
            self._thread = threading.Thread(target=self._run, name="usage-tracker", daemon=True)
            try:
                self._thread.start()
            except RuntimeError as error:  # too many threads, or the interpreter ends; the next event tries again
                self._complaints.say("no thread", f"events wait, since no thread can be started: {error}")
            _flush_when_a_worker_ends()

    def _run(self) -> None:
        """The thread: sends what waits until the outbox is closed. There is one at a time."""
        connection = _Connection(self._endpoint, self._timeout)
        limit = self._batch_size
        failures = 0
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._waiting or self._closed)
                if not self._waiting or self._thread is not threading.current_thread():
                    connection.close()
                    return
                batch = self._batch(limit)
            verdict = self._send(connection, batch)
            self._say(verdict)
            with self._changed:
                self._settle(batch, verdict)
                if verdict.trouble:
                    self._pause(verdict, failures)
            failures = failures + 1 if verdict.trouble else 0
            if verdict.halve:
                limit = len(batch) // 2
            elif not verdict.trouble:
                limit = min(self._batch_size, 2 * limit)

    def _batch(self, limit: int) -> list[tuple[int, bytes]]:
        """The head of the queue, within what may be sent at once."""
        batch: list[tuple[int, bytes]] = []
        size = 0
        for number, body in self._waiting:
            size += len(body) + 1
            if batch and (len(batch) >= limit or size > _MAX_BATCH_BYTES):
                break
            batch.append((number, body))
        return batch

    def _send(self, connection: _Connection, batch: list[tuple[int, bytes]]) -> _Verdict:
        try:
            body = b"[" + b",".join(body for _, body in batch) + b"]"
            return _judge(connection.request("POST", "/api/usage", body), len(batch))
        except Exception as error:  # whatever it is, the events are kept
            return _Verdict(trouble=_explain(error, self._timeout))

    def _say(self, verdict: _Verdict) -> None:
        where = str(self._endpoint)
        if verdict.trouble:
            self._in_trouble = True
            text = f"{where}: {verdict.trouble}; {len(self._waiting)} events wait and are sent later"
            self._complaints.say(verdict.trouble, text)
        elif self._in_trouble and verdict.counted:
            self._in_trouble = False
            self._complaints.say("over", f"{where} takes events again", logging.INFO)
        if verdict.refused:
            for detail, count in collections.Counter(verdict.refused.values()).items():
                text = f"{where} refused {count} events, now dropped: {detail}"
                self._complaints.say("refused", text, reason=detail)
        if verdict.conflict:
            text = f"{where} has {len(verdict.counted)} events already, with other content; what it has counts"
            self._complaints.say("conflict", text, logging.INFO)

    def _settle(self, batch: list[tuple[int, bytes]], verdict: _Verdict) -> None:
        """Takes out of the queue what is done with. The batch is its head, unless ``close`` has emptied it."""
        if not self._waiting:
            return
        for _ in batch:
            self._waiting.popleft()
        left = [e for i, e in enumerate(batch) if i not in verdict.counted and i not in verdict.refused]
        self._waiting.extendleft(reversed(left))
        self._delivered += len(verdict.counted)
        self._dropped += len(verdict.refused)
        self._changed.notify_all()

    def _pause(self, verdict: _Verdict, failures: int) -> None:
        """Waits before the next try. A flush cuts that short, but not what the exporter asked for."""
        now = time.monotonic()
        if verdict.slowly:
            seconds = _SLOW_RETRY_SECONDS
        else:
            seconds = min(_LAST_RETRY_SECONDS, _FIRST_RETRY_SECONDS * 2 ** min(failures, 10))
        seconds *= random.uniform(0.5, 1.0)  # so that many programs do not come back all at once
        if self._flushing:
            seconds = min(seconds, _FLUSH_RETRY_SECONDS)
        earliest = now + verdict.not_before_seconds
        retry = max(now + seconds, earliest)
        self._prodded = False
        while self._waiting:
            left = (earliest if self._prodded else retry) - time.monotonic()
            if left <= 0:
                return
            self._changed.wait(left)


# Those of all trackers, to be flushed at the end and begun anew in a forked child.
_outboxes: "weakref.WeakSet[_Outbox]" = weakref.WeakSet()
_worker_process: Optional[int] = None


def _flush_all() -> None:
    """Gives what waits a last chance; for all trackers together it takes two seconds at the most."""
    deadline = time.monotonic() + _EXIT_SECONDS
    for outbox in list(_outboxes):
        if outbox.stats()["waiting"]:
            missing = outbox.flush(deadline - time.monotonic())
            if missing:
                _LOG.warning("%d events were not delivered before the end of the program", missing)


def _flush_when_a_worker_ends() -> None:
    """A process of multiprocessing ends without atexit, but with hooks of its own."""
    global _worker_process
    process, util = sys.modules.get("multiprocessing.process"), sys.modules.get("multiprocessing.util")
    if process is None or util is None or process.parent_process() is None or _worker_process == os.getpid():
        return
    _worker_process = os.getpid()
    util.Finalize(None, _flush_all, exitpriority=0)


def _after_fork_in_child() -> None:
    global _default_lock
    _default_lock = threading.RLock()
    for outbox in list(_outboxes):
        outbox.reset()


atexit.register(_flush_all)
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork_in_child)


# --------------------------------------------------------------------------------------------------------------------
# What applications use
# --------------------------------------------------------------------------------------------------------------------


class UsageTracker:
    """
    Records usage by one exporter, and reads it. May be used by any number of threads. The recording methods return
    whether they took the event; they never raise and never wait for the network. Close a tracker, or use it in a
    ``with``, to be sure that what was recorded is sent. At the end of the program it is sent too, as far as two seconds
    allow.
    """

    def __init__(
        self, url: Optional[str] = None, timeout: float = 5.0, max_queue: int = 10_000, batch_size: int = 200
    ) -> None:
        """
        url: of the exporter, by default ``USAGE_EXPORTER_URL``. With one that is not valid, which is logged, nothing is
            recorded, and reading raises.
        timeout: in seconds, for connecting and for each answer.
        max_queue: how many events may wait. When so many do, new ones are dropped and counted.
        batch_size: how many events are sent at once, at the most.
        """
        if not (math.isfinite(timeout) and timeout > 0 and max_queue >= 1 and batch_size >= 1):
            raise ValueError("timeout, max_queue and batch_size must be above 0")
        self._timeout = timeout
        self._complaints = _Complaints()
        self._fault = ""
        try:
            endpoint = _Endpoint(url or os.environ.get("USAGE_EXPORTER_URL") or DEFAULT_URL)
        except UsageExporterError as error:
            self._fault = str(error)
            self._complaints.say("fault", f"no usage is recorded: {error}", logging.ERROR)
            endpoint = _Endpoint(DEFAULT_URL)  # which is not used
        self._endpoint = endpoint
        self._outbox = _Outbox(endpoint, self._complaints, timeout, max_queue, batch_size)

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
    ) -> bool:
        """
        Records an answer of Anthropic's Messages API: the SDK's Message or its dict, a raw response, a MessageStream
        that is over or broke off, the list of a stream's raw events, or an entry of a batch's results.

        The event's id is that of the request, by which the exporter's gateway knows it too, or else the message's. The
        Message that ``get_final_message()`` returns does not know its request: where calls also pass through the
        gateway, give the stream itself or ``request_id=stream.request_id``, or they count twice.
        """
        return self._take("track_anthropic", response, lambda: _anthropic_event(response, category, request_id, at))

    def track_apify(self, run: Any, platform: Optional[str] = None) -> bool:
        """
        Records the compute units of an Apify run that has ended (succeeded, failed, timed out or aborted), at the time
        at which it began: the client's run object or dict, or the API's answer. Units that the actor's developer pays
        are 0.

        A run that still goes on is not recorded, since its figures would stand for good: track it when it has ended.
        Apify settles the figures of a run some ten seconds after its end; those that are tracked first count.
        """
        return self._take("track_apify", run, lambda: _apify_event(run, platform))

    def record(
        self,
        provider: str,
        usage: Mapping[str, Any],
        category: Optional[str] = None,
        model: Optional[str] = None,
        id: Optional[str] = None,
        at: Union[datetime, str, None] = None,
    ) -> bool:
        """
        Records any usage, such as ``record("maps", {"tiles": 12})`` or ``{"requests": 1, "tokens": {"input": 1200}}``.

        id: makes a repeat harmless; one is made up when it is not given.
        at: when it was used, if not now: a datetime (local time if it has no zone) or an RFC 3339 text.
        """
        return self._take("record", usage, lambda: _event(provider, usage, category, model, id, at))

    def _take(self, caller: str, given: Any, make: Callable[[], bytes]) -> bool:
        try:
            try:
                if self._fault:
                    raise _NotUnderstood(self._fault)
                return self._outbox.put(make())
            except _NothingUsed as reason:
                self._complaints.say(f"nothing: {reason}", f"{caller}: nothing was recorded: {reason}")
            except Exception as error:
                why = str(error) if isinstance(error, _NotUnderstood) else f"{type(error).__name__} while reading it"
                self._outbox.drop("not understood", f"{caller}: a {type(given).__name__} was dropped: {why}")
        except Exception:  # as near the limit of recursion: even then it is the application that goes on
            return False
        return False

    def get_usage_summary(self, at: Union[datetime, str, None] = None) -> dict[str, Any]:
        """
        What ``GET /api/usage`` says: ``limits``, ``used``, ``remaining``, ``percent``, ``status`` and more, each by
        provider, window and resource. Events that still wait are not in it; see ``flush``.

        at: asks for the windows that contain this instant, instead of the present ones.
        Raises UsageExporterError when it cannot be had.
        """
        if self._fault:
            raise UsageExporterError(self._fault)
        connection = _Connection(self._endpoint, self._timeout)
        try:
            query = "" if at is None else "?" + urllib.parse.urlencode({"at": _utc(at)})
            answer = connection.request("GET", "/api/usage" + query)
        except Exception as error:
            raise UsageExporterError(
                f"{self._endpoint} cannot be read: {_explain(error, self._timeout)};"
                " start the exporter there, or set USAGE_EXPORTER_URL to where it is"
            ) from None  # as its cause may quote what was received
        finally:
            connection.close()
        said = answer.json()
        if answer.status == 200 and isinstance(said.get("remaining"), dict):
            return said
        if answer.status == 400 and "detail" in said:
            raise UsageExporterError(f"{self._endpoint} cannot be read: {_loggable(said['detail'])}")
        if answer.status >= 500 or answer.status == 429:
            advice = "; try again, and see its log"
        elif answer.status in (401, 403):
            advice = "; put user:password@ into its URL"
        elif answer.status == 200:
            advice = ", but not as the usage exporter does; set USAGE_EXPORTER_URL to where that is"
        else:
            advice = "; set USAGE_EXPORTER_URL to where the exporter is"
        raise UsageExporterError(f"{self._endpoint} cannot be read: it answered {answer.status}{advice}")

    def flush(self, timeout: Optional[float] = None) -> int:
        """
        Tries at once to send what was recorded before this call, and waits for that, ``timeout`` seconds at the most
        (by default the tracker's).

        Returns how many events are not known to be delivered: those recorded before this call that still wait (they
        are sent later), and those dropped since the last flush: not understood, refused by the exporter, or too many.
        Events that the exporter had already are delivered.
        """
        return self._outbox.flush(self._timeout if timeout is None else timeout)

    def close(self, timeout: Optional[float] = None) -> int:
        """
        Takes no more events, does what ``flush`` does, and ends the thread. What still waits then is given up, which is
        logged. Returns what ``flush`` returns; may be called again.
        """
        return self._outbox.close(self._timeout if timeout is None else timeout)

    def stats(self) -> dict[str, int]:
        """How many events are ``waiting``, ``delivered`` and ``dropped``, since the tracker or this process began."""
        return self._outbox.stats()


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
) -> bool:
    """See ``UsageTracker.track_anthropic``."""
    return _default_tracker().track_anthropic(response, category, request_id=request_id, at=at)


def track_apify(run: Any, platform: Optional[str] = None) -> bool:
    """See ``UsageTracker.track_apify``."""
    return _default_tracker().track_apify(run, platform)


def record(
    provider: str,
    usage: Mapping[str, Any],
    category: Optional[str] = None,
    model: Optional[str] = None,
    id: Optional[str] = None,
    at: Union[datetime, str, None] = None,
) -> bool:
    """See ``UsageTracker.record``."""
    return _default_tracker().record(provider, usage, category, model, id, at)


def get_usage_summary(at: Union[datetime, str, None] = None) -> dict[str, Any]:
    """See ``UsageTracker.get_usage_summary``."""
    return _default_tracker().get_usage_summary(at)


def flush(timeout: Optional[float] = None) -> int:
    """See ``UsageTracker.flush``."""
    return _default_tracker().flush(timeout)


def close(timeout: Optional[float] = None) -> int:
    """See ``UsageTracker.close``. The next call of another function begins anew, with a new tracker."""
    global _default
    with _default_lock:
        tracker, _default = _default, None
    return 0 if tracker is None else tracker.close(timeout)
