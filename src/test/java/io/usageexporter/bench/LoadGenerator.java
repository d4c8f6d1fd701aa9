package io.usageexporter.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;

/**
 * Posts over keep-alive connections, the next payload as soon as the last one of that connection was answered, and
 * insists on status 200. One thread serves all connections and takes as little of the processor as it can.
 */
final class LoadGenerator implements AutoCloseable {
    /** How an answer must begin. */
    static final String OK = "HTTP/1.1 200";

    private static final String END_OF_HEAD = "\r\n\r\n";
    private static final String LENGTH = "content-length: ";
    private static final int ANSWER_BYTES = 4096;
    private static final long SILENCE_MS = 30_000;

    private final Selector selector = Selector.open();
    private final List<Client> clients = new ArrayList<>();
    private long left;
    private long deadline;
    private int inFlight;

    LoadGenerator(InetSocketAddress address, int connections, Supplier<Payload> payloads) throws IOException {
        for (int i = 0; i < connections; i++) {
            clients.add(new Client(address, payloads.get()));
        }
    }

    /** Posts for a while and gives the events that were answered in a second. */
    static double rate(Server server, int connections, Supplier<Payload> payloads, Duration duration)
            throws IOException {
        try (var generator = new LoadGenerator(server.address(), connections, payloads)) {
            long start = System.nanoTime();
            long posts = Long.MAX_VALUE - generator.run(Long.MAX_VALUE, start + duration.toNanos());
            return posts * (double) payloads.get().events() / (System.nanoTime() - start) * 1e9;
        }
    }

    /** Posts a number of payloads. */
    static void post(Server server, int connections, Supplier<Payload> payloads, long posts) throws IOException {
        try (var generator = new LoadGenerator(server.address(), connections, payloads)) {
            generator.run(posts, Long.MAX_VALUE);
        }
    }

    /** Posts until the deadline, and no more than so many; all are answered when it returns how many are left. */
    private long run(long posts, long until) throws IOException {
        left = posts;
        deadline = until;
        for (Client client : clients) {
            client.postNext();
        }
        while (inFlight > 0) {
            if (selector.select(key -> ((Client) key.attachment()).go(), SILENCE_MS) == 0) {
                throw new IllegalStateException("the server does not answer");
            }
        }
        return left;
    }

    @Override
    public void close() throws IOException {
        for (Client client : clients) {
            client.channel.close();
        }
        selector.close();
    }

    /** One connection. */
    final class Client {
        private final SocketChannel channel;
        private final SelectionKey key;
        private final Payload payload;
        private final ByteBuffer in = ByteBuffer.allocateDirect(ANSWER_BYTES);
        private ByteBuffer out = ByteBuffer.allocate(0);

        Client(InetSocketAddress address, Payload payload) throws IOException {
            this.payload = payload;
            channel = SocketChannel.open(address);
            channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
            channel.configureBlocking(false);
            key = channel.register(selector, SelectionKey.OP_READ, this);
        }

        void go() {
            try {
                if (key.isWritable()) {
                    write();
                }
                if (key.isReadable()) {
                    read();
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        private void postNext() throws IOException {
            if (left > 0 && System.nanoTime() < deadline) {
                left--;
                inFlight++;
                out = payload.next();
                write();
            }
        }

        private void write() throws IOException {
            channel.write(out);
            int wanted = out.hasRemaining() ? SelectionKey.OP_READ | SelectionKey.OP_WRITE : SelectionKey.OP_READ;
            if (key.interestOps() != wanted) {
                key.interestOps(wanted);
            }
        }

        private void read() throws IOException {
            if (channel.read(in) < 0) {
                throw new IOException("the server closed a connection");
            }
            String answer =
                    StandardCharsets.ISO_8859_1.decode(in.duplicate().flip()).toString();
            if (isComplete(answer)) {
                if (!answer.startsWith(OK)) {
                    throw new IllegalStateException("answered: " + answer);
                }
                in.clear();
                inFlight--;
                postNext();
            }
        }

        static boolean isComplete(String answer) {
            int end = answer.indexOf(END_OF_HEAD);
            if (end < 0) {
                return false;
            }
            String head = answer.substring(0, end + 2).toLowerCase(Locale.ROOT);
            int length = head.indexOf(LENGTH) + LENGTH.length();
            int body = Integer.parseInt(head, length, head.indexOf('\r', length), 10);
            return answer.length() >= end + END_OF_HEAD.length() + body;
        }
    }
}
