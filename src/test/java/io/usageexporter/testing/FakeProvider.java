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
 * A provider's API on 127.0.0.1 whose responses a test determines, in bytes and timing, and which keeps all requests. One
 * thread serves each connection. Thread-safe.
 */
public final class FakeProvider implements AutoCloseable {
    /** Small, so that a slow reader soon stops the writer. */
    private static final int BUFFER_BYTES = 64 * 1024;

    private final ServerSocket listener;
    private final String scheme;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final Deque<Rule> rules = new ConcurrentLinkedDeque<>();
    private final Queue<FakeResponse> next = new ConcurrentLinkedQueue<>();
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
            // As the providers' servers, which support HTTP/2 as well.
            SSLParameters parameters = secure.getSSLParameters();
            parameters.setApplicationProtocols(new String[] {"h2", "http/1.1"});
            secure.setSSLParameters(parameters);
        }
        listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 2000);
        threads.execute(this::accept);
    }

    /**
     * Responds to requests with this method and path, and any query, with the given responses in order, and from then on
     * with the last one. Requests without a rule get 404.
     */
    public FakeProvider on(String method, String path, FakeResponse... responses) {
        return on(
                exchange -> exchange.method().equals(method) && exchange.path().equals(path), responses);
    }

    /** Responds to matching requests with the given responses. Of several rules that match, the latest applies. */
    public FakeProvider on(Predicate<FakeExchange> requests, FakeResponse... responses) {
        var remaining = new ArrayDeque<>(Arrays.asList(responses));
        return on(requests, exchange -> {
            synchronized (remaining) {
                return remaining.size() > 1 ? remaining.remove() : remaining.element();
            }
        });
    }

    /** Responds to matching requests with the result of a function, which several threads call. */
    public FakeProvider on(Predicate<FakeExchange> requests, Function<FakeExchange, FakeResponse> response) {
        rules.addFirst(new Rule(requests, response));
        return this;
    }

    /** Responds to the next request, whatever it is, regardless of rules. Calls queue up. */
    public FakeProvider next(FakeResponse response) {
        next.add(response);
        return this;
    }

    private record Rule(Predicate<FakeExchange> requests, Function<FakeExchange, FakeResponse> response) {}

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
            // The client may disconnect between two requests.
        } finally {
            open.remove(socket);
        }
    }

    private boolean serve(FakeConnection connection, FakeExchange exchange) throws IOException {
        try {
            boolean more = connection.respond(exchange, responseTo(exchange));
            exchange.end(FakeExchange.Outcome.SENT);
            return more;
        } catch (IOException e) {
            exchange.end(FakeExchange.Outcome.DISCONNECTED);
            throw e;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private FakeResponse responseTo(FakeExchange exchange) {
        FakeResponse first = next.poll();
        return first != null
                ? first
                : rules.stream()
                        .filter(rule -> rule.requests().test(exchange))
                        .findFirst()
                        .map(rule -> rule.response().apply(exchange))
                        .orElseGet(() ->
                                FakeResponse.json(404, "{\"error\":{\"type\":\"not-found\",\"message\":\"no rule\"}}"));
    }

    /** The targets of all requests so far, in order. */
    public List<String> targets() {
        return exchanges.stream().map(FakeExchange::target).toList();
    }

    public int port() {
        return listener.getLocalPort();
    }

    /** The base URL. */
    public String url() {
        return scheme + "://127.0.0.1:" + port();
    }

    /** All requests so far, in order. */
    public List<FakeExchange> exchanges() {
        return exchanges;
    }

    /** Waits for a request; returns the last one. */
    public FakeExchange awaitExchange() {
        return awaitExchange(exchange -> true);
    }

    /** Waits for a matching request; returns the last one. */
    public FakeExchange awaitExchange(Predicate<FakeExchange> wanted) {
        List<FakeExchange> found =
                Awaitility.await().until(() -> exchanges.stream().filter(wanted).toList(), list -> !list.isEmpty());
        return found.get(found.size() - 1);
    }

    /** The number of connections so far. */
    public int connections() {
        return connections.get();
    }

    /** The number of open connections. */
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
