package io.usageexporter.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.function.Supplier;

/** Holds many streams open at once and counts their events until all have ended. A single thread reads them. */
final class OpenStreams implements AutoCloseable {
    private static final int READ_BYTES = 64 * 1024;
    private static final long SILENCE_MS = 30_000;
    private static final byte MARK = '!';
    private static final byte[] END = {'\r', '\n', '0', '\r', '\n', '\r', '\n'};

    private final Selector selector = Selector.open();
    private final ByteBuffer in = ByteBuffer.allocateDirect(READ_BYTES);
    private long events;
    private int open;

    /** Opens this many streams, each with its own request. */
    OpenStreams(InetSocketAddress address, int streams, Supplier<Payload> payloads) throws IOException {
        for (int i = 0; i < streams; i++) {
            SocketChannel channel = SocketChannel.open(address);
            ByteBuffer request = payloads.get().next();
            while (request.hasRemaining()) {
                channel.write(request);
            }
            channel.configureBlocking(false);
            channel.register(selector, SelectionKey.OP_READ, new Tail());
            open++;
        }
    }

    /** Reads until all are complete; returns the number of events. */
    long readAll() throws IOException {
        while (open > 0) {
            if (selector.select(this::read, SILENCE_MS) == 0) {
                throw new IllegalStateException(open + " streams have stalled");
            }
        }
        return events;
    }

    private void read(SelectionKey key) {
        try {
            in.clear();
            if (((SocketChannel) key.channel()).read(in) < 0) {
                throw new IOException("a stream broke off");
            }
            in.flip();
            if (((Tail) key.attachment()).see(in)) {
                key.cancel();
                key.channel().close();
                open--;
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() throws IOException {
        for (SelectionKey key : selector.keys()) {
            key.channel().close();
        }
        selector.close();
    }

    /** Detects the end of one stream, however it is split into reads. */
    private final class Tail {
        private int matched;

        /** Whether the last chunk has arrived. */
        boolean see(ByteBuffer bytes) {
            while (bytes.hasRemaining()) {
                byte next = bytes.get();
                if (next == MARK) {
                    events++;
                }
                if (next == END[matched]) {
                    matched++;
                } else {
                    // The pattern can only restart at its first byte.
                    matched = next == END[0] ? 1 : 0;
                }
                if (matched == END.length) {
                    return true;
                }
            }
            return false;
        }
    }
}
