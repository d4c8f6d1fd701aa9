package io.usageexporter.http;

import io.undertow.Handlers;
import io.undertow.Undertow;
import io.undertow.UndertowOptions;
import io.undertow.server.HttpHandler;
import io.undertow.server.RoutingHandler;
import io.undertow.server.handlers.GracefulShutdownHandler;
import io.undertow.util.AttachmentKey;
import io.undertow.util.Headers;
import io.undertow.util.HttpString;
import io.undertow.util.Methods;
import io.undertow.util.StatusCodes;
import io.usageexporter.intake.BodyReader;
import io.usageexporter.quota.Provider;
import io.usageexporter.recording.Recorder;
import io.usageexporter.view.MetricsView;
import io.usageexporter.view.SelfMetrics;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.InetSocketAddress;
import java.time.InstantSource;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Supplier;
import org.xnio.Options;

/** The server and its route table. */
public final class HttpServer implements AutoCloseable {
    private static final Logger LOG = System.getLogger(HttpServer.class.getName());
    private static final AttachmentKey<String> ROUTE = AttachmentKey.create(String.class);
    private static final Set<String> METHODS =
            Set.of("GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH", "TRACE");
    private static final int BUFFER_BYTES = 16 * 1024;
    private static final int WORKERS = 8;
    private static final int IDLE_MS = 75_000;
    private static final int SLOW_CLIENT_MS = 60_000;
    private static final long DRAIN_MS = 30_000;

    private final Undertow undertow;
    private final GracefulShutdownHandler draining;

    /**
     * What the handlers work on.
     *
     * @param lifecycleEnabled whether {@code /-/reload} and {@code /-/quit} may be called
     */
    public record Parts(
            Recorder recorder,
            Supplier<Map<String, Provider>> providers,
            ReportSource reports,
            MetricsView metrics,
            SelfMetrics selfMetrics,
            InstantSource clock,
            Lifecycle lifecycle,
            boolean lifecycleEnabled) {}

    private HttpServer(Undertow undertow, GracefulShutdownHandler draining) {
        this.undertow = undertow;
        this.draining = draining;
    }

    /** Starts to serve. Port 0 takes a free one; see {@link #port()}. */
    public static HttpServer start(InetSocketAddress address, Parts parts) {
        GracefulShutdownHandler draining = Handlers.gracefulShutdown(handler(parts));
        Undertow undertow = Undertow.builder()
                .addHttpListener(address.getPort(), address.getHostString(), draining)
                .setBufferSize(BUFFER_BYTES)
                .setDirectBuffers(true)
                .setIoThreads(Math.max(2, Runtime.getRuntime().availableProcessors()))
                .setWorkerThreads(WORKERS)
                // Past what BodyReceiver takes, so that a body too large gets its answer.
                .setServerOption(UndertowOptions.MAX_ENTITY_SIZE, 2L * BodyReader.MAX_BATCH_BYTES)
                .setServerOption(UndertowOptions.NO_REQUEST_TIMEOUT, IDLE_MS)
                .setServerOption(UndertowOptions.REQUEST_PARSE_TIMEOUT, SLOW_CLIENT_MS)
                .setServerOption(UndertowOptions.ALWAYS_SET_KEEP_ALIVE, false)
                .setSocketOption(Options.READ_TIMEOUT, IDLE_MS)
                .setSocketOption(Options.WRITE_TIMEOUT, SLOW_CLIENT_MS)
                .build();
        undertow.start();
        return new HttpServer(undertow, draining);
    }

    /** The whole of what is served. */
    private static HttpHandler handler(Parts parts) {
        var read = new ReadHandlers(parts.reports(), parts.metrics());
        var record = new RecordHandler(parts.recorder(), parts.providers(), parts.clock(), parts.selfMetrics());
        var control = new ControlHandlers(parts.recorder(), parts.lifecycle(), parts.lifecycleEnabled());
        var routes = new Routes()
                .get("/", read::index)
                .get("/usage", read::text)
                .get("/api/usage", read::json)
                .postOnIoThread("/api/usage", record)
                .get("/metrics", read::metrics)
                .get("/-/healthy", control::healthy)
                .get("/-/ready", control::ready)
                .post("/-/reload", control::reload)
                .post("/-/quit", control::quit);
        return Handlers.httpContinueRead(timed(routes.handler(), parts.selfMetrics()));
    }

    /** Paths, the methods of each, and what answers the rest. */
    private static final class Routes {
        private final RoutingHandler routing = new RoutingHandler();
        private final Map<String, Set<String>> methods = new TreeMap<>();

        Routes get(String path, HttpHandler handler) {
            return add(Methods.GET, path, worker(handler)).add(Methods.HEAD, path, worker(handler));
        }

        Routes post(String path, HttpHandler handler) {
            return add(Methods.POST, path, worker(handler));
        }

        Routes postOnIoThread(String path, HttpHandler handler) {
            return add(Methods.POST, path, handler);
        }

        private Routes add(HttpString method, String path, HttpHandler handler) {
            methods.computeIfAbsent(path, key -> new TreeSet<>()).add(method.toString());
            routing.add(method, path, exchange -> {
                exchange.putAttachment(ROUTE, path);
                handler.handleRequest(exchange);
            });
            return this;
        }

        private static HttpHandler worker(HttpHandler handler) {
            var safe = new SafeHandler(handler);
            return exchange -> exchange.dispatch(safe);
        }

        HttpHandler handler() {
            routing.setFallbackHandler(exchange -> new Problem(
                            StatusCodes.NOT_FOUND, "there is nothing here; see " + String.join(", ", methods.keySet()))
                    .send(exchange));
            routing.setInvalidMethodHandler(exchange -> {
                String allowed = String.join(", ", methods.getOrDefault(exchange.getRelativePath(), Set.of()));
                exchange.getResponseHeaders().put(Headers.ALLOW, allowed);
                new Problem(StatusCodes.METHOD_NOT_ALLOWED, "allowed here: " + allowed).send(exchange);
            });
            return new SafeHandler(routing);
        }
    }

    private static HttpHandler timed(HttpHandler handler, SelfMetrics metrics) {
        return exchange -> {
            long start = System.nanoTime();
            exchange.addExchangeCompleteListener((done, next) -> {
                String method = done.getRequestMethod().toString();
                String route = done.getAttachment(ROUTE);
                metrics.answered(
                        new SelfMetrics.Request(
                                METHODS.contains(method) ? method : "OTHER",
                                route == null ? "NOT_FOUND" : route,
                                done.getStatusCode()),
                        System.nanoTime() - start);
                next.proceed();
            });
            handler.handleRequest(exchange);
        };
    }

    /** The port on which the server listens. */
    public int port() {
        return ((InetSocketAddress) undertow.getListenerInfo().get(0).getAddress()).getPort();
    }

    /** Takes no more connections and requests, and waits for those in flight, half a minute at the most. */
    public void drain() {
        undertow.getListenerInfo().forEach(Undertow.ListenerInfo::suspend);
        draining.shutdown();
        try {
            if (!draining.awaitShutdown(DRAIN_MS)) {
                LOG.log(Level.WARNING, "requests are still in flight, but the exporter ends now");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        undertow.stop();
    }
}
