"""
Tests usage_tracker.py against the packaged exporter. PythonClientIT runs it.

Manually: python3 src/test/python/test_usage_tracker.py, after mvn -DskipTests package.
"""

import ast
import collections
import contextlib
import decimal
import faulthandler
import http.client
import http.server
import json
import logging
import os
import pathlib
import re
import shutil
import signal
import socket
import socketserver
import subprocess
import sys
import tempfile
import threading
import time
import traceback
import types
import unittest
import urllib.request
import warnings
from datetime import datetime, timedelta, timezone
from types import SimpleNamespace as Thing
from unittest import mock

sys.dont_write_bytecode = True
ROOT = pathlib.Path(__file__).resolve().parents[3]
CLIENT = ROOT / "src/main/python/usage_tracker.py"
sys.path.insert(0, str(CLIENT.parent))

import usage_tracker  # noqa: E402
from usage_tracker import UsageExporterError, UsageTracker  # noqa: E402

JAR = os.environ.get("USAGE_EXPORTER_JAR", str(ROOT / "target/usage-exporter.jar"))
JAVA = os.environ.get("JAVA", "java")
DEADLINE = 60
LIMIT = 150  # seconds after which the run is aborted
PASSWORD = "s3cret-pa55"
SERIES = re.compile(r"^(\w+)\{(.*)\} (\S+)$", re.MULTILINE)

exporter = None  # shared by most tests, each with its own category


def eventually(condition, what):
    """Waits until the condition holds, and returns its value."""
    end = time.monotonic() + DEADLINE
    while time.monotonic() < end:
        found = condition()
        if found:
            return found
        time.sleep(0.01)
    raise AssertionError(f"not within {DEADLINE} s: {what}")


def free_port():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return taken.getsockname()[1]


