package io.usageexporter.bench;

import java.io.IOException;

/**
 * A response of events at a steady pace. Each contains the time at which it was sent, and one {@code !}, which occurs
 * nowhere else. The last one reports the number of output tokens, which is the number of the stream.
 */
final class QuickStream {
    private static final String HEAD = """
            HTTP/1.1 200 OK\r
            content-type: text/event-stream; charset=utf-8\r
            transfer-encoding: chunked\r
            request-id: req_""";
    private static final String END_OF_HEAD = "\r\n\r\n";
    private static final String START = """
            "type":"message_start","message":{"type":"message","model":"claude-sonnet-4-5","content":[],\
            "usage":{"input_tokens":0,"output_tokens":1}}""";
    private static final String TEXT = """
            "type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":" report covers"}""";
    private static final String LAST = """
            "type":"message_delta","delta":{"stop_reason":"end_turn"},"usage":{"output_tokens":""";
    private static final String STOP = "\"type\":\"message_stop\"";

    private final QuickConnection connection;
    private final long events;
    private final long intervalNanos;
    private final long number;
    private long sent;
    private long dueNanos;

    QuickStream(QuickConnection connection, long events, long intervalMillis, long number) {
        this.connection = connection;
        this.events = events;
        this.intervalNanos = intervalMillis * 1_000_000;
        this.number = number;
        dueNanos = System.nanoTime() + intervalNanos;
    }

    void sendHead() throws IOException {
        connection.send(HEAD + number + END_OF_HEAD);
    }

    long dueNanos() {
        return dueNanos;
    }

    /** Sends the next event if the previous one has been written; returns false if there are no more. */
    boolean sendNext() {
        try {
            dueNanos += intervalNanos;
            if (connection.isIdle()) {
                sent++;
                connection.send(next());
            }
            return sent < events;
        } catch (IOException e) {
            return false;
        }
    }

    private String next() {
        if (sent == 1) {
            return event("message_start", START);
        }
        if (sent == events - 1) {
            return event("message_delta", LAST + number + "}");
        }
        if (sent == events) {
            return event("message_stop", STOP) + "0\r\n\r\n";
        }
        return event("content_block_delta", TEXT);
    }

    private static String event(String name, String content) {
        String event =
                "event: " + name + "\ndata: {" + content + ",\"mark\":\"!\",\"nanos\":" + System.nanoTime() + "}\n\n";
        return Integer.toHexString(event.length()) + "\r\n" + event + "\r\n";
    }
}
