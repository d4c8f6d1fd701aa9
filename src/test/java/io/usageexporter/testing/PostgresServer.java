package io.usageexporter.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;

/** Debian's PostgreSQL in processes of its own, on a port of this machine that it keeps when it is started again. */
public final class PostgresServer implements AutoCloseable {
    /** Owns the databases, and is no superuser. */
    public static final String USER = "exporter";

    public static final String PASSWORD = "correct-horse";

    private static final String SUPERUSER = "postgres";
    /** Those to end with this process. */
    private static final Set<PostgresServer> RUNNING = ConcurrentHashMap.newKeySet();

    private static @Nullable PostgresServer shared;

    static {
        Runtime.getRuntime().addShutdownHook(new Thread(() -> RUNNING.forEach(PostgresServer::close)));
    }

    private final Path folder = PostgresTools.folder("postgres");
    private final int port = freePort();
    private final Map<String, String> settings = new LinkedHashMap<>(Map.of(
            "listen_addresses",
            "127.0.0.1",
            "unix_socket_directories",
            "",
            "max_connections",
            "100",
            "shared_buffers",
            "32MB",
            // Power is not cut.
            "fsync",
            "off"));
    private @Nullable SmallDisk disk;
    private @Nullable Process process;

    /** Prepares a server with empty data and settings such as {@code fsync=on}, to be started. */
    public PostgresServer(String... settings) throws IOException, InterruptedException {
        set(settings);
        PostgresTools.copy(PostgresTemplate.data(SUPERUSER, PASSWORD), data());
    }

    private PostgresServer(PostgresServer primary) throws IOException, InterruptedException {
        settings.putAll(primary.settings);
        PostgresTools.run(
                folder,
                Map.of("PGPASSWORD", PASSWORD),
                "pg_basebackup",
                List.of(
                        "--pgdata=" + data(),
                        "--host=127.0.0.1",
                        "--port=" + primary.port,
                        "--username=" + SUPERUSER,
                        "--write-recovery-conf",
                        "--checkpoint=fast",
                        "--no-sync"));
    }

    /** One that is running, for all tests of this process that do it no harm. */
    public static synchronized PostgresServer shared() throws IOException, InterruptedException {
        if (shared == null) {
            shared = new PostgresServer().start();
        }
        return shared;
    }

    /** A hot standby of this one, which must be running: a copy that follows it and can be read; to be started. */
    public PostgresServer standby() throws IOException, InterruptedException {
        return new PostgresServer(this);
    }

    /** Makes a standby a server that can be written, and waits until it is one. */
    public void promote() throws SQLException {
        execute("SELECT pg_promote()");
    }

    /** Changes settings, from the next start on. */
    public PostgresServer set(String... changed) {
        for (String setting : changed) {
            String[] parts = setting.split("=", 2);
            settings.put(parts[0], parts[1]);
        }
        return this;
    }

    /** Takes connections with TLS too, with a certificate, from the next start on. */
    public PostgresServer useTls(Certificates certificates, String name) throws IOException {
        for (String file : List.of(name + ".crt", name + ".key")) {
            Path copy = Files.write(folder.resolve(file), Files.readAllBytes(certificates.path(file)));
            Files.setPosixFilePermissions(PostgresTools.own(copy), PosixFilePermissions.fromString("rw-------"));
        }
        return set(
                "ssl=on",
                "ssl_cert_file=" + folder.resolve(name + ".crt"),
                "ssl_key_file=" + folder.resolve(name + ".key"));
    }

    /** Starts it with a small disk, besides that of its data, for {@link #newDatabaseOnSmallDisk}. */
    public PostgresServer startWithSmallDisk(String size) throws IOException, SQLException {
        disk = new SmallDisk(PostgresTools.own(Files.createDirectory(folder.resolve("disk"))), "size=" + size);
        start();
        execute("CREATE TABLESPACE small LOCATION '" + disk.folder() + "'");
        return this;
    }

    /** Creates an empty database on the small disk, which is gone when the server ends. */
    public String newDatabaseOnSmallDisk() throws SQLException {
        return newDatabase(" TABLESPACE small");
    }

    /** Leaves no byte on the small disk. */
    public void fillDisk() throws IOException, InterruptedException {
        Objects.requireNonNull(disk).fill(pid());
    }

    /** Gives the space back. */
    public void freeDisk() throws IOException {
        Objects.requireNonNull(disk).free(pid());
    }

