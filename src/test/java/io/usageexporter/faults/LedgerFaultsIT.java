package io.usageexporter.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.usageexporter.testing.Events;
import io.usageexporter.testing.JarExporter;
import io.usageexporter.testing.ProcessRunner;
import io.usageexporter.testing.ProcessRunner.Result;
import io.usageexporter.testing.RequiredTool;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * An exporter whose ledger cannot be written for a while: nothing acknowledged is lost or counted twice, the log and
 * {@code /-/ready} say why, and it recovers by itself.
 */
class LedgerFaultsIT {
    private static final int ENOUGH = 200;
    private static final Duration LOCKED = Duration.ofSeconds(30);

    private final RecordingClients clients = new RecordingClients();

    @TempDir
    Path folder;

    private Path disk = Path.of("");

    @BeforeEach
    void setUp() throws IOException {
        disk = Files.createDirectory(folder.resolve("disk"));
    }

    @Test
    void fullDiskRefusesEventsUntilThereIsRoomAgain() throws Exception {
        try (var exporter = onDiskOf("size=8m")) {
            // The disk exists in the mount namespace of the exporter alone.
            Path filler = Path.of("/proc/" + exporter.handle().pid() + "/root" + disk + "/filler");
            try (var load = clients.load(exporter)) {
                load.awaitAcknowledged(ENOUGH);
                fill(filler);
                load.awaitRefused();
                awaitNotReady(exporter, "the disk is full; free some space, and recording resumes by itself");
                Files.delete(filler);
                awaitReady(exporter);
                load.awaitAcknowledged(ENOUGH);
            }
            clients.assertNothingLost(exporter);
            int sent = clients.assertCountedOnce(exporter);
            assertThat(exporter.log()).contains("the disk is full");
            assertThat(inNamespaceOf(exporter, ProcessRunner.jar("verify", "--storage.path=" + disk + "/usage.db"))
                            .out())
                    .endsWith(sent + " events, all totals match\n");
        }
    }

    private static void fill(Path filler) throws IOException {
        try (OutputStream out = Files.newOutputStream(filler)) {
            byte[] block = new byte[4096];
            while (true) {
                out.write(block);
            }
        } catch (IOException e) {
            assertThat(e).hasMessageContaining("No space left on device");
        }
    }

    @Test
    void lockHeldByAnotherProcessForHalfAMinuteRefusesEventsUntilItIsReleased() throws Exception {
        try (var exporter = new JarExporter(folder);
                var load = clients.load(exporter)) {
            load.awaitAcknowledged(ENOUGH);
            try (Connection browser = DriverManager.getConnection("jdbc:sqlite:" + folder.resolve("data/usage.db"));
                    var statement = browser.createStatement()) {
                statement.execute("PRAGMA busy_timeout = 60000");
                statement.execute("BEGIN IMMEDIATE");
                long since = System.nanoTime();
                while (System.nanoTime() - since < LOCKED.toNanos()) {
                    load.awaitRefused();
                    awaitNotReady(exporter, "it is locked by another program, such as a database browser; close that");
                }
                statement.execute("ROLLBACK");
            }
            awaitReady(exporter);
            load.awaitAcknowledged(ENOUGH);
            load.stop();
            clients.assertNothingLost(exporter);
            clients.assertCountedOnce(exporter);
            assertThat(exporter.log())
                    .containsOnlyOnce("it is locked by another program")
                    .containsOnlyOnce("ledger is writable again");
        }
    }

    @Test
    void ledgerMadeReadOnlyIsReportedAtTheNextStartAndRecordsOnceItIsWritableAgain() throws Exception {
        // The superuser may write any file.
        RequiredTool.require("setpriv", "util-linux");
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
        Files.setPosixFilePermissions(disk, PosixFilePermissions.fromString("rwxrwxrwx"));
        try (var exporter = unprivileged()) {
            assertThat(exporter.record(Events.withId("a")).statusCode()).isEqualTo(200);
            assertThat(exporter.terminate()).isZero();
        }
        Path ledger = disk.resolve("usage.db");
        Files.setPosixFilePermissions(ledger, PosixFilePermissions.fromString("r--r--r--"));

        Result refused = ProcessRunner.run(folder, "", unprivilegedCommand());

        assertThat(refused.status()).isEqualTo(2);
        assertThat(refused.err()).contains(ledger.toString(), "permission").hasLineCount(1);
        Files.setPosixFilePermissions(ledger, PosixFilePermissions.fromString("rw-r--r--"));
        try (var exporter = unprivileged()) {
            assertThat(exporter.record(Events.withId("a")).body()).contains("\"duplicates\":1");
            assertThat(exporter.record(Events.withId("b")).body()).contains("\"recorded\":1");
        }
    }

