package io.usageexporter.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;

/** Prometheus or Alertmanager in its own process, on a free port. */
public final class Daemon implements AutoCloseable {
    private final Process process;
    private final Path log;
    private final Http http;

    private Daemon(Path folder, String program, List<String> arguments) throws IOException {
        log = Files.createTempFile(folder, program, ".log");
        http = new Http(freePort());
        var command = new ArrayList<>(List.of(program, "--web.listen-address=127.0.0.1:" + http.port()));
        command.addAll(arguments);
        process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        Awaitility.await()
                .atMost(Duration.ofSeconds(60))
                .pollInterval(Duration.ofMillis(50))
                .until(this::isReady);
    }

    /** Starts Prometheus, which keeps its data in the folder, and waits until it is ready. */
    public static Daemon prometheus(Path folder, Path config, String... flags) throws IOException {
        Path data = Files.createTempDirectory(folder, "prometheus");
        var arguments = new ArrayList<>(List.of("--config.file=" + config, "--storage.tsdb.path=" + data));
        arguments.addAll(List.of(flags));
        return new Daemon(folder, "prometheus", arguments);
    }

    /** The same for a single Alertmanager. */
    public static Daemon alertmanager(Path folder, Path config) throws IOException {
        Path data = Files.createTempDirectory(folder, "alertmanager");
        return new Daemon(
                folder,
                "prometheus-alertmanager",
                List.of("--config.file=" + config, "--storage.path=" + data, "--cluster.listen-address="));
    }

    private boolean isReady() throws IOException {
        if (!process.isAlive()) {
            throw new AssertionError("it exited: " + Files.readString(log));
        }
        try {
            return http.get("/-/ready").statusCode() == 200;
        } catch (UncheckedIOException e) {
            return false;
        }
    }

    public Http http() {
        return http;
    }

    /** Stops it, and waits for its exit. */
    @Override
    public void close() {
        process.destroy();
        process.onExit().completeOnTimeout(process, 20, TimeUnit.SECONDS).join();
        process.destroyForcibly();
    }

    /** A port on which nothing listens. */
    public static int freePort() throws IOException {
        try (var socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }
}
