package io.usageexporter.http;

import io.undertow.util.HeaderMap;
import io.undertow.util.HttpString;
import io.undertow.util.StatusCodes;
import io.usageexporter.forwarded.HostAndPort;
import io.usageexporter.provider.wire.HttpSyntax;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The head of one request (RFC 9112), parsed line by line. At least as strict as the server behind it, which rejects
 * without a reason, and keeps what the server would change: the original target and header values.
 */
final class RequestHead {
    static final int MAX_BYTES = 256 * 1024;
    static final int MAX_HEADERS = 1000;
    private static final int REQUEST_HEADER_FIELDS_TOO_LARGE = 431;
    private static final Pattern LENGTH = Pattern.compile("\\d{1,18}");

    /** A head up to this size is kept for the next one: little, since thousands of connections may be idle. */
    private static final int MAX_KEPT_BYTES = 1024;

    private static final byte[] NO_BYTES = {};

    private final byte[] previousBytes;
    private final @Nullable RequestLine previousLine;
    private final String previousTarget;
    private final List<HeaderLine> previousHeaders;
    private byte[] bytes = NO_BYTES;
    private byte[] kept = NO_BYTES;
    private int size;
    private int lineStart;
    private int headStart;
    private @Nullable RequestLine line;
    private String targetForServer = "";
    private final List<HeaderLine> headers = new ArrayList<>();
    private boolean isComplete;

    /** The first head of a connection. */
    RequestHead() {
        previousBytes = NO_BYTES;
        previousLine = null;
        previousTarget = "";
        previousHeaders = List.of();
    }

    /** @param previous on the same connection; clients tend to repeat most lines, which are not parsed again */
    RequestHead(RequestHead previous) {
        boolean isKept = previous.isComplete && previous.length() <= MAX_KEPT_BYTES;
        previousBytes = previous.kept;
        previousLine = isKept ? previous.line : null;
        previousTarget = previous.targetForServer;
        previousHeaders = isKept ? previous.headers : List.of();
    }

    /** Consumes input; returns true once the head is complete. Remaining bytes belong to the body. */
    boolean take(ByteBuffer next) throws RefusedHeadException {
        int searched = size;
        if (size + next.remaining() > bytes.length) {
            bytes = Arrays.copyOf(bytes, size == 0 ? next.remaining() : Math.max(2 * size, size + next.remaining()));
        }
        int count = next.remaining();
        next.get(bytes, size, count);
        size += count;
        if (searched == 0 && isRepeated()) {
            return true;
        }
        for (int i = searched; i < size; i++) {
            if (bytes[i] == '\n' && endOfLine(i)) {
                return true;
            }
        }
        boolean isNoRequest = line == null && lineStart < size && !mayBegin(bytes[lineStart]);
        if (isNoRequest) {
            throw new RefusedHeadException(
                    StatusCodes.BAD_REQUEST, "this is not an HTTP request; the server speaks plain HTTP");
        }
        if (size - headStart > MAX_BYTES) {
            throw tooLarge();
        }
        return false;
    }

    /** Whether it is the previous head again, as most of a connection are. */
    private boolean isRepeated() {
        int length = previousBytes.length;
        if (length == 0 || size < length || !Arrays.equals(bytes, 0, length, previousBytes, 0, length)) {
            return false;
        }
        line = previousLine;
        targetForServer = previousTarget;
        headers.addAll(previousHeaders);
        lineStart = length;
        kept = previousBytes;
        isComplete = true;
        return true;
    }

    private static boolean mayBegin(byte octet) {
        return octet == '\r' || RequestLine.mayBegin(octet);
    }

    private static RefusedHeadException tooLarge() {
        return new RefusedHeadException(
                REQUEST_HEADER_FIELDS_TOO_LARGE,
                "target and headers may have at most " + MAX_BYTES + " bytes, and " + MAX_HEADERS + " headers");
    }

    /** Whether this line ends the head. */
    private boolean endOfLine(int lineFeed) throws RefusedHeadException {
        int end = lineFeed - 1;
        if (end < lineStart || bytes[end] != '\r') {
            throw new RefusedHeadException(StatusCodes.BAD_REQUEST, "each line of the head must end in CR LF");
        }
        int start = lineStart;
        lineStart = lineFeed + 1;
        if (lineStart - headStart > MAX_BYTES) {
            throw tooLarge();
        }
        if (line == null) {
            if (start == end) { // sent after a body by some clients
                headStart = lineStart;
            } else {
                readRequestLine(start, end);
            }
            return false;
        }
        if (start == end) {
            checkNames();
            checkFraming(line);
            isComplete = true;
            if (headStart == 0 && lineStart <= MAX_KEPT_BYTES) {
                kept = Arrays.copyOf(bytes, lineStart);
            }
            return true;
        }
        headers.add(headerLine(start, end));
        if (headers.size() > MAX_HEADERS) {
            throw tooLarge();
        }
        return false;
    }

