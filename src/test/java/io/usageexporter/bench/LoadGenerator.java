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
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/**
 * Posts over keep-alive connections, each payload right after the response to the previous one, and insists on status
 * 200. One thread serves all connections with as little processor time as possible.
 */
final class LoadGenerator implements AutoCloseable {
    /** The expected start of a response. */
    static final String OK = "HTTP/1.1 200";

    private static final String END_OF_HEAD = "\r\n\r\n";
    private static final String LENGTH = "content-length: ";
    private static final int RESPONSE_BYTES = 4096;
    private static final long SILENCE_MS = 30_000;

    private final Selector selector = Selector.open();
    private final List<Client> clients = new ArrayList<>();
    private final Deque<Client> idle = new ArrayDeque<>();
    private AfterResponse afterResponse = Client::postNext;
    private long left;
    private long deadline;
    private int inFlight;

    private interface AfterResponse {
        void of(Client client) throws IOException;
    }

    LoadGenerator(InetSocketAddress address, int connections, Supplier<Payload> payloads) throws IOException {
        for (int i = 0; i < connections; i++) {
            clients.add(new Client(address, payloads.get()));
        }
    }

    /** Posts for a while and returns the number of acknowledged events per second. */
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

    /**
     * Posts at a pace, also while responses are late, as long as a condition holds.
     *
     * @param connections that are enough for the posts that wait for a response at once
     */
    static void paced(Server server, int connections, Supplier<Payload> payloads, Pace pace, BooleanSupplier goesOn)
            throws IOException {
        try (var generator = new LoadGenerator(server.address(), connections, payloads)) {
            generator.run(pace, goesOn);
        }
    }

    private void run(Pace pace, BooleanSupplier goesOn) throws IOException {
        left = Long.MAX_VALUE;
        afterResponse = client -> {
            pace.acknowledged(client.due);
            idle.add(client);
        };
        idle.addAll(clients);
        while (goesOn.getAsBoolean()) {
            while (!idle.isEmpty() && pace.nanosToNext() == 0) {
                Client client = idle.remove();
                client.due = pace.take();
                client.post();
            }
            long millis = idle.isEmpty() ? SILENCE_MS : TimeUnit.NANOSECONDS.toMillis(pace.nanosToNext()) + 1;
            selector.select(key -> ((Client) key.attachment()).go(), millis);
        }
    }

    /** Posts until the deadline, up to a number; returns how many are left, once all others have their response. */
    private long run(long posts, long until) throws IOException {
        left = posts;
        deadline = until;
        for (Client client : clients) {
            client.postNext();
        }
        while (inFlight > 0) {
            if (selector.select(key -> ((Client) key.attachment()).go(), SILENCE_MS) == 0) {
                throw new IllegalStateException("the server does not respond");
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
        private final ByteBuffer in = ByteBuffer.allocateDirect(RESPONSE_BYTES);
        private ByteBuffer out = ByteBuffer.allocate(0);
        private long due;

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
                post();
            }
        }

        private void post() throws IOException {
            left--;
            inFlight++;
            out = payload.next();
            write();
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
            String response =
                    StandardCharsets.ISO_8859_1.decode(in.duplicate().flip()).toString();
            if (isComplete(response)) {
                if (!response.startsWith(OK)) {
                    throw new IllegalStateException("unexpected response: " + response);
                }
                in.clear();
                inFlight--;
                afterResponse.of(this);
            }
        }

        static boolean isComplete(String response) {
            int end = response.indexOf(END_OF_HEAD);
            if (end < 0) {
                return false;
            }
            String head = response.substring(0, end + 2).toLowerCase(Locale.ROOT);
            int length = head.indexOf(LENGTH) + LENGTH.length();
            int body = Integer.parseInt(head, length, head.indexOf('\r', length), 10);
            return response.length() >= end + END_OF_HEAD.length() + body;
        }
    }
}
