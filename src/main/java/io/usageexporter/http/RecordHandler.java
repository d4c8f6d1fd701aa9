package io.usageexporter.http;

import io.undertow.server.HttpHandler;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.Headers;
import io.undertow.util.StatusCodes;
import io.usageexporter.event.Source;
import io.usageexporter.event.UsageEvent;
import io.usageexporter.ingest.BodyReader;
import io.usageexporter.ingest.IngestConfig;
import io.usageexporter.ingest.InvalidBodyException;
import io.usageexporter.ingest.InvalidBodyException.Fault;
import io.usageexporter.metrics.SelfMetrics;
import io.usageexporter.metrics.SelfMetrics.Rejection;
import io.usageexporter.recording.Outcome;
import io.usageexporter.recording.Outcome.Conflict;
import io.usageexporter.recording.Outcome.Recorded;
import io.usageexporter.recording.Outcome.Unavailable;
import io.usageexporter.recording.Recorder;
import java.time.InstantSource;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * {@code POST /api/usage}. Reads and parses on the I/O thread (large bodies on a worker), submits the events to the
 * recorder, and responds when they are on disk. No thread is blocked meanwhile.
 */
class RecordHandler implements HttpHandler {
    private static final String RETRY_AFTER_SECONDS = "1";
    private static final String ALLOWED =
            "an event may have at most 1 MiB, a batch at most 16 MiB (" + BodyReader.MAX_BATCH_BYTES + " bytes)";

    /** Parsing a larger body would delay the other connections of the I/O thread. */
    private static final int PARSE_HERE_BYTES = 256 * 1024;

    private final Recorder recorder;
    private final Supplier<IngestConfig> config;
    private final InstantSource clock;
    private final SelfMetrics metrics;
    private final BodyHandler bodies;

    /** @param pace minimum rate of bodies */
    RecordHandler(
            Recorder recorder,
            Supplier<IngestConfig> config,
            InstantSource clock,
            SelfMetrics metrics,
            Refusals refusals,
            BodyMemory memory,
            BodyPace pace) {
        this.recorder = recorder;
        this.config = config;
        this.clock = clock;
        this.metrics = metrics;
        this.bodies = new BodyHandler(
                BodyReader.MAX_BATCH_BYTES, ALLOWED, RETRY_AFTER_SECONDS, memory, pace, metrics, refusals);
    }

    enum Format {
        JSON,
        LINES,
        /** Said to be a form, as curl says of all that it is not told the type of. */
        FORM
    }

    @Override
    public final void handleRequest(HttpServerExchange exchange) {
        Format format = format(exchange);
        if (format != null) {
            bodies.receive(exchange, (body, claim) -> received(exchange, format, body, claim));
        }
    }

    private void received(HttpServerExchange exchange, Format format, byte[] body, BodyMemory.Claim claim) {
        var parse = new ExceptionHandler(ex -> record(ex, format, body, claim));
        if (body.length > PARSE_HERE_BYTES) {
            exchange.getConnection().getWorker().execute(() -> parse.handleRequest(exchange));
        } else {
            parse.handleRequest(exchange);
        }
    }

    /** The format of the body, or null if the exchange was ended. */
    private @Nullable Format format(HttpServerExchange exchange) {
        String type = exchange.getRequestHeaders().getFirst(Headers.CONTENT_TYPE);
        String encoding = exchange.getRequestHeaders().getFirst(Headers.CONTENT_ENCODING);
        if (encoding == null && "application/json".equals(type)) { // as nearly all are
            return Format.JSON;
        }
        String[] parts =
                type == null ? new String[] {""} : type.toLowerCase(Locale.ROOT).split(";");
        boolean plain = encoding == null || encoding.equalsIgnoreCase("identity");
        for (int i = 1; i < parts.length; i++) {
            String parameter = parts[i].strip();
            plain &= !parameter.startsWith("charset=")
                    || parameter.replace("\"", "").equals("charset=utf-8");
        }
        if (plain) {
            switch (parts[0].strip()) {
                case "application/json" -> {
                    return Format.JSON;
                }
                case "application/x-ndjson", "application/ndjson" -> {
                    return Format.LINES;
                }
                case "application/x-www-form-urlencoded" -> {
                    if (!BrowserGuard.isBrowser(exchange.getRequestHeaders())) {
                        return Format.FORM;
                    }
                }
                default -> {}
            }
        }
        refuseType(exchange);
        return null;
    }

