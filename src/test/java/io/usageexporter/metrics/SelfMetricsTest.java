package io.usageexporter.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class SelfMetricsTest {
    private static final Pattern REPLACED =
            Pattern.compile("(# (HELP|TYPE) )?(jvm_threads_states_threads|(system|process)_cpu_usage)\\b.*");

    @Test
    void gaugesInPlaceOfMicrometersLookTheSame() {
        var micrometer = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        new JvmThreadMetrics().bindTo(micrometer);
        new ProcessorMetrics().bindTo(micrometer);
        try (var metrics = new SelfMetrics()) {
            var scrape = new MetricsView(metrics).render(MetricsView.TYPES.get(0), false);
            assertThat(replaced(StandardCharsets.UTF_8.decode(scrape.body()).toString()))
                    .hasSizeGreaterThan(10)
                    .isEqualTo(replaced(micrometer.scrape()));
        }
    }

    private static List<String> replaced(String scrape) {
        return scrape.lines()
                .filter(line -> REPLACED.matcher(line).matches())
                .map(line -> line.startsWith("#") ? line : line.replaceFirst(" [^ ]*$", ""))
                .toList();
    }

    @Test
    void runningThreadIsCounted() {
        try (var metrics = new SelfMetrics()) {
            var scrape = new MetricsView(metrics).render(MetricsView.TYPES.get(0), false);
            assertThat(StandardCharsets.UTF_8.decode(scrape.body()).toString())
                    .containsPattern("jvm_threads_states_threads\\{state=\"runnable\"} [1-9]");
        }
    }
}
