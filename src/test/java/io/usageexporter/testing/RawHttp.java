package io.usageexporter.testing;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** A connection for writing requests byte by byte and reading unmodified responses. */
public final class RawHttp implements AutoCloseable {
    private static final int SILENCE_MS = 30_000;

    private final Socket socket = new Socket();
    private final InputStream in;
    private final OutputStream out;

    public RawHttp(int port) throws IOException {
        this(port, 0);
    }

    /** @param receiveBuffer in bytes, so that unread data soon blocks the sender; 0 for the default */
    public RawHttp(int port, int receiveBuffer) throws IOException {
        if (receiveBuffer > 0) {
            socket.setReceiveBufferSize(receiveBuffer);
        }
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        socket.setTcpNoDelay(true);
        socket.setSoTimeout(SILENCE_MS);
        in = new BufferedInputStream(socket.getInputStream());
        out = socket.getOutputStream();
    }

    /**
     * A response.
     *
     * @param headers line by line
     * @param body without chunk headers; one character per byte
     * @param complete whether it ended where its head says
     */
    public record Response(String statusLine, List<String> headers, String body, boolean complete) {
        public int status() {
            return Integer.parseInt(statusLine, "HTTP/1.1 ".length(), "HTTP/1.1 200".length(), 10);
        }

        /** Every value of a header, in order. */
        public List<String> values(String name) {
            return headers.stream()
                    .filter(line -> line.regionMatches(true, 0, name + ":", 0, name.length() + 1))
                    .map(line -> line.substring(name.length() + 1).strip())
                    .toList();
        }

        public String text() {
            return new String(bytes(), StandardCharsets.UTF_8);
        }

        public byte[] bytes() {
            return body.getBytes(StandardCharsets.ISO_8859_1);
        }
    }

    /** Writes text unchanged, one byte per character. */
    public RawHttp write(String text) throws IOException {
        out.write(text.getBytes(StandardCharsets.ISO_8859_1));
        return this;
    }

    /** Writes a request without a body. */
    public RawHttp get(String target, String... headerLines) throws IOException {
        return request("GET", target, headerLines);
    }

    public RawHttp request(String method, String target, String... headerLines) throws IOException {
        var head = new StringBuilder(method + " " + target + " HTTP/1.1\r\nHost: localhost\r\n");
        for (String line : headerLines) {
            head.append(line).append("\r\n");
        }
        return write(head.append("\r\n").toString());
    }

    /** Writes a request with this body. */
    public RawHttp post(String target, String body, String... headerLines) throws IOException {
        var lines = new ArrayList<>(List.of(headerLines));
        lines.add("Content-Length: " + body.getBytes(StandardCharsets.UTF_8).length);
        request("POST", target, lines.toArray(new String[0]));
        out.write(body.getBytes(StandardCharsets.UTF_8));
        return this;
    }

    /** For long bodies that the test writes itself. */
    public OutputStream out() {
        return out;
    }

    /** The received bytes. */
    public InputStream in() {
        return in;
    }

    /** Reads the response to a request that is not HEAD. */
    public Response read() throws IOException {
        return read(true);
    }

    /**
     * Reads a response.
     *
     * @param body whether one may follow the head
     */
    public Response read(boolean body) throws IOException {
        String statusLine = readLine();
        var headers = new ArrayList<String>();
        for (String line = readLine(); !line.isEmpty(); line = readLine()) {
            headers.add(line);
        }
        var head = new Response(statusLine, headers, "", true);
        if (!body || head.status() < 200 || head.status() == 204 || head.status() == 304) {
            return head;
        }
        var bytes = new ByteArrayOutputStream();
        boolean complete = readBody(head, bytes);
        return new Response(statusLine, headers, bytes.toString(StandardCharsets.ISO_8859_1), complete);
    }

    private boolean readBody(Response head, ByteArrayOutputStream to) {
        try {
            if (!head.values("transfer-encoding").isEmpty()) {
                return readChunks(to);
            }
            if (head.values("content-length").isEmpty()) {
                in.transferTo(to);
                return true;
            }
            return copy(Long.parseLong(head.values("content-length").get(0)), to);
        } catch (IOException e) {
            return false;
        }
    }

    private boolean readChunks(ByteArrayOutputStream to) throws IOException {
        while (true) {
            int size = Integer.parseInt(readLine(), 16);
            if (size == 0) {
                return readLine().isEmpty();
            }
            if (!copy(size, to)) {
                return false;
            }
            readLine();
        }
    }

    private boolean copy(long count, ByteArrayOutputStream to) throws IOException {
        for (long i = 0; i < count; i++) {
            int next = in.read();
            if (next < 0) {
                return false;
            }
            to.write(next);
        }
        return true;
    }

    private String readLine() throws IOException {
        var line = new StringBuilder();
        for (int next = in.read(); next != '\n'; next = in.read()) {
            if (next < 0) {
                throw new IOException("the connection closed after: " + line);
            }
            line.append((char) next);
        }
        return line.substring(0, Math.max(0, line.length() - 1));
    }

    /** Waits for the peer to close or reset the connection, discarding input; returns whether it did. */
    public boolean isOver() {
        try {
            in.transferTo(OutputStream.nullOutputStream());
            return true;
        } catch (SocketTimeoutException e) {
            return false;
        } catch (IOException e) {
            return true;
        }
    }

    /** Ends the output (FIN); reading continues. */
    public void endOutput() throws IOException {
        socket.shutdownOutput();
    }

    /** Closes with a reset, like the socket of a killed process. */
    public void reset() throws IOException {
        socket.setSoLinger(true, 0);
        socket.close();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
