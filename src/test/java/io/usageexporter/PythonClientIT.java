package io.usageexporter;

import static org.assertj.core.api.Assertions.assertThat;

import io.usageexporter.testing.ProcessRunner;
import io.usageexporter.testing.RequiredTool;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs the tests of the Python client, which start the packaged exporter themselves. */
class PythonClientIT {
    /** Longer than the tests take on a slow machine; they time out earlier, and stop the processes they started. */
    private static final Duration LIMIT = Duration.ofMinutes(3);

    @TempDir
    Path folder;

    @Test
    void testsOfThePythonClientPass() throws Exception {
        String python = RequiredTool.require("python3", "python3");
        Map<String, String> environment = Map.of(
                "JAVA", ProcessRunner.jar().get(0),
                "USAGE_EXPORTER_JAR",
                        Path.of("target", "usage-exporter.jar").toAbsolutePath().toString());
        Path tests = Path.of("src", "test", "python", "test_usage_tracker.py").toAbsolutePath();

        ProcessRunner.Result result =
                ProcessRunner.run(folder, "", environment, LIMIT, List.of(python, "-B", tests.toString()));

        assertThat(result.status()).as(result.out() + result.err()).isZero();
        assertThat(result.err()).containsPattern("Ran \\d\\d+ tests");
    }
}
