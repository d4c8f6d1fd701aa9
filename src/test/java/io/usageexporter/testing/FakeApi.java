package io.usageexporter.testing;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;

/** A provider's API on this machine, which does with each request as it is told. */
public final class FakeApi implements AutoCloseable {
    private final HttpServer server;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final CountDownLatch end = new CountDownLatch(1);
    private final ConcurrentLinkedQueue<Deed> next = new ConcurrentLinkedQueue<>();
    private final List<Request> requests = new CopyOnWriteArrayList<>();
    private volatile Deed otherwise;

    /** What it does with a request. */
    public interface Deed {
        void with(HttpExchange exchange) throws IOException;
    }

    /** A request as it came. */
    public record Request(
            String method, String target, @Nullable String authorization) {}

    /** @param otherwise what it does with each request that nothing else is for */
    public FakeApi(Deed otherwise) throws IOException {
        this.otherwise = otherwise;
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(threads);
        server.createContext("/", this::handle);
        server.start();
    }

    private void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            requests.add(new Request(
                    exchange.getRequestMethod(),
                    exchange.getRequestURI().toString(),
                    exchange.getRequestHeaders().getFirst("Authorization")));
            exchange.getRequestBody().readAllBytes();
            Deed told = next.poll();
            (told == null ? otherwise : told).with(exchange);
        }
    }

    /** Does this with the next request that no other deed is for. */
    public FakeApi then(Deed deed) {
        next.add(deed);
        return this;
    }

    /** Does this with each request that no deed is for, from now on. */
    public FakeApi otherwise(Deed deed) {
        otherwise = deed;
        return this;
    }

    /** Answers with JSON. */
    public static Deed json(String json) {
        return answer(200, json, Map.of("Content-Type", "application/json; charset=utf-8"));
    }

    public static Deed answer(int status, String body, Map<String, String> headers) {
        return exchange -> {
            headers.forEach(exchange.getResponseHeaders()::set);
            byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
            if (bytes.length > 0) {
                exchange.getResponseBody().write(bytes);
            }
        };
    }

    /** Never answers. */
    public void stall(HttpExchange exchange) {
        awaitEnd();
    }

    /** Begins to answer, and never ends. */
    public void trickle(HttpExchange exchange) throws IOException {
        exchange.sendResponseHeaders(200, 0);
        exchange.getResponseBody().write('{');
        exchange.getResponseBody().flush();
        awaitEnd();
    }

    /** Answers without an end. */
    public static void flood(HttpExchange exchange) throws IOException {
        exchange.sendResponseHeaders(200, 0);
        byte[] spaces = " ".repeat(1 << 20).getBytes(StandardCharsets.UTF_8);
        while (true) {
            exchange.getResponseBody().write(spaces); // until the client is gone
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
    public List<Request> requests() {
        return requests;
    }

    /** The paths and queries that came, in their order. */
    public List<String> targets() {
        return requests.stream().map(Request::target).toList();
    }

    public URI uri() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
    }

    @Override
    public void close() {
        end.countDown();
        server.stop(0);
        threads.shutdownNow();
    }
}
