package io.usageexporter.gateway;

import io.undertow.util.HeaderMap;
import io.undertow.util.HttpString;
import io.usageexporter.provider.wire.HttpSyntax;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Reads the head of a response byte by byte (RFC 9112). A line may end with LF alone, as the RFC lets recipients take it;
 * a folded line becomes one with spaces. Anything else that the grammar does not allow is an error, since a head that two
 * readers take differently is how one caller gets the response to another. Not thread-safe.
 */
final class ResponseHeadParser {
    /** More than any header that a provider sends; what a server takes by default is an eighth of it. */
    static final int MAX_BYTES = 256 * 1024;

    private static final int STATUS_END = "HTTP/1.1 200".length();

    private byte[] line = new byte[128];
    private int lineLength;
    private final HeaderMap headers = new HeaderMap();
    private @Nullable String statusLine;
    private @Nullable String header;
    private int bytes;

    /**
     * Takes bytes up to the end of the head.
     *
     * @return the head, or null when more bytes are needed
     */
    @Nullable
    ResponseHead parse(ByteBuffer buffer) throws MalformedResponseException {
        while (buffer.hasRemaining()) {
            byte next = buffer.get();
            if (++bytes > MAX_BYTES) {
                throw new MalformedResponseException("a head of more than " + MAX_BYTES + " bytes");
            }
            if (next != '\n') {
                if (lineLength == line.length) {
                    line = Arrays.copyOf(line, 2 * lineLength);
                }
                line[lineLength++] = next;
            } else if (endLine()) {
                return head();
            }
        }
        return null;
    }

    /** Whether this was the empty line that ends the head. */
    private boolean endLine() throws MalformedResponseException {
        int length = lineLength > 0 && line[lineLength - 1] == '\r' ? lineLength - 1 : lineLength;
        String text = new String(line, 0, length, StandardCharsets.ISO_8859_1);
        lineLength = 0;
        if (HttpSyntax.hasControlCharacters(text)) {
            throw new MalformedResponseException("a control character in its head");
        }
        if (statusLine == null) {
            statusLine = text;
            return false;
        }
        if (text.startsWith(" ") || text.startsWith("\t")) {
            if (header == null) {
                throw new MalformedResponseException("a header that begins with a space");
            }
            header = header + " " + text.strip();
            return false;
        }
        if (header != null) {
            add(header);
        }
        header = text;
        return text.isEmpty();
    }

    private void add(String field) throws MalformedResponseException {
        int colon = field.indexOf(':');
        if (colon <= 0 || !HttpSyntax.isToken(field.substring(0, colon))) {
            throw new MalformedResponseException("a header without a valid name");
        }
        var name = new HttpString(field.substring(0, colon));
        if (headers.count(name) == HttpSyntax.MAX_OF_A_NAME) {
            throw new MalformedResponseException("more than " + HttpSyntax.MAX_OF_A_NAME + " headers of one name");
        }
        headers.add(name, HttpSyntax.value(field, colon + 1));
    }

    private ResponseHead head() throws MalformedResponseException {
        String start = String.valueOf(statusLine);
        boolean known = start.startsWith("HTTP/1.1 ") || start.startsWith("HTTP/1.0 ");
        if (!known || start.length() < STATUS_END || (start.length() > STATUS_END && start.charAt(STATUS_END) != ' ')) {
            throw new MalformedResponseException("no HTTP/1.1 status line");
        }
        int status = 0;
        for (int i = STATUS_END - 3; i < STATUS_END; i++) {
            int digit = start.charAt(i) - '0';
            if (digit < 0 || digit > 9) {
                throw new MalformedResponseException("a status that is no number");
            }
            status = 10 * status + digit;
        }
        if (status < 100) {
            throw new MalformedResponseException("a status below 100");
        }
        String reason = start.length() > STATUS_END ? start.substring(STATUS_END + 1) : "";
        return new ResponseHead(start.charAt("HTTP/1.".length()) == '1', status, reason, headers);
    }
}
