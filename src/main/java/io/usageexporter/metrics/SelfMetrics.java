package io.usageexporter.metrics;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.binder.jvm.ClassLoaderMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.FileDescriptorMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.core.instrument.config.MeterFilter;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.usageexporter.event.Source;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.DoubleSupplier;

/**
 * What the exporter says of itself: Micrometer's meters of the JVM, and its own. Every meter that is known beforehand
 * exists from the start. Thread-safe.
 */
public final class SelfMetrics implements AutoCloseable {
    private static final Duration[] BUCKETS = {
        Duration.ofNanos(250_000),
        Duration.ofNanos(500_000),
        Duration.ofMillis(1),
        Duration.ofNanos(2_500_000),
        Duration.ofMillis(5),
        Duration.ofMillis(10),
        Duration.ofMillis(25),
        Duration.ofMillis(50),
        Duration.ofMillis(100),
        Duration.ofMillis(250),
        Duration.ofSeconds(1),
        Duration.ofSeconds(5)
    };

    private static final int MAX_ERRORS = 50;

    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final JvmGcMetrics gc = new JvmGcMetrics();
    private final Timer commits;
    private final Map<Source, Counter> duplicates = new EnumMap<>(Source.class);
    private final Map<Rejection, Counter> rejections = new EnumMap<>(Rejection.class);
    private final ConcurrentHashMap<Request, Timer> requests = new ConcurrentHashMap<>();
    private final ConcurrentHashMap<Passed, Counter> passed = new ConcurrentHashMap<>();
    private final ConcurrentHashMap<List<String>, Counter> providerErrors = new ConcurrentHashMap<>();
    private final ConcurrentHashMap<List<String>, Counter> unmetered = new ConcurrentHashMap<>();
    private final ConcurrentHashMap<String, Timer> overheads = new ConcurrentHashMap<>();

    /** Why events were refused. */
    public enum Rejection {
        /** The body or an event in it is wrong. */
        INVALID("invalid"),
        /** An id came again with other content. */
        CONFLICT("conflict"),
        TOO_LARGE("too_large"),
        /** The connection ended before the body did. */
        INCOMPLETE("incomplete"),
        /** The body did not come in time. */
        TOO_SLOW("too_slow"),
        /** There is no room for more events or bodies now. */
        QUEUE_FULL("queue_full"),
        /** The ledger could not be written. */
        LEDGER("ledger"),
        SHUTDOWN("shutdown");

        private final String label;

        Rejection(String label) {
            this.label = label;
        }
    }

    /**
     * A kind of request; the few there are, whatever clients send.
     *
     * @param method a standard method, or OTHER
     * @param route from the route table, or NOT_FOUND
     */
    public record Request(String method, String route, int status) {}

    /** A kind of call through the gateway. */
    private record Passed(String provider, int code, String outcome) {}

    /** Makes the meters. */
    public SelfMetrics() {
        // Names that Prometheus's linter complains of; process_cpu_usage and system_cpu_usage say as much.
        registry.config()
                .meterFilter(MeterFilter.denyNameStartsWith("process.cpu.time"))
                .meterFilter(MeterFilter.denyNameStartsWith("system.cpu.count"));
        commits = Timer.builder("usage_exporter_ledger_commit")
                .description("Time to write and commit one group of events.")
                .serviceLevelObjectives(BUCKETS)
                .register(registry);
        for (Source source : Source.values()) {
            duplicates.put(
                    source,
                    Counter.builder("usage_exporter_events_duplicate")
                            .description("Events that were in the ledger already, with the same id and content.")
                            .tag("source", source.label())
                            .register(registry));
        }
        for (Rejection rejection : Rejection.values()) {
            rejections.put(
                    rejection,
                    Counter.builder("usage_exporter_events_rejected")
                            .description("Events that were refused and not recorded.")
                            .tag("reason", rejection.label)
                            .register(registry));
        }
        new ClassLoaderMetrics().bindTo(registry);
        new JvmMemoryMetrics().bindTo(registry);
        new JvmThreadMetrics().bindTo(registry);
        new ProcessorMetrics().bindTo(registry);
        new UptimeMetrics().bindTo(registry);
        new FileDescriptorMetrics().bindTo(registry);
        gc.bindTo(registry);
    }