    /** Starts it, and waits until it can be used. */
    public PostgresServer start() throws IOException {
        var arguments = new ArrayList<>(List.of("-D", data().toString(), "-p", "" + port));
        settings.forEach((name, value) -> arguments.addAll(List.of("-c", name + "=" + value)));
        RUNNING.add(this);
        List<String> command = PostgresTools.command("postgres", arguments);
        if (disk != null) {
            arguments.add(0, PostgresTools.program("postgres"));
            List<String> mounted = disk.mountedFor(arguments);
            command = PostgresTools.unprivileged(mounted.get(0), mounted.subList(1, mounted.size()));
        }
        Process started = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log().toFile()))
                .start();
        process = started;
        Awaitility.await()
                .atMost(Duration.ofSeconds(60))
                .pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(20))
                .until(() -> isReady(started));
        return this;
    }

    private boolean isReady(Process started) throws IOException {
        if (!started.isAlive()) {
            throw new AssertionError("PostgreSQL ended: " + Files.readString(log()));
        }
        try {
            connection(SUPERUSER).close();
            return true;
        } catch (SQLException e) {
            return false;
        }
    }

    /** Ends it in order, without waiting for its clients, whose connections end; it can be started again. */
    public void stopFast() throws IOException, InterruptedException {
        PostgresTools.run(folder, Map.of(), "pg_ctl", List.of("stop", "--pgdata=" + data(), "--mode=fast"));
        running().waitFor();
    }

    /** Kills all its processes, like a failure of its machine; it can be started again. */
    public void kill() throws IOException, InterruptedException {
        new ProcessTree(running()).kill();
    }

    /** Ends it in order, and starts it again. */
    public void restart() throws IOException, InterruptedException {
        stopFast();
        start();
    }

    /** Freezes all its processes: the server is still connected, and does not answer. */
    public void freeze() throws IOException, InterruptedException {
        new ProcessTree(running()).signal("STOP");
    }

    /** Lets them go on. */
    public void thaw() throws IOException, InterruptedException {
        new ProcessTree(running()).signal("CONT");
    }

    /** Creates an empty database, and returns its URL with user and password. */
    public String newDatabase() throws SQLException {
        return newDatabase("");
    }

    private String newDatabase(String options) throws SQLException {
        String name = "ledger_" + UUID.randomUUID().toString().replace("-", "");
        try (Connection connection = connection(SUPERUSER);
                Statement statement = connection.createStatement()) {
            statement.execute("SELECT pg_advisory_lock(1)");
            statement.execute("DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '" + USER
                    + "') THEN CREATE ROLE " + USER + " LOGIN PASSWORD '" + PASSWORD + "'; END IF; END $$");
            statement.execute("CREATE DATABASE " + name + " OWNER " + USER + options);
        }
        return url(name, USER);
    }

    /** The URL of a database by name, for the user who owns those that tests create. */
    public String url(String database) {
        return url(database, USER);
    }

    private String url(String database, String user) {
        return "jdbc:postgresql://127.0.0.1:" + port + "/" + database + "?user=" + user + "&password=" + PASSWORD;
    }

    /** The name of the database in a URL of this class. */
    public static String database(String url) {
        return url.replaceAll(".*/|\\?.*", "");
    }

    /** A connection of the superuser. */
    public Connection connection(String database) throws SQLException {
        return DriverManager.getConnection(url(database, SUPERUSER));
    }

    /** Executes statements as the superuser, outside of any test's database. */
    public void execute(String sql) throws SQLException {
        execute(SUPERUSER, sql);
    }

    /** The same in a database. */
    public void execute(String database, String sql) throws SQLException {
        try (Connection connection = connection(database);
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    public int port() {
        return port;
    }

    /** The process that starts the others. */
    public long pid() {
        return running().pid();
    }

    /** What it wrote since it was prepared. */
    public Path log() {
        return folder.resolve("log");
    }

    private Path data() {
        return folder.resolve("data");
    }

    private Process running() {
        if (process == null) {
            throw new IllegalStateException("PostgreSQL was not started");
        }
        return process;
    }

    /** Kills it if it is running, and deletes its data. */
    @Override
    public void close() {
        RUNNING.remove(this);
        try {
            if (process != null) {
                kill();
            }
            Folders.delete(folder);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Below those that the system gives to clients, so that no client takes it while the server is down. */
    static int freePort() throws IOException {
        while (true) {
            int port = ThreadLocalRandom.current().nextInt(10_000, 32_000);
            try (var socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
                return socket.getLocalPort();
            } catch (BindException e) {
                // Taken: the next one.
            }
        }
    }
}
