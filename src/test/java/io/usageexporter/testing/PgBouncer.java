package io.usageexporter.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;

/**
 * A real pgbouncer in transaction mode before a server: each transaction may run on another connection than the last, of
 * which there are few.
 */
public final class PgBouncer implements AutoCloseable {
    private static final Path PROGRAM = Path.of("/usr/sbin/pgbouncer");

    private final Path folder;
    private final PostgresServer server;
    private final int port = PostgresServer.freePort();
    private final Process process;

    /**
     * Starts it.
     *
     * @param settings such as {@code default_pool_size=1}
     */
    public PgBouncer(PostgresServer server, String... settings) throws IOException {
        RequiredTool.require(PROGRAM, "pgbouncer");
        this.server = server;
        folder = PostgresTools.folder("pgbouncer");
        Path users = folder.resolve("users");
        PostgresTools.own(
                Files.writeString(users, "\"%s\" \"%s\"\n".formatted(PostgresServer.USER, PostgresServer.PASSWORD)));
        Path config = folder.resolve("pgbouncer.ini");
        PostgresTools.own(Files.writeString(
                config, """
                [databases]
                * = host=127.0.0.1 port=%d
                [pgbouncer]
                listen_addr = 127.0.0.1
                listen_port = %d
                unix_socket_dir =
                auth_type = scram-sha-256
                auth_file = %s
                pool_mode = transaction
                default_pool_size = 3
                server_login_retry = 1
                """.formatted(server.port(), port, users) + String.join("\n", settings) + "\n"));
        process = new ProcessBuilder(PostgresTools.unprivileged(PROGRAM.toString(), List.of(config.toString())))
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(log().toFile())
                .start();
        Awaitility.await()
                .atMost(Duration.ofSeconds(60))
                .pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(20))
                .until(this::isReady);
    }

    private boolean isReady() throws IOException {
        if (!process.isAlive()) {
            throw new AssertionError("pgbouncer ended: " + Files.readString(log()));
        }
        try {
            new Socket(InetAddress.getLoopbackAddress(), port).close();
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    /** A URL of the server, through this. */
    public String through(String url) {
        return url.replace(":" + server.port() + "/", ":" + port + "/");
    }

    /** What it wrote. */
    public Path log() {
        return folder.resolve("log");
    }

    /** Stops it, which ends its connections. */
    @Override
    public void close() {
        process.destroy();
        process.onExit().completeOnTimeout(process, 20, TimeUnit.SECONDS).join();
        process.destroyForcibly();
        try {
            Folders.delete(folder);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