    @Test
    void temporaryFolderMountedNoexecIsReportedInOneLine() throws Exception {
        var command = new ArrayList<>(ProcessRunner.jar("--web.listen-address=127.0.0.1:0"));
        command.add(1, "-Djava.io.tmpdir=" + disk);

        Result result = ProcessRunner.run(folder, "", onDisk("noexec", command));

        assertThat(result.status()).isEqualTo(2);
        assertThat(result.err())
                .startsWith("SQLite's library cannot be unpacked into " + disk + " and loaded from there: give java"
                        + " -Dorg.sqlite.tmpdir=FOLDER")
                .hasLineCount(1);
    }

    @ParameterizedTest
    @CsvSource({
        "damaged, is damaged",
        "foreign, is not a ledger but a database without a ledger in it",
        "newer,   cannot be opened: it was written by a newer version"
    })
    void fileThatIsNotASoundLedgerOfThisVersionIsRefusedByNameAndLeftAsItIs(String kind, String message)
            throws Exception {
        Path ledger = Files.createDirectory(folder.resolve("data")).resolve("usage.db");
        if (!kind.equals("foreign")) {
            try (var exporter = new JarExporter(folder)) {
                exporter.record(Events.RECOMMENDATION);
                assertThat(exporter.terminate()).isZero();
            }
        }
        switch (kind) {
            case "damaged" -> overwriteLastPage(ledger);
            case "foreign" -> execute(ledger, "CREATE TABLE other (x)");
            default -> execute(ledger, "PRAGMA user_version = 999");
        }
        byte[] before = Files.readAllBytes(ledger);

        Result refused = ProcessRunner.run(folder, "", ProcessRunner.jar("--web.listen-address=127.0.0.1:0"));

        assertThat(refused.status()).isEqualTo(2);
        assertThat(refused.err()).contains("data/usage.db " + message).hasLineCount(1);
        assertThat(ledger).hasBinaryContent(before);
    }

    private static void overwriteLastPage(Path ledger) throws IOException {
        byte[] bytes = Files.readAllBytes(ledger);
        Arrays.fill(bytes, bytes.length - 4096, bytes.length, (byte) 0x5a);
        Files.write(ledger, bytes);
    }

    private static void execute(Path database, String sql) throws SQLException {
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + database);
                var statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private JarExporter onDiskOf(String mountOptions) throws IOException {
        return new JarExporter(
                folder,
                Map.of(),
                onDisk(
                        mountOptions,
                        ProcessRunner.jar("--web.listen-address=127.0.0.1:0", "--storage.path=" + disk + "/usage.db")));
    }

    /** The command, with a disk of its own mounted on the folder. */
    private List<String> onDisk(String mountOptions, List<String> command) {
        RequiredTool.require("unshare", "util-linux");
        var all = new ArrayList<>(List.of(
                "unshare",
                "--map-root-user",
                "--mount",
                "sh",
                "-c",
                "mount -t tmpfs -o \"$1\" tmpfs \"$2\" && shift 2 && exec \"$@\"",
                "sh",
                mountOptions,
                disk.toString()));
        all.addAll(command);
        return all;
    }

    private Result inNamespaceOf(JarExporter exporter, List<String> command) throws Exception {
        var all = new ArrayList<>(List.of(
                RequiredTool.require("nsenter", "util-linux"),
                "--user",
                "--mount",
                "--preserve-credentials",
                "--target",
                Long.toString(exporter.handle().pid())));
        all.addAll(command);
        return ProcessRunner.run(folder, "", all);
    }

    private JarExporter unprivileged() throws IOException {
        return new JarExporter(folder, Map.of(), unprivilegedCommand());
    }

    /** Runs a copy of the jar, since others may not be allowed to read the original. */
    private List<String> unprivilegedCommand() throws IOException {
        Path jar = folder.resolve("usage-exporter.jar");
        if (Files.notExists(jar)) {
            Files.copy(Path.of("target", "usage-exporter.jar"), jar);
        }
        var command = new ArrayList<String>();
        if (System.getProperty("user.name", "").equals("root")) {
            command.addAll(List.of("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"));
        }
        command.addAll(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx128m",
                "-XX:TieredStopAtLevel=1",
                "-jar",
                jar.toString(),
                "--web.listen-address=127.0.0.1:0",
                "--storage.path=" + disk.resolve("usage.db")));
        return command;
    }

    private static void awaitNotReady(JarExporter exporter, String reason) {
        awaitReadiness(exporter, 503, reason);
    }

    private static void awaitReady(JarExporter exporter) {
        awaitReadiness(exporter, 200, "ready");
    }

    private static void awaitReadiness(JarExporter exporter, int status, String body) {
        Awaitility.await().atMost(Duration.ofSeconds(60)).untilAsserted(() -> {
            var response = exporter.http().get("/-/ready");
            assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
            assertThat(response.body()).contains(body);
        });
    }
}
