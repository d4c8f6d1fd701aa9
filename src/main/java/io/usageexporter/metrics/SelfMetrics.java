package io.usageexporter.metrics;

import com.sun.management.OperatingSystemMXBean;
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
import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.usageexporter.event.Source;
import io.usageexporter.gateway.GatewayMetrics;
import io.usageexporter.provider.CallOutcome;
import io.usageexporter.provider.UnmeteredReason;
import io.usageexporter.recording.RecorderMetrics;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.DoubleSupplier;

/**
 * The exporter's metrics about itself: Micrometer's JVM meters and its own. Every meter whose labels are known in
 * advance exists from the start. Thread-safe.
 */
public final class SelfMetrics implements RecorderMetrics, GatewayMetrics, AutoCloseable {
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
    private final ConcurrentHashMap<GatewayRequest, Counter> gatewayRequests = new ConcurrentHashMap<>();
    private final ConcurrentHashMap<List<String>, Counter> providerErrors = new ConcurrentHashMap<>();
    private final ConcurrentHashMap<List<String>, Counter> unmetered = new ConcurrentHashMap<>();
    private final ConcurrentHashMap<String, Timer> overheads = new ConcurrentHashMap<>();

    /** Why events were rejected. */
    public enum Rejection {
        /** The body, or an event in it, is invalid. */
        INVALID("invalid"),
        /** An id was repeated with other content. */
        CONFLICT("conflict"),
        TOO_LARGE("too_large"),
        /** The connection closed before the body was complete. */
        INCOMPLETE("incomplete"),
        /** The body arrived too slowly. */
        TOO_SLOW("too_slow"),
        /** There is currently no room for more events or bodies. */
        QUEUE_FULL("queue_full"),
        /** The ledger could not be written to. */
        LEDGER("ledger"),
        SHUTDOWN("shutdown");

        private final String label;

        Rejection(String label) {
            this.label = label;
        }
    }

    /**
     * Labels of a request, bounded in number whatever clients send.
     *
     * @param method a standard method, or OTHER
     * @param route from the route table, or NOT_FOUND
     */
    public record Request(String method, String route, int status) {}

    /** Labels of a call through the gateway. */
    private record GatewayRequest(String provider, int code, CallOutcome outcome) {}

