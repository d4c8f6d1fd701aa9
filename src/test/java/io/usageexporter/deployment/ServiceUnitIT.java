package io.usageexporter.deployment;

import static org.assertj.core.api.Assertions.assertThat;

import io.usageexporter.testing.Events;
import io.usageexporter.testing.JarExporter;
import io.usageexporter.testing.ProcessRunner;
import io.usageexporter.testing.ProcessRunner.Result;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the service starts, with the jar and the Java of this host. */
class ServiceUnitIT {
    private static final Path JAVA = Path.of(System.getProperty("java.home"), "bin");

    @TempDir
    Path folder;

    @Test
    void programRunsOnTheHostsJavaWithItsLedgerInTheStateFolderAndNothingInTmp() throws Exception {
        Path home = folder.resolve("home");
        Path state = Files.createDirectory(folder.resolve("state"));
        Path temporary = Files.createDirectory(folder.resolve("temporary"));
        var environment = new HashMap<String, String>();
        environment.put("PATH", JAVA + File.pathSeparator + System.getenv("PATH"));
        environment.put("JAVA_OPTS", "-Djava.io.tmpdir=" + temporary);
        environment.put("USAGE_EXPORTER_WEB_LISTEN_ADDRESS", "127.0.0.1:0");
        Result layOut = ProcessRunner.run(
                Path.of("."),
                "",
                environment,
                List.of("src/main/docker/lay-out", "target/usage-exporter.jar", home.toString()));
        assertThat(layOut.status()).as(layOut.out() + layOut.err()).isZero();
        ServiceUnit unit = ServiceUnit.read().withHome(home);
        for (String variable : unit.values("Environment")) {
            String[] parts = variable.split("=", 2);
            environment.put(parts[0], parts[1].replace(ServiceUnit.STATE, state.toString()));
        }

        try (var exporter = new JarExporter(state, environment, List.of(unit.value("ExecStart")))) {
            assertThat(exporter.http().record(Events.RECOMMENDATION).statusCode())
                    .isEqualTo(200);
            assertThat(exporter.terminate()).isZero();
            assertThat(exporter.log()).doesNotContainIgnoringCase("warn");
        }

        assertThat(state.resolve("usage.db")).isNotEmptyFile();
        assertThat(temporary).isEmptyDirectory();
    }
}
