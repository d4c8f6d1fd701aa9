package io.usageexporter;

import static org.assertj.core.api.Assertions.assertThat;

import io.usageexporter.testing.Events;
import io.usageexporter.testing.JarExporter;
import io.usageexporter.testing.ProcessRunner;
import io.usageexporter.testing.ProcessRunner.Result;
import io.usageexporter.testing.TestExporter;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The packaged exporter: start, signals, shutdown and log. */
class ServeIT {
    @TempDir
    Path folder;

    private Result run(String... arguments) throws Exception {
        return ProcessRunner.run(folder, "", ProcessRunner.jar(arguments));
    }

    @Test
    void serveIsTheDefaultCommand() throws Exception {
        try (var exporter = new JarExporter(folder)) {
            assertThat(exporter.http().get("/-/healthy").statusCode()).isEqualTo(200);
        }
        assertThat(folder.resolve("data/usage.db")).exists();
        Process explicit = new ProcessBuilder(
                        ProcessRunner.jar("serve", "--web.listen-address=127.0.0.1:0", "--storage.path=other.db"))
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("log").toFile())
                .start();
        try {
            Awaitility.await()
                    .until(() -> Files.readString(folder.resolve("log")).contains("serving on"));
        } finally {
            explicit.destroyForcibly();
        }
    }

    private String inUseBy(String owner) {
        return "ledger " + folder.resolve("data/usage.db") + " is in use by " + owner
                + "; stop it, or choose another file with --storage.path\n";
    }

    @Test
    void secondExporterOnTheSameLedgerExits2() throws Exception {
        try (var exporter = new JarExporter(folder)) {
            Result second = run("--web.listen-address=127.0.0.1:0");

            assertThat(second.status()).isEqualTo(2);
            assertThat(second.err())
                    .isEqualTo(inUseBy("process " + exporter.handle().pid()));
        }
    }

    @Test
    void unusableFolderForSqlitesLibraryIsReportedInOneLine() throws Exception {
        Path missing = folder.resolve("missing");
        var command = new ArrayList<>(ProcessRunner.jar("--web.listen-address=127.0.0.1:0"));
        command.add(1, "-Djava.io.tmpdir=" + missing);

        Result result = ProcessRunner.run(folder, "", command);

        assertThat(result.status()).isEqualTo(2);
        assertThat(result.err())
                .startsWith("SQLite's library cannot be unpacked into " + missing + " and loaded from there: give java"
                        + " -Dorg.sqlite.tmpdir=FOLDER")
                .hasLineCount(1);
    }

    @Test
    void sigtermCompletesRequestsInFlightAndExits0() throws Exception {
        var acknowledged = new AtomicInteger();
        try (var exporter = new JarExporter(folder)) {
            var clients = Stream.generate(
                            () -> CompletableFuture.runAsync(() -> postUntilRefused(exporter, acknowledged)))
                    .limit(8)
                    .toList();
            Awaitility.await().atMost(Duration.ofSeconds(30)).until(() -> acknowledged.get() > 500);
            assertThat(exporter.terminate()).isZero();
            clients.forEach(CompletableFuture::join);
            assertThat(exporter.log()).endsWith("msg=\"shut down, everything is committed\"\n");
        }
        // The events have no ids: one recorded but not acknowledged would be one too many, a lost one too few.
        assertThat(run("verify").out())
                .isEqualTo("data/usage.db: " + acknowledged.get() + " events, all totals match\n");
    }

    private static void postUntilRefused(JarExporter exporter, AtomicInteger acknowledged) {
        try {
            while (exporter.record(Events.RECOMMENDATION).statusCode() == 200) {
                acknowledged.incrementAndGet();
            }
        } catch (UncheckedIOException e) {
            // The exporter accepts no further connections.
        }
    }

    @Test
    void sighupReloads() throws Exception {
        Path config = Files.writeString(folder.resolve("usage.yml"), "providers: {a: {limits: {daily: {x: 1}}}}");
        try (var exporter = new JarExporter(folder, "--config.file=usage.yml")) {
            Files.writeString(config, "providers: {a: {limits: {daily: {x: 2}}}}");
            ProcessRunner.run(
                            folder,
                            "",
                            List.of(
                                    "kill",
                                    "-HUP",
                                    Long.toString(exporter.handle().pid())))
                    .successful();

            Awaitility.await()
                    .until(() -> exporter.usage().at("/limits/a/daily/x").asInt() == 2);
            Files.writeString(config, "providers: {a: {limits: {daily: {x: two}}}}");
            ProcessRunner.run(
                            folder,
                            "",
                            List.of(
                                    "kill",
                                    "-HUP",
                                    Long.toString(exporter.handle().pid())))
                    .successful();
            Awaitility.await().until(() -> exporter.log().contains("keeping the running configuration"));
            assertThat(exporter.log())
                    .contains("usage.yml:1: providers.a.limits.daily.x: must be a number", "not \\\"two\\\"");
            assertThat(exporter.metrics().get("usage_exporter_config_last_reload_successful"))
                    .isEqualByComparingTo("0");
        }
    }

    @Test
    void lifecycleEndpointsAreOffUnlessEnabled() throws Exception {
        try (var exporter = new JarExporter(folder)) {
            assertThat(exporter.http().send("POST", "/-/quit").statusCode()).isEqualTo(403);
            HttpResponse<String> refused = exporter.http().send("POST", "/-/reload");
            assertThat(refused.statusCode()).isEqualTo(403);
            assertThat(refused.body()).contains("--web.enable-lifecycle");
        }
        try (var exporter = new JarExporter(folder, "--web.enable-lifecycle")) {
            assertThat(exporter.http().send("POST", "/-/reload").statusCode()).isEqualTo(200);
            assertThat(exporter.http().send("POST", "/-/quit").statusCode()).isEqualTo(200);
            assertThat(exporter.awaitExit()).isZero();
        }
    }

    @Test
    void portInUseIsReported() throws Exception {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Result result = run("--web.listen-address=127.0.0.1:" + socket.getLocalPort());

            assertThat(result.status()).isEqualTo(2);
            assertThat(result.err())
                    .isEqualTo("cannot listen on 127.0.0.1:" + socket.getLocalPort() + ": Address already in use; stop"
                            + " the other process, or choose another address with --web.listen-address\n");
        }
    }

    @Test
    void logsAsLogfmtOrJson() throws Exception {
        String ledger = "ledger " + folder.resolve("data/usage.db");
        try (var exporter = new JarExporter(folder)) {
            assertThat(exporter.log())
                    .matches("ts=\\S+Z level=info logger=AbstractServeCommand msg=\"serving on [^\"]+\"\n")
                    .contains(", " + ledger + " (new), built-in configuration (no --config.file is given)\"");
        }
        Files.writeString(folder.resolve("usage.yml"), "providers: {apify: {limits: {daily: {tokens: 1}}}}");
        try (var exporter = new JarExporter(folder, "--config.file=usage.yml")) {
            assertThat(exporter.log().lines())
                    .satisfiesExactly(
                            first -> assertThat(first)
                                    .contains(
                                            "level=warn", "usage.yml:1: warning: providers.apify.limits.daily.tokens:"),
                            second -> assertThat(second)
                                    .contains(ledger + " (0 events), configuration " + folder.resolve("usage.yml")));
        }
        try (var exporter = new JarExporter(folder, "--log.format=json")) {
            assertThat(TestExporter.json(exporter.log()).get("level").asText()).isEqualTo("info");
        }
    }
}
