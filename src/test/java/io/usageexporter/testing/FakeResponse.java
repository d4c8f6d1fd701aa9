package io.usageexporter.testing;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Semaphore;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;

/**
 * What a {@link FakeProvider} sends, byte for byte, and when. By default the complete request is read first, and the body is
 * sent in one piece with a Content-Length. Must not be changed once a provider has it.
 */
public final class FakeResponse {
    /** How the receiver knows where the body ends. */
    enum Framing {
        LENGTH,
        CHUNKED,
        UNTIL_CLOSE
    }

    /** What happens after the last byte, or after {@link FakeResponse#endAfter} bytes of the body. */
    enum End {
        COMPLETE,
        CLOSE,
        RESET,
        STALL
    }

    private static final int FLOOD_PIECE = 64 * 1024;

    final List<String> head = new ArrayList<>();
    byte[] body = {};
    long flood;
    byte @Nullable [] rawHead;
    Framing framing = Framing.LENGTH;
    int piece = Integer.MAX_VALUE;
    End end = End.COMPLETE;
    long endAfter = Long.MAX_VALUE;
    boolean continues = true;
    boolean readsBody = true;

    @Nullable
    Semaphore bodyPace;

    @Nullable
    Semaphore start;

    @Nullable
    Semaphore pace;

    private FakeResponse(String statusLine) {
        head.add(statusLine);
    }

    /** A response with a status line, such as {@code HTTP/1.1 200 OK}, and nothing else yet. */
    public static FakeResponse line(String statusLine) {
        return new FakeResponse(statusLine);
    }

    /** A response with a status without a reason phrase, and a date. */
    public static FakeResponse status(int status) {
        return new FakeResponse("HTTP/1.1 " + status + " ").header("date", "Tue, 24 Nov 2026 09:15:29 GMT");
    }

    /** No response at all, until the client disconnects. */
    public static FakeResponse silence() {
        return status(200).rawHead("").stallsAfter(0);
    }

    public static FakeResponse json(int status, String json) {
        return status(status).header("content-type", "application/json").body(json.getBytes(StandardCharsets.UTF_8));
    }

    /**
     * A sample's body with its own head, or that of a 200 without an id if it has none. A stream is chunked, as by the
     * providers.
     *
     * @param file such as {@code anthropic/stream-complete.sse}
     */
    public static FakeResponse sample(String file) {
        List<String> head = Samples.head(file);
        FakeResponse response = (head.isEmpty() ? status(200) : line(head.get(0))).body(Samples.bytes(file));
        for (String header : head.subList(Math.min(1, head.size()), head.size())) {
            if (!header.toLowerCase(Locale.ROOT).startsWith("transfer-encoding:")) {
                response.head.add(header);
            }
        }
        if (head.isEmpty()) {
            response.header("content-type", typeOf(file));
        }
        return file.endsWith(".sse") ? response.chunked() : response;
    }

    private static String typeOf(String file) {
        return switch (file.substring(file.lastIndexOf('.') + 1)) {
            case "sse" -> "text/event-stream; charset=utf-8";
            case "jsonl" -> "application/x-jsonl";
            default -> "application/json";
        };
    }

    /** Appends a header line. */
    public FakeResponse header(String name, String value) {
        head.add(name + ": " + value);
        return this;
    }

    /** Replaces the header lines of this name. */
    public FakeResponse replaceHeader(String name, String value) {
        head.removeIf(line -> line.regionMatches(true, 0, name + ":", 0, name.length() + 1));
        return header(name, value);
    }

    /** Replaces the status line. */
    public FakeResponse statusLine(String line) {
        head.set(0, line);
        return this;
    }

    public FakeResponse body(byte[] bytes) {
        body = bytes;
        return this;
    }

    /** A body of this many bytes, generated while it is sent. */
    public FakeResponse flood(long bytes) {
        flood = bytes;
        return inPiecesOf(FLOOD_PIECE);
    }

    /** Compresses the body and adds the header for it. */
    public FakeResponse gzip() {
        var compressed = new ByteArrayOutputStream();
        try (var gzip = new GZIPOutputStream(compressed)) {
            gzip.write(body);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        body = compressed.toByteArray();
        return header("content-encoding", "gzip");
    }

    /** Sends the body in pieces of this many bytes, each flushed, and each a chunk of its own if chunked. */
    public FakeResponse inPiecesOf(int bytes) {
        piece = bytes;
        return this;
    }

    public FakeResponse withLength() {
        framing = Framing.LENGTH;
        return this;
    }

    public FakeResponse chunked() {
        framing = Framing.CHUNKED;
        return this;
    }

    /** Ends the body by closing the connection, without length or chunks. */
    public FakeResponse untilClose() {
        framing = Framing.UNTIL_CLOSE;
        return this;
    }

    /** Sends these bytes instead of status line and headers. */
    public FakeResponse rawHead(String bytes) {
        rawHead = bytes.getBytes(StandardCharsets.ISO_8859_1);
        return this;
    }

    /** Takes a permit before the head. */
    public FakeResponse startsOn(Semaphore permit) {
        start = permit;
        return this;
    }

    /** Takes a permit before each piece of the body. */
    public FakeResponse pacedBy(Semaphore permits) {
        pace = permits;
        return this;
    }

    /** Closes the connection after this many bytes of the body, without a proper end. */
    public FakeResponse closesAfter(long bytes) {
        return endsAfter(bytes, End.CLOSE);
    }

    /** Resets the connection (RST) after this many bytes of the body. */
    public FakeResponse resetsAfter(long bytes) {
        return endsAfter(bytes, End.RESET);
    }

    /** Stops sending after this many bytes of the body, until the client disconnects. */
    public FakeResponse stallsAfter(long bytes) {
        return endsAfter(bytes, End.STALL);
    }

    private FakeResponse endsAfter(long bytes, End how) {
        endAfter = bytes;
        end = how;
        return this;
    }

    /** Sends no {@code 100 Continue}. */
    public FakeResponse withoutContinue() {
        continues = false;
        return this;
    }

    /** Responds right after the head of the request, without {@code 100 Continue} and without reading the body. */
    public FakeResponse beforeBody() {
        readsBody = false;
        continues = false;
        return this;
    }

    /** Takes a permit before each 64 KiB of the request body. */
    public FakeResponse readsBodyBy(Semaphore permits) {
        bodyPace = permits;
        return this;
    }
}
