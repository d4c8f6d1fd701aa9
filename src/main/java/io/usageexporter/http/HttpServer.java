package io.usageexporter.http;

import io.undertow.Handlers;
import io.undertow.server.HttpHandler;
import io.undertow.server.HttpServerExchange;
import io.undertow.server.handlers.GracefulShutdownHandler;
import io.undertow.util.StatusCodes;
import io.usageexporter.access.AccessControl;
import io.usageexporter.config.ConnectionLimits;
import io.usageexporter.forwarded.ReverseProxies;
import io.usageexporter.gateway.Gateway;
import io.usageexporter.ingest.IngestConfig;
import io.usageexporter.metrics.MetricsView;
import io.usageexporter.metrics.SelfMetrics;
import io.usageexporter.provider.PostedUsageFormat;
import io.usageexporter.provider.Webhook;
import io.usageexporter.quota.ProviderConfig;
import io.usageexporter.recording.Recorder;
import io.usageexporter.render.page.Assets;
import io.usageexporter.report.ReportSource;
import io.usageexporter.report.TrackingReport;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The server and its route table. */
public final class HttpServer implements AutoCloseable {
    private static final Logger LOG = System.getLogger(HttpServer.class.getName());

    private final Listener listener;
    private final GracefulShutdownHandler draining;

    /**
     * What the handlers need.
     *
     * @param postedUsage the usage object of a provider's API that may be posted; null where there is none
     * @param webhooks by kind of provider; null where none is configured at the moment
     * @param reverseProxies as configured now
     * @param access who may do what
     * @param lifecycleEnabled whether {@code /-/reload} and {@code /-/quit} may be called
     */
    public record Parts(
            Recorder recorder,
            Supplier<Map<String, ProviderConfig>> providers,
            ReportSource reports,
            Supplier<TrackingReport> tracking,
            SelfMetrics metrics,
            Gateway gateway,
            Function<ProviderConfig, @Nullable PostedUsageFormat> postedUsage,
            Map<String, Supplier<@Nullable Webhook>> webhooks,
            InstantSource clock,
            Supplier<ReverseProxies> reverseProxies,
            Lifecycle lifecycle,
            AccessControl access,
            boolean lifecycleEnabled) {}

    private HttpServer(Listener listener, GracefulShutdownHandler draining) {
        this.listener = listener;
        this.draining = draining;
    }

    /**
     * Starts serving. Port 0 chooses a free one; see {@link #port()}.
     *
     * @throws java.io.UncheckedIOException if the address is not available
     */
    public static HttpServer start(InetSocketAddress address, ConnectionLimits limits, Parts parts) {
        var refusals = new Refusals(parts.metrics());
        GracefulShutdownHandler draining =
                Handlers.gracefulShutdown(new MetricsHandler(guarded(address, parts, refusals), parts.metrics()));
        HttpHandler all = Handlers.httpContinueRead(explained(draining));
        var counter = new ConnectionCounter(
                limits, client -> parts.reverseProxies().get().trusts(client));
        parts.metrics().gauge("usage_exporter_http_connections", "Open connections of clients.", counter::open);
        var rules = new Listener.Rules(
                (client, line, status) -> {
                    refusals.add(Refusals.ofHead(status), client);
                    refused(parts, line, status);
                },
                limits,
                counter,
                refusals,
                new MemoryLimit(Runtime.getRuntime().maxMemory() / 8));
        return new HttpServer(Listener.open(address, parts.access().sslContext(), all, rules), draining);
    }

    /** Counts a request with an invalid head. */
    private static void refused(Parts parts, @Nullable RequestLine line, int status) {
        String target = line == null ? "" : line.target();
        boolean toGateway = Gateway.handles(target);
        String method = line == null ? "" : line.method();
        parts.metrics()
                .recordHttpRequest(
                        MetricsHandler.request(method, toGateway ? GatewayHandler.ROUTE : "BAD_REQUEST", status), 0);
        if (toGateway) {
            parts.gateway().refused(target, status);
        } else if (method.equals("POST")) {
            parts.metrics().rejected(SelfMetrics.Rejection.INVALID, 1);
        }
    }

