package io.usageexporter.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.usageexporter.testing.JarExporter;
import io.usageexporter.testing.ProcessRunner;
import io.usageexporter.testing.RequiredTool;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An exporter whose clock is set while clients record. */
class ClockIT {
    private static final int ENOUGH = 200;
    private static final String COMPUTE_UNITS =
            "api_usage_compute_units_total{category=\"instagram\",model=\"\",provider=\"apify\"}";

    private final RecordingClients clients = new RecordingClients();

    @TempDir
    Path folder;

    /** What libfaketime adds to the exporter's clock, which it reads again and again. */
    private Path offset() {
        return folder.resolve("offset");
    }

    private void set(String offset) throws IOException {
        Path next = Files.writeString(folder.resolve("next"), offset + "\n");
        Files.move(next, offset(), StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
    }

    private JarExporter exporter(String... arguments) throws IOException {
        RequiredTool.require("faketime", "faketime");
        set("+0");
        var command = new ArrayList<>(
                List.of("sh", "-c", "LD_PRELOAD=$(echo /usr/lib/*/faketime/libfaketimeMT.so.1) exec \"$@\"", "sh"));
        command.addAll(ProcessRunner.jar(arguments));
        return new JarExporter(
                folder,
                Map.of(
                        "FAKETIME_TIMESTAMP_FILE", offset().toString(),
                        "FAKETIME_NO_CACHE", "1",
                        "NO_FAKE_STAT", "1",
                        // Setting a machine's clock moves neither its monotonic clock nor what waits by that.
                        "DONT_FAKE_MONOTONIC", "1",
                        "FAKETIME_FORCE_MONOTONIC_FIX", "0"),
                command);
    }

    @Test
    void clockSetAnHourBackOrADayAheadLosesNothingAndCountsNothingTwice() throws Exception {
        Path config = Files.writeString(folder.resolve("usage.yml"), """
                providers:
                  anthropic: {limits: {daily: {requests: 1000, tokens: 1000000}}}
                  apify: {limits: {hourly: {compute_units: 100}, daily: {compute_units: 100}}}
                """);
        Instant past = Instant.now().minus(2, ChronoUnit.HOURS);
        var recordedAt = new ArrayList<BigDecimal>();
        int sent;
        try (var exporter = exporter("--web.listen-address=127.0.0.1:0", "--config.file=" + config)) {
            try (var load = clients.load(exporter)) {
                for (var setting : List.of(
                        Map.entry("-1h", "the clock was set back by 1 h 0 min"),
                        Map.entry("+0", "the clock went ahead, set or after a sleep of the machine, by 1 h 0 min"),
                        Map.entry("+1d", "the clock went ahead, set or after a sleep of the machine, by 24 h 0 min"),
                        Map.entry("+0h", "the clock was set back by 24 h 0 min"))) {
                    load.awaitAcknowledged(ENOUGH);
                    clients.repeat(exporter);
                    set(setting.getKey());
                    clients.repeat(exporter);
                    load.awaitAcknowledged(ENOUGH);
                    clients.repeat(exporter);
                    assertThat(exporter.log()).contains(setting.getValue());
                    assertThat(exporter.http().get("/-/ready").statusCode()).isEqualTo(200);
                    assertThat(exporter.record(computeUnitAt(past)).statusCode())
                            .isEqualTo(200);
                    recordedAt.add(exporter.metric(COMPUTE_UNITS));
                    clients.assertNothingLost(exporter);
                }
            }
            clients.assertNothingLost(exporter);
            sent = clients.assertCountedOnce(exporter);
            assertThat(recordedAt).extracting(BigDecimal::intValueExact).containsExactly(1, 2, 3, 4);
            for (String window : List.of("hourly", "daily")) {
                assertThat(exporter.usageAt(past.toString())
                                .at("/used/apify/" + window + "/compute_units")
                                .asInt())
                        .isEqualTo(4);
            }
            assertThat(exporter.terminate()).isZero();
        }
        assertThat(ProcessRunner.run(folder, "", ProcessRunner.jar("verify")).out())
                .isEqualTo("data/usage.db: " + (sent + recordedAt.size()) + " events, all totals match\n");
    }

    private static String computeUnitAt(Instant instant) {
        return "{\"provider\":\"apify\",\"category\":\"instagram\",\"at\":\"" + instant
                + "\",\"usage\":{\"compute_units\":1}}";
    }
}
