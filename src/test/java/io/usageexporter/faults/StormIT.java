package io.usageexporter.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.usageexporter.testing.JarExporter;
import io.usageexporter.testing.ProcessRunner;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** More of everything than anyone should ask for. */
class StormIT {
    private static final int ENOUGH = 1000;
    private static final int RELOADS = 400;
    private static final int READS = 50;
    private static final String LISTEN = "--web.listen-address=127.0.0.1:0";

    private final RecordingClients clients = new RecordingClients();

    @TempDir
    Path folder;

    @Test
    void stormOfReloadsLosesNothing() throws Exception {
        Path config = folder.resolve("usage.yml");
        write(config, 1);
        try (var exporter = new JarExporter(folder, "--config.file=" + config, "--web.enable-lifecycle")) {
            try (var load = clients.load(exporter)) {
                for (int reload = 0; reload < RELOADS; reload++) {
                    assertThat(exporter.http()
                                    .post("/-/reload", "text/plain", "")
                                    .statusCode())
                            .isEqualTo(200);
                }
                load.awaitAcknowledged(ENOUGH);
            }
            write(config, 7);
            assertThat(exporter.http().post("/-/reload", "text/plain", "").statusCode())
                    .isEqualTo(200);
            assertThat(exporter.usage().at("/limits/anthropic/daily/requests").asInt())
                    .isEqualTo(7);
            clients.assertNothingLost(exporter);
            clients.assertCountedOnce(exporter);
        }
    }

    private static void write(Path config, int limit) throws Exception {
        Files.writeString(
                config, "providers: {anthropic: {limits: {daily: {tokens: 1000, requests: " + limit + "}}}}\n");
    }

    @Test
    void smallHeapUnderLoadLosesNothing() throws Exception {
        try (var exporter = new JarExporter(folder, Map.of(), ProcessRunner.jarWithHeap("64m", LISTEN))) {
            try (var load = clients.load(exporter)) {
                for (int i = 0; i < READS; i++) {
                    for (String path : new String[] {"/metrics", "/usage", "/api/usage", "/api/usage/history"}) {
                        assertThat(exporter.http().get(path).statusCode()).isEqualTo(200);
                    }
                }
                load.awaitAcknowledged(ENOUGH);
            }
            clients.assertNothingLost(exporter);
            clients.assertCountedOnce(exporter);
            assertThat(exporter.log()).doesNotContain("OutOfMemory");
            assertThat(exporter.terminate()).isZero();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"/dev/zero", "large"})
    void configurationWithoutAnEndIsRefused(String name) throws Exception {
        Path large = Files.write(folder.resolve("large"), new byte[50 << 20]);
        Path file = name.equals("large") ? large : Path.of(name);

        var result = ProcessRunner.run(folder, "", ProcessRunner.jar(LISTEN, "--config.file=" + file));

        assertThat(result.status()).isEqualTo(2);
        assertThat(result.err()).isEqualTo(file + ": cannot be read: it is larger than 1024 KiB\n");
    }

    @Test
    void secretWithoutAnEndIsRefused() throws Exception {
        Path config = Files.writeString(
                folder.resolve("usage.yml"),
                "providers: {apify: {limits: {daily: {runs: 1}}, webhook: {secret_file: /dev/zero}}}\n");

        var result = ProcessRunner.run(folder, "", ProcessRunner.jar(LISTEN, "--config.file=" + config));

        assertThat(result.status()).isEqualTo(2);
        assertThat(result.err())
                .isEqualTo(config + ":1: providers.apify.webhook.secret_file: /dev/zero cannot be read: it is larger"
                        + " than 64 KiB\n");
    }
}
