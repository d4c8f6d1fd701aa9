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
 * A proxy between a client and its exporter, or in place of one. It forwards requests, but the next ones can be handled
 * differently.
 */
final class Relay implements AutoCloseable {
    /** Handles a request. */
    interface Handler {
        void with(Request request, HttpExchange exchange) throws IOException;
    }

    /** A received request. */
    record Request(long nanos, String path, @Nullable String authorization, String body) {}

    private final @Nullable Http exporter;
    private final HttpServer server;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final CountDownLatch end = new CountDownLatch(1);
    private final ConcurrentLinkedQueue<Handler> next = new ConcurrentLinkedQueue<>();
    private final List<Request> requests = new CopyOnWriteArrayList<>();
    private volatile Handler otherwise = this::pass;

    /** @param exporter to which requests are forwarded; null for none */
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
            Handler handler = next.poll();
            (handler == null ? otherwise : handler).with(request, exchange);
        }
    }

    /** Handles the next request that has no handler yet. */
    Relay then(Handler handler) {
        next.add(handler);
        return this;
    }

    /** Handles all requests without a handler of their own. */
    Relay otherwise(Handler handler) {
        otherwise = handler;
        return this;
    }

    void pass(Request request, HttpExchange exchange) throws IOException {
        if (exporter == null) {
            throw new IOException("no exporter to forward to");
        }
        String path = request.path().substring(request.path().indexOf("/api"));
        var response = exchange.getRequestMethod().equals("GET") ? exporter.get(path) : exporter.record(request.body());
        response.headers()
                .firstValue("Content-Type")
                .ifPresent(type -> exchange.getResponseHeaders().set("Content-Type", type));
        send(exchange, response.statusCode(), response.body());
    }

    /** The exporter records the request, but the connection breaks before its response. */
    void passAndHangUp(Request request, HttpExchange exchange) {
        if (exporter != null) {
            exporter.record(request.body());
        }
        exchange.close();
    }

    void hangUp(Request request, HttpExchange exchange) {
        exchange.close();
    }

    /** Never responds. */
    void stall(Request request, HttpExchange exchange) {
        awaitEnd();
    }

    /** Begins a response, and never ends it. */
    void trickle(Request request, HttpExchange exchange) throws IOException {
        exchange.sendResponseHeaders(200, 0);
        exchange.getResponseBody().write('{');
        exchange.getResponseBody().flush();
        awaitEnd();
    }

    static Handler respond(int status, String body, Map<String, String> headers) {
        return (request, exchange) -> {
            headers.forEach(exchange.getResponseHeaders()::set);
            send(exchange, status, body);
        };
    }

    static Handler respond(int status) {
        return respond(status, "", Map.of());
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

    /** All requests received so far. */
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
