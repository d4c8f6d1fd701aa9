package io.usageexporter.bench;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.SplittableRandom;
import java.util.UUID;

/** A request for repeated use, which posts events or goes through the gateway. */
final class Payload {
    private static final String CONTENT = """
            "provider":"anthropic","category":"recommendations","model":"claude-sonnet-4-5",\
            "usage":{"requests":1,"tokens":{"input":1200,"output":800}}}""";
    private static final String EVENT = "{" + CONTENT;
    private static final String ID_STARTS = "{\"id\":\"";
    private static final String EVENT_WITH_ID = ID_STARTS + new UUID(0, 0) + "\"," + CONTENT;

    private static final String CALL = """
            POST /gateway/anthropic/v1/messages HTTP/1.1\r
            x-api-key: sk-ant-api03-dummy\r
            anthropic-version: 2023-06-01\r
            x-usage-category: recommendations\r
            """;
    private static final String MESSAGE = """
            {"model":"claude-sonnet-4-5","max_tokens":256,"messages":[{"role":"user","content":"Recommend!"}]}""";

    private final ByteBuffer request;
    private final int events;
    private final int firstId;
    private final SplittableRandom random = new SplittableRandom();

    private Payload(String body, int events, boolean ids) {
        this("POST /api/usage HTTP/1.1\r\n", body, events, ids);
    }

    private Payload(String start, String body, int events, boolean ids) {
        String head = start + "Host: localhost\r\nContent-Type: application/json\r\n" + "Content-Length: "
                + body.length() + "\r\n\r\n";
        byte[] bytes = (head + body).getBytes(StandardCharsets.US_ASCII);
        this.request = ByteBuffer.allocateDirect(bytes.length).put(bytes);
        this.events = events;
        this.firstId = ids ? head.length() + "[".length() + ID_STARTS.length() : bytes.length;
    }

    /** One event without an id. */
    static Payload single() {
        return new Payload(EVENT, 1, false);
    }

    /** An array of events without ids. */
    static Payload batch(int events) {
        return new Payload(array(EVENT, events), events, false);
    }

    /** An array of events with new ids each time. */
    static Payload batchWithIds(int events) {
        return new Payload(array(EVENT_WITH_ID, events), events, true);
    }

    /** A call of Anthropic's API through the gateway. */
    static Payload message() {
        return new Payload(CALL, MESSAGE, 1, false);
    }

    /** The same with a streamed response. */
    static Payload stream(int events, int intervalMillis) {
        String wanted = "x-events: " + events + "\r\nx-interval-ms: " + intervalMillis + "\r\n";
        return new Payload(CALL + wanted, MESSAGE, 1, false);
    }

    private static String array(String event, int events) {
        return "[" + (event + ",").repeat(events - 1) + event + "]";
    }

    int events() {
        return events;
    }

    /** The next request; always the same buffer. */
    ByteBuffer next() {
        for (int id = firstId; id < request.capacity(); id += EVENT_WITH_ID.length() + ",".length()) {
            request.put(id, newId(random).getBytes(StandardCharsets.US_ASCII));
        }
        return request.clear();
    }

    static String newId(SplittableRandom random) {
        return new UUID(random.nextLong(), random.nextLong()).toString();
    }
}
