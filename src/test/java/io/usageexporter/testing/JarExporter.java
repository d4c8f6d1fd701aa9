package io.usageexporter.testing;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;

/** The packaged exporter in its own process, on a free port. */
public final class JarExporter implements RunningExporter, AutoCloseable {
    private static final Pattern SERVING = Pattern.compile("serving on https?://[^:]+:(\\d+)");

    private final Process process;
    private final Path log;
    private final Http http;

    /** Starts it in a folder, which will contain {@code data/usage.db}, and waits until it serves. */
    public JarExporter(Path folder, String... arguments) throws IOException {
        this(0, folder, arguments);
    }

    /** The same on a given port, for restarts. */
    public JarExporter(int port, Path folder, String... arguments) throws IOException {
        this(folder, Map.of(), listeningOn(port, arguments));
    }

    /** Starts it by another command. */
    public JarExporter(Path folder, Map<String, String> environment, List<String> command) throws IOException {
        log = Files.createTempFile(folder, "exporter", ".log");
        var builder = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile());
        builder.environment().putAll(environment);
        process = builder.start();
        boolean serves = false;
        try {
            http = new Http(Awaitility.await()
                    .atMost(Duration.ofSeconds(90))
                    .pollInterval(Duration.ofMillis(20))
                    .until(this::servedPort, served -> served > 0));
            serves = true;
        } finally {
            if (!serves) {
                process.destroyForcibly();
            }
        }
    }

    private static List<String> listeningOn(int port, String... arguments) {
        var all = new ArrayList<>(List.of("--web.listen-address=127.0.0.1:" + port));
        all.addAll(List.of(arguments));
        return ProcessRunner.jar(all.toArray(new String[0]));
    }

    private int servedPort() throws IOException {
        if (!process.isAlive()) {
            throw new AssertionError("the exporter exited: " + log());
        }
        Matcher serving = SERVING.matcher(log());
        return serving.find() ? Integer.parseInt(serving.group(1)) : 0;
    }

    @Override
    public Http http() {
        return http;
    }

    public String log() throws IOException {
        return Files.readString(log);
    }

    public ProcessHandle handle() {
        return process.toHandle();
    }

    /** SIGKILL. */
    public void kill() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    /** SIGTERM; returns the exit status. */
    public int terminate() throws InterruptedException {
        process.destroy();
        if (!process.waitFor(40, TimeUnit.SECONDS)) {
            throw new AssertionError("did not exit after SIGTERM");
        }
        return process.exitValue();
    }

    public int awaitExit() throws InterruptedException {
        if (!process.waitFor(40, TimeUnit.SECONDS)) {
            throw new AssertionError("did not exit");
        }
        return process.exitValue();
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
