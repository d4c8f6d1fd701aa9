package io.usageexporter.deployment;

import static org.assertj.core.api.Assertions.assertThat;

import io.usageexporter.testing.Certificates;
import io.usageexporter.testing.Events;
import io.usageexporter.testing.JarExporter;
import io.usageexporter.testing.ProcessRunner;
import io.usageexporter.testing.ProcessRunner.Result;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the service starts, with the jar and the Java of this host. */
class ServiceUnitIT {
    private static final Path JAVA = Path.of(System.getProperty("java.home"), "bin");

    @TempDir
    Path folder;

    private final Map<String, String> environment = new HashMap<>();
    private ServiceUnit unit;
    private Path state;
    private Path temporary;

    @BeforeEach
    void layOut() throws Exception {
        Path home = folder.resolve("home");
        state = Files.createDirectory(folder.resolve("state"));
        temporary = Files.createDirectory(folder.resolve("temporary"));
        environment.put("PATH", JAVA + File.pathSeparator + System.getenv("PATH"));
        environment.put("JAVA_OPTS", "-Djava.io.tmpdir=" + temporary);
        environment.put("USAGE_EXPORTER_WEB_LISTEN_ADDRESS", "127.0.0.1:0");
        Result layOut = ProcessRunner.run(
                Path.of("."),
                "",
                environment,
                List.of("src/main/docker/lay-out", "target/usage-exporter.jar", home.toString()));
        assertThat(layOut.status()).as(layOut.out() + layOut.err()).isZero();
        unit = ServiceUnit.read().withHome(home);
        for (String variable : unit.values("Environment")) {
            String[] parts = variable.split("=", 2);
            environment.put(parts[0], parts[1].replace(ServiceUnit.STATE, state.toString()));
        }
    }

    private JarExporter start() throws Exception {
        return new JarExporter(state, environment, List.of(unit.value("ExecStart")));
    }

    @Test
    void programRunsOnTheHostsJavaWithItsLedgerInTheStateFolderAndNothingInTmp() throws Exception {
        try (var exporter = start()) {
            assertThat(exporter.http().record(Events.RECOMMENDATION).statusCode())
                    .isEqualTo(200);
            assertThat(exporter.terminate()).isZero();
            assertThat(exporter.log()).doesNotContainIgnoringCase("warn");
        }

        assertThat(state.resolve("usage.db")).isNotEmptyFile();
        assertThat(temporary).isEmptyDirectory();
    }

    /** Which systemd copies into one folder, each under its name. */
    @Test
    void webConfigurationCertificateAndKeyMayBeCredentials() throws Exception {
        Path credentials = Files.createDirectory(folder.resolve("credentials"));
        new Certificates(folder).authority("host");
        Files.copy(folder.resolve("host.crt"), credentials.resolve("web-certificate"));
        Files.copy(folder.resolve("host.key"), credentials.resolve("web-key"));
        Path web = Files.writeString(
                credentials.resolve("web-config"),
                "tls_server_config: {cert_file: web-certificate, key_file: web-key}\n");
        environment.put("USAGE_EXPORTER_WEB_CONFIG_FILE", web.toString());

        assertThat(unit.values("LoadCredential"))
                .contains(
                        "web-config:usage-exporter.web-config",
                        "web-certificate:usage-exporter.web-certificate",
                        "web-key:usage-exporter.web-key");
        try (var exporter = start()) {
            assertThat(exporter.log()).contains("serving on https://");
        }
    }
}