class Exporter:
    """The packaged exporter in its own process."""

    running = set()

    def __init__(self, folder, port=0):
        self._log = pathlib.Path(folder, f"exporter-{time.monotonic_ns()}.log")
        arguments = [f"--web.listen-address=127.0.0.1:{port}"]
        with self._log.open("wb") as log:
            self.process = subprocess.Popen(
                [JAVA, "-Xmx128m", "-XX:TieredStopAtLevel=1", "-jar", JAR, *arguments],  # starts quickly
                cwd=folder,
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        Exporter.running.add(self)
        self.port = eventually(self._serving_port, "the exporter serves")
        self.url = f"http://127.0.0.1:{self.port}"

    def _serving_port(self):
        text = self._log.read_text()
        if self.process.poll() is not None:
            raise AssertionError("the exporter ended: " + text)
        serving = re.search(r"serving on http://[^:]+:(\d+)", text)
        return int(serving[1]) if serving else None

    def kill(self):
        self.process.kill()
        self.process.wait()
        Exporter.running.discard(self)

    def post(self, event):
        """Posts an event and returns the status."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=DEADLINE)
        with contextlib.closing(connection):
            connection.request("POST", "/api/usage", json.dumps(event), {"Content-Type": "application/json"})
            return connection.getresponse().status

    def counters(self, category):
        """The counters of a category, which do not reset at midnight: {"requests": 1, "input": 5}."""
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        found = collections.Counter()
        for name, labels, value in SERIES.findall(opener.open(self.url + "/metrics", timeout=DEADLINE).read().decode()):
            label = dict(re.findall(r'(\w+)="([^"]*)"', labels))
            if name.startswith("api_usage_") and label.get("category") == category and float(value):
                found[label.get("kind") or name[len("api_usage_") : -len("_total")]] += decimal.Decimal(value)
        return dict(found)


def used(summary, provider, category):
    """What a category has used on the day of a summary."""
    return {name: units for name, units in summary["breakdown"][provider]["daily"][category].items() if units}


def log_nothing(*_):
    """Silences the HTTP server's log."""


class Front:
    """An HTTP server in front of the exporter. It handles a request as the test has planned, or forwards it."""

    def __init__(self, target=None):
        self.plan = collections.deque()
        self.always = None
        self.requests = []
        front = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                self.body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                received = Thing(path=self.path, headers=self.headers, body=self.body, at=time.monotonic())
                received.connection = self.client_address
                front.requests.append(received)
                step = front.plan.popleft() if front.plan else front.always
                if step is None:
                    self.respond(*self.forward())
                else:
                    step(self)

            do_GET = do_POST

            def forward(self):
                path = re.sub(r"^http://[^/]+", "", self.path).replace("/prefix", "")
                connection = http.client.HTTPConnection("127.0.0.1", target, timeout=DEADLINE)
                with contextlib.closing(connection):
                    kept = {"Content-Type": self.headers.get("Content-Type", "")} if self.body else {}
                    connection.request(self.command, path, self.body or None, kept)
                    response = connection.getresponse()
                    return response.status, response.read(), {}

            def respond(self, status, body=b"", headers=()):
                self.send_response(status)
                for name, value in {"Content-Length": str(len(body)), **dict(headers)}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(body)

            log_message = log_nothing

        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.port = self._server.server_port
        self.url = f"http://127.0.0.1:{self.port}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True)
        self._thread.start()

    def close(self):
        self._server.shutdown()
        self._server.server_close()

    def events(self):
        """All events of all requests, as posted."""
        return [event for request in self.requests for event in json.loads(request.body)]


def responds(status, body=b"", **headers):
    """A step of a Front: this response."""
    fields = {name.replace("_", "-"): value for name, value in headers.items()}
    return lambda request: request.respond(status, body, fields)


def drops_the_response(request):
    """A step of a Front: the exporter records the events, but the response is lost."""
    request.forward()
    hangs_up(request)


def hangs_up(request):
    """A step of a Front: it closes the connection."""
    request.close_connection = True
    request.connection.shutdown(socket.SHUT_RDWR)


def is_silent_until(event):
    """A step of a Front: it does not respond, and hangs up at the end of the test."""

    def step(request):
        event.wait(DEADLINE)
        request.close_connection = True

    return step


def setUpModule():
    global exporter, folder
    faulthandler.enable()
    signal.signal(signal.SIGALRM, give_up)
    signal.alarm(LIMIT)
    for name in list(os.environ):
        if name.lower().endswith("_proxy") or name == "USAGE_EXPORTER_URL":
            del os.environ[name]
    folder = tempfile.mkdtemp()
    exporter = Exporter(folder)


def tearDownModule():
    for running in list(Exporter.running):
        running.kill()
    shutil.rmtree(folder)


def give_up(*_):
    for running in list(Exporter.running):
        running.process.kill()
    faulthandler.dump_traceback(all_threads=True)
    os._exit(3)


class TrackerTest(unittest.TestCase):
    """Creates trackers and fronts, closes them after the test, and captures the log."""

    def setUp(self):
        self.category = self.id()[-90:]
        self.lines = []
        handler = logging.Handler()
        handler.emit = lambda entry: self.lines.append(entry.getMessage())
        logger = logging.getLogger("usage_tracker")
        logger.addHandler(handler)
        logger.setLevel(logging.DEBUG)
        logger.propagate = False
        self.addCleanup(logger.removeHandler, handler)

    def tracker(self, url=None, **options):
        tracker = UsageTracker(url or exporter.url, **options)
        self.addCleanup(tracker.close, 0)
        return tracker

    def front(self, *plan):
        front = Front(exporter.port)
        front.plan.extend(plan)
        self.addCleanup(front.close)
        return front

    def units(self, of=None):
        """The compute units counted under this test's category."""
        return (of or exporter).counters(self.category).get("compute_units", 0)

    def record(self, tracker, times=1, **more):
        return [tracker.record("apify", {"compute_units": 1}, self.category, **more) for _ in range(times)]

    def logged(self):
        return "\n".join(self.lines)


class FileTest(unittest.TestCase):
    def test_is_a_single_python_3_9_file_without_dependencies(self):
        tree = ast.parse(CLIENT.read_text("utf-8"), feature_version=(3, 9))
        imported = set()
        for node in ast.walk(tree):
            if isinstance(node, ast.Import):
                imported.update(alias.name.split(".")[0] for alias in node.names)
            elif isinstance(node, ast.ImportFrom):
                imported.add(node.module.split(".")[0])
        if hasattr(sys, "stdlib_module_names"):
            self.assertLessEqual(imported, sys.stdlib_module_names)
        self.assertNotIn("", imported)

    def test_public_functions_are_documented_and_typed(self):
        for holder, names in ((usage_tracker, usage_tracker.__all__), (UsageTracker, dir(UsageTracker))):
            for name in names:
                thing = getattr(holder, name)
                if not name.startswith("_"):
                    self.assertTrue(thing.__doc__, name)
                    if isinstance(thing, types.FunctionType):
                        hints = set(thing.__annotations__) | {"self"}
                        self.assertEqual(set(thing.__code__.co_varnames[: thing.__code__.co_argcount]) - hints, set())
                        self.assertIn("return", hints, name)


def message(**usage):
    """A response of the Messages API, as decoded JSON."""
    return {
        "id": "msg_" + os.urandom(8).hex(),
        "type": "message",
        "model": "claude-sonnet-5-5",
        "content": [{"type": "text", "text": PASSWORD}],
        "usage": usage,
    }


def as_object(value):
    """The same with attributes, as in the SDKs."""
    if isinstance(value, dict):
        return Thing(**{name: as_object(part) for name, part in value.items()})
    return [as_object(part) for part in value] if isinstance(value, list) else value


def raw(body, **headers):
    """The return value of with_raw_response."""
    names = {name.replace("_", "-").title(): value for name, value in headers.items()}
    return Thing(http_response=Thing(content=json.dumps(body).encode(), headers=names))


CACHED = {
    "input_tokens": 57,
    "cache_creation_input_tokens": 2400,
    "cache_read_input_tokens": 18350,
    "cache_creation": {"ephemeral_5m_input_tokens": 1900, "ephemeral_1h_input_tokens": 500},
    "output_tokens": 203,
    "output_tokens_details": {"thinking_tokens": 64},
    "server_tool_use": None,
    "service_tier": "standard",
}
COUNTED = {
    "requests": 1,
    "input": 57,
    "output": 203,
    "cache_read": 18350,
    "cache_write_5m": 1900,
    "cache_write_1h": 500,
}


class AnthropicTest(TrackerTest):
    def counted(self, *responses, **options):
        """Tracks the responses and returns the exporter's counters."""
        with self.tracker() as tracker:
            for response in responses:
                self.assertTrue(tracker.track_anthropic(response, self.category, **options), self.lines)
            self.assertEqual(tracker.flush(DEADLINE), 0, self.lines)
        return exporter.counters(self.category)

    def test_a_message_object_is_counted(self):
        self.assertEqual(self.counted(as_object(message(**CACHED))), COUNTED)

    def test_a_message_dict_is_counted(self):
        self.assertEqual(self.counted(message(**CACHED)), COUNTED)

    def test_all_forms_of_a_response_count_once_under_its_request_id(self):
        body = message(**CACHED)
        response = as_object(body)
        response._request_id = "req_once"
        stream = Thing(current_message_snapshot=as_object(body), request_id="req_once")
        counted = self.counted(response, raw(body, request_id="req_once"), stream)
        self.assertEqual(counted, COUNTED)
        other = {"id": "anthropic:req_once", "provider": "anthropic", "usage": {"tokens": 1}}
        self.assertEqual(exporter.post(other), 409)
        self.assertEqual(self.counted(body, request_id="req_once"), COUNTED)

    def test_without_a_request_id_the_message_id_is_used(self):
        body = message(input_tokens=11, output_tokens=4)
        self.assertEqual(self.counted(body, as_object(body)), {"requests": 1, "input": 11, "output": 4})
        self.assertEqual(exporter.post({"id": "anthropic:" + body["id"], "provider": "anthropic", "usage": {}}), 409)

    def test_a_raw_response_of_an_http_library_is_counted(self):
        response = Thing(content=json.dumps(message(**CACHED)).encode(), headers={"request-id": "req_requests"})
        self.assertEqual(self.counted(response), COUNTED)
        self.assertEqual(exporter.post({"id": "anthropic:req_requests", "provider": "anthropic", "usage": {}}), 409)

    def test_null_and_missing_fields_count_as_zero(self):
        body = message(
            input_tokens=None,
            output_tokens=7,
            cache_creation=None,
            cache_creation_input_tokens=None,
            cache_read_input_tokens=None,
            iterations=None,
        )
        self.assertEqual(self.counted(body), {"requests": 1, "output": 7})

    def test_a_smaller_later_count_of_a_stream_is_ignored(self):
        start = message(input_tokens=1500, cache_creation_input_tokens=40, cache_read_input_tokens=300, output_tokens=1)
        delta = {"input_tokens": 0, "cache_creation_input_tokens": 0, "cache_read_input_tokens": 0, "output_tokens": 16}
        events = [
            {"type": "message_start", "message": start},
            {"type": "message_delta", "delta": {"stop_reason": "end_turn"}, "usage": delta},
            {"type": "message_stop"},
        ]
        expected = {"requests": 1, "input": 1500, "cache_write_5m": 40, "cache_read": 300, "output": 16}
        self.assertEqual(self.counted(events), expected)

    def test_integers_count_in_any_notation(self):
        body = message(input_tokens=12.0, output_tokens="150", cache_read_input_tokens=decimal.Decimal("30.0"))
        self.assertEqual(self.counted(body), {"requests": 1, "input": 12, "output": 150, "cache_read": 30})

    def test_a_long_model_name_is_truncated(self):
        body = {**message(input_tokens=3, output_tokens=4), "model": "m\n" + "\N{ROBOT FACE}" * 200}
        self.assertEqual(self.counted(body), {"requests": 1, "input": 3, "output": 4})

    def test_iterations_replace_the_other_fields(self):
        body = message(
            input_tokens=10,
            output_tokens=20,
            iterations=[
                {"type": "message", "input_tokens": 10, "output_tokens": 20, "model": None},
                {"type": "compaction", "input_tokens": 300, "output_tokens": 40, "cache_read_input_tokens": None},
            ],
        )
        self.assertEqual(self.counted(as_object(body)), {"requests": 1, "input": 310, "output": 60})

    def test_empty_iterations_replace_nothing(self):
        counted = self.counted(message(input_tokens=10, output_tokens=20, iterations=[]))
        self.assertEqual(counted, {"requests": 1, "input": 10, "output": 20})

    def test_the_counts_of_a_stream_are_cumulative(self):
        start = message(input_tokens=2679, cache_read_input_tokens=5, output_tokens=3)
        events = [
            {"type": "message_start", "message": start},
            {"type": "ping"},
            {"type": "message_delta", "usage": {"output_tokens": 100, "input_tokens": None}},
            {"type": "message_delta", "usage": {"output_tokens": 510, "input_tokens": 10682}},
            {"type": "message_stop"},
        ]
        expected = {"requests": 1, "input": 10682, "cache_read": 5, "output": 510}
        self.assertEqual(self.counted(events, as_object(events)), expected)

    def test_an_interrupted_stream_counts_with_its_events_so_far(self):
        events = [{"type": "message_start", "message": message(input_tokens=640, output_tokens=1)}]
        self.assertEqual(self.counted(events), {"requests": 1, "input": 640, "output": 1})

    def test_a_legacy_completion_counts_as_a_request_without_tokens(self):
        body = {"id": "compl_" + self.category, "type": "completion", "model": "claude-haiku-4-5"}
        self.assertEqual(self.counted(body), {"requests": 1})

    def test_only_successful_batch_results_count(self):
        result = {"type": "succeeded", "message": message(input_tokens=90, output_tokens=6)}
        entry = {"custom_id": "a", "result": result}
        self.assertEqual(self.counted(as_object(entry), entry), {"requests": 1, "input": 90, "output": 6})
        with self.tracker() as tracker:
            for kind in ("errored", "canceled", "expired"):
                self.assertFalse(tracker.track_anthropic({"custom_id": "b", "result": {"type": kind}}, self.category))
            self.assertEqual(tracker.flush(0), 0)

    def pricings(self):
        """The pricing labels of the category's requests."""
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        metrics = opener.open(exporter.url + "/metrics", timeout=DEADLINE).read().decode()
        series = re.findall(r"^api_usage_requests_total{.*", metrics, re.MULTILINE)
        labels = [dict(re.findall(r'(\w+)="([^"]*)"', line)) for line in series]
        return {label.get("pricing", "") for label in labels if label["category"] == self.category}

    def test_what_the_price_depends_on_is_kept(self):
        terms = {"service_tier": "priority", "speed": "fast", "inference_geo": "us"}
        body = message(input_tokens=5, server_tool_use={"web_search_requests": 2, "web_fetch_requests": 9}, **terms)
        self.assertEqual(self.counted(body, as_object(body)), {"requests": 1, "input": 5, "web_searches": 2})
        self.assertEqual(self.pricings(), {"fast+priority+us"})

    def test_the_terms_of_a_stream_are_those_last_reported_and_its_searches_never_fall(self):
        start = message(input_tokens=5, speed="fast", inference_geo="us", server_tool_use={"web_search_requests": 0})
        events = [
            {"type": "message_start", "message": start},
            {"type": "message_delta", "usage": {"output_tokens": 1, "server_tool_use": {"web_search_requests": 3}}},
            {"type": "message_delta", "usage": {"speed": "standard", "server_tool_use": {"web_search_requests": 1}}},
            {"type": "message_delta", "usage": {"inference_geo": None, "server_tool_use": None}},
        ]
        expected = {"requests": 1, "input": 5, "output": 1, "web_searches": 3}
        self.assertEqual(self.counted(events, as_object(events)), expected)
        self.assertEqual(self.pricings(), {"us"})

    def test_a_batch_result_is_priced_as_such_whatever_it_says(self):
        for tier in ({}, {"service_tier": "standard"}, {"service_tier": "batch"}, {"service_tier": None}):
            result = {"type": "succeeded", "message": message(input_tokens=1, **tier)}
            self.counted(as_object({"custom_id": "a", "result": result}), {"custom_id": "a", "result": result})
        self.assertEqual(exporter.counters(self.category), {"requests": 4, "input": 4})
        self.assertEqual(self.pricings(), {"batch"})

    def test_a_given_pricing_wins(self):
        with self.tracker() as tracker:
            usage = {"input_tokens": 5, "service_tier": "batch", "cache_read_input_tokens": 1}
            self.assertTrue(tracker.record("anthropic", usage, self.category, pricing="flex"))
            self.assertEqual(tracker.flush(DEADLINE), 0, self.lines)
        self.assertEqual(self.pricings(), {"flex"})

    def test_token_counting_is_not_usage(self):
        with self.tracker() as tracker:
            for response in ({"input_tokens": 2095}, Thing(input_tokens=2095), {"type": "error", "error": {}}):
                self.assertFalse(tracker.track_anthropic(response, self.category))
            self.assertEqual(tracker.flush(DEADLINE), 3)
        self.assertEqual(exporter.counters(self.category), {})


class ApifyTest(TrackerTest):
    def run_of(self, status, units=0.05177777777777778, finished="now", **more):
        ended = datetime.now(timezone.utc) if finished == "now" else finished
        text = ended.isoformat(timespec="milliseconds").replace("+00:00", "Z") if ended else None
        run_id = "Run" + os.urandom(6).hex()
        return {"id": run_id, "status": status, "finishedAt": text, "stats": {"computeUnits": units}, **more}

    def test_finished_runs_count_whatever_their_status(self):
        with self.tracker() as tracker:
            for status in ("SUCCEEDED", "FAILED", "ABORTED", "TIMED-OUT", "TIMED_OUT"):
                self.assertTrue(tracker.track_apify(self.run_of(status), self.category), status)
            self.assertEqual(tracker.flush(DEADLINE), 0, self.lines)
        self.assertEqual(self.units(), 5 * decimal.Decimal("0.051778"))

    def test_active_runs_count_only_once_finished(self):
        with self.tracker() as tracker:
            run = self.run_of("READY", 0, None)
            for status in ("READY", "RUNNING", "TIMING-OUT", "ABORTING", "SOMETHING-NEW"):
                run.update(status=status)
                self.assertFalse(tracker.track_apify(run, self.category), status)
            self.assertEqual(tracker.stats(), {"waiting": 0, "delivered": 0, "dropped": 0})
            self.assertIn("has not finished", self.logged())
            tracker.track_apify(self.run_of("SUCCEEDED", 1.0000277777777777, id=run["id"]), self.category)
            self.assertEqual(tracker.flush(DEADLINE), 0)
        self.assertEqual(self.units(), decimal.Decimal("1.000028"))

    def test_all_forms_of_a_run_count_once_under_its_id(self):
        body = self.run_of("SUCCEEDED", 0.5)
        finished = datetime.fromisoformat(body["finishedAt"].replace("Z", "+00:00"))
        typed = Thing(id=body["id"], status="SUCCEEDED", finished_at=finished, stats=Thing(compute_units=0.5))
        older = {**body, "finishedAt": finished}
        with self.tracker() as tracker:
            for run in (body, typed, older, {"data": body}, {"eventType": "ACTOR.RUN.SUCCEEDED", "resource": body}):
                self.assertTrue(tracker.track_apify(run, self.category))
            self.assertEqual(tracker.flush(DEADLINE), 0)
        self.assertEqual(self.units(), decimal.Decimal("0.5"))
        self.assertNotIn("different content", self.logged())
        other = {"id": "apify:" + body["id"], "provider": "apify", "usage": {"compute_units": 9}}
        self.assertEqual(exporter.post(other), 409)

    def test_figures_that_settle_later_are_ignored(self):
        early = self.run_of("SUCCEEDED", 0.0409)
        with self.tracker() as tracker:
            tracker.track_apify(early, self.category)
            tracker.track_apify({**early, "stats": {"computeUnits": 0.051778}}, self.category)
            self.assertEqual(tracker.flush(DEADLINE), 0)
            self.assertEqual(tracker.stats()["delivered"], 2)
        self.assertEqual(self.units(), decimal.Decimal("0.0409"))

    def test_a_run_counts_at_its_start_time(self):
        started = datetime.now(timezone.utc) - timedelta(days=3)
        with self.tracker() as tracker:
            tracker.track_apify(self.run_of("SUCCEEDED", 3, startedAt=started.isoformat()), self.category)
            self.assertEqual(tracker.flush(DEADLINE), 0)
            then = tracker.get_usage_summary(at=started)
        self.assertEqual(used(then, "apify", self.category), {"compute_units": 3})

    def test_a_run_that_started_too_long_ago_counts_on_the_oldest_day(self):
        started = datetime.now(timezone.utc) - timedelta(days=60)
        with self.tracker() as tracker:
            tracker.track_apify(self.run_of("SUCCEEDED", 3, startedAt=started.isoformat()), self.category)
            self.assertEqual(tracker.flush(DEADLINE), 0)
            then = tracker.get_usage_summary(at=datetime.now(timezone.utc) - timedelta(days=39, hours=23))
        self.assertEqual(used(then, "apify", self.category), {"compute_units": 3})

    def test_units_paid_by_the_developer_do_not_count(self):
        with self.tracker() as tracker:
            for more in (
                {"platformUsageBillingModel": "DEVELOPER"},
                {"pricingInfo": {"pricingModel": "PAY_PER_EVENT"}},
                {"pricingInfo": {"pricingModel": "PRICE_PER_DATASET_ITEM"}},
            ):
                self.assertTrue(tracker.track_apify(self.run_of("SUCCEEDED", 3, **more), self.category))
            paid = self.run_of("SUCCEEDED", 0.5, platformUsageBillingModel="USER")
            self.assertTrue(tracker.track_apify({"data": paid}, self.category))
            self.assertEqual(tracker.flush(DEADLINE), 0)
        self.assertEqual(self.units(), decimal.Decimal("0.5"))

    def test_a_run_counts_what_it_costs(self):
        at = datetime.now(timezone.utc) - timedelta(days=5)
        run = self.run_of("SUCCEEDED", 0.5, at, usageTotalUsd=0.579903556, usageUsd={"ACTOR_COMPUTE_UNITS": 0.1})
        typed = Thing(id=run["id"], status="SUCCEEDED", finished_at=at, stats=Thing(compute_units=0.5))
        typed.usage_total_usd = 0.579903556
        by_event = self.run_of("SUCCEEDED", 3, at, usageTotalUsd=0.031, platformUsageBillingModel="DEVELOPER")
        by_event["usageUsd"] = {"ACTOR_COMPUTE_UNITS": 0.6}
        with self.tracker() as tracker:
            for tracked in (run, typed, {**run, "usageTotalUsd": None}, by_event):
                self.assertTrue(tracker.track_apify(tracked, self.category))
            self.assertEqual(tracker.flush(DEADLINE), 0, self.lines)
            then = tracker.get_usage_summary(at=at)
        self.assertEqual(used(then, "apify", self.category), {"compute_units": 0.5, "usd": 0.610904})
        self.assertNotIn("different content", self.logged())

    def test_input_without_compute_units_is_dropped(self):
        entry_of_a_list = {"id": "Run1", "status": "SUCCEEDED", "usageTotalUsd": 0.5}
        with self.tracker() as tracker:
            for run in (entry_of_a_list, {"total": 1, "items": [entry_of_a_list]}, [{"shortCode": "x"}], None):
                self.assertFalse(tracker.track_apify(run, self.category))
            self.assertEqual(tracker.flush(0), 4)


class ReadingTest(TrackerTest):
    def test_the_summary_is_exact(self):
        at = datetime.now(timezone.utc) - timedelta(days=20)
        with self.tracker() as tracker:
            before = tracker.get_usage_summary(at)
            for _ in range(10):
                tracker.record("apify", {"compute_units": 0.1}, self.category, at=at)
            tracker.record("apify", {"compute_units": decimal.Decimal("0.0000005")}, self.category, at=at)
            tracker.record("apify", {"compute_units": 0.0125, "nothing": None}, self.category, at=at.isoformat())
            tracker.record("anthropic", {"requests": 2, "tokens": {"input": 1200, "output": 800}}, self.category, at=at)
            tracker.track_anthropic(message(input_tokens=3, output_tokens=4), self.category, at=at)
            self.assertEqual(tracker.flush(DEADLINE), 0, self.lines)
            after = tracker.get_usage_summary(at)
        self.assertEqual(used(after, "apify", self.category), {"compute_units": 1.0125})
        # 3 tokens at $2 and 4 at $10 per million; those without a model have no price.
        self.assertEqual(used(after, "anthropic", self.category), {"requests": 3, "tokens": 2007, "usd": 0.000046})
        for provider, resource, amount in (("anthropic", "requests", 3), ("anthropic", "tokens", 2007)):
            for window in ("daily", "monthly"):
                for tree, sign in (("used", 1), ("remaining", -1)):
                    change = after[tree][provider][window][resource] - before[tree][provider][window][resource]
                    self.assertEqual(change, sign * amount, (tree, window, resource))

    def test_the_example_of_the_docstring_works(self):
        with mock.patch.dict(os.environ, USAGE_EXPORTER_URL=exporter.url):
            self.addCleanup(usage_tracker.close, 0)
            self.assertTrue(usage_tracker.record("anthropic", {"requests": 1}, self.category))
            self.assertEqual(usage_tracker.flush(DEADLINE), 0)
            left = usage_tracker.get_usage_summary()["remaining"]["anthropic"]["daily"]["requests"]
        self.assertIsInstance(left, int)
        self.assertLess(left, 1001)

    def test_an_error_says_where_what_and_what_to_do(self):
        url = f"http://user:{PASSWORD}@127.0.0.1:{free_port()}/prefix"
        with self.assertRaises(UsageExporterError) as raised:
            self.tracker(url).get_usage_summary()
        text = str(raised.exception)
        self.assertIn("/prefix", text)
        self.assertIn("Connection refused", text)
        self.assertIn("USAGE_EXPORTER_URL", text)
        self.assertNotIn(PASSWORD, text)

    def test_every_failure_raises_usage_exporter_error(self):
        over = threading.Event()
        self.addCleanup(over.set)
        secret = PASSWORD.encode()
        steps = {
            "responded with 401": responds(401, secret),
            "responded with 404": responds(404, secret),
            "responded with 503": responds(503, secret),
            "responded with 302": responds(302, secret, Location="http://127.0.0.1/" + PASSWORD),
            "but not like a usage exporter": responds(200, b"<html>" + secret),
            "not like a usage exporter": responds(200, b"[]"),
            "Disconnected": hangs_up,
            "BadStatusLine": lambda request: request.wfile.write(secret + b"\r\n\r\n"),
            "no response within 0.3 s": is_silent_until(over),
        }
        for expected, step in steps.items():
            with self.subTest(expected):
                with self.assertRaises(UsageExporterError) as raised:
                    self.tracker(self.front(step).url, timeout=0.3).get_usage_summary()
                self.assertIn(expected, str(raised.exception))
                error = raised.exception
                self.assertNotIn(PASSWORD, "".join(traceback.format_exception(type(error), error, None)))

    def test_an_invalid_time_is_explained(self):
        for at in ("yesterday", datetime.max.replace(tzinfo=timezone(timedelta(hours=-5)))):
            with self.assertRaisesRegex(UsageExporterError, "cannot be read"):
                self.tracker().get_usage_summary(at)

    def test_with_an_invalid_url_nothing_is_recorded_and_reading_raises(self):
        wrong = ["127.0.0.1:5000", "ftp://h", "http://", "http://h:port", "http://h/?a=b", "http://h /", 5000]
        wrong += ["http://h:99999", f"http://u:{PASSWORD}/x@h", f"http://u:1/{PASSWORD}@h", f"http://u:{PASSWORD}#x@h"]
        for url in wrong:
            with self.subTest(url=url):
                tracker = self.tracker(url)
                self.assertEqual(self.record(tracker), [False])
                self.assertEqual(tracker.flush(), 1)
                with self.assertRaisesRegex(UsageExporterError, "not valid"):
                    tracker.get_usage_summary()
        self.assertNotIn(PASSWORD, self.logged())

    def test_invalid_options_raise(self):
        for options in ({"timeout": 0}, {"timeout": float("nan")}, {"max_queue": 0}, {"batch_size": 0}):
            with self.assertRaises(ValueError):
                UsageTracker(**options)


class Hostile:
    """Raises on any access."""

    def __getattr__(self, name):
        raise RuntimeError(PASSWORD)

    def __bool__(self):
        raise RuntimeError(PASSWORD)

    __len__ = __iter__ = __eq__ = __str__ = __repr__ = __int__ = __float__ = __bool__
    __hash__ = None


class Endless:
    """Has every attribute, each endless itself."""

    def __getattr__(self, name):
        return Endless()


class HostileMapping(dict):
    def get(self, *arguments):
        raise KeyError(PASSWORD)

    items = keys = __iter__ = __contains__ = get


class NeverRaisesTest(TrackerTest):
    def test_any_input_is_tolerated(self):
        endless: dict = {}
        endless["usage"] = endless["tokens"] = endless
        run = {"id": "r", "status": "SUCCEEDED"}
        given = [None, 0, -1, 1.5, float("nan"), "", "text", b"\xff", True, object(), type, len, [], [None], ()]
        given += [{}, {"usage": None}, {"usage": 5}, {"usage": {}}, {"usage": {"input_tokens": "5"}}, endless]
        given += [{"usage": {"input_tokens": value}} for value in (-1, True, 1.5, 10**13, 10**5000, [], Hostile())]
        given += [{"usage": {"input_tokens": 1, "iterations": value}} for value in (5, [5, Hostile()], Hostile())]
        given += [{"usage": {"input_tokens": 1, "cache_creation": {"ephemeral_1h_input_tokens": -1}}}]
        given += [{**run, "stats": {"computeUnits": value}} for value in (-1, "1", float("inf"), 10**13, [], True)]
        given += [Hostile(), Thing(usage=Hostile()), HostileMapping(usage={}), Endless(), mock.MagicMock(), mock.Mock()]
        given += [raw({}), Thing(content=b"{"), Thing(http_response=Thing(content=b"[[[")), Thing(content=b"[" * 10**5)]
        given += [{"compute_units": value} for value in (None, "1", -1, float("nan"), decimal.Decimal("sNaN"))]
        given += [{1: 2}, {"tokens": {None: 1}}, {"compute_units": [[[[{}]]]]}, {"x" * 2**20: 1}]
        tracker = self.tracker()
        for thing in given:
            for call in (
                lambda: tracker.track_anthropic(thing, self.category),
                lambda: tracker.track_anthropic(message(input_tokens=1), thing, request_id=thing, at=thing),
                lambda: tracker.track_apify(thing, self.category),
                lambda: tracker.track_apify({**run, "id": thing, "finishedAt": thing, "stats": thing}, thing),
                lambda: tracker.record("apify", thing, self.category),
                lambda: tracker.record(thing, {"compute_units": 1}, thing, thing, thing, thing),
            ):
                self.assertIsInstance(call(), bool)
        eventually(lambda: tracker.stats()["waiting"] == 0, "the exporter has rejected the invalid events")
        stats = tracker.stats()
        self.assertGreater(stats["dropped"], 200)
        self.assertEqual(tracker.flush(0), stats["dropped"])
        self.record(tracker, 3)
        self.assertEqual(tracker.flush(DEADLINE), 0)
        self.assertEqual(self.units(), 3)
        self.assertNotIn(PASSWORD, self.logged())
        self.assertLess(len(self.lines), 20, "one line a minute of each kind")

    def test_a_nearly_exhausted_stack_is_tolerated(self):
        tracker = self.tracker()
        taken = []

        def deeper():
            taken.append(tracker.record("apify", {"compute_units": 1}, self.category))
            deeper()

        with self.assertRaises(RecursionError):
            deeper()
        self.assertLessEqual(tracker.flush(DEADLINE), taken.count(False), "even counting may have failed")
        self.assertEqual(self.units(), taken.count(True))

    def test_a_failing_log_handler_is_tolerated(self):
        def fails(entry):
            raise RuntimeError("the disk is full")

        logger = logging.getLogger("usage_tracker")
        logger.addFilter(fails)
        self.addCleanup(logger.removeFilter, fails)
        tracker = self.tracker(self.front(responds(503)).url)
        self.assertFalse(tracker.track_anthropic(None))
        self.record(tracker)
        self.assertEqual(tracker.flush(DEADLINE), 1)
        self.assertEqual(self.units(), 1)

    def test_events_are_sent_later_when_no_thread_can_be_started(self):
        tracker = self.tracker()
        with mock.patch("threading.Thread.start", side_effect=RuntimeError("can't start new thread")):
            self.assertEqual(self.record(tracker), [True])
        self.assertEqual(tracker.flush(DEADLINE), 0)
        self.assertEqual(self.units(), 1)


class DeliveryTest(TrackerTest):
    def test_recording_does_not_block_while_a_request_hangs(self):
        over = threading.Event()
        self.addCleanup(over.set)
        front = self.front()
        front.always = is_silent_until(over)
        tracker = self.tracker(front.url, timeout=30)
        self.record(tracker)
        eventually(lambda: front.requests, "the first request is in flight")
        start = time.monotonic()
        self.record(tracker, 2000)
        self.assertLess(time.monotonic() - start, 5)
        self.assertEqual(tracker.flush(0.05), 2001)
        self.assertEqual(tracker.close(0.05), 2001)
        self.assertLess(time.monotonic() - start, 10)
        self.assertEqual(self.record(tracker), [False])
        self.assertIn("dropped 2001 events not delivered", self.logged())

    def test_the_queue_is_bounded(self):
        tracker = self.tracker(f"http://127.0.0.1:{free_port()}", max_queue=10)
        self.assertEqual(self.record(tracker, 15), [True] * 10 + [False] * 5)
        self.assertEqual(tracker.stats(), {"waiting": 10, "delivered": 0, "dropped": 5})
        self.assertEqual(tracker.flush(0), 15, "10 are queued and 5 were dropped")
        self.assertEqual(tracker.flush(0), 10, "none dropped since")
        self.assertEqual(tracker.close(0), 10)
        self.assertEqual(tracker.close(0), 0)
        self.assertEqual(tracker.stats(), {"waiting": 0, "delivered": 0, "dropped": 15})
        self.assertIn("the queue is full with 10 events", self.logged())
        self.assertEqual(sum("the queue is full with 10 events" in line for line in self.lines), 1)

    def test_events_are_sent_in_batches_over_one_connection(self):
        over = threading.Event()
        front = self.front(lambda request: (over.wait(DEADLINE), request.respond(*request.forward())))
        with self.tracker(front.url, batch_size=50) as tracker:
            self.record(tracker, 201)
            over.set()
            self.assertEqual(tracker.flush(DEADLINE), 0)
        self.assertEqual(self.units(), 201)
        self.assertLessEqual(len(front.requests), 6)
        self.assertEqual(len({request.connection for request in front.requests}), 1)
        self.assertEqual(max(len(json.loads(request.body)) for request in front.requests), 50)

    def test_retries_keep_the_id_and_time_of_recording(self):
        front = self.front(responds(503), drops_the_response)
        with self.tracker(front.url) as tracker:
            before = datetime.now(timezone.utc) - timedelta(milliseconds=1)
            self.record(tracker)
            after = datetime.now(timezone.utc)
            self.assertEqual(tracker.flush(DEADLINE), 0)
        first, second, third = front.events()
        self.assertEqual(first, second)
        self.assertEqual(first, third)
        self.assertTrue(before <= datetime.fromisoformat(first["at"].replace("Z", "+00:00")) <= after)
        self.assertEqual(self.units(), 1)

    def test_events_count_once_despite_failures(self):
        over = threading.Event()
        self.addCleanup(over.set)
        failures = {
            "503": responds(503, Retry_After="0"),
            "500": responds(500, b"<html>"),
            "429": responds(429, Retry_After="0.1"),
            "408": responds(408),
            "hangs up": hangs_up,
            "drops the response": drops_the_response,
            "no response": lambda request: (request.forward(), is_silent_until(over)(request)),
            "no valid length": lambda request: request.respond(*request.forward()[:2], {"Content-Length": "many"}),
            "cut short": lambda request: (request.respond(200, b"{", {"Content-Length": "99"}), hangs_up(request)),
        }
        trackers = {}
        for name, step in failures.items():
            trackers[name] = self.tracker(self.front(None, step, step).url, timeout=0.5)
            trackers[name].record("apify", {"compute_units": 1}, self.category + name)
            self.assertEqual(trackers[name].flush(DEADLINE), 0)
        for name, tracker in trackers.items():  # concurrently, since each takes a while
            for _ in range(5):
                tracker.record("apify", {"compute_units": 1}, self.category + name)
        for name, tracker in trackers.items():
            with self.subTest(name):
                self.assertEqual(tracker.flush(DEADLINE), 0, self.lines)
                self.assertEqual(exporter.counters(self.category + name), {"compute_units": 6})

    def test_events_are_kept_and_retried_slowly_while_the_setup_is_broken(self):
        for status in (401, 403, 404, 405, 301):
            with self.subTest(status):
                self.category = f"broken setup: {status}"
                front = self.front(responds(status, PASSWORD.encode()))
                tracker = self.tracker(front.url)
                self.record(tracker)
                eventually(lambda: f"responded with {status}" in self.logged(), "the failure is logged")
                self.assertEqual(tracker.stats(), {"waiting": 1, "delivered": 0, "dropped": 0})
                self.assertEqual(tracker.flush(DEADLINE), 0, "a flush retries immediately")
                self.assertEqual(len(front.requests), 2)
                self.assertEqual(self.units(), 1)
        self.assertNotIn(PASSWORD, self.logged())

    def test_a_400_or_409_of_another_server_drops_nothing(self):
        for status in (400, 409):
            with self.subTest(status):
                self.category = f"another server: {status}"
                tracker = self.tracker(self.front(responds(status, b"<html>The plain HTTP request was sent ...")).url)
                self.record(tracker)
                self.assertEqual(tracker.flush(DEADLINE), 0)
                self.assertEqual(self.units(), 1)

    def test_retry_after_is_honoured(self):
        front = self.front(responds(503, Retry_After="1"))
        tracker = self.tracker(front.url)
        self.record(tracker)
        eventually(lambda: front.requests, "the first request")
        self.assertEqual(tracker.flush(DEADLINE), 0)
        self.assertGreaterEqual(front.requests[1].at - front.requests[0].at, 1)

    def test_retry_after_is_bounded(self):
        delay = usage_tracker._retry_after
        tomorrow = (datetime.now(timezone.utc) + timedelta(days=1)).strftime("%a, %d %b %Y %H:%M:%S GMT")
        self.assertEqual([delay(text) for text in ("0", "7", "86400", tomorrow)], [0, 7, 60, 60])
        yesterday = "Mon, 23 Nov 2020 00:00:00 GMT"
        for text in (None, "", "soon", "-1", "nan", "inf", yesterday):
            self.assertEqual(delay(text), 0, text)

    def blocked_front(self, *plan):
        """A front whose first request waits for the returned event; events recorded meanwhile form one batch."""
        over = threading.Event()
        front = self.front(lambda request: (over.wait(DEADLINE), request.respond(503)), *plan)
        return front, over

    def test_only_the_invalid_events_of_a_batch_are_dropped(self):
        front, over = self.blocked_front()
        tracker = self.tracker(front.url)
        self.record(tracker, 2)
        tracker.record("acme", {"compute_units": 1}, self.category)
        self.record(tracker, 2)
        tracker.record("apify", {"tiles": 1}, self.category)
        self.record(tracker, 1)
        over.set()
        self.assertEqual(tracker.flush(DEADLINE), 2)
        self.assertEqual(self.units(), 5)
        self.assertEqual(tracker.stats(), {"waiting": 0, "delivered": 5, "dropped": 2})
        self.assertIn(f'dropped 1 event rejected by {front.url}: provider "acme" is not configured', self.logged())
        complete, retried = [json.loads(request.body) for request in front.requests[1:]]
        self.assertEqual(retried, [complete[index] for index in (0, 1, 3, 4, 6)], "unchanged and in order")

    def test_a_single_rejected_event_is_dropped(self):
        tracker = self.tracker()
        tracker.record("apify", {"compute_units": 1}, self.category, at="2001-01-01T00:00:00Z")
        self.assertEqual(tracker.flush(DEADLINE), 1)
        self.assertIn("40 days back", self.logged())

    def test_a_400_that_names_no_event_is_bisected(self):
        front, over = self.blocked_front()
        tracker = self.tracker(front.url)
        bad = {"x" * 1001: 1}  # a name that makes the exporter's parser reject the complete batch
        self.record(tracker, 5)
        tracker.record("apify", bad, self.category)
        self.record(tracker, 5)
        over.set()
        self.assertEqual(tracker.flush(DEADLINE), 1)
        self.assertEqual(self.units(), 10)

    def test_events_recorded_with_different_content_count_unchanged(self):
        earlier = {"id": self.category, "provider": "apify", "category": self.category, "usage": {"compute_units": 5}}
        self.assertEqual(exporter.post(earlier), 200)
        front, over = self.blocked_front()
        tracker = self.tracker(front.url)
        self.record(tracker, 2)
        self.record(tracker, id=self.category)
        self.record(tracker, 2)
        over.set()
        self.assertEqual(tracker.flush(DEADLINE), 0)
        self.assertEqual(self.units(), 5 + 4)
        self.assertEqual(tracker.stats(), {"waiting": 0, "delivered": 5, "dropped": 0})
        self.record(tracker, id=self.category)
        self.assertEqual(tracker.flush(DEADLINE), 0, "alone")
        self.assertEqual(self.units(), 9)

    def test_a_413_reduces_the_batch_size(self):
        front, over = self.blocked_front()
        front.always = lambda request: (
            request.respond(413, b"<html>") if len(request.body) > 1000 else request.respond(*request.forward())
        )
        tracker = self.tracker(front.url)
        self.record(tracker, 20)
        self.record(tracker, id="x" * 1000)
        self.record(tracker, 20)
        over.set()
        self.assertEqual(tracker.flush(DEADLINE), 1)
        self.assertEqual(self.units(), 40)
        self.assertIn("too large", self.logged())

    def test_a_response_before_the_request_is_complete_is_read(self):
        rejection = b"HTTP/1.1 413 Content Too Large\r\nContent-Length: 0\r\n\r\n"

        class Early(socketserver.BaseRequestHandler):
            def handle(self):
                self.request.recv(10)
                self.request.sendall(rejection)

        with socketserver.TCPServer(("127.0.0.1", 0), Early) as server:
            server.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)  # so that not all of it fits
            threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
            tracker = self.tracker(f"http://127.0.0.1:{server.server_address[1]}")
            tracker.record("apify", {"compute_units": 1, "x" * 1_000_000: 1}, self.category)
            self.assertEqual(tracker.flush(DEADLINE), 1)
            self.assertEqual(len(self.lines), 1, self.lines)
            self.assertIn("too large", self.logged())
            server.shutdown()

    def test_a_path_prefix_and_basic_auth_are_supported(self):
        front = self.front(responds(401))
        url = front.url.replace("http://", f"http://me%40home:{PASSWORD}%2F@") + "/prefix/"
        with self.tracker(url) as tracker:
            self.record(tracker)
            self.assertEqual(tracker.flush(DEADLINE), 0)
            self.assertIn("remaining", tracker.get_usage_summary())
            self.assertNotIn(PASSWORD, repr(tracker))
        self.assertEqual(self.units(), 1)
        self.assertEqual({request.path for request in front.requests}, {"/prefix/api/usage"})
        self.assertEqual(
            {request.headers["Authorization"] for request in front.requests},
            {usage_tracker._basic_auth("a", mock.Mock(username="me%40home", password=PASSWORD + "%2F"))["a"]},
        )
        self.assertIn("responded with 401", self.logged())
        self.assertNotIn(PASSWORD, self.logged())

    def test_proxies_are_used_except_for_loopback_addresses(self):
        proxy = self.front()
        with mock.patch.dict(os.environ, http_proxy=proxy.url.replace("http://", f"http://u:{PASSWORD}@")):
            with self.tracker() as direct:
                self.record(direct)
                self.assertEqual(direct.flush(DEADLINE), 0)
            self.assertEqual(proxy.requests, [])
            with self.tracker("http://exporter.invalid:5000") as other:
                self.record(other)
                self.assertEqual(other.flush(DEADLINE), 0)
            self.assertEqual([request.path for request in proxy.requests], ["http://exporter.invalid:5000/api/usage"])
            self.assertEqual(proxy.requests[0].headers["Host"], "exporter.invalid:5000")
            self.assertTrue(proxy.requests[0].headers["Proxy-Authorization"].startswith("Basic "))
        self.assertEqual(self.units(), 2)

    def test_a_closed_persistent_connection_is_replaced(self):
        front = self.front()
        front.always = lambda request: (request.respond(*request.forward()), setattr(request, "close_connection", True))
        tracker = self.tracker(front.url)
        for _ in range(3):
            self.record(tracker)
            self.assertEqual(tracker.flush(DEADLINE), 0)
        self.assertEqual(self.units(), 3)
        self.assertEqual(self.lines, [])

    def test_events_of_many_threads_are_counted(self):
        tracker = self.tracker(batch_size=7)
        threads = [threading.Thread(target=self.record, args=(tracker, 100)) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(DEADLINE)
        self.assertEqual(tracker.close(DEADLINE), 0)
        self.assertEqual(self.units(), 800)

    def test_close_ends_the_thread(self):
        tracker = self.tracker()
        self.record(tracker)
        thread = tracker._queue._thread
        self.assertTrue(thread.daemon)
        self.assertEqual(tracker.close(DEADLINE), 0)
        self.assertFalse(thread.is_alive())


class OutageTest(TrackerTest):
    def test_no_event_is_lost_when_the_exporter_is_down_or_killed_under_load(self):
        port = free_port()
        with tempfile.TemporaryDirectory() as home:
            tracker = self.tracker(f"http://127.0.0.1:{port}", batch_size=10)
            self.record(tracker, 50)
            eventually(lambda: "Connection refused" in self.logged(), "the outage is logged")
            first = Exporter(home, port)
            recorded = 50
            self.assertEqual(tracker.flush(DEADLINE), 0)
            while tracker.stats()["delivered"] < 400:
                if tracker.stats()["waiting"] < 100:
                    self.record(tracker)
                    recorded += 1
            first.kill()
            self.record(tracker, 100)
            second = Exporter(home, port)
            self.record(tracker, 100)
            self.assertEqual(tracker.flush(DEADLINE), 0, self.lines)
            self.assertEqual(self.units(second), recorded + 200)
            self.assertEqual(tracker.stats(), {"waiting": 0, "delivered": recorded + 200, "dropped": 0})
            self.assertIn("accepts events again", self.logged())
            second.kill()


@unittest.skipUnless(hasattr(os, "fork"), "requires fork")
class ForkTest(TrackerTest):
    def fork(self, child):
        """Runs the function in a forked process and returns its id."""
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)  # about forking with threads, which this tests
            pid = os.fork()
        if pid == 0:
            status = 1
            try:
                signal.alarm(DEADLINE)
                status = 0 if child() else 1
            finally:
                os._exit(status)
        return pid

    def await_child(self, pid):
        self.assertEqual(os.waitpid(pid, 0)[1], 0)

    def test_each_process_sends_its_own_events(self):
        over = threading.Event()
        front = self.front(lambda request: (over.wait(DEADLINE), request.respond(503)))
        tracker = self.tracker(front.url)
        self.record(tracker, 5)
        eventually(lambda: front.requests, "the parent's request is in flight")

        def child():
            tracker._queue._endpoint = usage_tracker._Endpoint(exporter.url)  # the front is a thread of the parent
            fresh = tracker.stats() == {"waiting": 0, "delivered": 0, "dropped": 0}
            self.record(tracker, 3)
            return fresh and tracker.flush(DEADLINE) == 0 and tracker.stats()["delivered"] == 3

        self.await_child(self.fork(child))
        self.assertEqual(self.units(), 3)
        over.set()
        self.assertEqual(tracker.flush(DEADLINE), 0)
        self.assertEqual(self.units(), 8)

    def test_a_fork_leaves_no_lock_held(self):
        tracker = self.tracker(max_queue=50)
        stop = threading.Event()
        recorded = []

        def work():
            while not stop.is_set():
                recorded.extend(self.record(tracker))

        workers = [threading.Thread(target=work) for _ in range(3)]
        for worker in workers:
            worker.start()

        def child():
            return self.record(tracker) == [True] and tracker.flush(DEADLINE) == 0

        children = [self.fork(child) for _ in range(10)]
        for child in children:
            self.await_child(child)
        stop.set()
        for worker in workers:
            worker.join()
        tracker.flush(DEADLINE)
        self.assertEqual(self.units(), recorded.count(True) + len(children))


