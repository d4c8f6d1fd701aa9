package io.usageexporter.bench;

import io.usageexporter.testing.Folders;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** Starts programs in JVMs as small as in production, with folders that are deleted at the end. */
final class BenchmarkEnvironment implements AutoCloseable {
    private static final double MEMORY_LIMIT_MIB = 250;
    private static final long PROGRAM_SECONDS = 120;

    private final Path folder;
    private final Path jar;
    private double peakMemory;
    private int folders;

    BenchmarkEnvironment(Path folder, Path jar) throws IOException {
        this.folder = folder;
        this.jar = jar;
        clear();
        Files.createDirectories(folder);
    }

    /** A folder that does not exist yet. */
    Path newFolder() {
        return folder.resolve(Integer.toString(++folders));
    }

    /** A ready exporter with its ledger in this folder. */
    Server exporter(Path data) throws IOException, InterruptedException {
        return exporterOn("--storage.path=" + data.resolve("usage.db"));
    }

    /** A ready exporter on this shared ledger. */
    Server sharing(String url) throws IOException, InterruptedException {
        return exporterOn("--storage.url=" + url);
    }

    private Server exporterOn(String storage) throws IOException, InterruptedException {
        int port = freePort();
        List<String> command = java("-jar", jar.toString(), storage, "--web.listen-address=127.0.0.1:" + port);
        return Server.start(command, port, log(), peak -> peakMemory = Math.max(peakMemory, peak));
    }

    /**
     * A ready exporter with its ledger in this new folder, whose gateway forwards to this provider.
     *
     * @param heap such as {@code 256m}
     */
    Server gateway(Path data, String heap, Server provider) throws IOException, InterruptedException {
        return gateway(jar, data, heap, provider);
    }

    /** The same of this jar. */
    Server gateway(Path program, Path data, String heap, Server provider) throws IOException, InterruptedException {
        int port = freePort();
        Files.createDirectories(data);
        Path config = Files.writeString(
                data.resolve("config.yml"), """
                providers:
                  anthropic:
                    limits: {monthly: {requests: 1000000000, tokens: 1000000000}}
                    gateway: {upstream: 'http://127.0.0.1:%d'}
                """.formatted(provider.address().getPort()));
        List<String> command = java(
                "-Xmx" + heap,
                "-jar",
                program.toString(),
                "--config.file=" + config,
                "--storage.path=" + data.resolve("usage.db"),
                "--web.listen-address=127.0.0.1:" + port);
        return Server.start(command, port, log(), peak -> {});
    }

    /** Starts a backup of the ledger in a folder. */
    Process backup(Path data, Path target) throws IOException {
        return start("-jar", jar.toString(), "backup", target.toString(), "--storage.path=" + data.resolve("usage.db"));
    }

    /** Verifies a ledger, which takes 32 bytes of memory for each event with an id. */
    void verify(Path ledger) throws IOException, InterruptedException {
        if (start("-Xmx512m", "-jar", jar.toString(), "verify", "--storage.path=" + ledger)
                        .waitFor()
                != 0) {
            throw new IllegalStateException(ledger + " does not verify: " + Files.readString(log()));
        }
    }

    private Process start(String... arguments) throws IOException {
        return new ProcessBuilder(java(arguments))
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log().toFile()))
                .start();
    }

    /** nginx in front of this provider. */
    Server nginx(Server provider) throws IOException, InterruptedException {
        int port = freePort();
        List<String> command =
                Nginx.command(newFolder(), port, provider.address().getPort());
        return Server.start(command, port, log(), peak -> {});
    }

    /** A server of this class, whose main method takes the port. */
    Server server(Class<?> main) throws IOException, InterruptedException {
        int port = freePort();
        List<String> command =
                java("-cp", System.getProperty("java.class.path"), main.getName(), Integer.toString(port));
        return Server.start(command, port, log(), peak -> {});
    }

    /** Runs this class's main method and returns its output. */
    String run(Class<?> main, String... args) throws IOException, InterruptedException {
        List<String> command = java("-cp", System.getProperty("java.class.path"), main.getName());
        command.addAll(List.of(args));
        Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.appendTo(log().toFile()))
                .start();
        try {
            if (!process.waitFor(PROGRAM_SECONDS, TimeUnit.SECONDS) || process.exitValue() != 0) {
                throw new IllegalStateException(main + " failed, see " + log());
            }
            return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
        } finally {
            process.destroyForcibly();
        }
    }

    /** The peak memory of all exporters so far, where the system reports it. */
    Optional<ResultRow> memoryLine() {
        return peakMemory == 0
                ? Optional.empty()
                : Optional.of(ResultRow.below(MEMORY_LIMIT_MIB, "resident memory, at its peak", peakMemory, "MiB"));
    }

    private Path log() {
        return folder.resolve("log");
    }

    private static List<String> java(String... args) {
        var command = new ArrayList<String>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.add("-Xmx128m");
        command.addAll(List.of(args));
        return command;
    }

    private static int freePort() throws IOException {
        try (var socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    private void clear() throws IOException {
        if (Files.exists(folder)) {
            Folders.delete(folder);
        }
    }

    @Override
    public void close() throws IOException {
        clear();
    }
}
