package io.usageexporter.testing;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.function.Predicate;
import javax.net.ServerSocketFactory;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLServerSocket;
import org.awaitility.Awaitility;

/**
 * A provider's API on 127.0.0.1 that answers what a test tells it, in the bytes and at the moments that the test wants,
 * and keeps what it was asked. A thread serves each connection. Thread-safe.
 */
public final class FakeProvider implements AutoCloseable {
    /** Small, so that what a slow reader leaves behind soon stops the writer. */
    private static final int BUFFER_BYTES = 64 * 1024;

    private final ServerSocket listener;
    private final String scheme;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final Deque<Rule> rules = new ConcurrentLinkedDeque<>();
    private final Queue<FakeAnswer> next = new ConcurrentLinkedQueue<>();
    private final List<FakeExchange> exchanges = new CopyOnWriteArrayList<>();
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private final AtomicInteger connections = new AtomicInteger();

    /** Over plain HTTP. */
    public FakeProvider() throws IOException {
        this(ServerSocketFactory.getDefault(), "http");
    }

    /** @param sockets such as those of an SSLContext, for https */
    public FakeProvider(ServerSocketFactory sockets, String scheme) throws IOException {
        this.scheme = scheme;
        listener = sockets.createServerSocket();
        listener.setReceiveBufferSize(BUFFER_BYTES);
        if (listener instanceof SSLServerSocket secure) {
            // As the providers' servers do, which could speak HTTP/2 as well.
            SSLParameters parameters = secure.getSSLParameters();
            parameters.setApplicationProtocols(new String[] {"h2", "http/1.1"});
            secure.setSSLParameters(parameters);
        }
        listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 2000);
        threads.execute(this::accept);
    }

    /**
     * Answers requests of this method and path, whatever their query, with the first answer, then with the next, and all
     * that follow with the last. A request without a rule gets 404.
     */
    public FakeProvider on(String method, String path, FakeAnswer... answers) {
        return on(
                exchange -> exchange.method().equals(method) && exchange.path().equals(path), answers);
    }

    /** The same for requests of any other kind. Of several rules that match, the latest applies. */
    public FakeProvider on(Predicate<FakeExchange> requests, FakeAnswer... answers) {
        var remaining = new ArrayDeque<>(Arrays.asList(answers));
        return on(requests, exchange -> {
            synchronized (remaining) {
                return remaining.size() > 1 ? remaining.remove() : remaining.element();
            }
        });
    }

    /** Answers each such request with what the function makes of it; called by several threads. */
    public FakeProvider on(Predicate<FakeExchange> requests, Function<FakeExchange, FakeAnswer> answer) {
        rules.addFirst(new Rule(requests, answer));
        return this;
    }

    /** Answers the next request of any kind, before all rules; of several, each answers one, in this order. */
    public FakeProvider next(FakeAnswer answer) {
        next.add(answer);
        return this;
    }

    private record Rule(Predicate<FakeExchange> requests, Function<FakeExchange, FakeAnswer> answer) {}

    private void accept() {
        while (!listener.isClosed()) {
            try {
                Socket socket = listener.accept();
                open.add(socket);
                threads.execute(() -> serve(socket));
            } catch (IOException e) {
                // Closed, and so the loop ends.
            }
        }
    }

    private void serve(Socket socket) {
        try (socket) {
            socket.setTcpNoDelay(true);
            socket.setSendBufferSize(BUFFER_BYTES);
            var connection = new FakeConnection(socket, connections.incrementAndGet());
            for (FakeExchange next = connection.next(); next != null; next = connection.next()) {
                exchanges.add(next);
                if (!serve(connection, next)) {
                    break;
                }
            }
        } catch (IOException e) {
            // The other side left between two requests, which it may.
        } finally {
            open.remove(socket);
        }
    }

    private boolean serve(FakeConnection connection, FakeExchange exchange) throws IOException {
        try {
            boolean more = connection.answer(exchange, answerTo(exchange));
            exchange.end(FakeExchange.Outcome.SENT);
            return more;
        } catch (IOException e) {
            exchange.end(FakeExchange.Outcome.LEFT);
            throw e;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private FakeAnswer answerTo(FakeExchange exchange) {
        FakeAnswer first = next.poll();
        return first != null
                ? first
                : rules.stream()
                        .filter(rule -> rule.requests().test(exchange))
                        .findFirst()
                        .map(rule -> rule.answer().apply(exchange))
                        .orElseGet(() ->
                                FakeAnswer.json(404, "{\"error\":{\"type\":\"not-found\",\"message\":\"no rule\"}}"));
    }

    /** The targets of all requests, in the order in which they came. */
    public List<String> targets() {
        return exchanges.stream().map(FakeExchange::target).toList();
    }

    public int port() {
        return listener.getLocalPort();
    }

    /** The address under which its paths begin. */
    public String url() {
        return scheme + "://127.0.0.1:" + port();
    }

    /** Every request until now, in the order in which they came. */
    public List<FakeExchange> exchanges() {
        return exchanges;
    }

    /** The last of them, once there is one. */
    public FakeExchange awaitExchange() {
        return awaitExchange(exchange -> true);
    }

    /** The last that is so, once there is one. */
    public FakeExchange awaitExchange(Predicate<FakeExchange> wanted) {
        List<FakeExchange> found =
                Awaitility.await().until(() -> exchanges.stream().filter(wanted).toList(), list -> !list.isEmpty());
        return found.get(found.size() - 1);
    }

    /** How many connections there have been. */
    public int connections() {
        return connections.get();
    }

    /** How many are open. */
    public int openConnections() {
        return open.size();
    }

    /** Closes all connections. */
    @Override
    public void close() throws IOException {
        listener.close();
        for (Socket socket : open) {
            socket.close();
        }
        threads.shutdownNow();
    }
}