    private void refuseType(HttpServerExchange exchange) {
        metrics.rejected(Rejection.INVALID, 1);
        new Problem(
                        StatusCodes.UNSUPPORTED_MEDIA_TYPE,
                        "Content-Type must be application/json (an event or an array) or application/x-ndjson"
                                + " (one event per line), in UTF-8 and without Content-Encoding;"
                                + " with curl: -H 'Content-Type: application/json'")
                .send(exchange);
    }

    private static boolean looksLikeJson(byte[] body) {
        int start = 0;
        while (start < body.length && " \t\r\n".indexOf(body[start]) >= 0) {
            start++;
        }
        return start < body.length && (body[start] == '{' || body[start] == '[');
    }

    private void record(HttpServerExchange exchange, Format format, byte[] body, BodyMemory.Claim claim) {
        if (format == Format.FORM && !looksLikeJson(body)) {
            refuseType(exchange);
            return;
        }
        try {
            submit(exchange, format, body, claim);
        } catch (InvalidBodyException e) {
            if (e.eventsWithoutMemory() > 0) {
                refuseForMemory(exchange, claim.neverFits(e.eventsWithoutMemory()));
                return;
            }
            metrics.rejected(e.isTooLarge() ? Rejection.TOO_LARGE : Rejection.INVALID, e.events());
            int status = e.isTooLarge() ? StatusCodes.REQUEST_ENTITY_TOO_LARGE : StatusCodes.BAD_REQUEST;
            new Problem(status, String.valueOf(e.getMessage()), e.faults()).send(exchange);
        }
    }

    /** Reads the events and submits them to the recorder. */
    void submit(HttpServerExchange exchange, Format format, byte[] body, BodyMemory.Claim claim)
            throws InvalidBodyException {
        List<UsageEvent> given = format == Format.LINES
                ? BodyReader.readLines(config.get(), clock.instant(), body, claim::reserveEvents)
                : BodyReader.readJson(config.get(), clock.instant(), body, claim::reserveEvents);
        List<UsageEvent> events = ofCaller(exchange, given);
        recorder.submit(
                events, Source.API, outcome -> ExceptionHandler.resume(exchange, ex -> respond(ex, events, outcome)));
    }

    /** The events, of the consumer that the request's API token names. */
    static List<UsageEvent> ofCaller(HttpServerExchange exchange, List<UsageEvent> events) {
        String consumer = AccessHandler.consumer(exchange);
        return consumer == null
                ? events
                : events.stream().map(event -> event.withConsumer(consumer)).toList();
    }

    private void refuseForMemory(HttpServerExchange exchange, boolean always) {
        if (always) {
            bodies.refuseTooManyEvents(exchange);
        } else {
            bodies.refuseForNow(exchange, "too many large batches are in progress");
        }
    }

    private void respond(HttpServerExchange exchange, List<UsageEvent> events, Outcome outcome) {
        if (outcome instanceof Recorded recorded) {
            Success.send(
                    exchange,
                    "application/json",
                    "{\"recorded\":" + recorded.recorded() + ",\"duplicates\":" + recorded.duplicates() + "}\n");
        } else if (outcome instanceof Conflict conflict) {
            metrics.rejected(Rejection.CONFLICT, events.size());
            List<Fault> faults = conflict.indexes().stream()
                    .limit(BodyReader.MAX_FAULTS)
                    .map(index -> new Fault(index, Outcome.CONFLICT))
                    .toList();
            new Problem(
                            StatusCodes.CONFLICT,
                            conflict.indexes().size() + " of " + events.size()
                                    + " events have an id that was recorded before with other content, so nothing was"
                                    + " recorded; send repeats unchanged, and new events with a new id",
                            faults)
                    .send(exchange);
        } else if (outcome instanceof Unavailable unavailable) {
            refuse(exchange, unavailable, events.size());
        }
    }

    final void refuse(HttpServerExchange exchange, Unavailable unavailable, int events) {
        metrics.rejected(
                switch (unavailable.cause()) {
                    case QUEUE_FULL -> Rejection.QUEUE_FULL;
                    case LEDGER, IN_DOUBT -> Rejection.LEDGER;
                    case SHUTDOWN -> Rejection.SHUTDOWN;
                },
                events);
        if (unavailable.cause() == Outcome.Cause.IN_DOUBT) {
            bodies.inDoubt(exchange, unavailable.message());
        } else {
            bodies.unavailable(exchange, unavailable.message());
        }
    }
}