    /** What every request passes before its route. */
    private static HttpHandler guarded(InetSocketAddress address, Parts parts, Refusals refusals) {
        var guard = new BrowserGuard(
                routes(parts, refusals),
                address.getHostString(),
                () -> parts.reverseProxies().get().publicHost(),
                refusals);
        return new ExceptionHandler(new ForwardedHandler(guard, parts.reverseProxies()));
    }

    private static HttpHandler routes(Parts parts, Refusals refusals) {
        var pages = new PageHandlers(parts.reports(), parts.tracking());
        var read = new ReadHandlers(parts.reports(), parts.tracking(), new MetricsView(parts.metrics()));
        var history = new HistoryHandler(parts.reports(), parts.providers(), parts.clock());
        long heap = Runtime.getRuntime().maxMemory();
        Supplier<IngestConfig> ingest = () -> new IngestConfig(parts.providers().get(), parts.postedUsage());
        var bodyMemory = new BodyMemory(heap);
        var record = new RecordHandler(
                parts.recorder(), ingest, parts.clock(), parts.metrics(), refusals, bodyMemory, BodyPace.DEFAULT);
        var imports = new ImportHandler(
                parts.recorder(), ingest, parts.clock(), parts.metrics(), refusals, bodyMemory, BodyPace.DEFAULT);
        var webhookMemory = new BodyMemory(heap / 4);
        var management = new ManagementHandlers(parts.recorder(), parts.lifecycle(), parts.lifecycleEnabled());
        Routes routes = new Routes()
                .get("/", pages::index)
                .get("/usage", pages::usage)
                .get(Assets.STYLE.path(), PageHandlers.asset(Assets.STYLE))
                .get(Assets.SCRIPT.path(), PageHandlers.asset(Assets.SCRIPT))
                .get(Assets.ICON.path(), PageHandlers.asset(Assets.ICON))
                .get("/api/usage", read::json)
                .postOnIoThread("/api/usage", record)
                .postOnIoThread("/api/usage/import", imports)
                .delete(UndoHandler.PATH, new UndoHandler(parts.recorder()))
                .get("/api/usage/history", history)
                .get("/api/usage/reported", read::reported)
                .get("/metrics", read::metrics)
                .get("/-/healthy", management::healthy)
                .get("/-/ready", management::ready)
                .post("/-/reload", management::reload)
                .post("/-/quit", management::quit);
        parts.webhooks().forEach((provider, webhook) -> {
            var handler =
                    new WebhookHandler(provider, webhook, parts.metrics(), refusals, webhookMemory, BodyPace.DEFAULT);
            handler.paths().forEach(path -> routes.postOnIoThread(path, handler));
        });
        return new AccessHandler(
                parts.access(),
                parts.gateway(),
                parts.webhooks().keySet(),
                refusals,
                new GatewayHandler(parts.gateway(), new UnreadRequest(routes.handler())));
    }

    /**
     * Makes 500 the status of exchanges whose handler sets none, and adds a reason to rejections by Undertow.
     */
    private static HttpHandler explained(HttpHandler handler) {
        return exchange -> {
            exchange.setStatusCode(StatusCodes.INTERNAL_SERVER_ERROR);
            exchange.addDefaultResponseListener(HttpServer::explain);
            handler.handleRequest(exchange);
        };
    }

    private static boolean explain(HttpServerExchange exchange) {
        int status = exchange.getStatusCode();
        if (exchange.isResponseStarted() || status < StatusCodes.BAD_REQUEST) {
            return false;
        }
        exchange.setPersistent(false);
        new Problem(
                        status,
                        switch (status) {
                            case StatusCodes.SERVICE_UNAVAILABLE -> "the exporter is shutting down";
                            case StatusCodes.INTERNAL_SERVER_ERROR ->
                                "the request ended without a response; the exporter's log may say more";
                            default -> StatusCodes.getReason(status);
                        })
                .send(exchange);
        return true;
    }

    /** The port on which the server listens. */
    public int port() {
        return listener.port();
    }

    /** Accepts no further connections and requests, and waits for those in flight, up to the timeout. */
    public void drain(Duration timeout) {
        listener.stopAccepting();
        draining.shutdown();
        try {
            if (!draining.awaitShutdown(timeout.toMillis())) {
                LOG.log(
                        Level.WARNING,
                        "aborting requests that are still in flight after {0} s (--web.drain-timeout); usage observed"
                                + " so far in calls through the gateway is recorded",
                        timeout.toMillis() / 1000.0);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        listener.close();
    }
}
