package io.usageexporter.gateway;

import io.undertow.server.HttpServerExchange;
import io.undertow.util.Headers;
import io.undertow.util.HttpString;
import io.undertow.util.SameThreadExecutor;
import io.undertow.util.StatusCodes;
import io.usageexporter.config.TrackingConfig;
import io.usageexporter.config.TrackingConfig.GatewayConfig;
import io.usageexporter.config.TrackingConfig.OnExhausted;
import io.usageexporter.event.TextRule;
import io.usageexporter.provider.CallOutcome;
import io.usageexporter.provider.ExchangeObserver;
import io.usageexporter.provider.ProviderIntegration;
import io.usageexporter.provider.ProviderProtocol;
import io.usageexporter.provider.ProviderService;
import io.usageexporter.provider.wire.WireText;
import io.usageexporter.quota.ProviderConfig;
import io.usageexporter.quota.WindowQuota;
import io.usageexporter.recording.RetryQueue;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Forwards calls below {@code /gateway/{provider}} to the provider's API, and only there, and records their usage. No call
 * waits for the ledger. Thread-safe.
 */
public final class Gateway implements AutoCloseable {
    /** Tells clients not to retry; the providers' SDKs honour it. */
    private static final HttpString SHOULD_RETRY = new HttpString("x-should-retry");

    private static final long UNBOUNDED = -1;

    /** How long aborted calls may take to be recorded; their threads may be busy, but do not block. */
    private static final long CLOSE_TIMEOUT_NANOS = TimeUnit.SECONDS.toNanos(3);

    private final Parts parts;
    private final Map<String, ProviderRoute> routes = new ConcurrentHashMap<>();
    private final Map<GatewayConfig, Upstream> upstreams = new ConcurrentHashMap<>();
    private final Set<ProxyExchange> calls = ConcurrentHashMap.newKeySet();
    private final CountDownLatch closed = new CountDownLatch(1);
    private final Thread livenessTimer = new Thread(this::livenessTimer, "gateway-liveness");

    /**
     * What the gateway depends on.
     *
     * @param integrations by kind
     * @param tracking by provider, as configured now
     * @param providers by name, as configured now
     * @param quotas of a provider and for one of its consumers, now
     * @param services of a provider, now; null where it has none
     */
    public record Parts(
            Map<String, ProviderIntegration> integrations,
            Supplier<? extends Map<String, TrackingConfig>> tracking,
            Supplier<? extends Map<String, ProviderConfig>> providers,
            BiFunction<String, String, List<WindowQuota>> quotas,
            RetryQueue queue,
            Function<String, @Nullable ProviderService> services,
            RateLimits rateLimits,
            PlanWindows planWindows,
            GatewayMetrics metrics,
            InstantSource clock) {}

    /** Opens no connection until the first call. */
    public Gateway(Parts parts) {
        livenessTimer.setDaemon(true);
        livenessTimer.start();
        this.parts = parts;
    }

    /** The route to a provider; null if calls are not forwarded to it. */
    private @Nullable ProviderRoute route(String provider) {
        ProviderRoute known = routes.get(provider);
        if (known != null) {
            return known;
        }
        ProviderConfig config = parts.providers().get().get(provider);
        ProviderIntegration integration =
                config == null ? null : parts.integrations().get(config.kind());
        return integration == null
                ? null
                : routes.computeIfAbsent(provider, name -> new ProviderRoute(name, integration, parts));
    }

    /**
     * Whether a request is for the gateway, even if its provider is unknown.
     *
     * @param target as received
     */
    public static boolean handles(String target) {
        return GatewayPath.isOne(target);
    }

    /** Counts a call that cannot be forwarded because its head is malformed. */
    public void refused(String target, int status) {
        GatewayPath path = GatewayPath.of(target);
        if (path != null && providers().contains(path.provider())) {
            parts.metrics().ended(path.provider(), status, CallOutcome.ERROR);
        }
    }

    /** The providers to which calls are forwarded, as configured now. */
    public Set<String> providers() {
        return parts.tracking().get().keySet();
    }

    /**
     * Forwards a call, or responds to it in place of the provider. To be called on the exchange's I/O thread.
     *
     * @param target as received, each character a byte
     * @param consumer for whom it records, whatever the call says; null where the call decides
     * @return false if there is no such provider; nothing was done
     */
    public boolean forward(HttpServerExchange exchange, String target, @Nullable String consumer) {
        GatewayPath path = GatewayPath.of(target);
        TrackingConfig tracking = path == null ? null : parts.tracking().get().get(path.provider());
        ProviderRoute route = path == null || tracking == null ? null : route(path.provider());
        if (path == null || tracking == null || route == null) {
            return false;
        }
        exchange.setMaxEntitySize(UNBOUNDED);
        var overhead = new OverheadTimer(path.provider(), parts.metrics());
        exchange.dispatch(
                SameThreadExecutor.INSTANCE,
                () -> forward(exchange, path, consumer, tracking.gateway(), route, overhead));
        return true;
    }

    /** The API token in a target; null where it has none. */
    public static @Nullable String token(String target) {
        GatewayPath path = GatewayPath.of(target);
        return path == null ? null : path.token();
    }

    /**
     * Responds to a call that is not allowed, in the provider's form of an error.
     *
     * @return false if there is no such provider; nothing was done
     */
    public boolean refuse(HttpServerExchange exchange, String target, int status, String message) {
        GatewayPath path = GatewayPath.of(target);
        ProviderRoute route = path == null || !providers().contains(path.provider()) ? null : route(path.provider());
        if (path == null || route == null) {
            return false;
        }
        respond(exchange, path, route, status, CallOutcome.ERROR, message);
        return true;
    }

