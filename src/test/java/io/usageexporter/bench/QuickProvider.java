package io.usageexporter.bench;

import static java.util.Comparator.comparingLong;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.PriorityQueue;

/**
 * Responds like Anthropic, with a short message or with a stream of events at a steady pace, using as little processor
 * time as possible, so that measurements show the proxy in front of it. One thread serves all connections.
 */
final class QuickProvider {
    private static final int BACKLOG = 4096;
    private static final long IDLE_MS = 1000;

    private final Selector selector = Selector.open();
    private final ServerSocketChannel listener = ServerSocketChannel.open();
    private final PriorityQueue<QuickStream> streams = new PriorityQueue<>(comparingLong(QuickStream::dueNanos));

    private QuickProvider(int port) throws IOException {
        listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), BACKLOG);
        listener.configureBlocking(false);
        listener.register(selector, SelectionKey.OP_ACCEPT);
    }

    /**
     * Serves until it is killed.
     *
     * @param args the port
     */
    public static void main(String[] args) throws IOException {
        var provider = new QuickProvider(Integer.parseInt(args[0]));
        while (true) {
            provider.serve();
        }
    }

    private void serve() throws IOException {
        selector.select(this::serve, millisToNextEvent());
        long now = System.nanoTime();
        while (!streams.isEmpty() && streams.peek().dueNanos() - now <= 0) {
            QuickStream stream = streams.remove();
            if (stream.sendNext()) {
                streams.add(stream);
            }
        }
    }

    private long millisToNextEvent() {
        if (streams.isEmpty()) {
            return IDLE_MS;
        }
        long nanos = streams.peek().dueNanos() - System.nanoTime();
        return Math.max(1, nanos / 1_000_000);
    }

    private void serve(SelectionKey key) {
        try {
            if (key.isAcceptable()) {
                SocketChannel channel = listener.accept();
                channel.configureBlocking(false);
                var connection = new QuickConnection(channel);
                connection.register(selector);
            } else {
                ((QuickConnection) key.attachment()).go(streams);
            }
        } catch (IOException e) {
            key.cancel();
        }
    }
}