    /** The registry that {@code /metrics} shows. */
    public PrometheusMeterRegistry registry() {
        return registry;
    }

    /** Shows a value under its full name for as long as the exporter runs. */
    public void gauge(String name, String help, DoubleSupplier value) {
        gauge(name, help, Tags.empty(), value);
    }

    /** Likewise, with labels. */
    public void gauge(String name, String help, Tags labels, DoubleSupplier value) {
        Gauge.builder(name, value::getAsDouble)
                .description(help)
                .tags(labels)
                .strongReference(true)
                .register(registry);
    }

    /** A group of events was committed. */
    public void committed(long nanos) {
        commits.record(nanos, TimeUnit.NANOSECONDS);
    }

    /** Events were in the ledger already. */
    public void duplicates(Source source, int events) {
        Objects.requireNonNull(duplicates.get(source)).increment(events);
    }

    /** Events were refused. */
    public void rejected(Rejection reason, int events) {
        Objects.requireNonNull(rejections.get(reason)).increment(events);
    }

    /** A request was answered. */
    public void answered(Request request, long nanos) {
        requests.computeIfAbsent(request, this::timer).record(nanos, TimeUnit.NANOSECONDS);
    }

    /**
     * A call passed through the gateway.
     *
     * @param outcome as in the label
     */
    public void passed(String provider, int code, String outcome) {
        passed.computeIfAbsent(
                        new Passed(provider, code, outcome),
                        call -> Counter.builder("usage_exporter_gateway_requests")
                                .description("Calls that came to the gateway.")
                                .tag("provider", call.provider())
                                .tag("code", Integer.toString(call.code()))
                                .tag("outcome", call.outcome())
                                .register(registry))
                .increment();
    }

    /** The provider answered a call with an error of this name. */
    public void providerError(String provider, String error) {
        providerErrors(provider, error).increment();
    }

    /** The counter of these; exists from now on. Past {@value #MAX_ERRORS} names, further ones count as {@code other}. */
    public Counter providerErrors(String provider, String error) {
        boolean isNew = !providerErrors.containsKey(List.of(provider, error));
        String name = isNew && providerErrors.size() >= MAX_ERRORS ? "other" : error;
        return providerErrors.computeIfAbsent(
                List.of(provider, name),
                labels -> Counter.builder("usage_exporter_gateway_errors")
                        .description("Errors with which providers answered calls, by the provider's name of them.")
                        .tag("provider", labels.get(0))
                        .tag("error", labels.get(1))
                        .register(registry));
    }

    /** The counter of successful calls that could not be metered for this reason; exists from now on. */
    public Counter unmetered(String provider, String reason) {
        return unmetered.computeIfAbsent(
                List.of(provider, reason),
                labels -> Counter.builder("usage_exporter_gateway_unmetered")
                        .description("Successful calls whose use could not be read, or not in full.")
                        .tag("provider", labels.get(0))
                        .tag("reason", labels.get(1))
                        .register(registry));
    }

    /** The first byte of an answer was passed on, so much later than without the gateway. */
    public void overhead(String provider, long nanos) {
        overheads
                .computeIfAbsent(
                        provider,
                        name -> Timer.builder("usage_exporter_gateway_overhead")
                                .description(
                                        "Time that the gateway adds before the first byte of an answer is passed on.")
                                .serviceLevelObjectives(BUCKETS)
                                .tag("provider", name)
                                .register(registry))
                .record(nanos, TimeUnit.NANOSECONDS);
    }

    private Timer timer(Request request) {
        return Timer.builder("http.server.requests")
                .description("Time to answer HTTP requests.")
                .tag("method", request.method())
                .tag("uri", request.route())
                .tag("status", Integer.toString(request.status()))
                .register(registry);
    }

    @Override
    public void close() {
        gc.close();
        registry.close();
    }
}
