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
 * A request that a {@link FakeProvider} received, and how far its answer has got. Thread-safe: a test may look while it
 * goes on.
 */
public final class FakeExchange {
    /** How it ended. */
    public enum Outcome {
        /** All was sent that was to be sent. */
        SENT,
        /** The other side closed or broke the connection before. */
        LEFT
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

    /** The request line and the headers as they came, with their line ends. */
    public String head() {
        return head;
    }

    public String method() {
        return head.substring(0, head.indexOf(' '));
    }

    /** What stands between method and version. */
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

    boolean says(String name, String value) {
        return headers(name).stream()
                .anyMatch(said -> said.toLowerCase(Locale.ROOT).contains(value));
    }

    /** Which connection it came over; the first has number 1. */
    public int connection() {
        return connection;
    }

    /** The bytes of the body that were received until now. */
    public long bodyLength() {
        return bodyLength.get();
    }

    /** The first MiB of the body, as far as it was received. */
    public byte[] body() {
        synchronized (start) {
            return start.toByteArray();
        }
    }

    public String bodyText() {
        return new String(body(), StandardCharsets.UTF_8);
    }

    /** The hash of the body, in hex, once it has been received whole. */
    public String awaitBodySha256() {
        return await(received);
    }

    /** The bytes of the answer's body that the connection took until now. */
    public long sent() {
        return sent.get();
    }

    /** How it ended, once it has. */
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
