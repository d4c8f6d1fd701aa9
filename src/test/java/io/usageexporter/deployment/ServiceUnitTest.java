package io.usageexporter.deployment;

import static org.assertj.core.api.Assertions.assertThat;

import io.usageexporter.Application;
import io.usageexporter.testing.ProcessRunner;
import io.usageexporter.testing.ProcessRunner.Result;
import io.usageexporter.testing.RequiredTool;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** systemd understands the service, and finds it hardened. */
class ServiceUnitTest {
    /** In tenths. Without sandbox a service has 96; below 20 it counts as "ok". */
    private static final String MAX_EXPOSURE = "13";

    @TempDir
    Path folder;

    @Test
    void systemdAcceptsTheService() throws Exception {
        Result result = analyze(ServiceUnit.read().text(), "verify");

        assertThat(result.out() + result.err()).isEmpty();
        assertThat(result.status()).isZero();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "ProtectSystem=strict | ProtectSystem=stricter | stricter",
                "ProtectHome=yes | ProtectHomes=yes | ProtectHomes",
                "TimeoutStopSec=30s | TimeoutStopSec=30 parsecs | parsecs",
                "@privileged | @priviledged | @priviledged",
                "bin/usage-exporter | bin/usage-exported | usage-exported",
            })
    void mistakesAreNoticed(String right, String wrong, String named) throws Exception {
        String text = ServiceUnit.read().text();
        assertThat(text).contains(right);

        assertThat(analyze(text.replace(right, wrong), "verify").err()).contains(named);
    }

    @Test
    void exposureIsLow() throws Exception {
        Result result = exposure(ServiceUnit.read().text());

        assertThat(result.status()).as(result.out() + result.err()).isZero();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "DynamicUser",
                "CapabilityBoundingSet",
                "SystemCallFilter",
                "RestrictNamespaces",
                "PrivateDevices"
            })
    void exposureIsHigherWithout(String setting) throws Exception {
        Result result = exposure(ServiceUnit.read().text().replaceAll("(?m)^" + setting + "=.*", ""));

        assertThat(result.status()).as(result.out()).isNotZero();
    }

    private Result exposure(String text) throws Exception {
        return analyze(text, "security", "--offline=true", "--threshold=" + MAX_EXPOSURE, "--no-pager");
    }

    private Result analyze(String text, String... command) throws Exception {
        RequiredTool.require("systemd-analyze", "systemd");
        Path program =
                Files.createFile(Files.createDirectories(folder.resolve("bin")).resolve("usage-exporter"));
        assertThat(program.toFile().setExecutable(true)).isTrue();
        Path unit = folder.resolve(ServiceUnit.FILE.getFileName());
        Files.writeString(unit, new ServiceUnit(text).withHome(folder).text());
        var all = new ArrayList<>(List.of("systemd-analyze"));
        all.addAll(List.of(command));
        all.add(unit.toString());
        return ProcessRunner.run(folder, "", all);
    }

    @Test
    void stopWaitsForRequestsInFlight() throws Exception {
        Duration timeout = Duration.parse("PT" + ServiceUnit.read().value("TimeoutStopSec"));

        assertThat(timeout).isGreaterThan(Application.Settings.DEFAULT_DRAIN_TIMEOUT.multipliedBy(2));
    }

    /** Which would be in the environment of the process, for others to read. */
    @Test
    void secretsAreCredentials() throws Exception {
        ServiceUnit unit = ServiceUnit.read();

        assertThat(unit.values("LoadCredential"))
                .hasSizeGreaterThanOrEqualTo(3)
                .allMatch(credential -> credential.matches("([a-z-]+):usage-exporter\\.\\1"));
        assertThat(unit.values("Environment"))
                .allMatch(variable -> variable.endsWith("=" + ServiceUnit.STATE)
                        || variable.endsWith("=" + ServiceUnit.STATE + "/usage.db"));
    }
}