    private void forward(
            HttpServerExchange exchange,
            GatewayPath path,
            @Nullable String consumer,
            GatewayConfig settings,
            ProviderRoute route,
            OverheadTimer overhead) {
        String normal = normal(settings.upstream().getRawPath(), path.path(), route.protocol());
        String baseUrlError = route.protocol().baseUrlError(normal);
        if (baseUrlError != null) {
            respond(exchange, path, route, StatusCodes.NOT_FOUND, CallOutcome.ERROR, baseUrlError);
            return;
        }
        ProviderProtocol.Request request = request(exchange, path, consumer, normal);
        ExchangeObserver observer = route.protocol().observe(request);
        if (observer.consumesQuota()) {
            if (settings.onExhausted() == OnExhausted.REJECT) {
                WindowQuota exhausted = route.admission().tryAdmit(request.consumer());
                if (exhausted != null) {
                    reject(exchange, path, route, exhausted);
                    return;
                }
            } else {
                route.admission().admit(request.consumer());
            }
        }
        Upstream upstream = upstreams.computeIfAbsent(settings, key -> new Upstream(key.upstream(), key.timeout()));
        String target = upstream.path(path.path()) + path.suffix();
        var completion = new Completion(path.provider(), route.protocol());
        var call = new ProxyExchange(exchange, upstream, target, observer, completion, overhead);
        completion.call = call;
        calls.add(call);
        call.start();
    }

    /** Counts the end of a call. */
    private final class Completion implements ProxyExchange.CompletionListener {
        private final String provider;
        private final ProviderProtocol protocol;
        private @Nullable ProxyExchange call;

        Completion(String provider, ProviderProtocol protocol) {
            this.provider = provider;
            this.protocol = protocol;
        }

        @Override
        public void onComplete(int code, CallOutcome outcome) {
            parts.metrics().ended(provider, code, outcome);
            if (call != null) {
                calls.remove(call);
                signalCompletion();
            }
        }

        @Override
        public String error(int status, String message) {
            return protocol.error(status, message);
        }
    }

    /**
     * The normal form of a path, below the provider's base URL.
     *
     * @param base a path may leave it by dot segments, and enter it again
     */
    private static String normal(String base, String path, ProviderProtocol protocol) {
        String normal = protocol.normal(base + path);
        return normal.startsWith(base + "/") ? normal.substring(base.length()) : normal;
    }

    private ProviderProtocol.Request request(
            HttpServerExchange exchange, GatewayPath path, @Nullable String owner, String normal) {
        String consumer = owner == null ? named(exchange, HeaderForwarding.CONSUMER, path.consumer()) : owner;
        return new ProviderProtocol.Request(
                exchange.getRequestMethod().toString(),
                normal,
                path.query() == null ? "" : path.query(),
                new UndertowFields(exchange.getRequestHeaders()),
                named(exchange, HeaderForwarding.CATEGORY, path.category()),
                consumer == null ? "" : TextRule.LABEL.sanitize(consumer),
                ExternalUrl.of(exchange) + path.base(),
                parts.clock().instant());
    }

    /** A name from a header, or else from the path. */
    private static @Nullable String named(HttpServerExchange exchange, HttpString header, @Nullable String inPath) {
        String value = exchange.getRequestHeaders().getFirst(header);
        return value == null || value.isBlank() ? inPath : WireText.of(value);
    }

    private void reject(HttpServerExchange exchange, GatewayPath path, ProviderRoute route, WindowQuota exhausted) {
        Instant now = parts.clock().instant();
        long seconds = Math.max(1, Duration.between(now, exhausted.resetsAt()).toSeconds() + 1);
        exchange.getResponseHeaders().put(Headers.RETRY_AFTER, seconds);
        exchange.getResponseHeaders().put(SHOULD_RETRY, "false");
        String owner = exhausted.consumer().isEmpty() ? "" : " of the consumer " + exhausted.consumer();
        String message = "the " + exhausted.window().label() + " quota of " + exhausted.resource() + owner
                + " is used up, or will be by"
                + " the calls in flight; it is reset at " + exhausted.resetsAt().truncatedTo(ChronoUnit.SECONDS)
                + ". The usage exporter rejects calls until then";
        respond(exchange, path, route, StatusCodes.TOO_MANY_REQUESTS, CallOutcome.REJECTED, message);
    }

    private void respond(
            HttpServerExchange exchange,
            GatewayPath path,
            ProviderRoute route,
            int status,
            CallOutcome outcome,
            String message) {
        parts.metrics().ended(path.provider(), status, outcome);
        exchange.setStatusCode(status);
        exchange.getResponseHeaders().put(Headers.CONTENT_TYPE, "application/json");
        exchange.getResponseSender().send(route.protocol().error(status, message));
    }

    private void livenessTimer() {
        try {
            while (!closed.await(1, TimeUnit.SECONDS)) {
                calls.forEach(ProxyExchange::checkLiveness);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // never happens
        }
    }

    private void signalCompletion() {
        if (closed.getCount() == 0) {
            synchronized (calls) {
                calls.notifyAll();
            }
        }
    }

    /** Aborts the calls in flight, records what was observed of them, and closes the connections to providers. */
    @Override
    public void close() {
        closed.countDown();
        upstreams.values().forEach(Upstream::close);
        calls.forEach(ProxyExchange::abortSoon);
        long deadline = System.nanoTime() + CLOSE_TIMEOUT_NANOS;
        try {
            synchronized (calls) {
                for (long left = CLOSE_TIMEOUT_NANOS;
                        !calls.isEmpty() && left > 0;
                        left = deadline - System.nanoTime()) {
                    TimeUnit.NANOSECONDS.timedWait(calls, left);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