    private void readRequestLine(int start, int end) throws RefusedHeadException {
        if (previousLine != null && isText(previousLine.text(), start, end)) {
            line = previousLine;
            targetForServer = previousTarget;
        } else {
            line = RequestLine.of(text(start, end));
            line.check();
            targetForServer = line.targetForServer();
        }
    }

    private HeaderLine headerLine(int start, int end) throws RefusedHeadException {
        int index = headers.size();
        if (index < previousHeaders.size() && isText(previousHeaders.get(index).text(), start, end)) {
            return previousHeaders.get(index);
        }
        return HeaderLine.of(text(start, end));
    }

    private String text(int start, int end) {
        return new String(bytes, start, end - start, StandardCharsets.ISO_8859_1);
    }

    private boolean isText(String text, int start, int end) {
        if (text.length() != end - start) {
            return false;
        }
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) != (bytes[start + i] & 0xff)) {
                return false;
            }
        }
        return true;
    }

    private void checkNames() throws RefusedHeadException {
        var counts = new HashMap<HttpString, Integer>();
        for (HeaderLine header : headers.size() > HttpSyntax.MAX_OF_A_NAME ? headers : List.<HeaderLine>of()) {
            if (counts.merge(new HttpString(header.name()), 1, Integer::sum) > HttpSyntax.MAX_OF_A_NAME) {
                throw new RefusedHeadException(
                        REQUEST_HEADER_FIELDS_TOO_LARGE,
                        "at most " + HttpSyntax.MAX_OF_A_NAME + " headers may have the same name");
            }
        }
    }

    private List<HeaderLine> named(String name) {
        var named = new ArrayList<HeaderLine>();
        for (HeaderLine header : headers) {
            if (header.is(name)) {
                named.add(header);
            }
        }
        return named;
    }

    private void checkFraming(RequestLine first) throws RefusedHeadException {
        List<HeaderLine> hosts = named("host");
        boolean hostMayBeMissing = first.version().equals("HTTP/1.0");
        if (hosts.size() > 1 || (hosts.isEmpty() && !hostMayBeMissing)) {
            throw new RefusedHeadException(StatusCodes.BAD_REQUEST, "there must be exactly one Host header");
        }
        if (!hosts.isEmpty()
                && !previousHeaders.contains(hosts.get(0))
                && HostAndPort.parse(hosts.get(0).value()) == null) {
            throw new RefusedHeadException(
                    StatusCodes.BAD_REQUEST, "the Host header must be a name or an address, and optionally a port");
        }
        List<HeaderLine> lengths = named("content-length");
        List<HeaderLine> encodings = named("transfer-encoding");
        if (lengths.size() + encodings.size() > 1) {
            throw new RefusedHeadException(
                    StatusCodes.BAD_REQUEST,
                    "a body must have one Content-Length, or Transfer-Encoding: chunked, not both");
        }
        if (!lengths.isEmpty() && !LENGTH.matcher(lengths.get(0).value()).matches()) {
            throw new RefusedHeadException(StatusCodes.BAD_REQUEST, "Content-Length must be a whole number of bytes");
        }
        if (!encodings.isEmpty()
                && (hostMayBeMissing || !encodings.get(0).value().equalsIgnoreCase("chunked"))) {
            throw new RefusedHeadException(
                    StatusCodes.NOT_IMPLEMENTED, "the only supported Transfer-Encoding is chunked, in HTTP/1.1");
        }
    }

    /** The bytes of the head so far. */
    int length() {
        return (isComplete ? lineStart : size) - headStart;
    }

    /** The request line; null until it is complete, or if it is invalid. */
    @Nullable
    RequestLine line() {
        return line;
    }

    /** Whether the server accepts the head as it is. Once it is complete. */
    boolean isForServer(RequestLine first) {
        return headStart == 0 && targetForServer.equals(first.target());
    }

    /** How many bytes it was given. */
    int size() {
        return size;
    }

    /** All input, with a head that the server accepts. Once it is complete. */
    ByteBuffer forServer(RequestLine first) {
        if (isForServer(first)) {
            return ByteBuffer.wrap(bytes, 0, size);
        }
        byte[] start = (first.method() + " " + targetForServer + " ").getBytes(StandardCharsets.ISO_8859_1);
        int versionStart = headStart + first.method().length() + first.target().length() + 2;
        return ByteBuffer.allocate(start.length + size - versionStart)
                .put(start)
                .put(bytes, versionStart, size - versionStart)
                .flip();
    }

    /** Keeps no more than what the next head needs. */
    void forgetInput() {
        bytes = NO_BYTES;
    }

    /** Restores the original header values, which are only kept here for the next head. */
    void restore(HeaderMap server) {
        for (HeaderLine header : headers) {
            if (header.hasRunOfBlanks()) {
                var name = new HttpString(header.name());
                server.remove(name);
                named(header.name()).forEach(each -> server.add(name, each.value()));
            }
        }
        if (length() > MAX_KEPT_BYTES) {
            headers.clear();
        }
    }
}
