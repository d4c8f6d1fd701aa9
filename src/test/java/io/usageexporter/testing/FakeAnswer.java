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
 * What a {@link FakeProvider} sends, to the byte, and when. As it stands the whole request is read, and the body follows
 * in one piece under a Content-Length. Not to be changed once a provider has it.
 */
public final class FakeAnswer {
    /** How the receiver knows where the body ends. */
    enum Framing {
        LENGTH,
        CHUNKED,
        UNTIL_CLOSE
    }

    /** What happens after the last byte, or after {@link FakeAnswer#endAfter} bytes of the body. */
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

    private FakeAnswer(String statusLine) {
        head.add(statusLine);
    }

    /** With this line, such as {@code HTTP/1.1 200 OK}, and nothing else yet. */
    public static FakeAnswer line(String statusLine) {
        return new FakeAnswer(statusLine);
    }

    /** A status without a reason, and with a date. */
    public static FakeAnswer status(int status) {
        return new FakeAnswer("HTTP/1.1 " + status + " ").header("date", "Tue, 24 Nov 2026 09:15:29 GMT");
    }

    /** No response at all, until the other side leaves. */
    public static FakeAnswer silence() {
        return status(200).rawHead("").stallsAfter(0);
    }

    public static FakeAnswer json(int status, String json) {
        return status(status).header("content-type", "application/json").body(json.getBytes(StandardCharsets.UTF_8));
    }

    /**
     * A sample's body under its own head, or under that of a 200 without an id where it has none. A stream comes in
     * chunks, as the providers send it.
     *
     * @param file such as {@code anthropic/stream-complete.sse}
     */
    public static FakeAnswer sample(String file) {
        List<String> head = Samples.head(file);
        FakeAnswer answer = (head.isEmpty() ? status(200) : line(head.get(0))).body(Samples.bytes(file));
        for (String header : head.subList(Math.min(1, head.size()), head.size())) {
            if (!header.toLowerCase(Locale.ROOT).startsWith("transfer-encoding:")) {
                answer.head.add(header);
            }
        }
        if (head.isEmpty()) {
            answer.header("content-type", typeOf(file));
        }
        return file.endsWith(".sse") ? answer.chunked() : answer;
    }

    private static String typeOf(String file) {
        return switch (file.substring(file.lastIndexOf('.') + 1)) {
            case "sse" -> "text/event-stream; charset=utf-8";
            case "jsonl" -> "application/x-jsonl";
            default -> "application/json";
        };
    }

    /** Another header line, after those that are there. */
    public FakeAnswer header(String name, String value) {
        head.add(name + ": " + value);
        return this;
    }

    /** This header line in place of those of its name, or after all. */
    public FakeAnswer replaceHeader(String name, String value) {
        head.removeIf(line -> line.regionMatches(true, 0, name + ":", 0, name.length() + 1));
        return header(name, value);
    }

    /** Another status line. */
    public FakeAnswer statusLine(String line) {
        head.set(0, line);
        return this;
    }

    public FakeAnswer body(byte[] bytes) {
        body = bytes;
        return this;
    }

    /** A body of so many bytes, made while it is sent. */
    public FakeAnswer flood(long bytes) {
        flood = bytes;
        return inPiecesOf(FLOOD_PIECE);
    }

    /** Replaces the body by its gzip form and says so. */
    public FakeAnswer gzip() {
        var compressed = new ByteArrayOutputStream();
        try (var gzip = new GZIPOutputStream(compressed)) {
            gzip.write(body);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        body = compressed.toByteArray();
        return header("content-encoding", "gzip");
    }

    /** Sends the body in pieces of so many bytes, each flushed, and each a chunk of its own if there are chunks. */
    public FakeAnswer inPiecesOf(int bytes) {
        piece = bytes;
        return this;
    }

    public FakeAnswer withLength() {
        framing = Framing.LENGTH;
        return this;
    }

    public FakeAnswer chunked() {
        framing = Framing.CHUNKED;
        return this;
    }

    /** Neither length nor chunks: the body ends where the connection does. */
    public FakeAnswer untilClose() {
        framing = Framing.UNTIL_CLOSE;
        return this;
    }

    /** Sends these bytes in place of status and headers. */
    public FakeAnswer rawHead(String bytes) {
        rawHead = bytes.getBytes(StandardCharsets.ISO_8859_1);
        return this;
    }

    /** Sends the head once the semaphore gives a permit. */
    public FakeAnswer startsOn(Semaphore permit) {
        start = permit;
        return this;
    }

    /** Takes a permit before each piece of the body. */
    public FakeAnswer pacedBy(Semaphore permits) {
        pace = permits;
        return this;
    }

    /** Closes the connection after so many bytes of the body, with no word of an end. */
    public FakeAnswer closesAfter(long bytes) {
        return endsAfter(bytes, End.CLOSE);
    }

    /** Resets the connection (RST) after so many bytes of the body. */
    public FakeAnswer resetsAfter(long bytes) {
        return endsAfter(bytes, End.RESET);
    }

    /** Sends nothing more after so many bytes of the body, until the other side leaves. */
    public FakeAnswer stallsAfter(long bytes) {
        return endsAfter(bytes, End.STALL);
    }

    private FakeAnswer endsAfter(long bytes, End how) {
        endAfter = bytes;
        end = how;
        return this;
    }

    /** Says no {@code 100 Continue}; whoever waits for one waits in vain. */
    public FakeAnswer withoutContinue() {
        continues = false;
        return this;
    }

    /** Answers as soon as the request's head is there, says no {@code 100 Continue}, and reads no body. */
    public FakeAnswer beforeBody() {
        readsBody = false;
        continues = false;
        return this;
    }

    /** Takes a permit for each 64 KiB of the request's body that it reads. */
    public FakeAnswer readsBodyBy(Semaphore permits) {
        bodyPace = permits;
        return this;
    }
}
