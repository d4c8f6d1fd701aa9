package io.usageexporter.metrics;

import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadInfo;
import java.lang.management.ThreadMXBean;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;

/** Micrometer's gauge of threads by state, from one look at the threads instead of one for each state. */
final class ThreadStates implements MultiCollector {
    /** Micrometer's name of the gauge. */
    static final String NAME = "jvm.threads.states";

    private static final Map<Thread.State, Labels> LABELS = new EnumMap<>(Thread.State.class);

    static {
        for (Thread.State state : Thread.State.values()) {
            String name = state.name().toLowerCase(Locale.ROOT).replace('_', '-');
            LABELS.put(state, Labels.of("state", name));
        }
    }

    private final ThreadMXBean threads = ManagementFactory.getThreadMXBean();

    @Override
    public MetricSnapshots collect() {
        var counts = new EnumMap<Thread.State, Integer>(Thread.State.class);
        for (ThreadInfo thread : threads.getThreadInfo(threads.getAllThreadIds())) {
            if (thread != null) { // else it has ended meanwhile
                counts.merge(thread.getThreadState(), 1, Integer::sum);
            }
        }
        var gauge = new GaugeBuilder("jvm_threads_states_threads", "The current number of threads");
        LABELS.forEach((state, labels) -> gauge.add(labels, counts.getOrDefault(state, 0)));
        var metrics = new ArrayList<MetricSnapshot>();
        gauge.addTo(metrics);
        return new MetricSnapshots(metrics);
    }
}
