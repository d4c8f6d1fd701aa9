package io.usageexporter.bench;

import java.io.EOFException;
import java.io.IOException;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicLong;

/** A connection to {@link QuickProvider}. The headers {@code x-events} and {@code x-interval-ms} ask for a stream. */
final class QuickConnection {
    private static final AtomicLong RESPONSES = new AtomicLong();
    private static final int REQUEST_BYTES = 16 * 1024;
    private static final String END_OF_HEAD = "\r\n\r\n";
    private static final String READY = "HTTP/1.1 200 OK\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";
    private static final String MESSAGE_START = "{\"id\":\"msg_";
    private static final String MESSAGE_REST = """
            ","type":"message","role":"assistant","model":"claude-sonnet-4-5",\
            "content":[{"type":"text","text":"The report covers three regions."}],\
            "stop_reason":"end_turn","stop_sequence":null,\
            "usage":{"input_tokens":57,"cache_creation_input_tokens":0,"cache_read_input_tokens":0,\
            "output_tokens":27,"service_tier":"standard"}}""";

    private final SocketChannel channel;
    private final ByteBuffer in = ByteBuffer.allocateDirect(REQUEST_BYTES);
    private ByteBuffer out = ByteBuffer.allocate(0);

    QuickConnection(SocketChannel channel) throws IOException {
        this.channel = channel;
        channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
    }

    void register(Selector selector) throws ClosedChannelException {
        channel.register(selector, SelectionKey.OP_READ, this);
    }

    /** Reads the available input and responds to it; a stream is added to the active ones. */
    void go(Collection<QuickStream> streams) throws IOException {
        if (channel.read(in) < 0) {
            channel.close();
            throw new EOFException();
        }
        String request =
                StandardCharsets.ISO_8859_1.decode(in.duplicate().flip()).toString();
        int end = request.indexOf(END_OF_HEAD);
        if (end < 0) {
            return;
        }
        String head = request.substring(0, end + 2);
        long body = number(head, "content-length: ", 0);
        if (request.length() < end + END_OF_HEAD.length() + body) {
            return;
        }
        in.clear();
        long events = number(head, "x-events: ", 0);
        if (head.startsWith("GET /-/ready")) {
            send(READY);
        } else if (events == 0) {
            send(message());
        } else {
            var stream = new QuickStream(this, events, number(head, "x-interval-ms: ", 0), RESPONSES.incrementAndGet());
            stream.sendHead();
            streams.add(stream);
        }
    }

    private static String message() {
        long number = RESPONSES.incrementAndGet();
        String body = MESSAGE_START + number + MESSAGE_REST;
        return "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nrequest-id: req_" + number + "\r\ncontent-length: "
                + body.length() + END_OF_HEAD + body;
    }

    private static long number(String head, String name, long otherwise) {
        String lower = head.toLowerCase(Locale.ROOT);
        int start = lower.indexOf(name);
        return start < 0 ? otherwise : Long.parseLong(lower, start + name.length(), lower.indexOf('\r', start), 10);
    }

    /** Whether all earlier output has been written. */
    boolean isIdle() throws IOException {
        channel.write(out);
        return !out.hasRemaining();
    }

    /** Writes as much as fits; {@link #isIdle} writes the remainder. */
    void send(String text) throws IOException {
        out = ByteBuffer.wrap(text.getBytes(StandardCharsets.ISO_8859_1));
        channel.write(out);
    }
}
