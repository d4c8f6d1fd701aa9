package io.usageexporter.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Prometheus' tool for rules. */
public final class Promtool {
    private static final Duration LIMIT = Duration.ofMinutes(5);

    /** Collects garbage less often, which takes a fifth off the time of rule tests. */
    private static final Map<String, String> ENVIRONMENT = Map.of("GOGC", "400");

    private Promtool() {}

    /** Runs a command, which must succeed, in a folder. */
    public static void run(Path folder, List<String> arguments, List<Path> files) throws Exception {
        RequiredTool.require("promtool", "prometheus");
        var command = new ArrayList<>(List.of("promtool"));
        command.addAll(arguments);
        files.forEach(file -> command.add(file.toString()));
        ProcessRunner.Result result = ProcessRunner.run(folder, "", ENVIRONMENT, LIMIT, command);
        assertThat(result.status()).as(result.out() + result.err()).isZero();
    }
}
