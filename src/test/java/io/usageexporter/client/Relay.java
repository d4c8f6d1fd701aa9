package io.usageexporter.client;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.usageexporter.testing.Http;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;

/**
 * What may stand between a client and its exporter, or in place of one. It passes on what comes, but does as it is told
 * with the next requests.
 */
final class Relay implements AutoCloseable {
    /** What it does with a request. */
    interface Deed {
        void with(Request request, HttpExchange exchange) throws IOException;
    }

    /** A request as it came. */
    record Request(long nanos, String path, @Nullable String authorization, String body) {}

    private final @Nullable Http exporter;
    private final HttpServer server;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final CountDownLatch end = new CountDownLatch(1);
    private final ConcurrentLinkedQueue<Deed> next = new ConcurrentLinkedQueue<>();
    private final List<Request> requests = new CopyOnWriteArrayList<>();
    private volatile Deed otherwise = this::pass;

    /** @param exporter to which it passes on; null for none */
    Relay(@Nullable Http exporter) throws IOException {
        this.exporter = exporter;
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(threads);
        server.createContext("/", this::handle);
        server.start();
    }

    private void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            var request = new Request(
                    System.nanoTime(),
                    exchange.getRequestURI().toString(),
                    exchange.getRequestHeaders().getFirst("Authorization"),
                    new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
            requests.add(request);
            Deed told = next.poll();
            (told == null ? otherwise : told).with(request, exchange);
        }
    }

    /** Does this with the next request that no other deed is for. */
    Relay then(Deed deed) {
        next.add(deed);
        return this;
    }

    /** Does this with each request that no deed is for. */
    Relay otherwise(Deed deed) {
        otherwise = deed;
        return this;
    }

    void pass(Request request, HttpExchange exchange) throws IOException {
        if (exporter == null) {
            throw new IOException("no exporter to pass on to");
        }
        String path = request.path().substring(request.path().indexOf("/api"));
        var answer = exchange.getRequestMethod().equals("GET") ? exporter.get(path) : exporter.record(request.body());
        answer.headers()
                .firstValue("Content-Type")
                .ifPresent(type -> exchange.getResponseHeaders().set("Content-Type", type));
        send(exchange, answer.statusCode(), answer.body());
    }

    /** The exporter takes the request, and the connection breaks before its answer. */
    void passAndHangUp(Request request, HttpExchange exchange) {
        if (exporter != null) {
            exporter.record(request.body());
        }
        exchange.close();
    }

    void hangUp(Request request, HttpExchange exchange) {
        exchange.close();
    }

    /** Never answers. */
    void stall(Request request, HttpExchange exchange) {
        awaitEnd();
    }

    /** Begins to answer, and never ends. */
    void trickle(Request request, HttpExchange exchange) throws IOException {
        exchange.sendResponseHeaders(200, 0);
        exchange.getResponseBody().write('{');
        exchange.getResponseBody().flush();
        awaitEnd();
    }

    static Deed answer(int status, String body, Map<String, String> headers) {
        return (request, exchange) -> {
            headers.forEach(exchange.getResponseHeaders()::set);
            send(exchange, status, body);
        };
    }

    static Deed answer(int status) {
        return answer(status, "", Map.of());
    }

    private static void send(HttpExchange exchange, int status, String body) throws IOException {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        boolean none = bytes.length == 0 || status == 204;
        exchange.sendResponseHeaders(status, none ? -1 : bytes.length);
        if (!none) {
            exchange.getResponseBody().write(bytes);
        }
    }

    private void awaitEnd() {
        try {
            end.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** All that came. */
    List<Request> requests() {
        return requests;
    }

    int port() {
        return server.getAddress().getPort();
    }

    String url() {
        return "http://127.0.0.1:" + port();
    }

    @Override
    public void close() {
        end.countDown();
        server.stop(0);
        threads.shutdownNow();
    }
}