    /** Registers the meters. */
    public SelfMetrics() {
        // Among those are names that Prometheus's linter rejects, process.cpu.time and system.cpu.count.
        registry.config()
                .meterFilter(MeterFilter.denyNameStartsWith("process.cpu."))
                .meterFilter(MeterFilter.denyNameStartsWith("system.cpu."))
                .meterFilter(MeterFilter.denyNameStartsWith(ThreadStates.NAME));
        registerCpuUsage();
        register(new ThreadStates());
        commits = Timer.builder("usage_exporter_ledger_commit")
                .description("Time taken to write and commit one group of events.")
                .serviceLevelObjectives(BUCKETS)
                .register(registry);
        for (Source source : Source.values()) {
            duplicates.put(
                    source,
                    Counter.builder("usage_exporter_events_duplicate")
                            .description(
                                    "Total events ignored because the ledger already holds them, with the same id and content.")
                            .tag("source", source.label())
                            .register(registry));
        }
        for (Rejection rejection : Rejection.values()) {
            rejections.put(
                    rejection,
                    Counter.builder("usage_exporter_events_rejected")
                            .description("Total events rejected and not recorded, by reason.")
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

    private void registerCpuUsage() {
        var system = ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
        gauge(
                "system_cpu_usage",
                "The \"recent cpu usage\" of the system the application is running in",
                new SampledLoad(system::getCpuLoad, System::nanoTime));
        gauge(
                "process_cpu_usage",
                "The \"recent cpu usage\" for the Java Virtual Machine process",
                new SampledLoad(system::getProcessCpuLoad, System::nanoTime));
    }

    /** The registry of all metrics. */
    PrometheusRegistry registry() {
        return registry.getPrometheusRegistry();
    }

    /** Adds metrics that are computed at each scrape. */
    public void register(MultiCollector collector) {
        registry().register(collector);
    }

    /** Registers a gauge under its full name for as long as the exporter runs. */
    public void gauge(String name, String help, DoubleSupplier value) {
        gauge(name, help, Tags.empty(), value);
    }

    /** Registers a gauge with labels; see {@link #gauge(String, String, DoubleSupplier)}. */
    public void gauge(String name, String help, Tags labels, DoubleSupplier value) {
        Gauge.builder(name, value::getAsDouble)
                .description(help)
                .tags(labels)
                .strongReference(true)
                .register(registry);
    }

    /**
     * Registers a counter.
     *
     * @param name without {@code _total}
     * @return counts one
     */
    public Runnable counter(String name, String help, String label, String value) {
        return Counter.builder(name).description(help).tag(label, value).register(registry)::increment;
    }

    @Override
    public void committed(long nanos) {
        commits.record(nanos, TimeUnit.NANOSECONDS);
    }

    @Override
    public void duplicates(Source source, int events) {
        Objects.requireNonNull(duplicates.get(source)).increment(events);
    }

    /** Counts rejected events. */
    public void rejected(Rejection reason, int events) {
        Objects.requireNonNull(rejections.get(reason)).increment(events);
    }

    /** Records a completed HTTP request. */
    public void recordHttpRequest(Request request, long nanos) {
        requests.computeIfAbsent(request, this::timer).record(nanos, TimeUnit.NANOSECONDS);
    }

    @Override
    public void ended(String provider, int code, CallOutcome outcome) {
        gatewayRequests
                .computeIfAbsent(
                        new GatewayRequest(provider, code, outcome),
                        call -> Counter.builder("usage_exporter_gateway_requests")
                                .description("Total calls received by the gateway.")
                                .tag("provider", call.provider())
                                .tag("code", Integer.toString(call.code()))
                                .tag("outcome", call.outcome().label())
                                .register(registry))
                .increment();
    }

    /** Creates the counters of a provider, so that {@code increase()} sees the first one. */
    public void createGatewayCounters(String provider, List<String> errors) {
        errors.forEach(error -> providerErrors(provider, error));
        for (UnmeteredReason reason : UnmeteredReason.values()) {
            unmeteredCalls(provider, reason);
        }
    }

    @Override
    public void error(String provider, String error) {
        providerErrors(provider, error).increment();
    }

    /** Past {@value #MAX_ERRORS} names, further ones count as {@code other}. */
    private Counter providerErrors(String provider, String error) {
        boolean isNew = !providerErrors.containsKey(List.of(provider, error));
        String name = isNew && providerErrors.size() >= MAX_ERRORS ? "other" : error;
        return providerErrors.computeIfAbsent(
                List.of(provider, name),
                labels -> Counter.builder("usage_exporter_gateway_errors")
                        .description("Total error responses from providers, by error type.")
                        .tag("provider", labels.get(0))
                        .tag("error", labels.get(1))
                        .register(registry));
    }

    @Override
    public void unmetered(String provider, UnmeteredReason reason) {
        unmeteredCalls(provider, reason).increment();
    }

    private Counter unmeteredCalls(String provider, UnmeteredReason reason) {
        return unmetered.computeIfAbsent(
                List.of(provider, reason.label()),
                labels -> Counter.builder("usage_exporter_gateway_unmetered")
                        .description("Total successful calls whose usage could not be read, or not in full.")
                        .tag("provider", labels.get(0))
                        .tag("reason", labels.get(1))
                        .register(registry));
    }

    @Override
    public void overhead(String provider, long nanos) {
        overheads
                .computeIfAbsent(
                        provider,
                        name -> Timer.builder("usage_exporter_gateway_overhead")
                                .description("Time the gateway adds before it forwards the first byte of a response.")
                                .serviceLevelObjectives(BUCKETS)
                                .tag("provider", name)
                                .register(registry))
                .record(nanos, TimeUnit.NANOSECONDS);
    }

    private Timer timer(Request request) {
        return Timer.builder("http.server.requests")
                .description("Time taken to respond to HTTP requests.")
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
