package io.usageexporter.testing;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * A request that a {@link FakeProvider} received, and the progress of the response. Thread-safe: a test may read it at any
 * time.
 */
public final class FakeExchange {
    /** How the exchange ended. */
    public enum Outcome {
        /** The response was sent as planned. */
        SENT,
        /** The client closed or reset the connection before. */
        DISCONNECTED
    }

    private static final int KEPT_BYTES = 1 << 20;
    private static final long WAIT_SECONDS = 30;

    private final String head;
    private final int connection;
    private final MessageDigest digest = sha256();
    private final ByteArrayOutputStream start = new ByteArrayOutputStream();
    private final CompletableFuture<String> received = new CompletableFuture<>();
    private final CompletableFuture<Outcome> outcome = new CompletableFuture<>();
    private final AtomicLong bodyLength = new AtomicLong();
    private final AtomicLong sent = new AtomicLong();

    FakeExchange(String head, int connection) {
        this.head = head;
        this.connection = connection;
    }

    static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    void receive(byte[] bytes, int count) {
        digest.update(bytes, 0, count);
        synchronized (start) {
            start.write(bytes, 0, Math.min(count, KEPT_BYTES - start.size()));
        }
        bodyLength.addAndGet(count);
    }

    void receivedAll() {
        received.complete(HexFormat.of().formatHex(digest.digest()));
    }

    void send(long bytes) {
        sent.addAndGet(bytes);
    }

    void end(Outcome how) {
        outcome.complete(how);
    }

    /** The request line and the headers as received, with their line ends. */
    public String head() {
        return head;
    }

    public String method() {
        return head.substring(0, head.indexOf(' '));
    }

    /** The request target, with the query. */
    public String target() {
        return head.substring(head.indexOf(' ') + 1, head.lastIndexOf(" HTTP/", head.indexOf('\r')));
    }

    /** The target without its query. */
    public String path() {
        String target = target();
        int query = target.indexOf('?');
        return query < 0 ? target : target.substring(0, query);
    }

    /** Every value of a header, in order. */
    public List<String> headers(String name) {
        var values = new ArrayList<String>();
        for (String line : head.lines().skip(1).toList()) {
            int colon = line.indexOf(':');
            if (colon > 0 && line.substring(0, colon).equalsIgnoreCase(name)) {
                values.add(line.substring(colon + 1).strip());
            }
        }
        return values;
    }

    /** The first value of a header; null where there is none. */
    public @Nullable String header(String name) {
        List<String> values = headers(name);
        return values.isEmpty() ? null : values.get(0);
    }

    boolean headerContains(String name, String value) {
        return headers(name).stream()
                .anyMatch(given -> given.toLowerCase(Locale.ROOT).contains(value));
    }

    /** The number of the connection; the first is 1. */
    public int connection() {
        return connection;
    }

    /** The number of bytes of the body received so far. */
    public long bodyLength() {
        return bodyLength.get();
    }

    /** The first MiB of the body received so far. */
    public byte[] body() {
        synchronized (start) {
            return start.toByteArray();
        }
    }

    public String bodyText() {
        return new String(body(), StandardCharsets.UTF_8);
    }

    /** Waits for the complete body; returns its hash in hex. */
    public String awaitBodySha256() {
        return await(received);
    }

    /** The number of bytes of the response body sent so far. */
    public long sent() {
        return sent.get();
    }

    /** Waits for the end. */
    public Outcome awaitOutcome() {
        return await(outcome);
    }

    public boolean isOver() {
        return outcome.isDone();
    }

    private static <T> T await(CompletableFuture<T> future) {
        return future.orTimeout(WAIT_SECONDS, TimeUnit.SECONDS).join();
    }
}
