package io.usageexporter.bench;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Runs benchmarks and prints a table of measurements and targets. It only reports: a missed target is no failure, since
 * the machine may be busy otherwise.
 *
 * <pre>mvn -q -Pbench -DskipTests verify [-Dbench=records,batches] [-Dbench.events=5000000]
 * mvn -q -Pbench -DskipTests verify -Dbench=before -Dbench.before=earlier/usage-exporter.jar</pre>
 */
public final class Benchmarks {
    private static final Path FOLDER = Path.of("target", "bench");
    private static final Path JAR = Path.of("target", "usage-exporter.jar");

    private Benchmarks() {}

    /** One or several comparisons. */
    interface Benchmark {
        List<ResultRow> run() throws Exception;
    }

    /** Runs the benchmarks named by the system property {@code bench}, or all. */
    public static void main(String[] args) throws Exception {
        String selection = System.getProperty("bench", "all");
        long events = Long.getLong("bench.events", 5_000_000);
        var lines = new ArrayList<ResultRow>();
        try (var lab = new BenchmarkEnvironment(FOLDER, JAR)) {
            var benchmarks = new LinkedHashMap<String, Benchmark>();
            benchmarks.put("ready", new ReadyBenchmark(lab));
            benchmarks.put("records", new RecordsBenchmark(lab));
            benchmarks.put("batches", new BatchesBenchmark(lab));
            benchmarks.put("gateway", new GatewayBenchmark(lab));
            benchmarks.put("streams", new StreamsBenchmark(lab));
            benchmarks.put("scrape", new ScrapeBenchmark());
            benchmarks.put("large-ledger", new LargeLedgerBenchmark(lab, events));
            benchmarks.put("backup", new BackupBenchmark(lab, events));
            benchmarks.put("history", new HistoryBenchmark(lab, events));
            if (!selection.equals("all")) {
                benchmarks.put("soak", new SoakBenchmark(lab, Duration.ofMinutes(Long.getLong("bench.minutes", 10))));
            }
            benchmarks.put("postgres", new PostgresBenchmark(lab, events));
            String before = System.getProperty("bench.before", "");
            if (!before.isEmpty()) {
                benchmarks.put("before", new BeforeBenchmark(lab, Path.of(before)));
            }
            for (Map.Entry<String, Benchmark> benchmark : selected(benchmarks, selection)) {
                System.err.println("benchmark " + benchmark.getKey());
                lines.addAll(benchmark.getValue().run());
            }
            lab.memoryLine().ifPresent(lines::add);
        }
        System.out.println(ResultRow.HEADING);
        lines.forEach(System.out::println);
    }

    private static List<Map.Entry<String, Benchmark>> selected(Map<String, Benchmark> benchmarks, String selection) {
        if (selection.equals("all")) {
            return List.copyOf(benchmarks.entrySet());
        }
        Set<String> names = Set.of(selection.split(","));
        if (!benchmarks.keySet().containsAll(names)) {
            throw new IllegalArgumentException("-Dbench takes all or some of " + String.join(",", benchmarks.keySet()));
        }
        return benchmarks.entrySet().stream()
                .filter(benchmark -> names.contains(benchmark.getKey()))
                .toList();
    }
}
