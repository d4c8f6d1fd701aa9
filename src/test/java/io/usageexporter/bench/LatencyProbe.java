package io.usageexporter.bench;

import java.io.EOFException;
import java.io.IOException;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Makes one call after another over one connection, and measures their times. */
final class LatencyProbe implements AutoCloseable {
    private static final int RESPONSE_BYTES = 16 * 1024;
    private static final int SILENCE_MS = 30_000;
    private static final String END_OF_CHUNKS = "\r\n0\r\n\r\n";
    private static final Pattern STAMP = Pattern.compile("\"nanos\":(\\d+)}");
    private static final int STREAM_EVENTS = 3;
    private static final int STREAM_INTERVAL_MS = 5;
    private static final double NANOS_PER_MS = 1e6;

    private final Socket socket;
    private final byte[] call = bytes(Payload.message());
    private final byte[] streamingCall = bytes(Payload.stream(STREAM_EVENTS, STREAM_INTERVAL_MS));
    private final byte[] response = new byte[RESPONSE_BYTES];
    private int length;

    LatencyProbe(Server server) throws IOException {
        socket = new Socket(server.address().getAddress(), server.address().getPort());
        socket.setTcpNoDelay(true);
        socket.setSoTimeout(SILENCE_MS);
    }

    private static byte[] bytes(Payload payload) {
        ByteBuffer request = payload.next();
        byte[] bytes = new byte[request.remaining()];
        request.get(bytes);
        return bytes;
    }

    /** The time from the first byte of a call to the last byte of its response. */
    double callMillis() throws IOException {
        long start = System.nanoTime();
        String text = begin(call);
        while (!LoadGenerator.Client.isComplete(text)) {
            text = read();
        }
        return (System.nanoTime() - start) / NANOS_PER_MS;
    }

    /** The time from the sending of the first event of a stream to its arrival. */
    double firstEventMillis() throws IOException {
        String text = begin(streamingCall);
        Matcher stamp = STAMP.matcher(text);
        while (!stamp.find()) {
            text = read();
            stamp = STAMP.matcher(text);
        }
        long nanos = System.nanoTime() - Long.parseLong(stamp.group(1));
        while (!text.endsWith(END_OF_CHUNKS)) {
            text = read();
        }
        return nanos / NANOS_PER_MS;
    }

    private String begin(byte[] request) throws IOException {
        length = 0;
        socket.getOutputStream().write(request);
        String text = read();
        if (!text.startsWith(LoadGenerator.OK)) {
            throw new IllegalStateException("unexpected response: " + text);
        }
        return text;
    }

    /** The response so far. */
    private String read() throws IOException {
        int count = socket.getInputStream().read(response, length, response.length - length);
        if (count < 0) {
            throw new EOFException("the server closed a connection");
        }
        length += count;
        return new String(response, 0, length, StandardCharsets.ISO_8859_1);
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