class ProgramTest(TrackerTest):
    def python(self, program, **environment):
        """Runs a program that imports the client and returns its output."""
        with tempfile.TemporaryDirectory() as home:
            path = pathlib.Path(home, "program.py")
            path.write_text(program)
            result = subprocess.run(
                [sys.executable, "-B", str(path)],
                env={**os.environ, "PYTHONPATH": str(CLIENT.parent), "CATEGORY": self.category, **environment},
                capture_output=True,
                text=True,
                timeout=DEADLINE,
            )
        self.assertEqual(result.returncode, 0, result.stderr)
        return result.stdout + result.stderr

    def test_queued_events_are_sent_at_exit(self):
        program = """
import os, usage_tracker
from usage_tracker import record
usage_tracker._EXIT_FLUSH_SECONDS = 20  # for slow machines
for _ in range(300):
    record("apify", {"compute_units": 1}, os.environ["CATEGORY"])
"""
        self.assertEqual(self.python(program, USAGE_EXPORTER_URL=exporter.url), "")
        self.assertEqual(self.units(), 300)

    def test_exit_does_not_wait_long_for_an_exporter_that_is_down(self):
        program = """
import atexit, time
atexit.register(lambda: print("ended after", time.monotonic() - start))
from usage_tracker import record
record("apify", {"compute_units": 1})
start = time.monotonic()
"""
        output = self.python(program, USAGE_EXPORTER_URL=f"http://127.0.0.1:{free_port()}")
        self.assertLess(float(re.search(r"ended after (\S+)", output)[1]), 5)
        self.assertIn("1 event not delivered", output)

    def test_sending_imports_nothing(self):
        program = """
import sys
from usage_tracker import flush, get_usage_summary, record
before = set(sys.modules)
record("apify", {"compute_units": 0.5})
flush()
get_usage_summary()
print(sorted(set(sys.modules) - before))
"""
        output = self.python(program, USAGE_EXPORTER_URL=exporter.url)
        self.assertEqual(output, "[]\n", "a fork during an import in another thread breaks the child")

    def test_multiprocessing_workers_send_their_events(self):
        program = """
import multiprocessing, os, sys, usage_tracker
from usage_tracker import record
usage_tracker._EXIT_FLUSH_SECONDS = 20  # for slow machines

def work(_=None):
    record("apify", {"compute_units": 1}, os.environ["CATEGORY"])

if __name__ == "__main__":
    context = multiprocessing.get_context("fork")
    work()
    workers = [context.Process(target=work) for _ in range(2)]
    for worker in workers: worker.start()
    for worker in workers: worker.join()
"""
        self.python(program, USAGE_EXPORTER_URL=exporter.url, PYTHONWARNINGS="ignore")
        self.assertEqual(self.units(), 3)


class DocumentationTest(TrackerTest):
    def test_the_flask_application_works(self):
        pages = [ROOT / "README.md", *(ROOT / "src" / "docs").glob("*.md")]
        text = "\n".join(page.read_text("utf-8") for page in pages)
        blocks = re.findall(r"^```python\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
        self.assertEqual(len(blocks), 1)
        answer = Thing(
            id="msg_readme",
            _request_id="req_readme",
            model="claude-sonnet-4-5",
            content=[Thing(type="text", text="Dune")],
            usage=Thing(input_tokens=12, output_tokens=34),
        )
        claude = Thing(messages=Thing(create=lambda **request: answer))
        stubs = {"anthropic": Thing(Anthropic=lambda: claude)}
        with contextlib.suppress(ImportError):
            import flask

            stubs["flask"] = flask
        stubs.setdefault("flask", Thing(Flask=StubFlask))
        self.addCleanup(usage_tracker.close, 0)
        with mock.patch.dict(sys.modules, stubs), mock.patch.dict(os.environ, USAGE_EXPORTER_URL=exporter.url):
            usage_tracker.close(0)
            names = {"__name__": "readme"}
            exec(compile(blocks[0], "python.md", "exec"), names)
            client = names["app"].test_client()
            self.assertEqual(client.post("/recommendations").get_json(), {"text": "Dune"})
            self.assertEqual(usage_tracker.flush(DEADLINE), 0, self.lines)
            left = client.get("/quota").get_json()
        self.assertIsInstance(left["anthropic"]["daily"]["requests"], int)
        at = {"id": "anthropic:req_readme", "provider": "anthropic", "usage": {"tokens": 1}}
        self.assertEqual(exporter.post(at), 409)


class StubFlask:
    """As much of Flask as the documentation uses."""

    def __init__(self, name):
        self._views = {}

    def _route(self, method, path):
        return lambda view: self._views.setdefault((method, path), view)

    def get(self, path):
        return self._route("GET", path)

    def post(self, path):
        return self._route("POST", path)

    def test_client(self):
        return Thing(get=lambda path: self._call("GET", path), post=lambda path: self._call("POST", path))

    def _call(self, method, path):
        body = json.loads(json.dumps(self._views[method, path]()))
        return Thing(get_json=lambda: body)


if __name__ == "__main__":
    unittest.main()
